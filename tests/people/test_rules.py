"""The pure guards of appointments and intervals."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.enums import DivisionFunction, Role, Tenure
from app.errors import Forbidden, Invalid
from app.services.people import rules

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("role", "tenure", "function", "action"),
    [
        (Role.HEAD, Tenure.SUBSTANTIVE, None, "memberships.appoint_head"),
        (Role.HEAD_OFFICE, Tenure.SUBSTANTIVE, None, "memberships.appoint_head"),
        (Role.HEAD, Tenure.ACTING, None, "memberships.appoint_office"),
        (Role.MANAGER, Tenure.SUBSTANTIVE, None, "memberships.appoint_office"),
        (Role.MANAGER, Tenure.ACTING, None, "memberships.appoint_office"),
        (Role.TECHNICAL_REPRESENTATIVE, Tenure.SUBSTANTIVE, None, "memberships.appoint_office"),
        (Role.MEDIA_REPRESENTATIVE, Tenure.SUBSTANTIVE, None, "memberships.appoint_office"),
        (Role.EXPERT, Tenure.SUBSTANTIVE, None, "memberships.appoint_office"),
        (Role.SPECIALIST, Tenure.SUBSTANTIVE, None, "memberships.appoint_staff"),
        (Role.DIVISION_HEAD, Tenure.SUBSTANTIVE, DivisionFunction.PLANNING, "memberships.appoint_staff"),
        (Role.DIVISION_MEMBER, Tenure.SUBSTANTIVE, DivisionFunction.EXECUTING, "memberships.appoint_staff"),
        (Role.DIVISION_MEMBER, Tenure.SUBSTANTIVE, DivisionFunction.HEAD_OFFICE, "memberships.appoint_head"),
        (Role.UNIT_EDITOR, Tenure.SUBSTANTIVE, None, "memberships.appoint_unit"),
        (Role.UNIT_SPECIALIST, Tenure.SUBSTANTIVE, None, "memberships.appoint_unit"),
    ],
)
def test_the_role_says_who_appoints(
    role: Role, tenure: Tenure, function: DivisionFunction | None, action: str
) -> None:
    assert rules.appointing_action(role, tenure, function) == action


def test_administrators_are_not_appointed() -> None:
    with pytest.raises(Invalid) as refused:
        rules.appointing_action(Role.ADMINISTRATOR, Tenure.SUBSTANTIVE, None)
    assert refused.value.errors[0].pointer == "#/role"


@pytest.mark.parametrize(
    ("role", "tenure", "is_unit", "in_division", "lasts", "codes"),
    [
        (Role.MANAGER, Tenure.SUBSTANTIVE, False, False, None, []),
        (Role.MANAGER, Tenure.ACTING, False, False, DAY, []),
        (Role.UNIT_EDITOR, Tenure.SUBSTANTIVE, True, False, None, []),
        (Role.DIVISION_MEMBER, Tenure.SUBSTANTIVE, False, True, None, []),
        (Role.UNIT_EDITOR, Tenure.SUBSTANTIVE, False, False, None, ["only_in_unit"]),
        (Role.DIVISION_MEMBER, Tenure.SUBSTANTIVE, False, False, None, ["missing"]),
        (Role.SPECIALIST, Tenure.SUBSTANTIVE, False, True, None, ["out_of_place"]),
        (Role.SPECIALIST, Tenure.ACTING, False, False, DAY, ["not_a_post"]),
        (Role.MANAGER, Tenure.ACTING, False, False, None, ["missing"]),
        (Role.MANAGER, Tenure.ACTING, False, False, 367 * DAY, ["too_long"]),
        (Role.MANAGER, Tenure.SUBSTANTIVE, False, False, -DAY, ["before_start"]),
        (Role.MANAGER, Tenure.SUBSTANTIVE, False, False, 0 * DAY, ["before_start"]),
        (Role.SPECIALIST, Tenure.ACTING, False, True, None, ["out_of_place", "not_a_post", "missing"]),
    ],
)
def test_the_parts_of_an_appointment_fit(
    role: Role, tenure: Tenure, is_unit: bool, in_division: bool, lasts: timedelta | None, codes: list[str]
) -> None:
    ends_at = None if lasts is None else NOW + lasts
    try:
        rules.check_appointment(
            role, tenure, is_unit=is_unit, in_division=in_division, starts_at=NOW, ends_at=ends_at
        )
        found = []
    except Invalid as refused:
        found = [fault.code for fault in refused.errors]
    assert found == codes


def test_a_right_begins_today_at_the_earliest() -> None:
    assert rules.starting(None, NOW) == NOW
    assert rules.starting(NOW + HOUR, NOW) == NOW + HOUR
    assert rules.starting(NOW - HOUR, NOW) == NOW
    # Midnight in Muscat is 20:00 UTC of the day before.
    assert rules.starting(datetime(2026, 11, 20, 20, tzinfo=UTC), NOW) == NOW
    with pytest.raises(Invalid):
        rules.starting(datetime(2026, 11, 20, 19, 59, tzinfo=UTC), NOW)


def test_an_ending_never_extends_and_never_precedes_the_start() -> None:
    assert rules.ending(None, NOW - DAY, None, NOW) == NOW
    assert rules.ending(None, NOW - DAY, NOW + DAY, NOW) == NOW
    assert rules.ending(None, NOW + DAY, None, NOW) == NOW + DAY
    assert rules.ending(NOW + HOUR, NOW - DAY, NOW + DAY, NOW) == NOW + HOUR
    for given, starts_at, ends_at in (
        (NOW - HOUR, NOW - DAY, None),
        (NOW + HOUR, NOW + DAY, None),
        (NOW + DAY, NOW - DAY, NOW + DAY),
        (NOW + 2 * DAY, NOW - DAY, NOW + DAY),
    ):
        with pytest.raises(Invalid):
            rules.ending(given, starts_at, ends_at, NOW)


def test_nobody_appoints_themself() -> None:
    rules.check_not_oneself(UUID(int=1), [UUID(int=2)])
    with pytest.raises(Forbidden):
        rules.check_not_oneself(UUID(int=1), [UUID(int=2), UUID(int=1)])
