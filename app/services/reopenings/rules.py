"""The life of a reopening: asked, granted or refused, used once (Guide I-5, D-2)."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from app.enums import IndicatorLevel, Party, ReopeningState, Step
from app.errors import Conflict, Text, invalid
from app.parties import UNIT, party_key
from app.services.transitions import Awaited, Transition

_ASKED = frozenset({ReopeningState.ASKED.value})
_GRANTED = frozenset({ReopeningState.GRANTED.value})

GRANT = Transition("reopenings.grant", _ASKED, ReopeningState.GRANTED)
REFUSE = Transition("reopenings.refuse", _ASKED, ReopeningState.REFUSED, reason=True)

TRANSITIONS = (GRANT, REFUSE)

# What follows from another step or from the day; nobody takes these by themselves, so no rule names them.
USE = Transition("reopenings.use", _GRANTED, ReopeningState.USED)
LAPSE = Transition("reopenings.lapse", _ASKED | _GRANTED, ReopeningState.REFUSED, reason=True)

AWAITED: dict[str, Awaited] = {ReopeningState.ASKED: Awaited(Step.APPROVE, GRANT.action)}

LONGEST = timedelta(days=90)
"""A leave is scoped and expiring: at most a quarter of a year."""


LAPSED = "انقضى آخر يوم طُلب الإذن له دون قرار · The last day asked for passed without a decision"
"""The reason that stands with a leave which nobody decided about in time."""


@dataclass(frozen=True)
class Leave:
    """A granted reopening as it was seen, about to be used."""

    id: UUID
    version: int


class Lapsed(Conflict):
    code = "lapsed"
    title = Text("The last day of the leave has passed; refuse it", "انقضى آخر يوم للإذن المطلوب، فيُرفض")


def grantor(level: str, *, in_scorecard: bool) -> Party:
    """UNIT grants for vision and scorecard indicators, the entity's head for all others."""
    return Party.UNIT if level == IndicatorLevel.VISION or in_scorecard else Party.HEAD


def steps(grantor: str, entity_id: UUID) -> dict[str, tuple[str, ...]]:
    """The party that decides about the leave, as the step `approve`."""
    return {Step.APPROVE.value: (UNIT if grantor == Party.UNIT else party_key(grantor, entity_id),)}


def check_expiry(expires_on: date, today: date) -> None:
    """Raises Invalid unless the leave ends between today and LONGEST from now."""
    if not today <= expires_on <= today + LONGEST:
        raise invalid(
            "#/expires_on",
            "out_of_range",
            f"The leave ends today at the earliest and in {LONGEST.days} days at the latest.",
            f"ينتهي الإذن اليوم على الأقل وخلال {LONGEST.days} يومًا على الأكثر.",
        )
