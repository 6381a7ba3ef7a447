"""docs/kpi-arithmetic.md: each number in its examples is computed here from the data that ship."""

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.enums import Light
from app.services.scoreboard.rules import AMBER_AT as GROUP_AMBER_AT
from app.services.scoreboard.rules import GREEN_AT as GROUP_GREEN_AT
from app.services.scoreboard.rules import MINIMUM_COVERAGE, Member, capped, roll_up
from app.services.scores.rules import Definition, Measured, Score, assess, expected, target_for, toward
from tests.scores.drawing import AMBER_AT, GREEN_AT, shipped_definitions, shipped_figures

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "kpi-arithmetic.md").read_text(encoding="utf-8")
ARABIC, ENGLISH = PAGE.split("</div>")
LIGHTS = {"أخضر": "green", "أصفر": "amber", "أحمر": "red", "رمادي": "grey"}
RANK, TOLERANCE = ("الترتيب", "rank"), ("هامش السماح", "tolerance")
LIMITS = ("الحدان الخارجيان", "outer limits")


@dataclass(frozen=True)
class Example:
    """One row of a table of examples, its cells as they are written."""

    code: str
    baseline: str
    target: str
    year: str
    result: str
    assumed: str
    progress: str
    on_track: str
    light: str


def examples(text: str) -> list[Example]:
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| `")]
    return [Example(*(cell.strip(" `\u200e") for cell in row)) for row in rows]


ALL = [*examples(ARABIC), *examples(ENGLISH)]


def numbers(text: str) -> list[Decimal]:
    return [Decimal(found) for found in re.findall(r"-?\d+(?:\.\d+)?", text)]


def said(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text for word in words)


def figure(text: str) -> Measured:
    """`36*, rank 60*`, `rank 74` or `35.4`."""
    found = numbers(text)
    rank = int(found.pop()) if said(text, RANK) else None
    return Measured(found[0] if found else None, rank)


def defined(example: Example) -> Definition:
    """The shipped definition, with what the example assumes."""
    definition, assumed = shipped_definitions()[example.code], numbers(example.assumed)
    if said(example.assumed, TOLERANCE):
        return replace(definition, tolerance=assumed[0])
    if said(example.assumed, LIMITS):
        limits = {"outer_min": assumed[0], "outer_max": assumed[1]}
        return replace(definition, targets={y: replace(t, **limits) for y, t in definition.targets.items()})
    assert not example.assumed
    return definition


def shown(score: Decimal | None, like: str) -> str:
    """A score with as many decimals as the page gives; a dash for none."""
    return "-" if score is None else f"{score:.{len(like.partition('.')[2])}f}"


@pytest.mark.parametrize("example", ALL, ids=lambda row: f"{row.code}-{row.year}-{row.light}")
def test_the_examples_are_computed_as_the_page_says(example: Example) -> None:
    end = date(int(example.year), 12, 31)
    score = assess(defined(example), figure(example.result), end)
    assert shown(score.progress, example.progress) == example.progress
    assert shown(score.on_track, example.on_track) == example.on_track
    assert LIGHTS.get(example.light, example.light) == score.light


@pytest.mark.parametrize("example", ALL, ids=lambda row: f"{row.code}-{row.year}-{row.light}")
def test_the_examples_are_of_the_data_that_ship(example: Example) -> None:
    definition, end = shipped_definitions()[example.code], date(int(example.year), 12, 31)
    baseline, target = definition.baseline, target_for(definition.targets, end.year)
    assert target is not None
    assert numbers(example.baseline) == [n for n in (baseline.value, baseline.rank) if n is not None]
    asked = (target.value, target.value_max, target.rank)
    assert numbers(example.target) == [n for n in asked if n is not None]
    if "*" not in example.result:
        assert figure(example.result) in shipped_figures()[example.code, end]
    assert example.assumed.count("*") == len(numbers(example.assumed))


def test_both_languages_give_the_same_examples() -> None:
    arabic, english = (
        [(e.code, e.year, numbers(e.result), e.progress, e.on_track) for e in examples(text)]
        for text in (ARABIC, ENGLISH)
    )
    assert arabic == english
    assert {code for code, *_ in english} == {
        *("non_oil_share_gdp", "gross_debt_gdp", "gii", "inflation_cpi", "fiscal_balance_gdp")
    }


@pytest.mark.parametrize("text", [ARABIC, ENGLISH], ids=["ar", "en"])
def test_the_sums_in_the_text(text: str) -> None:
    share = shipped_definitions()["non_oil_share_gdp"]
    start, year, goal = share.baseline.value, share.baseline.year, share.targets[2030].value
    assert start is not None
    assert year is not None
    assert goal is not None
    end = date(2025, 12, 31)
    at = expected([(year, start), (2030, goal)], end)
    score = assess(share, Measured(Decimal("72.15")), end)
    sums = [line for line in text.splitlines() if "÷" in line and f"{start}" in line]
    written = [f"{number:.1f}" for number in (score.progress, at, score.on_track)]
    assert [re.findall(r"= (\d+\.\d)\b", line)[-1] for line in sums] == written
    assert f"(72.15 - {start}) ÷ ({goal} - {start})" in sums[0]
    assert f"({goal} - {start}) × {2025 - year} ÷ {2030 - year}" in sums[1]
    assert f"(72.15 - {start}) ÷ ({at:.1f} - {start})" in sums[2]


