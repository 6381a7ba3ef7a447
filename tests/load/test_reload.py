"""Loading again after the files, or the people, have changed something."""

import csv
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from asyncpg import Record

from app import clock, loading
from app.services.load.figures import Figure, State, missing
from tests.load.conftest import DATA, PASSWORD, Loaded, checksums

Owner = "asyncpg.Connection[asyncpg.Record]"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped files, to be changed."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def put(folder: Path, file: str, line: int, column: str, said: str) -> None:
    """Write another cell; `line` as an editor counts it."""
    path = folder / f"{file}.csv"
    with open(path, encoding="utf-8", newline="") as text:
        lines = list(csv.reader(text))
    lines[line - 1][lines[0].index(column)] = said
    _write(path, lines)


def append(folder: Path, file: str, *cells: str) -> None:
    """Add a line."""
    path = folder / f"{file}.csv"
    with open(path, encoding="utf-8", newline="") as text:
        lines = list(csv.reader(text))
    _write(path, [*lines, list(cells)])


def line_of(file: str, **cells: str) -> int:
    """The line of the shipped record with these cells."""
    with open(DATA / f"{file}.csv", encoding="utf-8", newline="") as text:
        for number, row in enumerate(csv.DictReader(text), 2):
            if all(row[name] == said for name, said in cells.items()):
                return number
    raise AssertionError(cells)


