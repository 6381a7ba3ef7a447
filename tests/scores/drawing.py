"""Random definitions and figures for the tests of the arithmetic, and those that ship."""

import csv
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import strategies as st

from app.enums import Measure, Polarity, TargetKind
from app.services.scores.rules import Baseline, Definition, Measured, Target

DATA = Path(__file__).resolve().parents[2] / "data"
GREEN_AT, AMBER_AT = Decimal(90), Decimal(70)

YEARS = st.integers(2018, 2030)  # few, so that they meet
RANKS = st.integers(1, 200)
DAYS = st.dates(date(2016, 1, 1), date(2032, 12, 31))
VALUES = st.one_of(
    st.integers(-12, 12).map(Decimal),  # small, so that equal numbers are common
    st.decimals(-5000, 5000, places=3),
    st.decimals(-(10**13), 10**13, places=10),  # as long as the contract lets a measurement be
)
WHOLE = st.integers(-1000, 1000).map(Decimal)
TOLERANCES = st.sampled_from([Decimal("0.5"), Decimal(3), Decimal(40)])
KINDS = tuple(TargetKind)


@dataclass(frozen=True)
class Case:
    """What one score is made of."""

    definition: Definition
    measured: Measured
    period_end: date


@st.composite
def targets(
    draw: st.DrawFn, values: st.SearchStrategy[Decimal] = VALUES, kinds: Sequence[TargetKind] = KINDS
) -> Target:
    """A target, complete and well formed as the schema demands."""
    kind = draw(st.sampled_from(kinds))
    ends = sorted(draw(st.lists(values, min_size=4, max_size=4, unique=True)))
    window = sorted(draw(st.lists(YEARS, min_size=2, max_size=2)))
    ranked = kind in (TargetKind.TOP_RANK, TargetKind.MINIMUM_AND_TOP_RANK)
    is_band, ended = kind == TargetKind.BAND, kind in (TargetKind.BAND, TargetKind.RANGE)
    return Target(
        kind,
        value=None if kind in (TargetKind.TOP_RANK, TargetKind.BLANK) else ends[1],
        value_max=ends[2] if ended else None,
        outer_min=draw(st.sampled_from([ends[0], None])) if is_band else None,
        outer_max=draw(st.sampled_from([ends[3], None])) if is_band else None,
        rank=draw(RANKS) if ranked else None,
        window_start=window[0] if kind == TargetKind.AVERAGE else None,
        window_end=window[1] if kind == TargetKind.AVERAGE else None,
    )


@st.composite
def cases(
    draw: st.DrawFn,
    values: st.SearchStrategy[Decimal] = VALUES,
    days: st.SearchStrategy[date] = DAYS,
    kinds: Sequence[TargetKind] = KINDS,
    complete: bool = False,
) -> Case:
    """A definition and a figure; unless `complete`, any fact that the schema lets be missing may be."""
    missing = st.nothing() if complete else st.none()
    definition = Definition(
        polarity=draw(st.sampled_from(Polarity)),
        measure=draw(st.sampled_from(Measure)),
        baseline=Baseline(draw(missing | values), draw(missing | RANKS), draw(missing | YEARS)),
        targets=draw(st.dictionaries(YEARS, targets(values, kinds), min_size=int(complete), max_size=4)),
        # Also such as scores often meet exactly.
        green_at=draw(st.sampled_from([GREEN_AT, Decimal(100)])),
        amber_at=draw(st.sampled_from([AMBER_AT, Decimal(50), Decimal(0)])),
        tolerance=draw(st.none() | TOLERANCES),
    )
    return Case(definition, Measured(draw(missing | values), draw(missing | RANKS)), draw(days))


def table(name: str) -> list[dict[str, str]]:
    """The records of a shipped file."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def shipped_definitions() -> dict[str, Definition]:
    """All indicators that ship, by code, with their targets; none of them states a tolerance."""
    by_code: dict[str, dict[int, Target]] = {}
    for row in table("targets"):
        by_code.setdefault(row["indicator"], {})[int(row["year"])] = Target(
            TargetKind(row["kind"]),
            value=_number(row["value"]),
            value_max=_number(row["value_max"]),
            rank=_whole(row["rank"]),
            window_start=_whole(row["window_start"]),
            window_end=_whole(row["window_end"]),
        )
    return {
        row["code"]: Definition(
            polarity=Polarity(row["polarity"]),
            measure=Measure(row["measure"]),
            baseline=Baseline(
                _number(row["baseline_value"]), _whole(row["baseline_rank"]), _whole(row["baseline_year"])
            ),
            targets=by_code.get(row["code"], {}),
            green_at=GREEN_AT,
            amber_at=AMBER_AT,
        )
        for row in table("indicators")
    }


def shipped_figures() -> dict[tuple[str, date], set[Measured]]:
    """All figures that ship, by indicator and end of period: each value told for it with each rank."""
    feeds = {row["series"]: (row["indicator"], row["measure"]) for row in table("series_map")}
    told: dict[tuple[str, date], tuple[set[Decimal | None], set[int | None]]] = {}
    for row in table("series"):
        indicator, measure = feeds.get(row["series"], ("", ""))
        if indicator:
            found = told.setdefault((indicator, _end(row["period"])), (set(), set()))
            if measure == Measure.VALUE:
                found[0].add(Decimal(row["value"]))
            else:
                found[1].add(int(row["value"]))
    return {
        period: {Measured(value, rank) for value in values or {None} for rank in ranks or {None}}
        for period, (values, ranks) in told.items()
    }


def _end(period: str) -> date:
    year, _, month = period.partition("-")
    return date(int(year), int(month or 12), monthrange(int(year), int(month or 12))[1])


def _number(cell: str) -> Decimal | None:
    return Decimal(cell) if cell else None


def _whole(cell: str) -> int | None:
    return int(cell) if cell else None
