"""The shipped data: complete, consistent, attributed, and free of what must not ship."""

import csv
import math
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[2] / "data"

INDICATORS = (
    "code,level,in_scorecard,name_en,name_ar,name_ar_status,priority,programme,owner_entity,owner_assumed,"
    "publisher,entered_by,unit_en,unit_ar,polarity,frequency,decimals,aggregation,baseline_value,baseline_rank,"
    "baseline_rank_of,baseline_year,measure,confidence,unverified,status_en,source,note,method_en,method_ar,"
    "formula_en,formula_ar,numerator_en,numerator_ar,denominator_en,denominator_ar"
)

HEADERS = {
    "entities": "code,name_en,name_ar,kind,evidence,source,note",
    "pillars": "code,order,name_en,name_ar,source",
    "priorities": "code,pillar,order,name_en,name_ar,name_ar_status,source",
    "programmes": "code,name_en,name_ar,name_ar_status,kind,status,lead_entity,period,priority,source",
    "plans": "code,kind,part_of,name_en,name_ar,starts_on,ends_on,legal_basis,source",
    "indicators": INDICATORS,
    "targets": "indicator,year,kind,value,value_max,rank,window_start,window_end,source",
    "schedules": "indicator,frequency,starts_on,opens_after,due_after,late_for,closes_after,note",
    "series_map": "series,indicator,measure,note",
    "series": "series,period,value,source_id,license_id",
    "sources": "id,title,publisher,license_id,url_or_reference,attribution",
    "licenses": "id,name,redistribution",
    "vintages": "source_id,series,period,known_from,basis",
    "demo_indicators": INDICATORS,
    "demo_people": "entity,division,role,email,sign_in,name_ar,name_en",
    "demo_divisions": "entity,code,name_ar,name_en,function",
    "demo_in_charge": "indicator,entity,division",
    "demo_targets": "indicator,year,kind,value,value_max,rank,window_start,window_end,source",
    "demo_initiatives": (
        "code,entity,kind,name_ar,name_en,goal_ar,programme,starts_on,ends_on,people,sector,indicator,expected,"
        "by_year,proposed_by,proposed_on,approved_by,approved_on"
    ),
    "demo_milestones": (
        "initiative,number,title_ar,title_en,weight,starts_on,due_on,depends_on,acceptance_ar"
    ),
    "demo_budgets": (
        "initiative,year,source,requested,requested_by,requested_on,answer,approved,answered_by,answered_on,"
        "letter,spent,spent_on"
    ),
    "demo_reports": (
        "initiative,as_of,reached,forecast_end,note_ar,entered_by,entered_on,submitted_on,reviewed_by,"
        "reviewed_on,approved_by,approved_on"
    ),
    "demo_plan_items": ("entity,year,number,kind,title_ar,title_en,priority,indicator,initiative,entered_by"),
    "demo_scorecard_lines": "entity,year,indicator,weight",
    "demo_stages": "path,entity,year,stage,on,by,act,letter,sender_ar,reason_ar",
}

KEYS = {
    "entities": ["code"],
    "pillars": ["code"],
    "priorities": ["code"],
    "programmes": ["code"],
    "plans": ["code"],
    "indicators": ["code"],
    "targets": ["indicator", "year"],
    "schedules": ["indicator"],
    "series_map": ["series"],
    "series": ["series", "period", "source_id"],
    "sources": ["id"],
    "licenses": ["id"],
    "vintages": ["source_id", "series", "period"],
    "demo_indicators": ["code"],
    "demo_people": ["email"],
    "demo_divisions": ["entity", "code"],
    "demo_in_charge": ["indicator"],
    "demo_targets": ["indicator", "year"],
    "demo_initiatives": ["code"],
    "demo_milestones": ["initiative", "number"],
    "demo_budgets": ["initiative", "year", "source"],
    "demo_reports": ["initiative", "as_of"],
    "demo_plan_items": ["entity", "year", "number"],
    "demo_scorecard_lines": ["entity", "year", "indicator"],
    "demo_stages": ["path", "entity", "year", "stage"],
}

MAY_BE_UNKNOWN = {
    *("priority", "programme", "publisher", "status_en", "note"),
    *("baseline_value", "baseline_rank", "baseline_rank_of", "baseline_year"),
    *("method_en", "method_ar", "formula_en", "formula_ar"),
    *("numerator_en", "numerator_ar", "denominator_en", "denominator_ar"),
}

