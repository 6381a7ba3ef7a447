"""Series of meetings (Guide M-2)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums import Classification
from app.enums.meetings import Every, MeetingState, SeriesState, Weekday
from app.schemas.base import (
    Actions,
    Body,
    Code,
    Day,
    NextCursor,
    PersonRef,
    Ref,
    TimeOfDay,
    TimeSaid,
    Version,
    View,
    Whole,
    example,
)
from app.schemas.meetings import (
    ClassSaid,
    Invitations,
    Link,
    Place,
    TitleAr,
    TitleEn,
    WithWhomSaid,
)

_Every = Annotated[Every, Field(description="How often it meets.")]
_Weekday = Annotated[Weekday | None, Field(description="On which day, of a weekly series.")]
_MonthDay = Annotated[
    Whole | None,
    Field(
        ge=1,
        le=31,
        description="On which day of the month, of a monthly or quarterly series; the last one of shorter months.",
    ),
]
_MINUTES = {"ge": 15, "le": 480, "description": "How long each lasts, in minutes."}


class MeetingSeriesCreate(Body):
    """A series, all of whose meetings are planned at once."""

    model_config = example(
        with_whom="divisions",
        title_ar="اجتماع متابعة التقسيمات المنفذة",
        title_en="Follow-up with the executing divisions",
        every="weekly",
        weekday="tuesday",
        starts_on="2027-01-03",
        ends_on="2027-06-30",
        starts_at="09:30",
        minutes=60,
        place="قاعة الاجتماعات الرئيسية",
        people=[{"user_id": "019a0000-0000-7000-8000-000000000001", "role": "chair"}],
    )

    with_whom: WithWhomSaid
    title_ar: TitleAr
    title_en: TitleEn
    every: _Every
    weekday: _Weekday = None
    month_day: _MonthDay = None
    starts_on: Annotated[Day, Field(description="The first day that it may meet on.")]
    ends_on: Annotated[Day, Field(description="The last; at most 60 meetings lie before it.")]
    starts_at: Annotated[TimeOfDay, Field(description="At what time it begins, in Oman.", examples=["09:30"])]
    minutes: Annotated[Whole, Field(**_MINUTES)]
    place: Place = None
    link: Link = None
    classification: ClassSaid = Classification.INTERNAL
    people: Invitations = Field(default_factory=list)


class MeetingOfSeries(View):
    """A meeting among those of its series."""

    id: Annotated[UUID, Field(description="The meeting's id.")]
    code: Annotated[Code, Field(description="Its code among people.")]
    starts_at: Annotated[datetime, Field(description="When it begins.")]
    ends_at: Annotated[datetime, Field(description="When it ends.")]
    state: Annotated[MeetingState, Field(description="Where it stands.")]


class _Series(View):
    id: Annotated[UUID, Field(description="The series' id.")]
    entity: Annotated[Ref, Field(description="The entity whose office meets.")]
    with_whom: WithWhomSaid
    title_ar: TitleAr
    title_en: TitleEn
    every: _Every
    weekday: _Weekday
    month_day: _MonthDay
    starts_on: Annotated[date, Field(description="The first day that it may meet on.")]
    ends_on: Annotated[date, Field(description="The last.")]
    starts_at: Annotated[TimeSaid, Field(description="At what time it begins, in Oman.")]
    minutes: Annotated[int, Field(**_MINUTES)]
    place: Place
    link: Link
    classification: ClassSaid
    state: Annotated[SeriesState, Field(description="Where it stands.")]
    version: Version


class MeetingSeriesItem(_Series):
    """A series in a list."""


class MeetingSeriesRead(_Series):
    """One series with its meetings, and what you may do with it now."""

    meetings: Annotated[
        list[MeetingOfSeries], Field(max_length=60, description="Its meetings that you may see, in order.")
    ]
    made_by: Annotated[PersonRef, Field(description="Who planned it.")]
    ended_at: Annotated[datetime | None, Field(description="When it was ended.")]
    actions: Actions


class MeetingSeriesList(View):
    """A page of series."""

    items: Annotated[list[MeetingSeriesItem], Field(max_length=200, description="The series.")]
    next_cursor: NextCursor