def _write(path: Path, lines: list[list[str]]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as text:
        csv.writer(text, lineterminator="\n").writerows(lines)


BROKEN: list[tuple[Callable[[Path], object], str]] = [
    (
        lambda f: put(f, "entities", 5, "name_ar", ""),
        "entities.csv: line 5, column name_ar: must not be empty",
    ),
    (
        lambda f: put(f, "entities", 7, "code", "DRC"),
        "entities.csv: line 7, column code: DRC stands in line 2 already",
    ),
    (
        lambda f: put(f, "priorities", 4, "pillar", "PIL9"),
        "priorities.csv: line 4, column pillar: 'PIL9' is no known pillar",
    ),
    (
        lambda f: put(f, "indicators", 3, "polarity", "sideways"),
        "indicators.csv: line 3, column polarity: 'sideways' is none of higher_better, lower_better, band",
    ),
    (
        lambda f: put(f, "indicators", 3, "decimals", "2.5"),
        "indicators.csv: line 3, column decimals: '2.5' is not a whole number from 0 to 9",
    ),
    (
        lambda f: put(f, "indicators", 9, "in_scorecard", "yes"),
        "indicators.csv: line 9, column in_scorecard: 'yes' is neither true nor false",
    ),
    (
        lambda f: put(f, "targets", 2, "value", "NaN"),
        "targets.csv: line 2, column value: 'NaN' is not a finite number",
    ),
    (
        lambda f: put(f, "series", 10, "value", "4,3"),
        "series.csv: line 10, column value: '4,3' is not a number",
    ),
    (
        lambda f: put(f, "series", 10, "period", "2024-13"),
        "series.csv: line 10, column period: '2024-13' is no period (2024, 2024-S1, 2024-Q3, 2024-05)",
    ),
    (
        lambda f: put(
            f, "series", line_of("series", series="gdp_growth_real", period="2024"), "period", "2024-Q1"
        ),
        "series.csv: line 43, column period: The indicator is measured at the frequency 'annual'.",
    ),
    (
        lambda f: put(f, "vintages", 2, "known_from", "19 June 2023"),
        "vintages.csv: line 2, column known_from: '19 June 2023' is not a day (YYYY-MM-DD)",
    ),
    (
        lambda f: put(
            f, "vintages", line_of("vintages", source_id="ncsi-bulletin-2026-07"), "period", "1999"
        ),
        "series.csv: line 25, column source_id: vintages.csv does not say since when 'ncsi-bulletin-2026-07' was known",
    ),
    (
        lambda f: (
            append(f, "series", "hdi", "2023", "0.9", "world-bank-wgi-2017", "CC-BY-4.0")
            or append(f, "vintages", "world-bank-wgi-2017", "hdi", "", "2025-05-06", "fact: a test")
        ),
        "series.csv: line 374, column value: line 82 says 0.858, known from the same day on",
    ),
    (
        lambda f: put(f, "indicators", 3, "entered_by", "nobody"),
        "indicators.csv: line 3, column entered_by: 'nobody' is none of owner, unit",
    ),
    (
        lambda f: put(f, "demo_indicators", 2, "aggregation", "best"),
        "demo_indicators.csv: line 2, column aggregation: 'best' is none of sum, last, average, ratio",
    ),
    (
        lambda f: put(f, "schedules", 2, "frequency", "quarterly"),
        "schedules.csv: line 2, column frequency: the indicator is measured 'annual'",
    ),
    (
        lambda f: put(f, "schedules", 2, "starts_on", "2024-02-01"),
        "schedules.csv: line 2, column starts_on: no period of the frequency 'annual' begins that day",
    ),
    (
        lambda f: put(f, "schedules", 2, "opens_after", "61"),
        "schedules.csv: line 2, column due_after: The due date is not before the opening.",
    ),
    (
        lambda f: put(f, "schedules", 2, "late_for", ""),
        "schedules.csv: line 2, column late_for: must not be empty",
    ),
    (
        lambda f: put(f, "demo_people", 2, "division", "PLAN"),
        "demo_people.csv: line 2, column division: heads and members of a division stand in one, and nobody else",
    ),
    (
        lambda f: put(f, "demo_in_charge", 2, "entity", "MOL"),
        "demo_in_charge.csv: line 2, column entity: the indicator belongs to MOF",
    ),
    (lambda f: (f / "pillars.csv").unlink(), "pillars.csv: there is no such file in"),
    (
        lambda f: append(f, "pillars", "PIL5", "5"),
        "pillars.csv: line 6, column name_en: the line has 2 cells",
    ),
    (lambda f: put(f, "sources", 1, "title", "name"), "sources.csv: line 1, column title: is missing"),
    (
        lambda f: (f / "sources.csv").write_bytes(b"id,title\n\xff"),
        "sources.csv: is not UTF-8 (byte 9)",
    ),
    (
        lambda f: put(f, "indicators", line_of("indicators", code="gii"), "owner_entity", "MOE"),
        "indicators.csv: line 2, column owner_entity: the indicator belongs to MOHERI here, with its history",
    ),
]


@pytest.mark.parametrize(
    ("break_it", "message"),
    BROKEN,
    ids=[said.split(" ", 4)[0] + said.split(":")[-1][:40] for _, said in BROKEN],
)
async def test_a_broken_file_is_named_and_changes_nothing(
    loaded: Loaded, owner: Owner, folder: Path, break_it: Callable[[Path], object], message: str
) -> None:
    before = await checksums(owner)
    break_it(folder)
    with pytest.raises(loading.DataError) as caught:
        await loaded.again(folder)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
    assert await checksums(owner) == before


async def test_a_changed_name_is_updated_with_an_event(loaded: Loaded, owner: Owner, folder: Path) -> None:
    was = await owner.fetchrow("select id, version, name_en from indicators where code = 'hale'")
    put(folder, "indicators", line_of("indicators", code="hale"), "name_en", "Healthy years of life")
    counts = await loaded.again(folder)
    now = await owner.fetchrow("select id, version, name_en from indicators where code = 'hale'")
    assert (now["id"], now["version"], now["name_en"]) == (
        was["id"],
        was["version"] + 1,
        "Healthy years of life",
    )
    assert (counts["indicators"].changed, counts["indicators"].new) == (1, 0)
    event = await owner.fetchrow(
        "select * from events where subject_id = $1 order by id desc limit 1", now["id"]
    )
    assert event["action"] == "indicators.load"
    assert event["changes"] == f'{{"fields": {{"name_en": ["{was["name_en"]}", "Healthy years of life"]}}}}'
    assert (await loaded.again())["indicators"].changed == 1  # and back


async def test_a_changed_target_raises_the_version_of_its_definition(
    loaded: Loaded, owner: Owner, folder: Path
) -> None:
    was = await _definition(owner, "hale")
    put(folder, "targets", line_of("targets", indicator="hale", year="2030"), "value", "68")
    counts = await loaded.again(folder)
    assert (counts["targets"].changed, counts["definitions"].changed, counts["indicators"].changed) == (
        1,
        0,
        0,
    )
    now = await _definition(owner, "hale")
    assert (now["definition"], now["indicator"]) == (was["definition"] + 1, was["indicator"])
    event = await owner.fetchrow(
        "select action, changes from events where subject_id = $1 order by id desc limit 1", now["id"]
    )
    assert event["action"] == "definitions.load"
    assert event["changes"] == '{"fields": {"target_2030": [null, "kind=value value=68"]}}'
    assert (await loaded.again(folder))["targets"].changed == 0


async def test_a_changed_method_is_updated_with_an_event(loaded: Loaded, owner: Owner, folder: Path) -> None:
    was = await _definition(owner, "fdi_gdp")
    line = line_of("indicators", code="fdi_gdp")
    put(folder, "indicators", line, "aggregation", "average")
    counts = await loaded.again(folder)
    assert (counts["definitions"].changed, counts["indicators"].changed) == (1, 0)
    now = await _definition(owner, "fdi_gdp")
    assert (now["id"], now["definition"], now["indicator"]) == (
        was["id"],
        was["definition"] + 1,
        was["indicator"],
    )
    assert (await loaded.again())["definitions"].changed == 1  # and back


async def test_a_definition_that_people_replaced_is_left_alone(
    loaded: Loaded, owner: Owner, folder: Path
) -> None:
    first = await _definition(owner, "eci")
    second = uuid4()
    async with owner.transaction():
        await owner.execute(
            "update definitions set state = 'superseded', version = version + 1 where id = $1", first["id"]
        )
        await owner.execute(
            """
            insert into subjects (id, kind, entity_id, created_at)
            select $2, kind, entity_id, created_at from subjects where id = $1
            """,
            first["id"],
            second,
        )
        await owner.execute(
            """
            insert into definitions (id, indicator_id, entity_id, number, state, decimals, aggregation, green_at,
                                     amber_at, recorded_at)
            select $2, indicator_id, entity_id, 2, 'active', decimals, aggregation, green_at, amber_at, recorded_at
            from definitions where id = $1
            """,
            first["id"],
            second,
        )
        await owner.execute(
            "update indicators set definition_id = $1, version = version + 1 where code = 'eci'", second
        )
    put(folder, "targets", line_of("targets", indicator="eci", year="2030"), "value", "1.2")
    put(folder, "indicators", line_of("indicators", code="eci"), "decimals", "4")
    before = await checksums(owner)
    counts = await loaded.again(folder)
    assert (counts["definitions"].kept, counts["targets"].kept, counts["targets"].changed) == (1, 2, 0)
    after = await checksums(owner)
    assert {table for table in after if after[table] != before[table]} == set()
    # A figure that comes later rests on the version in force.
    append(folder, "series", "eci", "2024", "0.1", "ncsi-bulletin-2026-07", "OGL-OM")
    append(folder, "series_map", "eci", "eci", "value", "a test")
    assert (await loaded.again(folder))["results"].new == 1
    rests_on = await owner.fetchval(
        "select r.definition_id from results r join indicators i on i.id = r.indicator_id where i.code = 'eci'"
    )
    assert rests_on == second


async def _definition(owner: Owner, code: str) -> Record:
    """The first version of an indicator's definition: its id, its version, and that of the indicator."""
    return await owner.fetchrow(
        """
        select d.id, d.version as definition, i.version as indicator
        from definitions d join indicators i on i.id = d.indicator_id where i.code = $1 and d.number = 1
        """,
        code,
    )


async def test_a_schedule_that_stands_is_left_alone(loaded: Loaded, owner: Owner, folder: Path) -> None:
    before = await owner.fetch("select * from schedules order by id")
    put(folder, "schedules", line_of("schedules", indicator="gtci"), "due_after", "50")
    counts = await loaded.again(folder)
    assert (counts["schedules"].kept, counts["schedules"].new, counts["obligations"].new) == (1, 0, 0)
    assert await owner.fetch("select * from schedules order by id") == before


async def test_a_new_schedule_makes_its_obligations(loaded: Loaded, owner: Owner, folder: Path) -> None:
    append(
        folder, "schedules", "hdi", "annual", "2025-01-01", "1", "60", "20", "185", "our assumption: a test"
    )
    counts = await loaded.again(folder)
    years = clock.day(clock.now()).year + 1 - 2025 + 1
    assert (counts["schedules"].new, counts["obligations"].new) == (1, years)
    told = await owner.fetchval(
        """
        select e.changes -> 'fields' -> 'schedule' ->> 1 from events e join indicators i on i.id = e.subject_id
        where i.code = 'hdi' order by e.id desc limit 1
        """
    )
    assert told.startswith("frequency=annual starts_on=2025-01-01 opens_after=1 due_after=60")
    again = await loaded.again(folder)
    assert (again["schedules"].new, again["schedules"].kept, again["obligations"].new) == (0, 0, 0)


async def test_a_code_that_people_are_drafting_under_is_refused(
    loaded: Loaded, owner: Owner, folder: Path
) -> None:
    await owner.execute(
        "update indicators set state = 'draft', definition_id = null, version = version + 1 where code = 'spi'"
    )
    before = await checksums(owner)
    with pytest.raises(
        loading.DataError, match="column code: people are drafting an indicator with this code"
    ):
        await loaded.again(folder)
    assert await checksums(owner) == before
    await owner.execute(
        """
        update indicators i set state = 'active', version = version - 1,
               definition_id = (select d.id from definitions d where d.indicator_id = i.id)
        where code = 'spi'
        """
    )


async def test_what_people_edited_is_left_alone(loaded: Loaded, owner: Owner, folder: Path) -> None:
    await owner.execute("update entities set name_en = 'Ours', version = version + 1 where code = 'EA'")
    await owner.execute(
        "update holidays set name_en = 'Moved', estimated = false where day = $1", date(2027, 3, 8)
    )
    put(folder, "entities", line_of("entities", code="EA"), "name_en", "Theirs")
    counts = await loaded.again(folder)
    assert (counts["entities"].changed, counts["entities"].kept) == (0, 1)
    assert await owner.fetchval("select name_en from entities where code = 'EA'") == "Ours"
    assert await owner.fetchval("select name_en from holidays where day = $1", date(2027, 3, 8)) == "Moved"


async def test_a_new_vintage_is_a_new_revision(loaded: Loaded, owner: Owner, folder: Path) -> None:
    append(folder, "series", "hale", "2022", "65.2", "ncsi-bulletin-2026-07", "OGL-OM")
    counts = await loaded.again(folder)
    assert (counts["results"].new, counts["results"].kept) == (1, 0)
    assert await _revisions(owner, "hale", "2022") == [(1, Decimal("64.7")), (2, Decimal("65.2"))]
    # It was known since the end of July 2026; now an older one comes to light.
    append(folder, "series", "hale", "2022", "64.9", "omandaily-2026-02-21", "FACT-NEWS")
    counts = await loaded.again(folder)
    assert counts["results"].new == 2
    assert await _revisions(owner, "hale", "2022") == [
        (1, Decimal("64.7")),
        (2, Decimal("65.2")),
        (3, Decimal("64.9")),
        (4, Decimal("65.2")),
    ]
    chain = await owner.fetch(
        """
        select r.corrects_id = lag(r.id) over (order by r.revision) as follows
        from results r join indicators i on i.id = r.indicator_id
        where i.code = 'hale' and r.period = '2022' order by r.revision
        """
    )
    assert [row["follows"] for row in chain] == [None, True, True, True]
    assert (await loaded.again(folder))["results"].new == 0


async def _revisions(owner: Owner, indicator: str, period: str) -> list[tuple[int, Decimal]]:
    found = await owner.fetch(
        """
        select r.revision, r.value from results r join indicators i on i.id = r.indicator_id
        where i.code = $1 and r.period = $2 order by r.revision
        """,
        indicator,
        period,
    )
    return [tuple(row) for row in found]


async def test_a_figure_at_which_people_work_is_theirs(loaded: Loaded, owner: Owner, folder: Path) -> None:
    append(folder, "series", "gross_debt_gdp", "2025", "36.2", "ncsi-bulletin-2026-07", "OGL-OM")
    counts = await loaded.again(folder)
    assert counts["results"].kept == 1
    assert len(await _revisions(owner, "gross_debt_gdp", "2025")) == 1


async def test_a_password_of_ones_own_stays(
    loaded: Loaded, owner: Owner, client: httpx.AsyncClient, app: object
) -> None:
    email, own = "expert.mof@demo.mutabaa.example", "ثلاث سفن عند رأس الحد"
    signed = await client.post("/v1/auth/sign-in", json={"email": email, "password": PASSWORD})
    changed = await client.post(
        "/v1/auth/password",
        json={"current_password": PASSWORD, "new_password": own},
        headers={"Authorization": f"Bearer {signed.json()['access_token']}"},
    )
    assert changed.status_code == 204, changed.text
    other = "سبع سواق في الوادي"
    counts = await loaded.again(password=other)
    assert counts["people"].changed == sum(1 for _ in _signing_in()) - 1
    for person, password in ((email, own), ("expert.mol@demo.mutabaa.example", other)):
        answer = await client.post("/v1/auth/sign-in", json={"email": person, "password": password})
        assert answer.status_code == 200, person


def _signing_in() -> list[str]:
    with open(DATA / "demo_people.csv", encoding="utf-8", newline="") as text:
        return [row["email"] for row in csv.DictReader(text) if row["sign_in"] == "true"]


def day(number: int) -> datetime:
    """A day of one month."""
    return datetime(2026, 1, number, tzinfo=UTC)


def state(known: int, value: str) -> State:
    """Something known since a day."""
    return State(day(known), Figure(Decimal(value)), "a-source", "fact: a test")


@pytest.mark.parametrize(
    ("states", "known", "expected"),
    [
        ([(1, "4.3")], [], [(1, "4.3")]),
        ([(1, "4.3"), (2, "4.3")], [], [(1, "4.3")]),
        ([(1, "4.3"), (2, "4.30")], [], [(1, "4.3")]),
        ([(1, "4.3"), (2, "8"), (3, "4.3")], [], [(1, "4.3"), (2, "8"), (3, "4.3")]),
        ([(1, "4.3"), (5, "8")], [(1, "4.3")], [(5, "8")]),
        ([(1, "4.3"), (5, "8")], [(1, "4.3"), (5, "8")], []),
        # A vintage that comes to light late: what is known now is said once more, and then never again.
        ([(1, "4.3"), (3, "6"), (5, "8")], [(1, "4.3"), (5, "8")], [(3, "6"), (5, "8")]),
        ([(1, "4.3"), (3, "6"), (5, "8")], [(1, "4.3"), (5, "8"), (3, "6"), (5, "8")], []),
        # One that belongs between two that were the same until then.
        ([(1, "4.3"), (3, "6"), (5, "4.3")], [(1, "4.3")], [(3, "6"), (5, "4.3")]),
        # A number that was copied wrongly: of two known since the same day, the later revision holds.
        ([(1, "4.4")], [(1, "4.3")], [(1, "4.4")]),
        ([(1, "4.4")], [(1, "4.3"), (1, "4.4")], []),
        # One that the files no longer tell stays.
        ([(1, "4.3")], [(1, "4.3"), (5, "8")], []),
    ],
)
def test_what_is_missing(
    states: list[tuple[int, str]], known: list[tuple[int, str]], expected: list[tuple[int, str]]
) -> None:
    standing = [(day(number), Figure(Decimal(value))) for number, value in known]
    found = missing([state(number, value) for number, value in states], standing)
    assert found == [state(number, value) for number, value in expected]
