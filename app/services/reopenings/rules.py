"""The life of a reopening: asked, granted or refused, used once (design, role rules)."""

from datetime import date, timedelta

from app.enums import IndicatorLevel, Party, ReopeningState, Step
from app.errors import Conflict, Text, invalid
from app.services.transitions import Awaited, Transition

_ASKED = frozenset({ReopeningState.ASKED.value})

GRANT = Transition("reopenings.grant", _ASKED, ReopeningState.GRANTED)
REFUSE = Transition("reopenings.refuse", _ASKED, ReopeningState.REFUSED, reason=True)

TRANSITIONS = (GRANT, REFUSE)

AWAITED: dict[str, Awaited] = {ReopeningState.ASKED: Awaited(Step.APPROVE, GRANT.action)}

LONGEST = timedelta(days=90)
"""A leave to correct is scoped and expiring: at most a quarter of a year."""


class Lapsed(Conflict):
    code = "lapsed"
    title = Text("The last day of the leave has passed; refuse it", "انقضى آخر يوم للإذن المطلوب، فيُرفض")


def grantor(level: str, *, in_scorecard: bool) -> Party:
    """UNIT grants for vision and scorecard indicators, the entity's head for all others."""
    return Party.UNIT if level == IndicatorLevel.VISION or in_scorecard else Party.HEAD


def check_expiry(expires_on: date, today: date) -> None:
    """Raises Invalid unless the leave ends between today and LONGEST from now."""
    if not today <= expires_on <= today + LONGEST:
        raise invalid(
            "#/expires_on",
            "out_of_range",
            f"The leave ends today at the earliest and in {LONGEST.days} days at the latest.",
            f"ينتهي الإذن اليوم على الأقل وخلال {LONGEST.days} يومًا على الأكثر.",
        )