@pytest.mark.parametrize("text", [ARABIC, ENGLISH], ids=["ar", "en"])
def test_what_the_text_says_of_the_innovation_index(text: str) -> None:
    b, goal = shipped_definitions()["gii"].baseline, shipped_definitions()["gii"].targets[2030]
    value = toward(Decimal(36), b.value, goal.value, 1, None)
    rank = toward(Decimal(60), Decimal(b.rank or 0), Decimal(goal.rank or 0), -1, None)
    last = next(line for line in text.splitlines() if "38.1" in line)
    assert numbers(last)[:3] == [round(value or 0, 1), round(rank or 0, 1), round(rank or 0, 1)]
    assert b.year is not None
    assert (2024 - b.year) * 2 == 2030 - b.year


@pytest.mark.parametrize("text", [ARABIC, ENGLISH], ids=["ar", "en"])
def test_the_examples_name_their_thresholds(text: str) -> None:
    line = next(line for line in text.splitlines() if "90" in line)
    assert numbers(line) == [GREEN_AT, AMBER_AT]


@dataclass(frozen=True)
class Line:
    """One row of the table of the roll-up, its cells as they are written."""

    number: str
    code: str
    year: str
    result: str
    progress: str
    capped_progress: str
    on_track: str
    capped_on_track: str
    year_before: str
    result_before: str
    progress_before: str
    capped_before: str


def lines(text: str) -> list[Line]:
    rows = [row.strip("|").split("|") for row in text.splitlines() if re.match(r"\| \d+ \| `", row)]
    return [Line(*(cell.strip(" `\u200e") for cell in row)) for row in rows]


def members(text: str) -> list[Member]:
    """The indicators of the table, scored from what ships."""
    found = []
    for row in lines(text):
        definition = shipped_definitions()[row.code]
        scores = []
        for year, result in ((row.year, row.result), (row.year_before, row.result_before)):
            end = date(int(year), 12, 31)
            assert Measured(Decimal(result)) in shipped_figures()[row.code, end]
            scores.append(assess(definition, Measured(Decimal(result)), end))
        found.append(Member(scores[0], before=scores[1].progress))
    return found


@pytest.mark.parametrize("text", [ARABIC, ENGLISH], ids=["ar", "en"])
def test_the_roll_up_is_computed_as_the_page_says(text: str) -> None:
    for row, member in zip(lines(text), members(text), strict=True):
        for number, written, inside in (
            (member.score.progress, row.progress, row.capped_progress),
            (member.score.on_track, row.on_track, row.capped_on_track),
            (member.before, row.progress_before, row.capped_before),
        ):
            assert shown(number, written) == written
            assert shown(capped(number), inside) == inside
    found = roll_up(members(text))
    three = [line for line in text.splitlines() if "÷ 3 =" in line]
    written = [f"{number:.1f}" for number in (found.score, found.pace, found.change)]
    assert [re.findall(r"= (-?\d+\.\d)\b", line)[-1] for line in three] == written
    assert (found.light, found.trend, found.coverage, found.on_track) == ("red", "better", 1, 1)
    unknown = Member(Score(None, None, Light.GREY))
    short = roll_up([*members(text), *[unknown] * 4])
    assert short.score is None
    assert f"3 ÷ 7 = {short.coverage}" in text


def test_both_languages_give_the_same_roll_up() -> None:
    assert lines(ARABIC) == lines(ENGLISH)
    assert len(lines(ENGLISH)) == 3


@pytest.mark.parametrize("text", [ARABIC, ENGLISH], ids=["ar", "en"])
def test_the_page_names_the_rules_of_a_group(text: str) -> None:
    said = [line for line in text.splitlines() if "90" in line]
    assert numbers(said[-1]) == [GROUP_GREEN_AT, GROUP_AMBER_AT]
    assert any(str(MINIMUM_COVERAGE) in line for line in text.splitlines())


@pytest.mark.parametrize("text", [ARABIC, ENGLISH], ids=["ar", "en"])
def test_the_weights_of_a_scorecard_are_computed_as_the_page_says(text: str) -> None:
    sums = next(line for line in text.splitlines() if "÷ (1.5 + 0.9 + 0.6) =" in line)
    percent = (50, 30, 20)
    weights = [Decimal(each) * len(percent) / 100 for each in percent]
    assert weights == [Decimal("1.5"), Decimal("0.9"), Decimal("0.6")]
    assert all(str(each) in sums for each in percent)
    found = roll_up([replace(m, weight=w) for m, w in zip(members(text), weights, strict=True)])
    assert re.findall(r"= (\d+\.\d)\b", sums)[-1] == f"{found.score:.1f}"
