"""Scorecards: the indicators of an entity and year, their weights and targets."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums import IndicatorLevel
from app.enums.scorecards import ScorecardState
from app.schemas.base import (
    Actions,
    Body,
    Count,
    Line,
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
from app.schemas.definitions import Target
from app.schemas.walking import Walking

_INDICATOR = "019a0000-0000-7000-8000-000000000007"
ScorecardYear = Annotated[Whole, Field(ge=2000, le=2100, description="The calendar year.")]
_Weight = Annotated[
    Number, Field(description="What it counts for, in percent; the lines of a scorecard come to 100.")
]
_LineNote = Annotated[Words | None, Field(description="What there is to say of it.")]
_Note = Annotated[Words | None, Field(description="What there is to say of the scorecard.")]
_Reason = Annotated[Words | None, Field(description="Why there is another version; null for the first.")]


class ScorecardLineCreate(Body):
    """An indicator of the entity, and what it counts for. Its target is that of its definition."""

    model_config = example(indicator_id=_INDICATOR, weight=40)

    indicator_id: Annotated[
        UUID, Field(description="An active indicator of the entity: vision, main or special.")
    ]
    weight: Annotated[
        Number,
        Field(gt=0, le=100, decimal_places=4, description="Percent. They need not come to 100 in a draft."),
    ]
    note: _LineNote = None


class ScorecardCreate(Body):
    """The scorecard of a year, empty or with the lines of another one of the entity."""

    model_config = example(year=2027, note="بطاقة الوزارة لعام 2027")

    year: ScorecardYear
    note: _Note = None
    copied_from_id: Annotated[
        UUID | None,
        Field(
            description="A scorecard of the entity whose lines it begins with, as far as they are still active."
        ),
    ] = None


class ScorecardVersionCreate(Body):
    """A new version of the scorecard in force. It begins as what that says."""

    model_config = example(reason="أضيف مؤشر الأمن الغذائي بعد مراجعة منتصف السنة")

    reason: Annotated[Words, Field(description="Why there is another version.")]


class ScorecardPatch(Body):
    """A change of a draft, as a JSON merge patch (RFC 7396): null empties the note; lines are replaced as a whole."""

    model_config = example(
        lines=[
            {"indicator_id": _INDICATOR, "weight": 60},
            {"indicator_id": "019a0000-0000-7000-8000-000000000008", "weight": 40, "note": "مؤشر مشترك"},
        ]
    )

    note: _Note = None
    lines: Annotated[
        list[ScorecardLineCreate],
        Field(default_factory=list, max_length=100, description="In their order; they replace all."),
    ]


class ScorecardLine(View):
    """An indicator of a scorecard, with its target of the year."""

    indicator: Annotated[Ref, Field(description="The indicator.")]
    level: Annotated[IndicatorLevel, Field(description="Its level.")]
    unit_ar: Annotated[Line, Field(description="Its unit, in Arabic.")]
    unit_en: Annotated[Line, Field(description="Its unit, in English.")]
    weight: _Weight
    definition_id: Annotated[UUID, Field(description="The version of its definition that sets the target.")]
    definition_number: Annotated[Count, Field(description="The number of that version.")]
    target: Annotated[
        Target | None, Field(description="What is to be reached in the year; null: the definition has none.")
    ]
    note: _LineNote


class _Scorecard(View):
    id: Annotated[UUID, Field(description="The version's id.")]
    entity: Annotated[Ref, Field(description="Whose scorecard it is.")]
    year: ScorecardYear
    number: Annotated[Count, Field(description="1 for the first version of the year; later ones count on.")]
    state: Annotated[ScorecardState, Field(description="How far it has come.")]
    note: _Note
    reason: _Reason
    indicators: Annotated[int, Field(ge=0, le=100, description="How many indicators stand in it.")]
    weight: Annotated[
        Number, Field(ge=0, le=10_000, description="What the weights come to: 100 once it is aligned.")
    ]
    drafted_by: Annotated[PersonRef, Field(description="Who began it.")]
    drafted_at: Annotated[datetime, Field(description="When it was begun.")]
    aligned_at: Annotated[datetime | None, Field(description="When the office stated that it is aligned.")]
    approved_at: Annotated[datetime | None, Field(description="When the head approved it.")]
    agreed_at: Annotated[datetime | None, Field(description="When UNIT agreed: since then it is in force.")]
    path: Walking
    version: Version


class ScorecardItem(_Scorecard):
    """A scorecard in a list."""


class ScorecardReturned(View):
    """A scorecard that came back."""

    by: Annotated[PersonRef, Field(description="Who returned it.")]
    at: Annotated[datetime, Field(description="When.")]
    reason: Annotated[Words | None, Field(description="Why.")]


_Told = Annotated[str, Field(max_length=10_000, pattern=r"^[^\u0000]*$")]


class ScorecardChange(View):
    """One thing in which a version differs from the one before it."""

    field: Annotated[
        str,
        Field(
            max_length=80,
            pattern=r"^(note|order|lines\.[A-Za-z0-9_.-]+)$",
            description="What differs; a line by the code of its indicator.",
            examples=["lines.omanisation"],
        ),
    ]
    indicator: Annotated[Ref | None, Field(description="The indicator of a line.")]
    before: Annotated[_Told | None, Field(description="What it said; null: nothing.")]
    after: Annotated[_Told | None, Field(description="What it says; null: nothing.")]


class ScorecardRead(_Scorecard):
    """One version of a scorecard, how it differs from the one before it, and what you may do with it now."""

    copied_from_id: Annotated[UUID | None, Field(description="The scorecard whose lines it began with.")]
    lines: Annotated[list[ScorecardLine], Field(max_length=100, description="In their order.")]
    aligned_by: Annotated[PersonRef | None, Field(description="Who stated that it is aligned.")]
    approved_by: Annotated[PersonRef | None, Field(description="The head who approved it.")]
    agreed_by: Annotated[PersonRef | None, Field(description="Who agreed for UNIT.")]
    returned: Annotated[ScorecardReturned | None, Field(description="The last return, until it is in force.")]
    exceptional: Annotated[
        bool, Field(description="The head took a control step because four eyes left nobody.")
    ]
    difference: Annotated[
        list[ScorecardChange],
        Field(max_length=300, description="Against the version before it; nothing for the first."),
    ]
    actions: Actions


class ScorecardList(View):
    """A page of scorecards."""

    items: Annotated[list[ScorecardItem], Field(max_length=200, description="The latest drafted first.")]
    next_cursor: NextCursor
