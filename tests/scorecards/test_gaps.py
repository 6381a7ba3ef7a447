"""How far the indicators of a scorecard are from their targets, and what moves them (Guide I-7)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from app import ids
from app.enums import Frequency, Polarity, SubjectKind, TargetKind
from app.schemas.gaps import Gaps
from app.services.scorecards import gaps
from app.services.scores.rules import Measured, Target
from tests.definitions.ministry import refused
from tests.factories.scorecards import YEAR, Office
from tests.factories.world import Entity, World
from tests.results.office import Office as ResultsOffice

HIGHER, LOWER, BAND = Polarity.HIGHER_BETTER, Polarity.LOWER_BETTER, Polarity.BAND


def D(number: str) -> Decimal:
    return Decimal(number)


@pytest.mark.parametrize(
    ("target", "polarity", "value", "rank", "missing", "places", "percent"),
    [
        (Target(TargetKind.VALUE, D("40")), HIGHER, "35.4", None, "4.6", None, "11.5"),
        (Target(TargetKind.VALUE, D("40")), HIGHER, "44", None, "0", None, "0"),
        (Target(TargetKind.VALUE, D("40")), LOWER, "44", None, "-4", None, "10"),
        (Target(TargetKind.VALUE, D("40")), LOWER, "36", None, "0", None, "0"),
        (Target(TargetKind.VALUE, D("40")), BAND, "44", None, "-4", None, "10"),
        (Target(TargetKind.VALUE, D("-3")), HIGHER, "-4.5", None, "1.5", None, "50"),
        (Target(TargetKind.VALUE, D("0")), HIGHER, "-1", None, "1", None, None),
        (Target(TargetKind.FLOOR, D("-3")), LOWER, "-3.7", None, "0.7", None, "23.33"),
        (Target(TargetKind.CEILING, D("60")), HIGHER, "67.7", None, "-7.7", None, "12.83"),
        (Target(TargetKind.CEILING, D("60")), HIGHER, "35.4", None, "0", None, "0"),
        (Target(TargetKind.RANGE, D("30"), D("35")), HIGHER, "24", None, "6", None, "20"),
        (Target(TargetKind.RANGE, D("30"), D("35")), HIGHER, "36", None, "0", None, "0"),
        (Target(TargetKind.RANGE, D("30"), D("35")), LOWER, "42", None, "-7", None, "20"),
        (Target(TargetKind.BAND, D("2"), D("3")), HIGHER, "2.5", None, "0", None, "0"),
        (Target(TargetKind.BAND, D("2"), D("3")), HIGHER, "4.5", None, "-1.5", None, "50"),
        (Target(TargetKind.BAND, D("2"), D("3")), LOWER, "0.97", None, "1.03", None, "51.5"),
        (Target(TargetKind.TOP_RANK, rank=20), HIGHER, None, 25, None, -5, "25"),
        (Target(TargetKind.TOP_RANK, rank=20), LOWER, None, 18, None, 0, "0"),
        (Target(TargetKind.MINIMUM_AND_TOP_RANK, D("40"), rank=40), HIGHER, "36", 60, "4", -20, "50"),
        (Target(TargetKind.MINIMUM_AND_TOP_RANK, D("40"), rank=40), HIGHER, "36", None, "4", None, None),
        (Target(TargetKind.VALUE, D("40")), HIGHER, None, 3, None, None, None),
        (Target(TargetKind.BLANK), HIGHER, "40", None, None, None, None),
        (None, HIGHER, "40", None, None, None, None),
    ],
)
def test_the_gap_of_each_kind_of_target(
    target: Target | None,
    polarity: Polarity,
    value: str | None,
    rank: int | None,
    missing: str | None,
    places: int | None,
    percent: str | None,
) -> None:
    found = gaps.gap(target, polarity, Measured(value and D(value), rank))  # type: ignore[arg-type]
    assert (found.value, found.rank, found.percent) == (
        None if missing is None else D(missing),
        places,
        None if percent is None else D(percent),
    )


NUMBERS = st.decimals(-1000, 1000, places=2)


@given(
    kind=st.sampled_from([TargetKind.VALUE, TargetKind.FLOOR, TargetKind.CEILING, TargetKind.AVERAGE]),
    polarity=st.sampled_from(Polarity),
    goal=NUMBERS,
    x=NUMBERS,
)
def test_a_figure_that_gains_the_gap_has_reached_the_target(
    kind: TargetKind, polarity: Polarity, goal: Decimal, x: Decimal
) -> None:
    target = Target(kind, goal)
    first = gaps.gap(target, polarity, Measured(x))
    assert first.value is not None
    assert gaps.gap(target, polarity, Measured(x + first.value)).value == 0


@given(low=NUMBERS, width=st.decimals("0.01", 100, places=2), x=NUMBERS, polarity=st.sampled_from(Polarity))
def test_so_does_one_that_was_outside_a_band(
    low: Decimal, width: Decimal, x: Decimal, polarity: Polarity
) -> None:
    for kind in (TargetKind.BAND, TargetKind.RANGE):
        target = Target(kind, low, low + width)
        first = gaps.gap(target, polarity, Measured(x))
        assert first.value is not None
        assert gaps.gap(target, polarity, Measured(x + first.value)).value == 0


@pytest.mark.parametrize(
    ("frequency", "latest", "left"),
    [
        (Frequency.ANNUAL, date(2025, 12, 31), 2),
        (Frequency.QUARTERLY, date(2026, 9, 30), 5),
        (Frequency.MONTHLY, date(2027, 11, 30), 1),
        (Frequency.MONTHLY, date(2027, 12, 31), 0),
        (Frequency.SEMIANNUAL, date(2026, 12, 31), 2),
        (Frequency.BIENNIAL, date(2026, 12, 31), 1),
        (Frequency.IRREGULAR, date(2024, 6, 30), 3),
        (Frequency.ANNUAL, None, None),
    ],
)
def test_how_many_figures_are_still_to_come(
    frequency: Frequency, latest: date | None, left: int | None
) -> None:
    assert gaps.periods_left(frequency, latest, YEAR) == left


async def initiative(
    world: World, entity: Entity, indicator: UUID, code: str, expected: Decimal | None, **more: Any
) -> UUID:
    """An approved initiative that is to move the indicator, with money asked for in the year."""
    made = ids.new()
    await world.subject(made, SubjectKind.INITIATIVE, entity.id)
    programme = ids.new()
    await world.insert(
        "programmes",
        **{"id": programme, "code": f"tashgheel-{programme}", "kind": "programme", "status": "active"},
        **{"name_ar": "البرنامج الوطني للتشغيل", "name_en": "National Employment Programme"},
        **{"name_ar_translated": False, "source": "https://www.oman2040.om"},
    )
    dates = {"starts_on": date(YEAR, 1, 1), "ends_on": date(YEAR, 12, 31)}
    await world.insert(
        "initiatives",
        **{
            "id": made,
            "entity_id": entity.id,
            "code": code,
            "kind": "initiative",
            "goal": "رفع نسبة التعمين",
        },
        **{"name_ar": "برنامج التدريب المقرون بالتشغيل", "name_en": "Training for employment"},
        **dates,
        **{f"baseline_{name}": day for name, day in dates.items()},
        **{"approved_at": datetime.now(UTC), "proposed_at": datetime.now(UTC)},
        **{"state": "approved", "people_count": 12, "programme_id": programme, "programme_weight": 40},
        **{"classification": "internal", **more},
    )
    await world.insert(
        "initiative_effects",
        initiative_id=made,
        entity_id=entity.id,
        indicator_id=indicator,
        expected=expected,
        by_year=YEAR,
    )
    await world.insert(
        "budget_lines",
        id=ids.new(),
        entity_id=entity.id,
        initiative_id=made,
        year=YEAR,
        source="state_budget",
        requested=Decimal("125000.500"),
    )
    return made


async def test_the_gaps_of_a_scorecard(world: World, app: FastAPI) -> None:
    """What is missing, what the two figures to come must add, and what the initiatives are to."""
    figures = await ResultsOffice.make(world)
    office = await Office.make(world, app, figures.entity, manager=figures.manager, head=figures.head)
    await world.target(figures.indicator, YEAR, value=Decimal("40"))
    await figures.approved("2025", value=35.4)
    (still,) = await office.indicators(1)
    moving = await initiative(world, office.entity, figures.indicator, "A-1", Decimal("2.3"))
    await initiative(
        world, office.entity, figures.indicator, "A-2", Decimal("9"), classification="restricted"
    )
    await initiative(world, office.entity, figures.indicator, "A-3", None)
    path = await office.drafted([(figures.indicator, 60), (still, 40)])
    said = Gaps.model_validate(await office.read(f"{path}/gaps"))
    assert (said.reached, said.moved_by_nothing, said.state) == (0, 1, "draft")
    line, bare = said.lines
    assert (line.figure, line.gap, line.gap_percent, line.reached) == (
        Decimal("35.4"),
        Decimal("4.6"),
        Decimal("11.5"),
        False,
    )
    assert (line.periods_left, line.required_change) == (2, Decimal("2.3"))
    assert (line.expected_change, line.expected_percent) == (Decimal("2.3"), Decimal(50))
    assert [mover.initiative.code for mover in line.movers] == ["A-1", "A-3"]
    first = line.movers[0]
    assert (first.initiative.id, first.impact) == (moving, Decimal(50))
    assert (first.budget, first.people) == (Decimal("125000.5"), 12)
    assert line.movers[1].impact is None
    assert (bare.latest, bare.gap, bare.periods_left, bare.light) == (None, None, None, "grey")
    assert bare.moved_by_nothing


async def test_the_gaps_of_an_entity_and_year(world: World, app: FastAPI) -> None:
    """Of the scorecard in force, or, while none is, of the one in work, for who sees it."""
    office = await Office.make(world, app)
    (one,) = await office.indicators(1)
    asked = f"/v1/entities/{office.entity.id}/gaps"
    refused(await office.drafter.api.get(asked, year=YEAR), 404, "not_found")
    path = await office.drafted([(one, 100)])
    assert (await office.drafter.api.get(asked, year=YEAR)).json()["state"] == "draft"
    refused(await office.member.api.get(asked, year=YEAR), 404, "not_found")
    await office.in_force(path)
    for person in (office.member, office.unit):
        assert (await person.api.get(asked, year=YEAR)).json()["state"] == "in_force"
    opened = await office.new_version(path)
    assert opened.status_code == 201
    assert (await office.drafter.api.get(asked, year=YEAR)).json()["state"] == "in_force"
    stranger = await Office.make(world, app)
    refused(await stranger.manager.api.get(asked, year=YEAR), 404, "not_found")
    refused(await office.drafter.api.get(asked, year=1999), 422, "invalid")
