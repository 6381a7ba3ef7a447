"""Who is appointed, assigned and delegated by whom, and for how long: pure guards (Guide O-1 to O-8)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from app import clock
from app.enums import (
    DIVISION_ROLES,
    POSTS,
    REPRESENTATIVES,
    UNIT_ROLES,
    DivisionFunction,
    Role,
    Tenure,
)
from app.errors import FieldError, Forbidden, Invalid, Text, invalid
from app.services.transitions import Transition

ACTIVE, BLOCKED = "active", "blocked"
PLANNED, IN_FORCE, ENDED = "planned", "in_force", "ended"

EDIT_USER = Transition("users.edit", frozenset({ACTIVE, BLOCKED}), ACTIVE)
INVITE = Transition("users.invite", frozenset({ACTIVE}), ACTIVE)
USER_TRANSITIONS = (EDIT_USER, INVITE)

_STANDING = frozenset({PLANNED, IN_FORCE})
END_MEMBERSHIP = Transition("memberships.end", _STANDING, ENDED)
END_ASSIGNMENT = Transition("assignments.end", _STANDING, ENDED)
END_DELEGATION = Transition("delegations.end", _STANDING, ENDED)

APPOINT = "appoint"
"""The step of a membership that names the parties who appoint to it and end it."""

LONGEST_DELEGATION = timedelta(days=366)
LONGEST_ACTING = timedelta(days=366)


def appointing_action(role: Role, tenure: Tenure, function: DivisionFunction | None) -> str:
    """The rule by which a person is appointed to a role. Raises Invalid for the administrator's role.

    `function` is that of the division. Whoever works in the head's office records the head's decisions,
    so its people are named like the head, never by the manager whose appointment they could record.
    """
    if tenure is Tenure.ACTING and role in POSTS:
        return "memberships.appoint_office"
    if role in (Role.HEAD, Role.HEAD_OFFICE) or function is DivisionFunction.HEAD_OFFICE:
        return "memberships.appoint_head"
    if role in UNIT_ROLES:
        return "memberships.appoint_unit"
    if role is Role.MANAGER or role in REPRESENTATIVES:
        return "memberships.appoint_office"
    if role is Role.SPECIALIST or role in DIVISION_ROLES:
        return "memberships.appoint_staff"
    raise invalid(
        "#/role",
        "not_appointed_here",
        "Administrators are made by the operator of the service.",
        "مديرو النظام يعينهم مشغل الخدمة.",
    )


def check_appointment(
    role: Role,
    tenure: Tenure,
    *,
    is_unit: bool,
    in_division: bool,
    starts_at: datetime,
    ends_at: datetime | None,
) -> None:
    """Whether the parts of an appointment fit each other. Raises Invalid with every fault."""
    faults: list[FieldError] = []
    if role in UNIT_ROLES and not is_unit:
        faults.append(
            _fault(
                "role",
                "only_in_unit",
                "This role exists in the follow-up unit only.",
                "هذا الدور في وحدة المتابعة فقط.",
            )
        )
    if role in DIVISION_ROLES and not in_division:
        faults.append(_fault("division_id", "missing", "Name the division.", "اذكر التقسيم الإداري."))
    if role not in DIVISION_ROLES and in_division:
        faults.append(
            _fault(
                "division_id",
                "out_of_place",
                "This role is in no division.",
                "هذا الدور ليس ضمن تقسيم إداري.",
            )
        )
    if tenure is Tenure.ACTING and role not in POSTS:
        faults.append(
            _fault(
                "tenure",
                "not_a_post",
                "Only the posts of head and manager have an acting holder.",
                "القيام بالأعمال لمنصب رئيس الوحدة أو مدير المكتب فقط.",
            )
        )
    if tenure is Tenure.ACTING and ends_at is None:
        faults.append(
            _fault("ends_at", "missing", "An acting holder is dated.", "القيام بالأعمال محدد بتاريخ انتهاء.")
        )
    longest = LONGEST_ACTING if tenure is Tenure.ACTING else None
    faults += _interval(starts_at, ends_at, longest)
    if faults:
        raise Invalid(errors=tuple(faults))


def check_interval(starts_at: datetime, ends_at: datetime | None, longest: timedelta | None = None) -> None:
    """An interval has a length, and at most the longest that is allowed. Raises Invalid."""
    faults = _interval(starts_at, ends_at, longest)
    if faults:
        raise Invalid(errors=tuple(faults))


def _interval(starts_at: datetime, ends_at: datetime | None, longest: timedelta | None) -> list[FieldError]:
    if ends_at is None:
        return []
    if ends_at <= starts_at:
        return [_fault("ends_at", "before_start", "The end comes after the start.", "النهاية بعد البداية.")]
    if longest is not None and ends_at - starts_at > longest:
        return [_fault("ends_at", "too_long", "At most one year.", "لا تزيد المدة على سنة.")]
    return []


def starting(given: datetime | None, now: datetime) -> datetime:
    """From when a right holds: now, or later. A start earlier today counts from now.

    Raises Invalid for an earlier day: a right never begins before it was given, or what was done without
    it would look permitted afterwards.
    """
    if given is None or given >= now:
        return given or now
    if clock.day(given) < clock.day(now):
        raise invalid(
            "#/starts_at",
            "in_the_past",
            "A right begins today at the earliest.",
            "لا تبدأ الصلاحية قبل اليوم.",
        )
    return now


def ending(given: datetime | None, starts_at: datetime, ends_at: datetime | None, now: datetime) -> datetime:
    """When what holds from `starts_at` to `ends_at` is ended: now, or the later moment given.

    What has not begun never begins: it ends at its own start. Raises Invalid for a moment in the past,
    before the start, or no earlier than the end that stands: an ending never extends.
    """
    if given is None:
        return max(now, starts_at)
    if given < now:
        raise invalid("#/ends_at", "in_the_past", "The end is in the past.", "النهاية في الماضي.")
    if given < starts_at:
        raise invalid("#/ends_at", "before_start", "The end comes after the start.", "النهاية بعد البداية.")
    if ends_at is not None and given >= ends_at:
        raise invalid(
            "#/ends_at",
            "not_earlier",
            "It ends by then already; an ending never extends.",
            "ينتهي قبل ذلك أصلًا، والإنهاء لا يمدد.",
        )
    return given


def check_not_oneself(user_id: UUID, persons: Iterable[UUID]) -> None:
    """Nobody appoints themself, whoever records it. Raises Forbidden."""
    if user_id in persons:
        raise Forbidden(Text("Nobody appoints themself.", "لا يعيّن أحد نفسه."))


def _fault(field: str, code: str, en: str, ar: str) -> FieldError:
    return FieldError(code, Text(en, ar), pointer=f"#/{field}")
