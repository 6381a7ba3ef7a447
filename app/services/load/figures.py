"""Series become results: approved, published, with their source, one revision for each state of knowledge.

`known_from` says since when the world knew a figure; `recorded_at` is the moment of loading. A later source
that gives the same number, or the same number rounded, adds nothing; one that gives another number is a new revision, and the older one
stays, so that `as_of` shows what was known then.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from app import clock
from app.db import OwnerLane
from app.enums import Chain, ChainState, Classification, Measure, ObservationStatus, Step, SubjectKind
from app.errors import Invalid
from app.services.load import merging
from app.services.load.catalogue import Catalogue
from app.services.load.files import Row, read
from app.services.load.merging import Connection, Record, Table, Tally
from app.services.obligations import periods
from app.services.role_plans import chains
from app.services.scores import commands as scores

RESULTS = Table("results", kind=SubjectKind.RESULT)
TOLD = ("value", "rank", "obs_status", "classification")
"""What the event of a loaded result tells: the figure, as when a person enters one."""

_PRELIMINARY = "preliminary figures"
"""In the title of a source: what it gives is provisional."""


@dataclass(frozen=True)
class Figure:
    """The numbers of a result. Two that are equal are the same knowledge, whatever their sources."""

    value: Decimal | None = None
    rank: int | None = None
    obs_status: str = ObservationStatus.NORMAL.value


@dataclass(frozen=True)
class State:
    """What was known from a moment on, from which source, and how we know the moment."""

    known_from: datetime
    figure: Figure
    source: str
    basis: str


@dataclass(frozen=True)
class Period:
    """A period of an indicator, by its code."""

    indicator: str
    code: str
    start: date
    end: date


@dataclass(frozen=True)
class _Vintage:
    known_from: datetime
    basis: str


@dataclass(frozen=True)
class _Said:
    """One line of series.csv."""

    row: Row
    measure: Measure
    number: Decimal
    obs_status: str
    source: str
    vintage: _Vintage


def read_figures(folder: Path, catalogue: Catalogue) -> dict[Period, list[State]]:
    """What the series say of each indicator and period, in the order of its becoming known.

    Raises DataError.
    """
    indicators = {record["code"]: record for record in catalogue.indicators.records}
    sources = {record["code"]: record for record in catalogue.sources}
    feeds = _read_map(folder, indicators)
    vintages = _read_vintages(folder, sources)
    said: defaultdict[Period, list[_Said]] = defaultdict(list)
    for row in read(folder, "series", "series period value source_id", key="series period source_id"):
        code, measure = row.known("series", feeds, "series that feeds an indicator (series_map.csv)")
        period = _period(row, code, indicators[code]["frequency"])
        said[period].append(_said(row, measure, sources, vintages))
    return {period: _states(lines) for period, lines in said.items()}


def _read_map(folder: Path, indicators: Mapping[str, Record]) -> dict[str, tuple[str, Measure]]:
    """Series by name: the indicator that it feeds, as value or as rank."""
    feeds: dict[str, tuple[str, Measure]] = {}
    for row in read(folder, "series_map", "series indicator measure", key="series"):
        if row.optional("indicator") is None:
            continue
        indicator = row.known("indicator", indicators, "known indicator")
        measure = row.word("measure", Measure)
        if measure is Measure.VALUE_AND_RANK:
            raise row.fault("measure", "a series is a value or a rank")
        if indicator["measure"] not in (measure, Measure.VALUE_AND_RANK):
            raise row.fault("measure", f"the indicator measures '{indicator['measure']}'")
        feeds[row.text("series")] = (indicator["code"], measure)
    return feeds


def _read_vintages(folder: Path, sources: Mapping[str, Any]) -> dict[tuple[str, str, str], _Vintage]:
    """Since when figures are known, by source, series and period; the last two may be empty."""
    vintages = {}
    for row in read(
        folder, "vintages", "source_id series period known_from basis", key="source_id series period"
    ):
        row.known("source_id", sources, "known source")
        since = datetime.combine(row.day("known_from"), time.min, clock.MUSCAT)
        vintages[row.cells["source_id"], row.cells["series"], row.cells["period"]] = _Vintage(
            since, row.text("basis")
        )
    return vintages


def _period(row: Row, indicator: str, frequency: str) -> Period:
    try:
        period = periods.fitting(row.text("period"), frequency)
    except Invalid as error:
        raise row.fault("period", error.errors[0].detail.en) from None
    return Period(indicator, period.code, period.start, period.end)


def _said(
    row: Row,
    measure: Measure,
    sources: Mapping[str, Record],
    vintages: Mapping[tuple[str, str, str], _Vintage],
) -> _Said:
    number = row.number("value")
    if number is None:
        raise row.fault("value", "must not be empty")
    if measure is Measure.RANK:
        row.whole("value", 1, 100_000)
    source = row.known("source_id", sources, "known source")
    preliminary = _PRELIMINARY in source["title"]
    return _Said(
        row,
        measure,
        number,
        (ObservationStatus.PROVISIONAL if preliminary else ObservationStatus.NORMAL).value,
        source["code"],
        _vintage(row, vintages),
    )


def _vintage(row: Row, vintages: Mapping[tuple[str, str, str], _Vintage]) -> _Vintage:
    """The row of vintages.csv that fits best."""
    source, series, period = row.text("source_id"), row.text("series"), row.text("period")
    for named in ((source, series, period), (source, "", period), (source, series, ""), (source, "", "")):
        if named in vintages:
            return vintages[named]
    raise row.fault("source_id", f"vintages.csv does not say since when '{source}' was known")


def _states(lines: Iterable[_Said]) -> list[State]:
    """What was known after each day on which something became known. A rank known earlier is carried on.

    Raises DataError where two sources say different things from the same day on: no order tells which holds.
    """
    by_moment: defaultdict[datetime, dict[Measure, _Said]] = defaultdict(dict)
    for line in lines:
        same_day = by_moment[line.vintage.known_from]
        other = same_day.setdefault(line.measure, line)
        if other.number != line.number:
            raise line.row.fault(
                "value", f"line {other.row.line} says {other.number}, known from the same day on"
            )
    states: list[State] = []
    figure = Figure()
    for moment, said in sorted(by_moment.items()):
        if Measure.RANK in said:
            figure = replace(figure, rank=int(said[Measure.RANK].number))
        value = said.get(Measure.VALUE)
        if value is not None and _confirms(figure.value, value.number):
            if Measure.RANK not in said:
                continue
            value = None
        if value is not None:
            figure = replace(figure, value=value.number)
        leading = value or said[Measure.RANK]
        figure = replace(figure, obs_status=leading.obs_status)
        states.append(State(moment, figure, leading.source, leading.vintage.basis))
    return states


def _confirms(known: Decimal | None, said: Decimal) -> bool:
    """Whether a number with fewer decimals is the known one, rounded: 0.6 after 0.59 is no revision."""
    if known is None or _decimals(said) >= _decimals(known):
        return False
    return known.quantize(Decimal(1).scaleb(-_decimals(said)), ROUND_HALF_UP) == said


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


# Writing


@dataclass(frozen=True)
class _Standing:
    """The revisions of one figure that stand in the database.

    `numbers`: how many there are, discarded drafts counted. `peoples`: people of the service are or were at
    work on it. `newest_id`: the latest approved one. `known`: what the approved ones say, oldest first.
    """

    numbers: int = 0
    peoples: bool = False
    newest_id: UUID | None = None
    known: tuple[tuple[datetime, Figure], ...] = ()


async def load_figures(connection: Connection, figures: Mapping[Period, list[State]], at: datetime) -> Tally:
    """Append the revisions that are missing, with their scores. The caller holds a transaction.

    A figure at which people of the service have been at work is theirs: it is left alone, and counted.
    """
    indicators = {
        row["code"]: row
        for row in await connection.fetch(
            # Held: who approves a figure of one meanwhile would not see these.
            "select id, code, entity_id, division_id, definition_id, entered_by from indicators"
            " order by id for no key update"
        )
    }
    sources = await merging.codes(connection, "sources")
    standing = await _standing(connection)
    tally = Tally()
    records: list[Record] = []
    reasons: dict[UUID, str] = {}
    for period, states in figures.items():
        indicator = indicators[period.indicator]
        now = standing.get((indicator["id"], period.start, period.end), _Standing())
        if now.peoples:
            tally.kept += 1
            continue
        tally.unchanged += len(now.known)
        corrects_id = now.newest_id
        for number, state in enumerate(missing(states, now.known), now.numbers + 1):
            record = _record(period, state, indicator, sources[state.source], number, corrects_id, at)
            records.append(record)
            reasons[record["id"]] = state.basis
            corrects_id = record["id"]
    tally.new = len(records)
    await merging.insert(connection, RESULTS, records, at, told=TOLD, reasons=reasons)
    await scores.keep(OwnerLane(connection), [record["id"] for record in records])
    return tally


def missing(states: Sequence[State], known: Iterable[tuple[datetime, Figure]]) -> list[State]:
    """The states to append so that the revisions (those in `known`, oldest first, and these) say them all.

    What is known at a moment is the revision with the latest `known_from` up to it, of several the last. When
    a vintage comes to light late it is appended behind newer ones; what is known now is then said once more,
    so that the highest revision is always that.
    """
    timeline = list(known)
    appended: list[State] = []
    for state in states:
        if _known_at(timeline, state.known_from) != state.figure:
            appended.append(state)
            timeline.append((state.known_from, state.figure))
    current = _known_at(timeline, max(since for since, _ in timeline))
    if timeline[-1][1] != current:
        appended += [state for state in states if state.figure == current][-1:]
    return appended


def _known_at(timeline: Iterable[tuple[datetime, Figure]], moment: datetime) -> Figure | None:
    found: tuple[datetime, Figure] | None = None
    for known_from, figure in timeline:
        if known_from <= moment and (found is None or known_from >= found[0]):
            found = (known_from, figure)
    return found[1] if found else None


async def _standing(connection: Connection) -> dict[tuple[UUID, date, date], _Standing]:
    rows = await connection.fetch(
        """
        select id, indicator_id, period_start, period_end, state, value, rank, obs_status, known_from,
               entered_by_id is not null and state <> 'discarded' as peoples
        from results
        order by revision
        """
    )
    found: dict[tuple[UUID, date, date], _Standing] = {}
    for row in rows:
        key = row["indicator_id"], row["period_start"], row["period_end"]
        one = found.get(key, _Standing())
        one = replace(one, numbers=one.numbers + 1, peoples=one.peoples or row["peoples"])
        if row["state"] == ChainState.APPROVED.value:
            figure = Figure(row["value"], row["rank"], row["obs_status"])
            one = replace(one, newest_id=row["id"], known=(*one.known, (row["known_from"], figure)))
        found[key] = one
    return found


def _record(
    period: Period,
    state: State,
    indicator: asyncpg.Record,
    source_id: UUID,
    number: int,
    corrects_id: UUID | None,
    at: datetime,
) -> Record:
    steps = chains.keys(
        Chain.RESULTS, None, indicator["entity_id"], indicator["division_id"], indicator["entered_by"]
    )
    return {
        "id": merging.made_id("results", indicator["id"], period.code, number),
        "indicator_id": indicator["id"],
        "entity_id": indicator["entity_id"],
        "division_id": indicator["division_id"],
        "definition_id": indicator["definition_id"],
        "period": period.code,
        "period_start": period.start,
        "period_end": period.end,
        "revision": number,
        "corrects_id": corrects_id,
        "state": ChainState.APPROVED.value,
        "classification": Classification.OPEN.value,
        "value": state.figure.value,
        "rank": state.figure.rank,
        "obs_status": state.figure.obs_status,
        "parties_enter": steps[Step.ENTER],
        "parties_review": steps[Step.REVIEW],
        "parties_approve": steps[Step.APPROVE],
        "recorded_at": at,
        "known_from": state.known_from,
        "approved_at": at,
        "published_at": at,
        "source_id": source_id,
    }
