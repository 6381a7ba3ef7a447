"""Proposals of staff for the annual plan, all on one form (Guide P-12)."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums.plans import ProposalState
from app.schemas.base import (
    Actions,
    Awaiting,
    Body,
    Name,
    NextCursor,
    Number,
    PersonRef,
    Ref,
    Version,
    View,
    Whole,
    Words,
    example,
)
from app.schemas.decisions import RecordedDecision

_Title = Annotated[Name, Field(description="What is proposed, in a line.")]
_Problem = Annotated[Words, Field(description="What is to be solved or improved.")]
_Idea = Annotated[Words, Field(description="What is to be done.")]
_Effect = Annotated[Words, Field(description="What is expected of it.")]
_Cost = Annotated[
    Annotated[Number, Field(ge=0, lt=Decimal(10) ** 12, decimal_places=3)] | None,
    Field(description="What it may cost, in Omani rials; null: not estimated."),
]
_Rank = Annotated[Whole, Field(ge=1, le=9999, description="Its place in the sorted list.")]
_Key = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
_Meets = Annotated[list[_Key], Field(max_length=30, description="Keys of the plan's criteria that it meets.")]
_Decision = Annotated[
    RecordedDecision | None,
    Field(description="Needed when the head's office records the head's decision."),
]


class ProposalCreate(Body):
    """The one form on which staff propose."""

    model_config = example(
        title="منصة رقمية لمواءمة التدريب مع سوق العمل",
        problem="لا تتوفر لدى الباحثين عن عمل معلومات عن المهارات المطلوبة",
        idea="ربط بيانات المنشآت ببرامج التدريب في منصة واحدة",
        effect="رفع نسبة التشغيل بعد التدريب إلى 70 بالمئة",
        cost=45000,
    )

    title: _Title
    problem: _Problem
    idea: _Idea
    effect: _Effect
    indicator_id: Annotated[UUID | None, Field(description="The indicator that it would move.")] = None
    cost: _Cost = None


class ProposalSort(Body):
    """Where a proposal stands in the list, and what it meets."""

    model_config = example(rank=3, meets=["alignment"])

    rank: _Rank
    meets: _Meets
    reason: Annotated[
        Words | None, Field(description="Needed when the head decides because four eyes leaves nobody.")
    ] = None
    decision: _Decision = None


class ProposalAccept(Body):
    """Why a proposal is accepted, and what is made of it."""

    model_config = example(reason="يستوفي معايير الإدراج وله أثر مباشر على مؤشر التعمين")

    reason: Annotated[Words, Field(description="Why; the person who proposed reads it.")]
    initiative_id: Annotated[
        UUID | None, Field(description="The initiative of the entity that was made of it.")
    ] = None
    decision: _Decision = None


class _Proposal(View):
    id: Annotated[UUID, Field(description="The proposal's id.")]
    entity: Annotated[Ref, Field(description="The entity.")]
    plan_id: Annotated[UUID, Field(description="The plan that it is for.")]
    year: Annotated[int, Field(ge=2021, le=2100, description="The plan's year.")]
    title: _Title
    state: Annotated[ProposalState, Field(description="What became of it.")]
    rank: Annotated[_Rank | None, Field(description="Its place in the sorted list; null: not sorted yet.")]
    meets: _Meets
    proposed_by: Annotated[PersonRef, Field(description="Who proposed it.")]
    proposed_at: Annotated[datetime, Field(description="When.")]
    awaiting: Awaiting
    version: Version


class ProposalItem(_Proposal):
    """A proposal in a list."""


class ProposalRead(_Proposal):
    """A proposal, what became of it, and what you may do with it now."""

    problem: _Problem
    idea: _Idea
    effect: _Effect
    indicator: Annotated[Ref | None, Field(description="The indicator that it would move.")]
    cost: _Cost
    sorted_by: Annotated[PersonRef | None, Field(description="Who sorted it.")]
    sorted_at: Annotated[datetime | None, Field(description="When.")]
    decided_by: Annotated[PersonRef | None, Field(description="Who accepted or refused it.")]
    decided_at: Annotated[datetime | None, Field(description="When.")]
    reason: Annotated[Words | None, Field(description="Why it was accepted or refused.")]
    initiative_id: Annotated[UUID | None, Field(description="The initiative that was made of it.")]
    actions: Actions


class ProposalList(View):
    """A page of proposals."""

    items: Annotated[list[ProposalItem], Field(max_length=200, description="The latest first.")]
    next_cursor: NextCursor