MAY_BE_EMPTY = {
    "entities": {"note"},
    "programmes": {"lead_entity", "period", "priority"},
    "plans": {"part_of", "legal_basis"},
    "indicators": MAY_BE_UNKNOWN,
    "demo_indicators": MAY_BE_UNKNOWN,
    "targets": {"value", "value_max", "rank", "window_start", "window_end"},
    "series_map": {"indicator", "measure"},
    "vintages": {"series", "period"},
    "demo_people": {"entity", "division"},
    "demo_targets": {"value_max", "rank", "window_start", "window_end"},
    "demo_initiatives": {"programme", "sector", "approved_by", "approved_on"},
    "demo_milestones": {"depends_on"},
    "demo_budgets": {"answer", "approved", "answered_by", "answered_on", "letter", "spent", "spent_on"},
    "demo_reports": {
        *("forecast_end", "submitted_on", "reviewed_by", "reviewed_on", "approved_by", "approved_on"),
    },
    "demo_plan_items": {"title_ar", "title_en", "priority", "indicator", "initiative"},
    "demo_stages": {"letter", "sender_ar", "reason_ar"},
}

# table, column, table it refers to, column there
REFERENCES = [
    ("priorities", "pillar", "pillars", "code"),
    ("programmes", "lead_entity", "entities", "code"),
    ("programmes", "priority", "priorities", "code"),
    ("plans", "part_of", "plans", "code"),
    ("indicators", "priority", "priorities", "code"),
    ("indicators", "programme", "programmes", "code"),
    ("indicators", "owner_entity", "entities", "code"),
    ("demo_indicators", "priority", "priorities", "code"),
    ("demo_indicators", "owner_entity", "entities", "code"),
    ("targets", "indicator", "indicators", "code"),
    ("schedules", "indicator", "indicators", "code"),
    ("series_map", "indicator", "indicators", "code"),
    ("series", "series", "series_map", "series"),
    ("series", "source_id", "sources", "id"),
    ("series", "license_id", "licenses", "id"),
    ("sources", "license_id", "licenses", "id"),
    ("vintages", "source_id", "sources", "id"),
    ("vintages", "series", "series_map", "series"),
    ("demo_people", "entity", "entities", "code"),
    ("demo_divisions", "entity", "entities", "code"),
    ("demo_targets", "indicator", "demo_indicators", "code"),
    ("demo_initiatives", "entity", "entities", "code"),
    ("demo_initiatives", "programme", "programmes", "code"),
    ("demo_milestones", "initiative", "demo_initiatives", "code"),
    ("demo_budgets", "initiative", "demo_initiatives", "code"),
    ("demo_reports", "initiative", "demo_initiatives", "code"),
    ("demo_plan_items", "initiative", "demo_initiatives", "code"),
    ("demo_plan_items", "indicator", "indicators", "code"),
    ("demo_plan_items", "priority", "priorities", "code"),
    ("demo_scorecard_lines", "indicator", "demo_indicators", "code"),
]

WORDS = {
    ("entities", "evidence"): {"A", "B", "C"},
    ("priorities", "name_ar_status"): {"sourced", "translation"},
    ("programmes", "name_ar_status"): {"sourced", "translation"},
    ("programmes", "status"): {"current", "predecessor"},
    ("plans", "kind"): {"vision", "five_year", "work_programme"},
    ("indicators", "name_ar_status"): {"sourced", "translation"},
    ("indicators", "level"): {"vision", "main", "special", "excellence"},
    ("indicators", "in_scorecard"): {"true", "false"},
    ("indicators", "owner_assumed"): {"true", "false"},
    ("indicators", "unverified"): {"true", "false"},
    ("indicators", "confidence"): {"A", "B", "C"},
    ("indicators", "entered_by"): {"owner", "unit"},
    ("indicators", "aggregation"): {"sum", "last", "average", "ratio"},
    ("indicators", "polarity"): {"higher_better", "lower_better", "band"},
    ("indicators", "measure"): {"value", "rank", "value_and_rank"},
    ("indicators", "frequency"): {
        "annual",
        "biennial",
        "semiannual",
        "quarterly",
        "monthly",
        "irregular",
    },
    ("targets", "kind"): {
        "value",
        "minimum_and_top_rank",
        "top_rank",
        "band",
        "range",
        "floor",
        "ceiling",
        "average",
    },
    ("series_map", "measure"): {"value", "rank", ""},
    ("demo_people", "sign_in"): {"true", "false"},
    ("demo_people", "role"): {
        "head",
        "head_office",
        "manager",
        "specialist",
        "technical_representative",
        "media_representative",
        "expert",
        "division_head",
        "division_member",
        "unit_editor",
        "unit_specialist",
        "administrator",
    },
    ("demo_divisions", "function"): {
        "office",
        "planning",
        "finance",
        "communication",
        "head_office",
        "executing",
        "advisory_committee",
    },
}

