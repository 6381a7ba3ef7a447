"""Role plans: which party enters, reviews and approves, per chain."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums import Party, RolePlanState
from app.schemas.base import (
    Actions,
    Awaiting,
    Body,
    NextCursor,
    PersonRef,
    Ref,
    Version,
    View,
    Words,
    example,
)

_RESULTS = {
    "enter": [{"party": "executing"}, {"party": "specialist"}],
    "review": [{"party": "planning"}],
    "approve": [{"party": "manager"}],
}
_Number = Annotated[int, Field(ge=1, le=1_000_000, description="1 for the first plan; later ones count on.")]


class StepPartyCreate(Body):
    """Whom a step names."""

    party: Annotated[
        Party, Field(description="The party; `executing` is the division in charge of the subject.")
    ]
    division_id: Annotated[
        UUID | None, Field(description="The division, where the party is `division`; one of the entity.")
    ] = None


StepParties = Annotated[
    list[StepPartyCreate], Field(max_length=6, description="The party first, then at most five substitutes.")
]


class ChainCreate(Body):
    """Who takes each step of a chain."""

    model_config = example(**_RESULTS)

    enter: StepParties
    review: StepParties
    approve: StepParties


class ChainsCreate(Body):
    """The chains that differ; null is the guide's chain. A new plan has the guide's for what is not named."""

    model_config = example(results=_RESULTS)

    results: Annotated[ChainCreate | None, Field(description="Results (Guide D-2).")] = None
    plans: Annotated[ChainCreate | None, Field(description="Plans (Guide P-9).")] = None
    detailed_plans: Annotated[ChainCreate | None, Field(description="Detailed plans (Guide D-1).")] = None
    reports: Annotated[ChainCreate | None, Field(description="Reports (Guide M-7).")] = None
    communication: Annotated[ChainCreate | None, Field(description="Communication plans (Guide C-1).")] = None


class RolePlanCreate(Body):
    """A new version of the role plan. It begins as a draft."""

    model_config = example(note="لا توجد دائرة تخطيط في الجهة", chains={"results": _RESULTS})

    note: Annotated[Words | None, Field(description="Why it differs from the one in force.")] = None
    chains: Annotated[
        ChainsCreate, Field(default_factory=ChainsCreate, description="The chains that differ.")
    ]


class RolePlanPatch(RolePlanCreate):
    """A change of a draft, as a JSON merge patch (RFC 7396); a chain that is named is replaced as a whole."""

    model_config = example(chains={"results": _RESULTS})


class StepParty(View):
    """Whom a step names."""

    party: Annotated[Party, Field(description="The party.")]
    division: Annotated[Ref | None, Field(description="The division, where one is named.")]


class ChainRead(View):
    """Who takes each step of a chain: the party first, then its substitutes."""

    enter: Annotated[list[StepParty], Field(max_length=6, description="Who enters.")]
    review: Annotated[list[StepParty], Field(max_length=6, description="Who reviews.")]
    approve: Annotated[list[StepParty], Field(max_length=6, description="Who approves.")]


class ChainsRead(View):
    """All chains of an entity."""

    results: Annotated[ChainRead, Field(description="Results (Guide D-2).")]
    plans: Annotated[ChainRead, Field(description="Plans (Guide P-9).")]
    detailed_plans: Annotated[ChainRead, Field(description="Detailed plans (Guide D-1).")]
    reports: Annotated[ChainRead, Field(description="Reports (Guide M-7).")]
    communication: Annotated[ChainRead, Field(description="Communication plans (Guide C-1).")]


class RolePlanItem(View):
    """A version of a role plan in a list."""

    id: Annotated[UUID, Field(description="The version's id.")]
    entity: Annotated[Ref, Field(description="The entity.")]
    number: _Number
    state: Annotated[RolePlanState, Field(description="Draft, submitted or approved.")]
    in_force: Annotated[bool, Field(description="Whether new work follows it now.")]
    note: Annotated[Words | None, Field(description="Why it differs from the one before.")]
    drafted_by: Annotated[PersonRef, Field(description="Who drafted it.")]
    drafted_at: Annotated[datetime, Field(description="When.")]
    submitted_at: Annotated[datetime | None, Field(description="When it was put before the head.")]
    approved_at: Annotated[datetime | None, Field(description="When it was approved.")]
    awaiting: Awaiting
    version: Version


class RolePlanRead(RolePlanItem):
    """A version of a role plan with its chains, and what you may do with it now."""

    submitted_by: Annotated[PersonRef | None, Field(description="Who put it before the head.")]
    approved_by: Annotated[PersonRef | None, Field(description="The head who approved it.")]
    decision_id: Annotated[
        UUID | None, Field(description="The recorded decision, where the office recorded.")
    ]
    return_reason: Annotated[Words | None, Field(description="Why it was returned, until it is approved.")]
    chains: Annotated[ChainsRead, Field(description="Who takes each step.")]
    actions: Actions


class RolePlanList(View):
    """A page of the versions of a role plan."""

    items: Annotated[list[RolePlanItem], Field(max_length=200, description="The latest first.")]
    next_cursor: NextCursor


class RolePlanInForce(View):
    """The chains that new work in the entity follows now."""

    entity: Annotated[Ref, Field(description="The entity.")]
    is_default: Annotated[
        bool, Field(description="True: the entity has no approved plan; these are the guide's.")
    ]
    role_plan_id: Annotated[UUID | None, Field(description="The approved version.")]
    number: Annotated[_Number | None, Field(description="Its number.")]
    approved_at: Annotated[datetime | None, Field(description="When it was approved.")]
    chains: Annotated[ChainsRead, Field(description="Who takes each step.")]
