"""When a result of a shared indicator can be certified, and which indicator can be a part: the pure guards."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.enums import Frequency, IndicatorLevel, IndicatorState, PartState
from app.errors import AppError, Invalid, Text
from app.services.contributions import rules
from app.services.results.rules import IndicatorNotActive

WEIGHTS = st.decimals(min_value="0.0000000001", max_value=100, places=10)
PARTS = st.lists(
    st.builds(
        rules.Part,
        contributor=st.sampled_from(
            [Text("Ministry of Labour", "وزارة العمل"), Text("Governorate", "محافظة")]
        ),
        period=st.sampled_from(["2024", "2024-Q3"]),
        weight=WEIGHTS,
        state=st.sampled_from(PartState),
    ),
    max_size=6,
)


def _part(weight: str, state: PartState) -> rules.Part:
    return rules.Part(Text("Ministry of Labour", "وزارة العمل"), "2024", Decimal(weight), state)


@given(PARTS)
def test_a_result_is_certified_or_every_fault_is_named(parts: list[rules.Part]) -> None:
    beyond = sum(part.weight for part in parts) > 100
    missing = [part for part in parts if part.state in (PartState.MISSING, PartState.PENDING)]
    assert rules.is_certifiable(parts) == (not beyond and not missing)
    if rules.is_certifiable(parts):
        rules.check_certifiable(parts)
        return
    with pytest.raises(rules.WeightsBeyond100 if beyond else rules.PartsMissing) as raised:
        rules.check_certifiable(parts)
    if not beyond:
        assert len(raised.value.errors) == len(missing)
        for part, fault in zip(missing, raised.value.errors, strict=True):
            for said, name in (
                (fault.detail.en, part.contributor.en),
                (fault.detail.ar, part.contributor.ar),
            ):
                assert name in said
                assert part.period in said


def test_exactly_one_hundred_percent_can_be_certified() -> None:
    parts = [_part("33.3333333333", PartState.APPROVED), _part("66.6666666667", PartState.EXPLAINED)]
    rules.check_certifiable(parts)
    with pytest.raises(rules.WeightsBeyond100, match=r"100\.0000000001"):
        rules.check_certifiable([*parts, _part("0.0000000001", PartState.APPROVED)])


def test_a_pending_part_and_a_missing_one_are_told_apart() -> None:
    with pytest.raises(rules.PartsMissing) as raised:
        rules.check_certifiable([_part("10", PartState.PENDING), _part("10", PartState.MISSING)])
    assert [fault.code for fault in raised.value.errors] == ["part_pending", "part_missing"]
    assert raised.value.errors[1].detail.ar == "وزارة العمل: قيمة الفترة 2024 غير متوفرة ولم يُبيَّن السبب."


REGULAR = ["monthly", "quarterly", "semiannual", "annual", "biennial"]


@pytest.mark.parametrize("whole", REGULAR)
@pytest.mark.parametrize("part", REGULAR)
def test_a_part_is_measured_at_least_as_often_as_the_whole(part: str, whole: str) -> None:
    assert rules.is_as_fine(part, whole) == (REGULAR.index(part) <= REGULAR.index(whole))


@pytest.mark.parametrize("other", Frequency)
def test_an_irregular_indicator_fits_any(other: Frequency) -> None:
    assert rules.is_as_fine("irregular", other)
    assert rules.is_as_fine(other, "irregular")


@pytest.mark.parametrize(
    ("level", "state", "frequency", "error", "code"),
    [
        ("main", "active", "annual", Invalid, "not_special"),
        ("special", "active", "biennial", Invalid, "too_coarse"),
        ("special", "draft", "annual", IndicatorNotActive, None),
        ("special", "retired", "monthly", IndicatorNotActive, None),
    ],
)
def test_what_cannot_be_a_part(
    level: str, state: str, frequency: str, error: type[AppError], code: str | None
) -> None:
    with pytest.raises(error) as raised:
        rules.check_part(level=level, state=state, frequency=frequency, whole_frequency="annual")
    assert [fault.code for fault in raised.value.errors] == ([] if code is None else [code])
    assert all(fault.pointer == "#/indicator_id" for fault in raised.value.errors)


def test_an_active_special_indicator_can_be_a_part() -> None:
    rules.check_part(
        level=IndicatorLevel.SPECIAL,
        state=IndicatorState.ACTIVE,
        frequency="quarterly",
        whole_frequency="annual",
    )