CODES = {
    "entities": r"[A-Z][A-Z0-9]*(-[A-Z]{2})?",
    "pillars": r"PIL[1-4]",
    "priorities": r"PR\d\d",
    "programmes": r"PG\d\d",
    "plans": r"[A-Z]+\d*(-[A-C])?",
    "indicators": r"(?!demo_)[a-z][a-z0-9_]*",
    "demo_indicators": r"demo_[a-z0-9_]+",
    "demo_divisions": r"[A-Z]{2,4}",
    "demo_initiatives": r"D2\d-\d\d",
}

ARABIC_LETTERS = re.compile(r"[\u0621-\u064a]")
# What an Arabic text may hold: letters, diacritics, Latin digits, quotes, brackets, a comma, dot, hyphen, and
# the signs of a formula.
ARABIC_TEXT = re.compile(r"[\u0621-\u0652\u060c0-9 «»().\-÷×]+")


def load(table: str) -> list[dict[str, str]]:
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def column(table: str, name: str) -> set[str]:
    return {row[name] for row in load(table)}


def by_code(table: str) -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in load(table)}


def period_end(period: str) -> date:
    """The first day after the period."""
    year, _, month = period.partition("-")
    if not month:
        return date(int(year) + 1, 1, 1)
    return date(int(year) + int(month) // 12, int(month) % 12 + 1, 1)


def vintage_of(row: dict[str, str], vintages: list[dict[str, str]]) -> dict[str, str]:
    """The row of vintages.csv that fits best: series and period, period, series, the source alone."""
    wanted = [(row["series"], row["period"]), ("", row["period"]), (row["series"], ""), ("", "")]
    found = {(v["series"], v["period"]): v for v in vintages if v["source_id"] == row["source_id"]}
    fitting = [found[key] for key in wanted if key in found]
    assert fitting, f"no vintage for {row}"
    return fitting[0]


def test_every_data_file_is_described() -> None:
    assert {path.stem for path in DATA.glob("*.csv")} == set(HEADERS)


@pytest.mark.parametrize("table", HEADERS)
def test_file_form(table: str) -> None:
    raw = (DATA / f"{table}.csv").read_bytes()
    assert raw.endswith(b"\n")
    assert b"\r" not in raw
    assert not raw.startswith(b"\xef\xbb\xbf")
    text = raw.decode("utf-8")
    assert "\ufffd" not in text
    assert text.split("\n", 1)[0] == HEADERS[table]
    for record in csv.reader(text.splitlines()):
        assert len(record) == len(HEADERS[table].split(",")), record
        assert all(cell == cell.strip() for cell in record), record


@pytest.mark.parametrize("table", HEADERS)
def test_needed_cells_are_filled(table: str) -> None:
    optional = MAY_BE_EMPTY.get(table, set())
    for row in load(table):
        assert all(value for name, value in row.items() if name not in optional), row


@pytest.mark.parametrize("table", KEYS)
def test_keys_are_unique(table: str) -> None:
    keys = Counter(tuple(row[name] for name in KEYS[table]) for row in load(table))
    assert keys, table
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize(("table", "name", "other", "key"), REFERENCES)
def test_references_resolve(table: str, name: str, other: str, key: str) -> None:
    assert column(table, name) - {""} <= column(other, key)


@pytest.mark.parametrize(("table", "name"), WORDS)
def test_words(table: str, name: str) -> None:
    assert column(table, name) <= WORDS[table, name]


@pytest.mark.parametrize("table", CODES)
def test_codes(table: str) -> None:
    assert [code for code in column(table, "code") if not re.fullmatch(CODES[table], code)] == []


def test_the_six_national_programmes_are_there() -> None:
    """Those that the Vision's own page names as running."""
    national = [
        (row["code"], row["name_en"].partition("(")[2].rstrip(")") or row["name_en"], row["priority"])
        for row in load("programmes")
        if (row["kind"], row["status"]) == ("national_programme", "current")
    ]
    assert national == [
        ("PG01", "Nazdaher", "PR08"),
        ("PG02", "Estidamah", "PR06"),
        ("PG03", "Tahawul", "PR12"),
        ("PG04", "Tashgheel", "PR07"),
        ("PG05", "Tanwea'a", "PR06"),
        ("PG06", "National Net-Zero Programme", "PR10"),
    ]


def test_kinds_are_plain_words() -> None:
    for table in ("entities", "programmes"):
        assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", kind) for kind in column(table, "kind"))


@pytest.mark.parametrize("table", [table for table, header in HEADERS.items() if "_ar" in header])
def test_languages_are_not_mixed(table: str) -> None:
    for row in load(table):
        for name, value in row.items():
            if name.endswith("_ar") and value:
                assert ARABIC_LETTERS.search(value), row
                assert ARABIC_TEXT.fullmatch(value), value
            else:
                assert not re.search(r"[\u0600-\u06ff]", value), value


@pytest.mark.parametrize("table", HEADERS)
def test_digits_are_latin(table: str) -> None:
    text = (DATA / f"{table}.csv").read_text(encoding="utf-8")
    assert not re.search(r"[\u0660-\u0669\u06f0-\u06f9]", text)


def test_names_are_unique() -> None:
    for table in ("entities", "pillars", "priorities", "programmes", "indicators", "demo_people"):
        for name in ("name_ar", "name_en"):
            names = Counter(row[name] for row in load(table))
            assert [value for value, count in names.items() if count > 1] == [], table
    assert column("indicators", "name_en").isdisjoint(column("demo_indicators", "name_en"))


NUMBERS = {
    "pillars": ["order"],
    "priorities": ["order"],
    "indicators": ["decimals", "baseline_value", "baseline_rank", "baseline_rank_of", "baseline_year"],
    "targets": ["year", "value", "value_max", "rank", "window_start", "window_end"],
    "series": ["value"],
}


@pytest.mark.parametrize("table", NUMBERS)
def test_numbers_are_finite(table: str) -> None:
    for row in load(table):
        for name in NUMBERS[table]:
            if row[name]:
                assert re.fullmatch(r"-?\d+(\.\d+)?", row[name]), row
                assert math.isfinite(float(row[name])), row


def test_the_vision_is_whole() -> None:
    assert [row["order"] for row in load("pillars")] == ["1", "2", "3", "4"]
    assert [row["order"] for row in load("priorities")] == [str(n) for n in range(1, 13)]
    assert column("priorities", "pillar") == column("pillars", "code")
    assert {"OV2040", "MOL", "MOF"} <= column("entities", "code")


def test_only_names_of_priorities_ship() -> None:
    """Directions and goals are quoted from the Vision's documents."""
    for name in HEADERS["priorities"].split(","):
        assert not re.search(r"direction|goal|tagline", name)


def test_indicators() -> None:
    for code, row in by_code("indicators").items():
        assert (row["confidence"] == "C") == (row["unverified"] == "true"), code
        assert row["in_scorecard"] == "false", code
        assert 0 <= int(row["decimals"]) <= 4, code
        if row["baseline_value"] or row["baseline_rank"]:
            assert 2000 <= int(row["baseline_year"]) <= 2020, code
        else:
            assert not row["baseline_year"], code
        if row["baseline_rank_of"]:
            assert 1 <= int(row["baseline_rank"]) <= int(row["baseline_rank_of"]) <= 200, code
        if row["measure"] == "value":
            assert not row["baseline_rank"], code
        if row["measure"] == "rank":
            assert not row["baseline_value"], code
            assert row["polarity"] == "lower_better", code
            assert row["unit_en"] == "rank", code
        if row["owner_assumed"] == "true":
            assert "owner: " in row["note"], code


HERE = re.compile("NCSI|Ministry of|Central Bank of Oman|MTCIT")
"""A publisher of Oman."""


def test_unit_enters_the_international_ones_of_the_vision() -> None:
    for code, row in by_code("indicators").items():
        international = bool(row["publisher"]) and not HERE.search(row["publisher"])
        assert (row["entered_by"] == "unit") == (row["level"] == "vision" and international), code


@pytest.mark.parametrize("table", ["indicators", "demo_indicators"])
def test_methods_are_whole(table: str) -> None:
    for code, row in by_code(table).items():
        for saying in ("method", "formula", "numerator", "denominator"):
            assert bool(row[f"{saying}_en"]) == bool(row[f"{saying}_ar"]), (code, saying)
        assert bool(row["numerator_en"]) == bool(row["denominator_en"]), code
        assert not row["formula_en"] or row["method_en"], code
        assert ("numerator" in row["formula_en"]) == bool(row["numerator_en"]), code
        assert row["aggregation"] != "ratio" or row["numerator_en"], code
        assert row["aggregation"] != "sum" or row["unit_en"] in ("guests", "million Omani rials"), code
    assert column("indicators", "unit_en") >= column("demo_indicators", "unit_en")


def test_schedules() -> None:
    indicators = by_code("indicators")
    wanted = {
        code
        for code, row in indicators.items()
        if row["frequency"] == "monthly" or row["owner_entity"] in ("MOL", "MOF")
    }
    assert column("schedules", "indicator") == wanted
    windows = set()
    for row in load("schedules"):
        assert row["frequency"] == indicators[row["indicator"]]["frequency"], row
        start = {"monthly": "2023-01-01", "annual": "2024-01-01"}[row["frequency"]]
        assert row["starts_on"] == start, row
        days = [int(row[name]) for name in ("opens_after", "due_after", "late_for", "closes_after")]
        assert 1 <= days[0] <= days[1] <= 366, row
        assert all(0 <= day <= 366 for day in days[2:]), row
        assert row["note"].startswith("our assumption: "), row
        windows.add((row["frequency"], *days))
    assert len(windows) == 2, "one set of windows for each frequency"


def test_monthly_series_have_no_gap() -> None:
    monthly = {code for code, row in by_code("indicators").items() if row["frequency"] == "monthly"}
    feeds = {row["indicator"]: row["series"] for row in load("series_map") if row["indicator"] in monthly}
    assert feeds.keys() == monthly
    months = [f"{year}-{month:02}" for year in range(2023, 2027) for month in range(1, 13)]
    for series in feeds.values():
        said = [row["period"] for row in load("series") if row["series"] == series]
        assert said == months[: months.index("2026-05") + 1], series


def test_a_unit_has_one_name_in_each_language() -> None:
    units = {(row["unit_en"], row["unit_ar"]) for row in load("indicators")}
    assert len({en for en, _ in units}) == len({ar for _, ar in units}) == len(units)


def test_targets() -> None:
    indicators = by_code("indicators")
    shape = {  # value, value_max, rank, window: is it there?
        "value": (True, False, False, False),
        "floor": (True, False, False, False),
        "ceiling": (True, False, False, False),
        "minimum_and_top_rank": (True, False, True, False),
        "top_rank": (False, False, True, False),
        "band": (True, True, False, False),
        "range": (True, True, False, False),
        "average": (True, False, False, True),
    }
    for row in load("targets"):
        indicator = indicators[row["indicator"]]
        present = tuple(bool(row[name]) for name in ("value", "value_max", "rank", "window_start"))
        assert present == shape[row["kind"]], row
        assert 2025 <= int(row["year"]) <= 2040, row
        assert not indicator["baseline_year"] or int(row["year"]) > int(indicator["baseline_year"]), row
        assert (row["kind"] == "band") == (indicator["polarity"] == "band"), row
        assert not row["value"] or indicator["measure"] != "rank", row
        assert not row["rank"] or indicator["measure"] != "value", row
        if row["value_max"]:
            assert Decimal(row["value"]) < Decimal(row["value_max"]), row
        if row["window_start"]:
            assert (row["window_start"], row["window_end"]) == ("2026", "2030"), row
        assert bool(row["window_start"]) == bool(row["window_end"]), row


def test_decimals_show_baselines_and_targets() -> None:
    decimals = {code: int(row["decimals"]) for code, row in by_code("indicators").items()}
    figures = [(row["code"], row["baseline_value"]) for row in load("indicators")]
    figures += [(row["indicator"], row[name]) for row in load("targets") for name in ("value", "value_max")]
    for code, figure in figures:
        assert len(figure.partition(".")[2]) <= decimals[code], (code, figure)


def test_series_map() -> None:
    indicators = by_code("indicators")
    shipped = column("series", "series")
    feeds = Counter()
    for row in load("series_map"):
        if not row["indicator"]:
            assert not row["measure"], row
            assert row["note"].startswith("left out"), row
            assert row["series"] not in shipped, row
            continue
        assert row["series"] in shipped, row
        assert indicators[row["indicator"]]["measure"] in (row["measure"], "value_and_rank"), row
        feeds[row["indicator"], row["measure"]] += 1
    assert max(feeds.values()) == 1


def test_series() -> None:
    mapped = {row["series"]: row for row in load("series_map")}
    indicators = by_code("indicators")
    licences = {row["id"]: row["license_id"] for row in load("sources")}
    for row in load("series"):
        assert re.fullmatch(r"20\d\d(-(0[1-9]|1[0-2]))?", row["period"]), row
        assert period_end(row["period"]) <= date(2026, 8, 1), row
        assert row["license_id"] == licences[row["source_id"]], row
        target = mapped[row["series"]]
        if target["measure"] == "rank":
            assert re.fullmatch(r"[1-9]\d{0,2}", row["value"]), row
        if "-" in row["period"]:
            assert indicators[target["indicator"]]["frequency"] in ("monthly", "irregular"), row
    assert column("series", "source_id") == column("sources", "id")
    assert column("sources", "license_id") == column("licenses", "id")


@pytest.mark.parametrize(
    ("unit", "low", "high"),
    [("score from 0 to 100", 0, 100), ("index from 0 to 1", 0, 1), ("estimate from -2.5 to 2.5", -2.5, 2.5)],
)
def test_values_stay_on_their_scale(unit: str, low: float, high: float) -> None:
    codes = {row["code"] for row in load("indicators") if row["unit_en"] == unit}
    values = {row["series"]: row["indicator"] for row in load("series_map") if row["measure"] == "value"}
    figures = [(row["series"], row["value"]) for row in load("series") if values.get(row["series"]) in codes]
    figures += [(row["indicator"], row["value"]) for row in load("targets") if row["indicator"] in codes]
    figures += [(row["code"], row["baseline_value"]) for row in load("indicators") if row["code"] in codes]
    assert [(code, figure) for code, figure in figures if figure and not low <= float(figure) <= high] == []


def test_every_figure_has_a_vintage() -> None:
    vintages = load("vintages")
    used = set()
    moments = Counter()
    mapped = {row["series"]: (row["indicator"], row["measure"]) for row in load("series_map")}
    for row in load("series"):
        vintage = vintage_of(row, vintages)
        used.add((vintage["source_id"], vintage["series"], vintage["period"]))
        known = date.fromisoformat(vintage["known_from"])
        assert date(2000, 1, 1) < known <= date(2026, 8, 31), vintage
        if vintage["basis"].startswith("edition: "):
            assert known.year >= int(row["period"][:4]), (row, vintage)
        else:
            assert known >= period_end(row["period"]), (row, vintage)
        moments[mapped[row["series"]], row["period"], known] += 1
    assert [key for key, count in moments.items() if count > 1] == [], "two figures known at one moment"
    assert used == {(v["source_id"], v["series"], v["period"]) for v in vintages}


def test_a_basis_says_how_it_is_known() -> None:
    assert {row["basis"].split(": ")[0] for row in load("vintages")} <= {"fact", "edition", "latest", "rule"}


def known_on(series: str, period: str, day: date) -> str | None:
    vintages = load("vintages")
    rows = [row for row in load("series") if (row["series"], row["period"]) == (series, period)]
    known = [(date.fromisoformat(vintage_of(row, vintages)["known_from"]), row["value"]) for row in rows]
    return max(((at, value) for at, value in known if at <= day), default=(None, None))[1]


@pytest.mark.parametrize(
    ("series", "period", "day", "value"),
    [
        ("gdp_growth_real", "2022", date(2023, 1, 1), None),
        ("gdp_growth_real", "2022", date(2024, 1, 1), "4.3"),
        ("gdp_growth_real", "2022", date(2026, 9, 1), "7.99"),
        ("inflation_cpi", "2020", date(2024, 1, 1), "-0.9"),
        ("inflation_cpi", "2020", date(2026, 9, 1), "-0.41"),
    ],
)
def test_what_was_known_when(series: str, period: str, day: date, value: str | None) -> None:
    assert known_on(series, period, day) == value


def test_attribution_is_written_down() -> None:
    text = (DATA / "SOURCES.md").read_text(encoding="utf-8")
    for name in ("Open Government License - Sultanate of Oman", "CC BY 4.0", "ODC-PDDL-1.0", "gapminder.org"):
        assert name in text


NOT_DATA = re.compile(
    r"\b(nan|null|none|todo|n/a)\b|(?<![\w/.])/(home|root|tmp|work)/|localhost",
    re.IGNORECASE,
)


@pytest.mark.parametrize("table", HEADERS)
def test_cells_hold_data(table: str) -> None:
    assert NOT_DATA.findall((DATA / f"{table}.csv").read_text(encoding="utf-8")) == []


def test_demo_people() -> None:
    divisions = {(row["entity"], row["code"]): row["function"] for row in load("demo_divisions")}
    people = load("demo_people")
    for row in people:
        assert row["name_ar"].endswith(" (تجريبي)"), row
        assert row["name_en"].endswith(" (demo)"), row
        assert re.fullmatch(r"[a-z0-9.-]+@demo\.mutabaa\.example", row["email"]), row
        assert (row["sign_in"] == "false") == (row["role"] == "head"), row
        assert (row["role"] == "administrator") == (not row["entity"]), row
        assert bool(row["division"]) == row["role"].startswith("division_"), row
        assert not row["division"] or (row["entity"], row["division"]) in divisions, row
    for entity in ("MOL", "MOF"):
        roles = Counter(row["role"] for row in people if row["entity"] == entity and not row["division"])
        assert roles == {
            "head": 1,
            "head_office": 1,
            "manager": 1,
            "specialist": 2,
            "technical_representative": 1,
            "media_representative": 1,
            "expert": 1,
        }
        for (owner, code), function in divisions.items():
            if owner == entity and function in ("planning", "executing"):
                held = Counter(
                    row["role"] for row in people if (row["entity"], row["division"]) == (entity, code)
                )
                assert held == {"division_head": 1, "division_member": 2}, code
    unit = Counter(row["role"] for row in people if row["entity"] == "OV2040")
    assert unit == {"head": 1, "head_office": 1, "manager": 1, "unit_editor": 1, "unit_specialist": 2}
    assert sum(row["role"] == "administrator" for row in people) == 1


def test_demo_contributors() -> None:
    """Enough people in each to enter, review and approve under four eyes."""
    people = load("demo_people")
    for entity in ("MHT", "MTCIT", "MOHERI"):
        held = Counter(row["role"] for row in people if row["entity"] == entity)
        assert held == {"manager": 1, "specialist": 1, "division_member": 2}, entity


def test_demo_indicators_say_what_they_are() -> None:
    for row in load("demo_indicators"):
        assert row["name_ar"].endswith(" (تجريبي)"), row
        assert row["name_en"].endswith(" (demo)"), row
        assert (row["level"], row["confidence"], row["unverified"]) == ("special", "C", "true"), row
        assert "Invented for the demo" in row["source"], row


def test_demo_divisions_in_charge() -> None:
    divisions = {(row["entity"], row["code"]): row["function"] for row in load("demo_divisions")}
    owners = {row["code"]: row["owner_entity"] for row in (*load("indicators"), *load("demo_indicators"))}
    in_charge = {row["indicator"]: row for row in load("demo_in_charge")}
    for code, row in in_charge.items():
        assert row["entity"] == owners[code], row
        assert divisions[row["entity"], row["division"]] == "executing", row
    assert {code for code, owner in owners.items() if owner in ("MOL", "MOF")} <= set(in_charge)
    assert column("demo_indicators", "code") <= set(in_charge)
