"""What can be done to an entry of the analysis of strengths, weaknesses, opportunities and threats (Guide K-2)."""

from app.services.transitions import Transition

STANDING, WITHDRAWN = "standing", "withdrawn"

_STANDING = frozenset({STANDING})
CREATED = "swot_entries.create"
EDIT = Transition("swot_entries.edit", _STANDING, STANDING)
WITHDRAW = Transition("swot_entries.withdraw", _STANDING, WITHDRAWN, reason=True)

TRANSITIONS = (EDIT, WITHDRAW)

TOLD = ("year", "kind", "says", "risk_id")
"""What an entry says, and may say otherwise while it stands."""
