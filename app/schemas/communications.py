"""Communication plans and their activities."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums import SubjectKind
from app.enums.communications import CommunicationActivityState, CommunicationPlanState, CommunicationScope
from app.enums.paths import StageState, StageTiming
from app.schemas.base import (
    NOT_BLANK,
    ONE_LINE,
    Actions,
    Awaiting,
    Body,
    Count,
    Name,
    NextCursor,
    PersonRef,
    Ref,
    Version,
    View,
    Whole,
    Words,
    example,
)

_Said = Annotated[str, Field(min_length=1, max_length=500, pattern=NOT_BLANK)]
PlanYear = Annotated[Whole, Field(ge=2021, le=2100)]
NameAr = Annotated[Name, Field(description="Its name in Arabic.")]
NameEn = Annotated[Name, Field(description="Its name in English.")]
StageKey = Annotated[
    str,
    Field(max_length=60, pattern=ONE_LINE, description="The stage's name in its path.", examples=["A-09"]),
]
Scope = Annotated[CommunicationScope, Field(description="Whom it reaches: the entity's people, or others.")]
_Note = Annotated[Words | None, Field(description="What else is to be known of it.")]
_PLAN = {
    "name_ar": "خطة التواصل والإعلام لعام 2027",
    "name_en": "Communication and media plan 2027",
    "audiences": [{"ar": "موظفو الوزارة", "en": "Staff of the ministry"}],
    "messages": [{"ar": "شارك في إعداد الخطة السنوية", "en": "Take part in the annual plan"}],
    "channels": [{"ar": "البريد الداخلي", "en": "Internal mail"}],
}


class CommunicationSaid(Body):
    """One audience, message or channel."""

    model_config = example(ar="موظفو الوزارة", en="Staff of the ministry")

    ar: Annotated[_Said, Field(description="In Arabic.")]
    en: Annotated[_Said | None, Field(description="In English.")] = None


_Audiences = Annotated[
    list[CommunicationSaid],
    Field(default_factory=list, max_length=30, description="Whom it is to reach; they replace all."),
]
_Messages = Annotated[
    list[CommunicationSaid],
    Field(default_factory=list, max_length=30, description="What it says; they replace all."),
]
_Channels = Annotated[
    list[CommunicationSaid],
    Field(default_factory=list, max_length=30, description="By which means; they replace all."),
]


class CommunicationPlanCreate(Body):
    """A communication plan as it is begun; what is missing may be said later."""

    model_config = example(about_id="019a0000-0000-7000-8000-000000000002", year=2027, **_PLAN)

    about_id: Annotated[UUID, Field(description="What it is about: the entity as a whole, or a thing of it.")]
    year: Annotated[PlanYear, Field(description="The calendar year.")]
    name_ar: NameAr
    name_en: NameEn
    note: _Note = None
    audiences: _Audiences
    messages: _Messages
    channels: _Channels


class CommunicationPlanPatch(Body):
    """A change of a draft, as a JSON merge patch (RFC 7396): null empties the note; lists are replaced as a whole."""

    model_config = example(note="يُضاف لقاء مع التقسيمات المنفذة", channels=_PLAN["channels"])

    name_ar: NameAr = Field(default_factory=str)
    name_en: NameEn = Field(default_factory=str)
    note: _Note = None
    audiences: _Audiences
    messages: _Messages
    channels: _Channels


class CommunicationPlanRevise(Body):
    """A new version of an approved plan. It begins as what that one says."""

    model_config = example(reason="اعتُمدت بطاقة المؤشرات فتغيّرت رسائل الخطة")

    reason: Annotated[Words, Field(description="Why it differs from the version before it.")]


class SupportAsk(Body):
    """What UNIT is asked to do for a plan."""

    model_config = example(what="تغطية إعلامية لإطلاق الخطة السنوية في قنوات وحدة المتابعة")

    what: Annotated[Words, Field(description="What is asked for.")]


class SupportAnswer(Body):
    """What UNIT does for a plan."""

    model_config = example(answer="تُنشر المواد في حسابات الرؤية خلال الأسبوع الأول من مايو")

    answer: Annotated[Words, Field(description="The answer.")]


class CommunicationAbout(View):
    """What a communication plan is about."""

    id: Annotated[UUID, Field(description="Its id.")]
    kind: Annotated[SubjectKind, Field(description="What it is.", examples=["entity"])]
    name_ar: NameAr
    name_en: NameEn


class _CommunicationPlan(View):
    id: Annotated[UUID, Field(description="The version's id.")]
    entity: Annotated[Ref, Field(description="The entity.")]
    about: Annotated[CommunicationAbout, Field(description="What it is about.")]
    year: Annotated[PlanYear, Field(description="The calendar year.")]
    number: Annotated[Count, Field(description="1 for the first version; later ones count on.")]
    state: Annotated[CommunicationPlanState, Field(description="Where it stands.")]
    name_ar: NameAr
    name_en: NameEn
    reason: Annotated[Words | None, Field(description="Why it differs from the version before it.")]
    drafted_by: Annotated[PersonRef, Field(description="Who began it.")]
    drafted_at: Annotated[datetime, Field(description="When.")]
    submitted_at: Annotated[datetime | None, Field(description="When it was put before who approves it.")]
    approved_at: Annotated[datetime | None, Field(description="When it was approved.")]
    awaiting: Awaiting
    version: Version


class CommunicationPlanItem(_CommunicationPlan):
    """A communication plan in a list."""


class CommunicationPlanReturned(View):
    """A plan that came back."""

    by: Annotated[PersonRef, Field(description="Who returned it.")]
    at: Annotated[datetime, Field(description="When.")]
    reason: Annotated[Words, Field(description="Why.")]


class CommunicationSupport(View):
    """What UNIT was last asked to do, and its answer."""

    asked: Annotated[Words, Field(description="What was asked for.")]
    asked_by: Annotated[PersonRef, Field(description="Who asked.")]
    asked_at: Annotated[datetime, Field(description="When.")]
    answer: Annotated[Words | None, Field(description="UNIT's answer; null: there is none yet.")]
    answered_by: Annotated[PersonRef | None, Field(description="Who answered.")]
    answered_at: Annotated[datetime | None, Field(description="When.")]


class CommunicationShown(View):
    """One audience, message or channel."""

    ar: Annotated[_Said, Field(description="In Arabic.")]
    en: Annotated[_Said | None, Field(description="In English.")]


class CommunicationPlanActivity(View):
    """An activity of a plan, in short."""

    id: Annotated[UUID, Field(description="Its id.")]
    name_ar: NameAr
    name_en: NameEn
    scope: Scope
    starts_on: Annotated[date, Field(description="Its first day.")]
    ends_on: Annotated[date, Field(description="Its last day.")]
    state: Annotated[CommunicationActivityState, Field(description="Where it stands.")]
    late: Annotated[bool, Field(description="Its last day is past, and nobody has told of it.")]


class CommunicationAwareness(View):
    """An awareness stage of a path of the year, and what the plan does for it."""

    stage_id: Annotated[UUID, Field(description="The stage's id.")]
    run_id: Annotated[UUID, Field(description="The path that it is a stage of.")]
    key: StageKey
    title_ar: NameAr
    title_en: NameEn
    due_from: Annotated[date | None, Field(description="From when it is to be held.")]
    due: Annotated[date | None, Field(description="Until when; null: no date is set.")]
    state: Annotated[StageState, Field(description="Where it stands.")]
    timing: Annotated[StageTiming, Field(description="Where it stands in time, today.")]
    activity_ids: Annotated[
        list[UUID],
        Field(max_length=1000, description="The activities that answer it, without the cancelled."),
    ]


_Told = Annotated[str, Field(max_length=2000, pattern=r"^[^\u0000]*$")]


class CommunicationPlanChange(View):
    """One field in which a version differs from the one before it."""

    field: Annotated[
        str,
        Field(
            max_length=60,
            pattern=r"^[a-z_]+(\.[0-9]{1,2})?$",
            description="Which field; an item of a list by its place.",
            examples=["audiences.1"],
        ),
    ]
    before: Annotated[_Told | None, Field(description="What it said; null: nothing.")]
    after: Annotated[_Told | None, Field(description="What it says; null: nothing.")]


class CommunicationPlanRead(_CommunicationPlan):
    """One version of a communication plan, how it differs from the one before it, and what you may do with it now."""

    note: _Note
    audiences: Annotated[list[CommunicationShown], Field(max_length=30, description="Whom it is to reach.")]
    messages: Annotated[list[CommunicationShown], Field(max_length=30, description="What it says.")]
    channels: Annotated[list[CommunicationShown], Field(max_length=30, description="By which means.")]
    submitted_by: Annotated[PersonRef | None, Field(description="Who submitted it.")]
    approved_by: Annotated[PersonRef | None, Field(description="Who approved it.")]
    returned: Annotated[
        CommunicationPlanReturned | None, Field(description="The last return, until it is approved.")
    ]
    exceptional: Annotated[
        bool, Field(description="The head took a control step because four eyes left nobody.")
    ]
    support: Annotated[
        CommunicationSupport | None, Field(description="What UNIT was asked to do for it, if anything.")
    ]
    activities: Annotated[
        list[CommunicationPlanActivity],
        Field(
            max_length=400,
            description="Its activities, by day. Those of the version in force go over to the next one when that is"
            " approved; until then a new draft lists what it adds.",
        ),
    ]
    awareness: Annotated[
        list[CommunicationAwareness],
        Field(
            max_length=200,
            description="The awareness stages of the paths of this year (Guide C-2): those of the entity, or of the path"
            " that the thing walks which the plan is about.",
        ),
    ]
    difference: Annotated[
        list[CommunicationPlanChange],
        Field(max_length=100, description="Against the version before it; nothing for the first."),
    ]
    actions: Actions


class CommunicationPlanList(View):
    """A page of communication plans."""

    items: Annotated[list[CommunicationPlanItem], Field(max_length=200, description="The newest first.")]
    next_cursor: NextCursor
