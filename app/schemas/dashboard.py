"""The first screen of a phone."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.enums import Light, ObligationState, Trend
from app.schemas.base import NOT_BLANK_LINE, Code, Number, PeriodCode, View

_Number = Annotated[int, Field(ge=0, le=1_000_000)]
_Percent = Annotated[Number, Field(ge=0, le=100)]
_Name = Annotated[
    str,
    Field(
        min_length=1,
        max_length=100,
        pattern=NOT_BLANK_LINE,
        description="Its name in the reader's language; a longer one is cut and ends with an ellipsis.",
    ),
]


class DashboardInbox(View):
    """What waits for you."""

    count: Annotated[_Number, Field(description="How many things; `/v1/inbox` lists them.")]
    late: Annotated[_Number, Field(description="Of these: those whose day is past.")]
    due_soon: Annotated[
        _Number, Field(description="Those whose day is today or within the next five working days.")
    ]


class DashboardEntity(View):
    """An entity of yours."""

    id: Annotated[UUID, Field(description="Its id.")]
    code: Annotated[Code, Field(description="Its code among people.")]
    name: _Name


class DashboardStanding(View):
    """Where an entity or the nation stands: of its active indicators, as on the scoreboard."""

    entity: Annotated[DashboardEntity | None, Field(description="Which entity; null: the nation.")]
    indicators: Annotated[_Number, Field(description="Active indicators.")]
    green: Annotated[_Number, Field(description="Indicators whose light is green.")]
    amber: Annotated[_Number, Field(description="Indicators whose light is amber.")]
    red: Annotated[_Number, Field(description="Indicators whose light is red.")]
    grey: Annotated[_Number, Field(description="Indicators whose light is grey: they cannot be assessed.")]
    red_without_corrective: Annotated[
        _Number, Field(description="Red ones that no initiative in work is to move.")
    ]
    overdue: Annotated[
        _Number, Field(description="Indicators of which a figure newer than the one scored is overdue.")
    ]
    score: Annotated[
        _Percent | None, Field(description="Percent, with one decimal; null: too few can be assessed.")
    ]
    light: Annotated[Light, Field(description="The light of all together.")]
    trend: Annotated[Trend | None, Field(description="Against the period before; null: cannot be said.")]


class DashboardIndicator(View):
    """An indicator that is behind."""

    id: Annotated[UUID, Field(description="The indicator.")]
    name: _Name
    entity: Annotated[Code, Field(description="The code of its owner.")]
    light: Annotated[Literal["red", "amber"], Field(description="Its light.")]
    corrective: Annotated[
        bool | None,
        Field(
            description="Where it is red, whether an initiative in work is to move it; null where it is amber."
        ),
    ]
    on_track: Annotated[
        Number,
        Field(description="Percent of what is expected by now, with one decimal; below zero: regress."),
    ]


class DashboardLateFigure(View):
    """A figure that is late."""

    id: Annotated[UUID, Field(description="The obligation.")]
    indicator_id: Annotated[UUID, Field(description="The indicator.")]
    name: _Name
    entity: Annotated[Code, Field(description="The code of the entity that owes it.")]
    period: PeriodCode
    due_on: Annotated[date, Field(description="Last day on which a figure was in time.")]
    state: Annotated[
        ObligationState, Field(description="Late, overdue, or in review past the time for late figures.")
    ]


class DashboardLate(View):
    """What is late."""

    total: Annotated[
        _Number,
        Field(
            description="How many figures. `/v1/obligations?late=true` lists them, with what else you see to be late."
        ),
    ]
    items: Annotated[list[DashboardLateFigure], Field(max_length=5, description="The oldest of them.")]


class DashboardRead(View):
    """What a person sees first: less than 8 kB, in one request."""

    today: Annotated[date, Field(description="The day in Oman on which it is asked.")]
    inbox: Annotated[DashboardInbox, Field(description="How much waits for you.")]
    standing: Annotated[
        list[DashboardStanding],
        Field(
            max_length=6,
            description="The entities that you hold a role in and that have indicators, most of them first; for UNIT"
            " the nation.",
        ),
    ]
    urgent: Annotated[
        list[DashboardIndicator],
        Field(max_length=5, description="Of all these: the red indicators farthest behind, then the amber."),
    ]
    late: Annotated[DashboardLate, Field(description="What these owe and is late.")]
    flagged: Annotated[
        _Number,
        Field(
            description="How many challenges are overdue at the level below yours; `/v1/challenges?flagged=true` lists"
            " them."
        ),
    ]
