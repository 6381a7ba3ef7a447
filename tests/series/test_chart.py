"""The chart of a series: what is said in it, in which direction, and that a name is never more than a name."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.enums import Light
from app.services.documents import Document
from app.services.series import words, writing
from app.services.series.chart import draw
from tests.series.samples import FULL, YEARS, knot, level, point, series

TURNED = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e]")


def said(document: Document, language: str = "en") -> list[str]:
    """All texts of a chart without its axes, each without its direction marks."""
    return [writing.plain(text) for text in _texts(draw(document, language).spec)]


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for each in part:
            yield from _texts(each)
    elif isinstance(part, dict):
        for name, each in part.items():
            if name in ("text", "subtitle") and isinstance(each, str | list):
                yield from [each] if isinstance(each, str) else each
            elif name != "encoding":
                yield from _texts(each)


def marks(document: Document, kind: str) -> list[Any]:
    """The marks of a kind in the panels, each with its rows."""
    *panels, _ = draw(document, "en").spec["vconcat"]
    layers = [layer for panel in panels for layer in panel["layer"]]
    return [layer for layer in layers if layer["mark"]["type"] == kind]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "ar",
            {
                "نسبة الدين العام إلى الناتج المحلي",
                "وزارة المالية",
                "القيمة: نسبة مئوية",
                "الترتيب (الأول هو الأفضل)",
                "35 على الأقل",
                *(words.LIGHTS[light].ar for light in Light),
                "خط الأساس",
                "المستهدف",
                "قيمة أولية",
                "قبل التعديل",
                "انقطاع في السلسلة",
            },
        ),
        (
            "en",
            {
                "Public debt to GDP",
                "Ministry of Finance",
                "Value: percent",
                "Rank (1 is best)",
                "At least 35",
                *(words.LIGHTS[light].en for light in Light),
                "Baseline",
                "Target",
                "Preliminary",
                "Before revision",
                "Break in the series",
            },
        ),
    ],
)
def test_what_is_said_in_each_language(language: str, expected: set[str]) -> None:
    found = said(FULL, language)
    assert expected <= set(found)
    assert {"36.0", "50", "40", "25"} <= set(found), "figures and goals, in Latin digits"
    made = draw(FULL, language)
    assert made.title == ("نسبة الدين العام إلى الناتج المحلي" if language == "ar" else "Public debt to GDP")
    assert all(figure in made.description for figure in ("2024", "36.0", "2030", "40"))
    opens = "\u2067" if language == "ar" else "\u2066"
    for text in _texts(made.spec):
        assert text[0] in (opens, "\u2066"), text
        assert len(re.findall("[\u2066\u2067]", text)) == text.count("\u2069")


def test_the_legend_says_what_occurs_and_nothing_else() -> None:
    assert said(series([point("2024", 4.2, light="grey")])).count("Result") == 1
    plain = set(said(series([point("2024", 4.2, light="grey")])))
    assert plain == {"Public debt to GDP", "Ministry of Finance", "percent", "4.2", "Result"}
    assert "Where the target is met" in said(series(YEARS, levels=[level("band", 2030, 2, 3)]))
    assert "Path to the targets" not in said(series(YEARS, path=[knot(2017, 44, "baseline")]))


def test_an_indicator_without_figures_says_so() -> None:
    assert said(series())[-1] == "No approved figures yet"
    assert "لا توجد قيم معتمدة بعد" in said(series(path=[knot(2030, 40)]), "ar")
    empty = draw(series(measure="rank"), "en")
    assert len(empty.spec["vconcat"]) == 1
    assert empty.description == "Rank (1 is best). No approved figures yet"


def test_only_what_has_figures_has_a_panel() -> None:
    ranks = series([point("2023", None, 5), point("2024", None, 4)], measure="value_and_rank")
    panels = draw(ranks, "en").spec["vconcat"][:-1]
    assert [panel["title"]["text"] for panel in panels] == ["\u2066Rank (1 is best)\u2069"]
    y = panels[0]["layer"][0]["encoding"]["y"]
    assert y["scale"]["reverse"], "the first is at the top"


def test_a_light_is_a_shape_too() -> None:
    shapes = {
        (layer["mark"]["shape"], layer["mark"]["fill"], layer["mark"]["stroke"])
        for layer in marks(
            series([point("2023", 1), point("2024", 2, light="amber"), point("2025", 3, light="red")]),
            "point",
        )
    }
    assert len({shape for shape, _, _ in shapes}) == 3
    _, hollow = marks(series([point("2023", 1), point("2024", 2, obs_status="P")]), "point")
    assert (hollow["mark"]["fill"], hollow["mark"]["stroke"]) == ("white", "#009E73")


def test_the_line_is_broken_where_the_series_is() -> None:
    (line,) = marks(series([point("2020", 1), point("2021", 2, obs_status="B"), point("2022", 3)]), "line")
    assert [row["part"] for row in line["data"]["values"]] == [0, 1, 1]
    (rule,) = marks(series([point("2020", 1), point("2021", 2, obs_status="B")]), "rule")
    assert rule["data"]["values"] == [{"x": 2020.5}]


def test_levels_hold_in_their_years() -> None:
    levels = [
        level("ceiling", 2020, None, 60, last_year=2020),
        level("ceiling", 2025, None, 60, first_year=2021, last_year=2025),
        level("blank", 2026, None, None, first_year=2026, last_year=2026),
        level("band", 2030, 40, 50, first_year=2026),
    ]
    rows = [row for layer in marks(series(YEARS, levels=levels), "rect") for row in layer["data"]["values"]]
    assert [(row["x2"], row["y2"]) for row in rows] == [(2025, 60.0)], "equal ones are one; 2030 is not shown"
    assert rows[0]["y"] < 30, "what is below a ceiling"


def test_months_stand_at_their_days_and_many_are_a_line() -> None:
    months = [
        point(f"{year}-{month:02}", month, light="grey")
        for year in range(1976, 2026)
        for month in range(1, 13)
    ]
    document = series(months, decimals=0)
    (line,) = marks(document, "line")
    assert len(line["data"]["values"]) == 600
    assert line["encoding"]["x"]["type"] == "temporal"
    assert sum(len(layer["data"]["values"]) for layer in marks(document, "point")) == 1
    assert len(json.dumps(draw(document, "ar").spec)) < 60_000


def test_as_of_is_said_in_the_picture() -> None:
    """By the day in Oman."""
    document = series(YEARS, as_of="2023-12-31T20:00:00+00:00")
    assert "As known on 2024-01-01" in said(document)
    assert "كما كان معروفًا في 2024-01-01" in said(document, "ar")
    assert "2024-01-01" in draw(document, "en").description


def test_figures_are_rounded_as_people_round() -> None:
    found = said(series([point("2023", 2.25), point("2024", -1234.05)]))
    assert {"2.3", "−1,234.1"} <= set(found)


def test_a_long_name_stays_in_its_place() -> None:
    name = "نسبة العمانيين العاملين في المهن التخصصية والفنية " * 6
    lines = draw(series(YEARS, indicator={"name_ar": name.strip(), "name_en": "n" * 300}), "ar").spec["title"]
    assert len(lines["text"]) == 3
    assert all(len(line) <= 64 for line in lines["text"])
    assert lines["text"][-1].endswith(" …\u2069")
    in_english = draw(series(YEARS, indicator={"name_ar": name, "name_en": "n" * 300}), "en").spec["title"]
    assert all(len(line) <= 64 for line in in_english["text"])


HOSTILE = (
    "<script>alert(1)</script>",
    "</text></svg><script>alert(1)</script>",
    "datum.x",
    "{{ datum.x }}",
    '{"signal": "1"}',
    "\" ' \\ ]]> -->",
    "\u202e\u2069\u200f سعر",
    "معدل \ufffe\ud800",
)


@settings(max_examples=60)
@given(name=st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=300)).filter(str.strip))
def test_names_are_text_and_nothing_else(name: str) -> None:
    """A name changes titles, and no other part of what is drawn; nor does it turn the text around it."""
    named = {"name_ar": name, "name_en": name}
    document = json.loads(FULL.body) | {
        "indicator": named,
        "entity": named,
        "unit_ar": name[:100],
        "unit_en": name[:100],
    }
    theirs = draw(Document(json.dumps(document).encode(), 1), "ar")
    for text in _texts(theirs.spec["title"]):
        assert not TURNED.search(text)
        assert text.count("\u2069") == 1
    assert _untitled(theirs.spec) == _untitled(draw(FULL, "ar").spec)


def _untitled(spec: Any) -> Any:
    """A specification without the text of its titles."""
    if isinstance(spec, list):
        return [_untitled(part) for part in spec]
    if isinstance(spec, dict):
        return {
            name: {key: value for key, value in part.items() if key not in ("text", "subtitle")}
            if name == "title" and isinstance(part, dict)
            else _untitled(part)
            for name, part in spec.items()
        }
    return spec


def test_no_address_and_no_expression_is_in_a_specification() -> None:
    said_names = json.dumps(draw(FULL, "ar").spec)
    for word in ('"url"', '"expr"', '"signal"', '"href"', "labelExpr", "calculate", '"test"', '"filter"'):
        assert word not in said_names
