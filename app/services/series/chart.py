"""The chart of a series as a Vega-Lite specification. Pure: it is handed the series as it is read.

Time runs from left to right in both languages, as in Oman's statistical publications; what is written runs as
its language does. Names come from people: they stand there only as the text of titles, never as an expression, a
field or markup.
"""

import json
import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from app import clock
from app.charts import FONTS, Chart
from app.enums import Light, Measure, ObservationStatus, TargetKind
from app.errors import Text
from app.services.documents import Document
from app.services.series import marks, words, writing
from app.services.series.panel import Panel

Json = dict[str, Any]

_WIDTH, _HEIGHT, _HEIGHT_OF_TWO = 640, 280, 180
_ROW, _SIZE = 20, 11


def draw(document: Document, language: str) -> Chart:
    """The chart of a series document, for a reader of `language`."""
    series = json.loads(document.body, parse_float=Decimal, parse_int=int)
    panels = _panels(series, language)
    height = _HEIGHT if len(panels) == 1 else _HEIGHT_OF_TWO
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "background": "white",
        "padding": {"left": 16, "right": 20, "top": 16, "bottom": 14},
        "config": _CONFIG,
        "title": _title(series, language),
        "spacing": 16,
        "vconcat": [
            *[_drawn(panel, height, of=len(panels)) for panel in panels],
            *_legend(_signs(panels), language),
        ],
    }
    return Chart(spec, language, writing.name(series["indicator"], language), _described(panels, language))


_CONFIG: Json = {
    "font": FONTS,
    "aria": False,  # the picture as a whole has a title and a description
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 11,
        "labelColor": "#404040",
        "gridColor": "#E4E4E4",
        "domainColor": "#9A9A9A",
        "tickColor": "#9A9A9A",
    },
}


def _panels(series: Json, language: str) -> list[Panel]:
    """One for each measure that has figures; where none has, the first that something is expected of."""
    yearly = all(re.fullmatch(r"[0-9]{4}", point["period"]) for point in series["points"])
    measures = {
        Measure.VALUE: (Measure.VALUE,),
        Measure.RANK: (Measure.RANK,),
        Measure.VALUE_AND_RANK: (Measure.VALUE, Measure.RANK),
    }[series["measure"]]
    every = [Panel(series, measure, language, yearly) for measure in measures]
    shown = (
        [panel for panel in every if panel.points]
        or [panel for panel in every if panel.knots or panel.levels][:1]
        or every[:1]
    )
    return [replace(panel, beside=tuple(other.measure for other in shown)) for panel in shown]


def _title(series: Json, language: str) -> Json:
    below = writing.lines(writing.name(series["entity"], language), language)
    if series["as_of"] is not None:
        below.append(writing.directed(_known(series, language), language))
    return {
        "text": writing.lines(writing.name(series["indicator"], language), language),
        "subtitle": below,
        "anchor": "end" if language == "ar" else "start",
        "fontSize": 16,
        "fontWeight": 600,
        "color": marks.INK,
        "subtitleFontSize": 12,
        "subtitleColor": "#505050",
        "subtitlePadding": 6,
        "offset": 14,
    }


def _known(series: Json, language: str) -> str:
    day = clock.day(datetime.fromisoformat(series["as_of"]))
    return words.KNOWN.said(language).format(writing.left_to_right(day.isoformat()))


def _drawn(panel: Panel, height: int, *, of: int) -> Json:
    layers = marks.layers(panel)
    if not panel.points:
        layers.append(_nothing(panel, height))
    return {
        "width": _WIDTH,
        "height": height,
        "title": {
            "text": writing.directed(_measured(panel, of), panel.language),
            "anchor": "end" if panel.language == "ar" else "start",
            "fontSize": 11,
            "fontWeight": 400,
            "color": "#505050",
            "offset": 8,
        },
        "layer": layers,
    }


def _measured(panel: Panel, of: int) -> str:
    """What the figures of a panel are: their unit, or that they are ranks."""
    if panel.measure == Measure.RANK:
        return panel.said(words.RANK)
    unit = writing.plain(panel.series[f"unit_{panel.language}"])
    return f"{panel.said(words.VALUE)}: {unit}" if of > 1 else unit


def _nothing(panel: Panel, height: int) -> Json:
    return {
        "data": {"values": [{"text": writing.directed(panel.said(words.NOTHING), panel.language)}]},
        "mark": {"type": "text", "fontSize": 14, "color": "#505050", "x": _WIDTH / 2, "y": height / 2},
        "encoding": {"text": {"field": "text"}},
    }


