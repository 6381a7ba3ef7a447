"""The money of an initiative: asked for, answered, spent (Guide N-4, P-10)."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from app.enums.initiatives import BudgetAnswer, BudgetSource
from app.schemas.base import Body, Line, Number, View, Words, example
from app.schemas.planned import PlanDay, PlanYear

Money = Annotated[Number, Field(ge=0, lt=Decimal(10) ** 12, decimal_places=3)]
"""An amount in Omani rials."""
_Year = Annotated[PlanYear, Field(description="The year.")]
_Source = Annotated[BudgetSource, Field(description="Where the money comes from.")]
_Note = Annotated[Words | None, Field(description="What else there is to say.")]


class BudgetRequest(Body):
    """Money asked for."""

    model_config = example(year=2026, source="state_budget", requested=250000, note="حسب المصفوفة المالية")

    year: _Year
    source: _Source
    requested: Annotated[
        Money | None, Field(description="How much, in Omani rials; null takes the request back.")
    ]
    note: _Note = None


class BudgetAnswered(Body):
    """What the bodies concerned answered."""

    model_config = example(
        year=2026,
        source="state_budget",
        answer="granted",
        approved=200000,
        answered_on="2025-10-15",
        letter_number="م/٢١٠/٢٠٢٥",
    )

    year: _Year
    source: _Source
    answer: Annotated[BudgetAnswer, Field(description="Granted, in whole or in part, or refused.")]
    approved: Annotated[
        Money | None, Field(description="How much is granted, in Omani rials; null where it is refused.")
    ] = None
    answered_on: Annotated[PlanDay, Field(description="The day of the answer.")]
    letter_number: Annotated[
        Annotated[Line, Field(min_length=1, max_length=100)] | None,
        Field(description="Number of the letter that answers."),
    ] = None


class Spending(Body):
    """What is spent by now."""

    model_config = example(year=2026, source="state_budget", spent=120500.5)

    year: _Year
    source: _Source
    spent: Annotated[Money, Field(description="In all of that year, in Omani rials.")]
    reason: Annotated[
        Words | None, Field(description="Why more is spent than was approved; needed then.")
    ] = None


class BudgetLine(View):
    """The money from one source in one year, in Omani rials."""

    year: _Year
    source: _Source
    requested: Annotated[Money, Field(description="What was asked for.")]
    answer: Annotated[BudgetAnswer | None, Field(description="The answer; null: none yet.")]
    answered_on: Annotated[date | None, Field(description="The day of the answer.")]
    letter_number: Annotated[Line | None, Field(description="Number of the letter that answers.")]
    approved: Annotated[Money | None, Field(description="What was granted.")]
    spent: Annotated[Money | None, Field(description="What is spent by now; null: nothing is said yet.")]
    overspent_reason: Annotated[Words | None, Field(description="Why more is spent than was approved.")]
    note: _Note


_Total = Annotated[Number, Field(ge=0)]


class MoneyTotals(View):
    """The sums over all years and sources, in Omani rials."""

    requested: Annotated[_Total, Field(description="Asked for.")]
    approved: Annotated[_Total, Field(description="Granted.")]
    spent: Annotated[_Total, Field(description="Spent.")]
