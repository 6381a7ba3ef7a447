"""The role rules, as they are read."""

from typing import Annotated

from pydantic import Field

from app.enums import Chain, Step, SubjectKind
from app.schemas.base import ActionName, Cursor, Line, View, example

State = Annotated[str, Field(max_length=40, pattern=r"^[a-z_]+$")]

_PLANNING = {
    "party": "planning",
    "relation_ar": "دائرة التخطيط في الجهة",
    "relation_en": "the entity's planning directorate",
}
_REVIEW = {
    "action": "results.review",
    "area": "results",
    "says_ar": "مراجعة نتيجة وإحالتها إلى المكتب",
    "says_en": "Pass a result on to the office",
    "who": [
        {
            "party": "step:review",
            "relation_ar": "من تسميه سلسلة الأدوار في الجهة للمراجعة",
            "relation_en": "whom the chain of the entity's role plan names to review",
        }
    ],
    "four_eyes": True,
    "recordable": False,
    "delegable": False,
    "subject": "result",
    "from_states": ["submitted"],
    "to_state": "reviewed",
    "reason": False,
    "guide": ["D-2"],
}
_CHAIN = {
    "chain": "results",
    "name_ar": "نتائج المؤشرات",
    "name_en": "Results of indicators",
    "steps": [{"step": "review", "parties": [_PLANNING]}],
}


class PartyInWords(View):
    """A party that a rule names, and how it stands to the thing."""

    model_config = example(**_PLANNING)

    party: Annotated[
        str,
        Field(
            max_length=40,
            pattern=r"^(step:)?[a-z_]+$",
            description="A role of the entity, a national party, `anyone`, `own`, or `step:` and the step of"
            " the chain that names the parties.",
            examples=["step:review"],
        ),
    ]
    relation_ar: Annotated[Line, Field(description="How it stands to the thing, in Arabic.")]
    relation_en: Annotated[Line, Field(description="How it stands to the thing, in English.")]


class RoleRuleRead(View):
    """One rule: who may take an action on which thing, under which conditions."""

    model_config = example(**_REVIEW)

    action: Annotated[ActionName, Field(description="The action, as `actions` and `x-permission` name it.")]
    area: Annotated[str, Field(max_length=40, pattern=r"^[a-z_]+$", description="The area it belongs to.")]
    says_ar: Annotated[Line, Field(description="What the action is, in Arabic.")]
    says_en: Annotated[Line, Field(description="What the action is, in English.")]
    who: Annotated[list[PartyInWords], Field(max_length=20, description="Any of these may; nobody else may.")]
    four_eyes: Annotated[
        bool,
        Field(
            description="Never by someone who entered, edited or already controlled the revision; compared by"
            " person."
        ),
    ]
    recordable: Annotated[
        bool, Field(description="Where the head is named, the head's office may record the head's decision.")
    ]
    delegable: Annotated[bool, Field(description="The manager may lend it to a specialist for a time.")]
    subject: Annotated[
        SubjectKind | None, Field(description="The kind of thing whose state counts; null: no state does.")
    ]
    from_states: Annotated[
        list[State],
        Field(
            max_length=20, description="The states in which it is possible, else 409; empty: no state counts."
        ),
    ]
    to_state: Annotated[State | None, Field(description="The state it leads to; null: it stays as it is.")]
    reason: Annotated[bool, Field(description="A reason must be given.")]
    guide: Annotated[
        list[Annotated[str, Field(max_length=10, pattern=r"^[A-Z]-[0-9]{1,2}$")]],
        Field(max_length=20, description="The lines of the offices' guide that the rule carries."),
    ]


class DefaultStep(View):
    """A step of a default chain."""

    step: Annotated[Step, Field(description="Enter, review or approve.")]
    parties: Annotated[
        list[PartyInWords], Field(max_length=20, description="Whom it names first, then the substitutes.")
    ]


class DefaultChain(View):
    """A chain that holds for an entity without an approved role plan (Guide P-13)."""

    model_config = example(**_CHAIN)

    chain: Annotated[Chain, Field(description="What the chain is for.")]
    name_ar: Annotated[Line, Field(description="The same in Arabic.")]
    name_en: Annotated[Line, Field(description="The same in English.")]
    steps: Annotated[list[DefaultStep], Field(max_length=10, description="Its steps, in order.")]


class RoleRuleList(View):
    """All role rules, and the default chains that their steps refer to."""

    model_config = example(items=[_REVIEW], next_cursor=None, default_chains=[_CHAIN])

    items: Annotated[list[RoleRuleRead], Field(max_length=500, description="The rules, by area.")]
    next_cursor: Annotated[Cursor | None, Field(description="Null: the list is one page.")]
    default_chains: Annotated[
        list[DefaultChain], Field(max_length=20, description="Whom the steps mean without a role plan.")
    ]
