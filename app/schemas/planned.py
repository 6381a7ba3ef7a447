"""Words that initiatives, their reports and checks on the ground share: shares, years and days of a plan."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.schemas.base import Day, Number, Whole

Percent = Annotated[Number, Field(ge=0, le=100, decimal_places=2)]
PlanYear = Annotated[Whole, Field(ge=2000, le=2100)]


def _within_reach(day: date) -> date:
    """Plans are of this century: a day far outside is a slip, and would make a curve without end."""
    if day < _FIRST:
        raise PydanticCustomError("greater_than_equal", "before the year 2000")
    if day > _LAST:
        raise PydanticCustomError("less_than_equal", "after the year 2100")
    return day


_FIRST, _LAST = date(2000, 1, 1), date(2100, 12, 31)
PlanDay = Annotated[Day, AfterValidator(_within_reach)]
"""A day from 2000 to 2100."""
MilestoneNumber = Annotated[Whole, Field(ge=1, le=999)]
