"""What can be done to an entity or a division: pure guards (Guide E-1, O-8)."""

from collections.abc import Mapping
from typing import Any

from app.services.transitions import Transition

STANDING = "standing"
"""The only state of an entity and of a division: nothing is destroyed, and nothing awaits a decision."""

_STANDING = frozenset({STANDING})

EDIT = Transition("entities.edit", _STANDING, STANDING)
EDIT_DIVISION = Transition("divisions.edit", _STANDING, STANDING)

BEGUN_HERE = (
    "divisions.create",
    "memberships.create",
    "memberships.appoint_head",
    "memberships.appoint_office",
    "memberships.appoint_unit",
    "memberships.appoint_staff",
    "assignments.create",
    "delegations.create",
    "role_plans.create",
    "initiatives.create",
)
"""What is made under an entity, in the order in which it is listed."""


def open_now(action: str, row: Mapping[str, Any]) -> bool:
    """What else than the right an action asks of the entity: UNIT's people are appointed in UNIT only,
    and one role plan is in work at a time."""
    if action == "memberships.appoint_unit":
        return bool(row["is_unit"])
    if action == "role_plans.create":
        return not row["has_open_plan"]
    return True
