"""The body of every error answer: problem details of RFC 9457."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

CODE_PATTERN = r"^[a-z][a-z0-9_]*$"

Code = Annotated[str, Field(max_length=64, pattern=CODE_PATTERN)]
# What a person reads: any script, no control characters.
Sentence = Annotated[str, Field(max_length=2000, pattern=r"^[^\u0000-\u001f\u007f]*$")]


class ProblemItem(BaseModel):
    """One thing that is wrong, and where."""

    pointer: Annotated[
        str | None,
        Field(
            description="Where in the body: a JSON pointer (RFC 6901) as a URI fragment.",
            max_length=500,
            pattern=r"^#(/[^\u0000-\u001f]*)?$",
            examples=["#/items/0/value"],
        ),
    ] = None
    parameter: Annotated[
        str | None,
        Field(
            description="Or which parameter: the name of a path, query or header parameter.",
            max_length=100,
            pattern=r"^[^\u0000-\u001f]*$",
            examples=["limit"],
        ),
    ] = None
    code: Code = Field(description="Stable name of what is wrong.", examples=["too_long"])
    detail: Sentence = Field(
        description="The same in words, in the language asked for.", examples=["At most 500 characters."]
    )


class Problem(BaseModel):
    """An error answer (RFC 9457). Programs look at `code`, people read `title` and `detail`."""

    # RFC 9457, section 3.2: members that a reader does not know are ignored, so the schema stays open.
    model_config = ConfigDict(extra="allow")

    type: Annotated[
        str,
        Field(
            description="Identifies the kind of problem; a path on this service that ends in the code.",
            max_length=200,
            json_schema_extra={"format": "uri-reference"},
            examples=["/problems/wrong_state"],
        ),
    ]
    title: Sentence = Field(
        description="What kind of problem this is, in the language asked for.",
        examples=["Not possible in this state"],
    )
    status: Annotated[int, Field(description="The HTTP status, repeated.", ge=400, le=599, examples=[409])]
    code: Code = Field(
        description="Stable name of the kind of problem; never changes with the language.",
        examples=["wrong_state"],
    )
    detail: Sentence | None = Field(
        default=None,
        description="What happened this time, in the language asked for.",
        examples=["The result was already approved."],
    )
    instance: Annotated[
        str | None,
        Field(
            description="The path that was asked for.",
            max_length=2000,
            json_schema_extra={"format": "uri-reference"},
            examples=["/v1/results/019353f0-7c1e-7d2a-9a41-0d6b6f6d1c11/submit"],
        ),
    ] = None
    request_id: Annotated[
        str,
        Field(
            description="The same as the X-Request-Id header; name it when you report a problem.",
            max_length=64,
            pattern=r"^[A-Za-z0-9._-]+$",
            examples=["019353f07c1e7d2a9a410d6b6f6d1c11"],
        ),
    ]
    errors: Annotated[
        list[ProblemItem] | None,
        Field(description="Each thing that is wrong, when there are several places.", max_length=100),
    ] = None
