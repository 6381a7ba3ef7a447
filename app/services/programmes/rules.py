"""Who shares a national programme: transitions and pure guards (Guide N-2)."""

from datetime import date

from app.errors import invalid
from app.services.transitions import Transition

STANDING, ENDED = "standing", "ended"

END = Transition("programme_participants.end", frozenset({STANDING}), ENDED, reason=True)
TRANSITIONS = (END,)


def check_end(joined_on: date, left_on: date) -> None:
    """Nobody leaves before they join. Raises Invalid."""
    if left_on < joined_on:
        raise invalid(
            "#/left_on",
            "wrong_order",
            f"The entity takes part since {joined_on}.",
            f"تشارك الجهة منذ {joined_on}.",
        )
