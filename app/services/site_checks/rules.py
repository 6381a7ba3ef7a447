"""The life of a check on the ground, and what one may say (Guide N-8)."""

from datetime import date

from app.enums.initiatives import SiteCheckState
from app.errors import invalid
from app.services.transitions import Transition

RECORDED = frozenset({SiteCheckState.RECORDED.value})

WITHDRAW = Transition("site_checks.withdraw", RECORDED, SiteCheckState.WITHDRAWN, reason=True)
TRANSITIONS = (WITHDRAW,)


def check_day(checked_on: date, today: date) -> None:
    """Nobody has been there on a day to come. Raises Invalid."""
    if checked_on > today:
        raise invalid("#/checked_on", "in_the_future", "The day is yet to come.", "اليوم لم يأتِ بعد.")