def _legend(signs: list[tuple[Json, Text]], language: str) -> list[Json]:
    """What the signs mean, those that occur: rows of a sign and its word, in the direction of the language."""
    placed: list[Json] = []
    across, row = 0.0, 0
    for mark, text in signs:
        said = text.said(language)
        needed = 24 + writing.width(said, _SIZE) + 18
        if across and across + needed > _WIDTH:
            across, row = 0.0, row + 1
        sign = _WIDTH - across - 10 if language == "ar" else across + 10
        y = row * _ROW + _ROW / 2
        placed.append({"mark": mark, "x": sign, "y": y, "text": writing.directed(said, language)})
        across += needed
    layers: list[Json] = []
    beside = -18 if language == "ar" else 18
    for one in placed:
        long = one["mark"]["type"] == "rule"
        layers.append(
            {
                "data": {"values": [{"x": one["x"] - 10 * long, "x2": one["x"] + 10, "y": one["y"]}]},
                "mark": one["mark"],
                "encoding": {**_RAW, **({"x2": {"field": "x2"}} if long else {})},
            }
        )
        layers.append(
            {
                "data": {"values": [{"x": one["x"] + beside, "y": one["y"], "text": one["text"]}]},
                "mark": {
                    "type": "text",
                    "align": "right" if language == "ar" else "left",
                    "baseline": "middle",
                    "fontSize": _SIZE,
                    "color": "#404040",
                },
                "encoding": {**_RAW, "text": {"field": "text"}},
            }
        )
    return [{"width": _WIDTH, "height": (row + 1) * _ROW, "layer": layers}] if layers else []


_RAW: Json = {
    axis: {"field": axis, "type": "quantitative", "scale": None, "axis": None} for axis in ("x", "y")
}


def _signs(panels: list[Panel]) -> list[tuple[Json, Text]]:
    points = [point for panel in panels for point in panel.points]
    knots = [knot for panel in panels for knot in panel.knots]
    levels = [level for panel in panels for level in panel.levels]
    lights = {point["light"] for point in points}
    rule = {"type": "rule", "strokeWidth": 1.5}
    shown: list[tuple[bool, Json, Text]] = [
        (bool(points), {**rule, "color": marks.BLUE, "strokeWidth": 2.5}, words.RESULT),
        *[
            (light in lights and lights != {Light.GREY}, marks.mark_of(*sign), words.LIGHTS[light])
            for light, sign in marks.LIGHTS.items()
        ],
        (
            any(map(marks.unsure, points)),
            marks.mark_of(*marks.UNLIT, hollow=True),
            words.PRELIMINARY,
        ),
        (any(point["revised"] for point in points), marks.mark_of("cross", marks.GREY), words.REVISED),
        (
            any(point["obs_status"] == ObservationStatus.BREAK for point in points),
            {**rule, "color": marks.GREY, "strokeDash": [1, 3]},
            words.BREAK,
        ),
        (
            any(knot["kind"] == "baseline" for knot in knots),
            marks.mark_of("diamond", marks.PURPLE, hollow=True),
            words.BASELINE,
        ),
        (
            any(knot["kind"] == "target" for knot in knots),
            marks.mark_of("diamond", marks.PURPLE),
            words.TARGET,
        ),
        (
            any(len(panel.knots) > 1 for panel in panels),
            {**rule, "color": marks.PURPLE, "strokeDash": [4, 3]},
            words.EXPECTED,
        ),
        (any(level["kind"] != TargetKind.AVERAGE for level in levels), marks.zone(), words.ZONE),
    ]
    return [(mark, text) for occurs, mark, text in shown if occurs]


def _described(panels: list[Panel], language: str) -> str:
    """The picture in words: the first and the latest figure, and what is to be reached."""
    series, said = panels[0].series, []
    if series["as_of"] is not None:
        said.append(_known(series, language))
    for panel in panels:
        what = _measured(panel, len(panels))
        ends = panel.points if len(panel.points) < 2 else (panel.points[0], panel.points[-1])
        figures = [f"{point['period']}: {panel.figure(point[panel.measure])}" for point in ends]
        said.append(f"{what}. {', '.join(figures) or panel.said(words.NOTHING)}")
        goals = [
            *(
                f"{knot['year']}: {writing.goal(knot['goal'])}"
                for knot in panel.knots
                if knot["kind"] == "target"
            ),
            *(f"{level['year']}: {marks.level_said(panel, level)}" for level in panel.levels),
        ]
        if goals:
            said.append(f"{panel.said(words.TARGET)}: {', '.join(goals)}")
    return writing.plain(". ".join(said))
