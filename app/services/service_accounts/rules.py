"""The rules of service accounts: programs that act for the person who made them, and never beyond."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from app.errors import FieldError, Invalid, Text
from app.permissions import RULES
from app.services.transitions import Transition

STANDING = "standing"
ENDED = "ended"

CREATE = "service_accounts.create"
END = Transition("service_accounts.end", frozenset({STANDING}), ENDED)

LONGEST_LIFE = timedelta(days=365)

_FOR_PEOPLE_ONLY = (
    "me.edit",
    "service_accounts.",
    "users.",
    "memberships.appoint_",
    "memberships.create",
    "memberships.end",
    "assignments.create",
    "assignments.end",
    "delegations.create",
    "delegations.end",
    "role_plans.approve",
    "role_plans.return",
    "calendar_feeds.",
)

NEVER = frozenset(action for action in RULES if action.startswith(_FOR_PEOPLE_ONLY))
"""What no program does, whoever made it: change its maker's password or sessions, make or end service
accounts, enter or block people, appoint or assign them, delegate, approve role plans, make a calendar feed. These hand out
rights: a stolen secret could outlive its end."""


def check_permissions(permissions: Sequence[str], held: Collection[str]) -> None:
    """Whether an account may be made with these actions. `held`: what its maker may do there.

    Raises Invalid that names each action which no rule knows, which is for people only, or which the maker
    does not hold.
    """
    faults = [
        FieldError(code, words, pointer=f"#/permissions/{position}")
        for position, action in enumerate(permissions)
        for code, words in _fault(action, held)
    ]
    if faults:
        raise Invalid(errors=tuple(faults))


def check_life(now: datetime, expires_at: datetime) -> None:
    """Whether the end lies ahead, within a year. Raises Invalid."""
    if not now < expires_at <= now + LONGEST_LIFE:
        raise Invalid(
            errors=(
                FieldError(
                    "out_of_range",
                    Text("The end lies ahead, within a year.", "يكون تاريخ الانتهاء في المستقبل وخلال سنة."),
                    pointer="#/expires_at",
                ),
            )
        )


def _fault(action: str, held: Collection[str]) -> list[tuple[str, Text]]:
    if action not in RULES:
        return [("unknown_action", Text("No rule knows this action.", "لا توجد قاعدة بهذا الإجراء."))]
    if action in NEVER:
        return [
            (
                "for_people_only",
                Text("Only people do this, never a program.", "هذا الإجراء للأشخاص فقط ولا يُمنح لحساب خدمة."),
            )
        ]
    if action not in held:
        return [("not_held", Text("You may not do this there yourself.", "لا تملك أنت هذه الصلاحية هناك."))]
    return []
