"""Evidence: what is brought, verified and read, and what a result must carry."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums import Classification, EvidenceKind, EvidenceState, SubjectKind
from app.schemas.base import (
    Actions,
    Awaiting,
    Body,
    Name,
    NextCursor,
    PeriodCode,
    PersonRef,
    Ref,
    Version,
    View,
    Whole,
    Words,
    example,
)

_Kind = Annotated[EvidenceKind, Field(description="What it is.")]
_Title = Annotated[Name, Field(description="What it is called among people.")]
_Note = Annotated[Words | None, Field(description="What it proves, and where to look in it.")]
_Classification = Annotated[
    Classification,
    Field(
        description="Restricted: only for those named on the subject's way, who verifies it and who brought it."
        " Publishing the subject never shows its evidence."
    ),
]
_SHA256 = Annotated[
    str,
    Field(
        min_length=64,
        max_length=64,
        pattern=r"^[0-9a-f]{64}$",
        description="SHA-256 of its bytes, hexadecimal.",
    ),
]
_Minimum = Annotated[Whole, Field(ge=1, le=20, description="How many at least.", examples=[1])]
RequiredKind = Annotated[EvidenceKind | None, Field(description="Of which kind; null: of any.")]


class EvidenceCreate(Body):
    """What a file that is to follow will prove, and of what."""

    model_config = example(
        subject_id="019a0000-0000-7000-8000-000000000001",
        kind="document",
        title="كشف إنجاز المبادرة للربع الثالث",
        classification="internal",
        note="الجدول 4 في الصفحة 12",
    )

    subject_id: Annotated[
        UUID,
        Field(
            description="The result, definition, improvement plan or stage of a path that it proves something of; one that"
            " you may edit, carry out or take, or whose decision by the head you record."
        ),
    ]
    kind: _Kind
    title: _Title
    classification: _Classification
    note: _Note = None


class EvidencePatch(Body):
    """Another description, as a JSON merge patch (RFC 7396): null empties the note."""

    model_config = example(title="كشف الإنجاز المعدّل للربع الثالث")

    kind: _Kind = Field(default_factory=lambda: EvidenceKind.DOCUMENT)
    title: _Title = Field(default_factory=str)
    classification: _Classification = Field(default_factory=lambda: Classification.INTERNAL)
    note: _Note = None


class EvidenceSupersede(Body):
    """Why other evidence is to take the place of this."""

    model_config = example(reason="صدرت نسخة مصححة من الكشف")

    reason: Annotated[Words, Field(description="Why; it is kept on record with the successor.")]


class EvidenceSubject(View):
    """What the evidence is about."""

    id: Annotated[UUID, Field(description="Its id.")]
    kind: Annotated[SubjectKind, Field(description="What it is.")]
    name_ar: Annotated[Name, Field(description="The indicator or initiative that it belongs to, in Arabic.")]
    name_en: Annotated[Name, Field(description="The indicator or initiative that it belongs to, in English.")]
    period: Annotated[PeriodCode | None, Field(description="The period, where it is a result.")]


class EvidenceFile(View):
    """The file that was brought. Its bytes are at `/v1/evidence/{id}/content`."""

    name: Annotated[
        str | None,
        Field(
            max_length=200,
            pattern=r"^[^\u0000-\u001f\u007f/\\]+$",
            description="What it was called, without its path, with the ending of what it is; null: nobody said.",
        ),
    ]
    media_type: Annotated[
        str,
        Field(max_length=100, pattern=r"^[a-z0-9.+/-]+$", description="What it is, as its bytes tell."),
    ]
    size: Annotated[int, Field(ge=1, le=1_073_741_824, description="Its size in bytes.")]
    sha256: _SHA256
    uploaded_by: Annotated[
        PersonRef | None, Field(description="Who uploaded it, if that is for you to know.")
    ]
    uploaded_at: Annotated[datetime, Field(description="When.")]


class EvidenceDecision(View):
    """What was decided about it."""

    by: Annotated[PersonRef, Field(description="In whose name.")]
    at: Annotated[datetime, Field(description="When.")]
    reason: Annotated[Words | None, Field(description="Why, where a reason was given.")]
    exceptional: Annotated[bool, Field(description="Four eyes left nobody, so the head decided.")]


class _Evidence(View):
    id: Annotated[UUID, Field(description="Its id.")]
    subject: Annotated[EvidenceSubject, Field(description="What it is about.")]
    entity: Annotated[Ref, Field(description="The entity that it belongs to.")]
    kind: _Kind
    title: _Title
    note: _Note
    classification: _Classification
    state: Annotated[EvidenceState, Field(description="Where it stands.")]
    file: Annotated[EvidenceFile | None, Field(description="The file; null while it is awaited.")]
    created_by: Annotated[PersonRef | None, Field(description="Who began it, if that is for you to know.")]
    created_at: Annotated[datetime, Field(description="When it was begun.")]
    decided: Annotated[
        EvidenceDecision | None, Field(description="Its verification or rejection; null before that.")
    ]
    supersedes_id: Annotated[UUID | None, Field(description="The evidence whose place it takes.")]
    successor_id: Annotated[UUID | None, Field(description="The evidence that takes its place, or is to.")]
    awaiting: Awaiting
    version: Version


class EvidenceItem(_Evidence):
    """Evidence in a list."""


class EvidenceRead(_Evidence):
    """A piece of evidence, and what you may do with it now."""

    actions: Actions


class EvidenceList(View):
    """A page of evidence."""

    items: Annotated[list[EvidenceItem], Field(max_length=200, description="The evidence, the oldest first.")]
    next_cursor: NextCursor


class EvidenceLink(View):
    """An address at which the file can be read for a while."""

    url: Annotated[
        str,
        Field(
            max_length=8000, pattern=r"^https?://[\x21-\x7e]+$", description="Whoever has it reads the file."
        ),
    ]
    expires_at: Annotated[datetime, Field(description="When it ends.")]


class EvidenceNeeded(Body):
    """So many of a kind."""

    kind: RequiredKind = None
    minimum: _Minimum


class EvidenceRequirement(Body):
    """All that each result of the indicator must carry; an empty list asks for nothing."""

    model_config = example(items=[{"kind": "document", "minimum": 1}])

    items: Annotated[
        list[EvidenceNeeded],
        Field(max_length=7, description="Each kind once; without a kind, so many of any kinds together."),
    ]


class EvidenceRequired(View):
    """What each result must carry."""

    kind: RequiredKind
    minimum: _Minimum


class ResultEvidence(View):
    """Evidence that a result was approved with, as it stood then: never changed."""

    id: Annotated[UUID, Field(description="The evidence.")]
    sha256: _SHA256
    kind: _Kind
    title: _Title
    state: Annotated[EvidenceState, Field(description="Where it stood.")]
