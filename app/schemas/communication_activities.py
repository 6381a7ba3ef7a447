"""Activities of communication plans."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums.communications import CommunicationActivityState, CommunicationScope
from app.schemas.base import (
    NOT_BLANK,
    Actions,
    Awaiting,
    Body,
    Day,
    NextCursor,
    PersonRef,
    Ref,
    Version,
    View,
    Whole,
    Words,
    example,
)
from app.schemas.communications import NameAr, NameEn, PlanYear, Scope, StageKey

_ACTIVITY = {
    "name_ar": "لقاء توعوي حول معايير إدراج المبادرات",
    "name_en": "Awareness meeting on the inclusion criteria",
    "scope": "internal",
    "audience": "موظفو التقسيمات المنفذة",
    "channel": "لقاء حضوري",
    "owner": "دائرة التواصل والإعلام",
    "starts_on": "2027-04-18",
    "ends_on": "2027-04-27",
}
_Short = Annotated[str, Field(min_length=1, max_length=300, pattern=NOT_BLANK)]
_Audience = Annotated[_Short, Field(description="Whom it is to reach.")]
_Channel = Annotated[_Short, Field(description="By which means.")]
_STARTS, _ENDS = "Its first day.", "Its last day: it is to be held by then."
_StageId = Annotated[
    UUID | None, Field(description="The awareness stage that it answers, of those that the plan lists.")
]
_StartsOn = Annotated[Day, Field(description=_STARTS)]
_EndsOn = Annotated[Day, Field(description=_ENDS)]
_Division = Annotated[UUID | None, Field(description="The division that owns it; else `owner`.")]
_Owner = Annotated[_Short | None, Field(description="Who owns it, where no division does.")]


class CommunicationActivityCreate(Body):
    """An activity of a communication plan."""

    model_config = example(**_ACTIVITY)

    name_ar: NameAr
    name_en: NameEn
    scope: Scope
    audience: _Audience
    channel: _Channel
    division_id: _Division = None
    owner: _Owner = None
    starts_on: _StartsOn
    ends_on: _EndsOn
    stage_id: _StageId = None
    reason: Annotated[
        Words | None, Field(description="Why it is added: needed for a plan that is approved, refused else.")
    ] = None


class CommunicationActivityPatch(Body):
    """A change of an activity of a draft, as a JSON merge patch (RFC 7396)."""

    model_config = example(starts_on="2027-04-20", ends_on="2027-04-28")

    name_ar: NameAr = Field(default_factory=str)
    name_en: NameEn = Field(default_factory=str)
    scope: Scope = Field(default_factory=lambda: CommunicationScope.INTERNAL)
    audience: _Audience = Field(default_factory=str)
    channel: _Channel = Field(default_factory=str)
    division_id: _Division = None
    owner: _Owner = None
    starts_on: _StartsOn = Field(default_factory=lambda: date.max)
    ends_on: _EndsOn = Field(default_factory=lambda: date.max)
    stage_id: _StageId = None


class CommunicationActivityReport(Body):
    """What came of an activity that was held."""

    model_config = example(
        outcome="حضر ممثلو جميع التقسيمات ورُفعت التوصيات", reached=140, done_on="2027-04-26"
    )

    outcome: Annotated[Words, Field(description="What came of it.")]
    reached: Annotated[
        Annotated[Whole, Field(ge=0, le=1_000_000_000)] | None,
        Field(description="How many people it reached, where that is known."),
    ] = None
    done_on: Annotated[Day, Field(description="The day on which it was held, or ended.")]


class CommunicationActivityCancel(Body):
    """Why an activity is not held."""

    model_config = example(reason="أُدمج اللقاء مع لقاء الخطة السنوية")

    reason: Annotated[Words, Field(description="Why.")]


class CommunicationActivityPlan(View):
    """The plan of an activity."""

    id: Annotated[UUID, Field(description="The id of its version.")]
    name_ar: NameAr
    name_en: NameEn
    year: Annotated[PlanYear, Field(description="The calendar year.")]


class CommunicationActivityStage(View):
    """The awareness stage of a path that an activity answers."""

    id: Annotated[UUID, Field(description="The stage's id.")]
    run_id: Annotated[UUID, Field(description="The path that it is a stage of.")]
    key: StageKey
    title_ar: NameAr
    title_en: NameEn


class _CommunicationActivity(View):
    id: Annotated[UUID, Field(description="The activity's id.")]
    plan: Annotated[CommunicationActivityPlan, Field(description="The plan that it belongs to.")]
    entity: Annotated[Ref, Field(description="The entity.")]
    name_ar: NameAr
    name_en: NameEn
    scope: Scope
    audience: _Audience
    channel: _Channel
    division: Annotated[Ref | None, Field(description="The division that owns it.")]
    owner: _Owner
    starts_on: Annotated[date, Field(description=_STARTS)]
    ends_on: Annotated[date, Field(description=_ENDS)]
    state: Annotated[
        CommunicationActivityState, Field(description="Drafted until its plan is approved, then planned.")
    ]
    late: Annotated[bool, Field(description="Its last day is past, and nobody has told of it.")]
    outcome: Annotated[Words | None, Field(description="What came of it.")]
    reached: Annotated[
        Annotated[int, Field(ge=0, le=1_000_000_000)] | None, Field(description="How many people it reached.")
    ]
    done_on: Annotated[date | None, Field(description="When it was held.")]
    awaiting: Awaiting
    version: Version


class CommunicationActivityItem(_CommunicationActivity):
    """An activity in a list."""


class CommunicationActivityRead(_CommunicationActivity):
    """An activity, and what you may do with it now."""

    stage: Annotated[
        CommunicationActivityStage | None, Field(description="The awareness stage that it answers.")
    ]
    reason: Annotated[Words | None, Field(description="Why it was added to an approved plan.")]
    created_by: Annotated[PersonRef, Field(description="Who planned it.")]
    created_at: Annotated[datetime, Field(description="When.")]
    reported_by: Annotated[PersonRef | None, Field(description="Who told of it.")]
    reported_at: Annotated[datetime | None, Field(description="When.")]
    cancelled_by: Annotated[PersonRef | None, Field(description="Who cancelled it.")]
    cancelled_at: Annotated[datetime | None, Field(description="When.")]
    cancellation_reason: Annotated[Words | None, Field(description="Why it was cancelled.")]
    actions: Actions


class CommunicationActivityList(View):
    """A page of activities."""

    items: Annotated[
        list[CommunicationActivityItem], Field(max_length=200, description="As they were planned.")
    ]
    next_cursor: NextCursor
