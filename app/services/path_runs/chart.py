"""The timeline of a run as a Gantt chart, a Vega-Lite specification. Pure: it is handed the timeline as it is read.

Time runs from left to right in both languages, as in the charts of series; the names of the stages stand at the right in
Arabic and at the left in English. A grey bar is what was planned, the bar on it what took place.
"""

import json
import textwrap
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from app.charts import FONTS, Chart
from app.enums.paths import StageTiming
from app.errors import Text
from app.services.documents import Document
from app.services.series import writing

Json = dict[str, Any]

_WIDTH, _ROW, _NAMES, _SIZE = 560, 20, 430, 11
_MOST = 300
"""Rows of a picture: of a longer run, rounds that no longer count are left out."""

_LONGEST_NAME = 68

_PLANNED, _OVER = "#D5D9DE", "#9A9A9A"
_COLORS: dict[str, str] = {
    StageTiming.NOT_YET: _PLANNED,
    StageTiming.ON_TIME: "#1F6FB4",
    StageTiming.DUE_SOON: "#C98A00",
    StageTiming.OVERDUE: "#B3261E",
    StageTiming.ENDED_ON_TIME: "#2E7D4F",
    StageTiming.ENDED_LATE: "#D9534F",
}
_WORDS: dict[str, Text] = {
    StageTiming.ENDED_ON_TIME: Text("Ended on time", "انتهت في موعدها"),
    StageTiming.ENDED_LATE: Text("Ended late", "انتهت متأخرة"),
    StageTiming.ON_TIME: Text("Open, on time", "جارية ضمن الموعد"),
    StageTiming.DUE_SOON: Text("Open, due soon", "جارية وموعدها قريب"),
    StageTiming.OVERDUE: Text("Open, overdue", "جارية ومتأخرة"),
}
_PLAN = Text("Planned", "المخطط")
_NO_LONGER = Text("An earlier round", "جولة سابقة")
_TODAY = Text("Today {0}", "اليوم {0}")
_ROUND = Text("round {0}", "الجولة {0}")
_OCCASION = Text("occasion {0}", "المرة {0}")
_YEAR = Text("Year {0}", "سنة {0}")
_COUNTED = Text(
    "{0} stages; over: {1}; open: {2}; late: {3}", "عدد المراحل {0}، المنتهية {1}، الجارية {2}، المتأخرة {3}"
)


def draw(document: Document, language: str) -> Chart:
    """The chart of a timeline document, for a reader of `language`."""
    timeline = json.loads(document.body)
    items = _shown(timeline["bars"])
    title = writing.plain(timeline[f"title_{language}"])
    height = max(len(items), 1) * _ROW
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "background": "white",
        "padding": {"left": 16, "right": 20, "top": 16, "bottom": 14},
        "config": _CONFIG,
        "title": {
            "text": writing.lines(title, language),
            "subtitle": [
                writing.directed(
                    f"{writing.name(timeline['entity'], language)} · "
                    f"{_YEAR.said(language).format(writing.left_to_right(str(timeline['year'])))}",
                    language,
                )
            ],
            "anchor": "end" if language == "ar" else "start",
            "fontSize": 16,
            "fontWeight": 600,
            "color": "#202020",
            "subtitleFontSize": 12,
            "subtitleColor": "#505050",
            "subtitlePadding": 6,
            "offset": 14,
        },
        "spacing": 14,
        "vconcat": [
            {
                "width": _WIDTH,
                "height": height,
                "layer": [
                    *_bars(items, timeline["today"]),
                    _names(items, language),
                    *_today(timeline["today"], height, language),
                ],
            },
            _legend(items, language),
        ],
    }
    return Chart(spec, language, title, _described(timeline["bars"], language))


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


def _shown(items: Sequence[Json]) -> list[Json]:
    if len(items) > _MOST:
        items = [item for item in items if not item["superseded"]]
    return list(items[:_MOST])


def _bars(items: Sequence[Json], today: str) -> list[Json]:
    planned, actual = [], []
    for row, item in enumerate(items):
        middle = row * _ROW + _ROW / 2
        if item["planned_to"] is not None:
            planned.append(
                {
                    "x": item["planned_from"],
                    "x2": _after(item["planned_to"]),
                    "y": middle - 6,
                    "y2": middle + 6,
                }
            )
        if item["actual_from"] is not None:
            color = _OVER if item["superseded"] else _COLORS[item["timing"]]
            ends = _after(item["actual_to"] or max(today, item["actual_from"]))
            actual.append(
                {"x": item["actual_from"], "x2": ends, "y": middle - 3, "y2": middle + 3, "color": color}
            )
    # The time axis is there even where nothing is dated yet.
    axis = {"x": today, "x2": today, "y": 0, "y2": 0}
    return [
        _layer([*planned, axis], {"fill": _PLANNED, "stroke": _PLANNED, "strokeWidth": 2}),
        _layer(actual, {}, {"fill": {"field": "color", "type": "nominal", "scale": None}}),
    ]


def _layer(values: Sequence[Json], mark: Json, more: Json | None = None) -> Json:
    return {
        "data": {"values": list(values)},
        "mark": {"type": "rect", "cornerRadius": 2, **mark},
        "encoding": {
            "x": {**_TIME, "field": "x"},
            "x2": {"field": "x2"},
            "y": {"field": "y", "type": "quantitative", "scale": None, "axis": None},
            "y2": {"field": "y2"},
            **(more or {}),
        },
    }


_TIME: Json = {
    "type": "temporal",
    "scale": {"type": "utc", "nice": "month"},
    "axis": {"title": None, "format": "%m/%Y", "labelOverlap": True, "orient": "top", "grid": True},
}


def _names(items: Sequence[Json], language: str) -> Json:
    values = [
        {
            "y": row * _ROW + _ROW / 2,
            "text": _name(item, language),
            "color": _OVER if item["superseded"] else "#303030",
        }
        for row, item in enumerate(items)
    ]
    return {
        "data": {"values": values},
        "mark": {
            "type": "text",
            "align": "right" if language == "ar" else "left",
            "baseline": "middle",
            "fontSize": _SIZE,
            "x": _WIDTH + _NAMES if language == "ar" else -_NAMES,
        },
        "encoding": {
            "y": {"field": "y", "type": "quantitative", "scale": None, "axis": None},
            "text": {"field": "text"},
            "color": {"field": "color", "type": "nominal", "scale": None},
        },
    }


def _name(item: Json, language: str) -> str:
    counted = [
        word.said(language).format(writing.left_to_right(str(count)))
        for count, word in ((item["occasion"], _OCCASION), (item["round"], _ROUND))
        if count > 1
    ]
    room = _LONGEST_NAME - len(item["key"]) - sum(len(word) + 3 for word in counted)
    title = textwrap.shorten(writing.plain(item[f"title_{language}"]), max(room, 20), placeholder=" …")
    return writing.directed(" · ".join([writing.left_to_right(item["key"]), title, *counted]), language)


def _today(today: str, height: int, language: str) -> list[Json]:
    said = _TODAY.said(language).format(writing.left_to_right(today))
    at = {"x": {**_TIME, "field": "x"}}
    return [
        {
            "data": {"values": [{"x": today}]},
            "mark": {"type": "rule", "color": "#B3261E", "strokeDash": [4, 3], "strokeWidth": 1.5},
            "encoding": at,
        },
        {
            "data": {"values": [{"x": today, "text": writing.directed(said, language)}]},
            "mark": {
                "type": "text",
                "color": "#B3261E",
                "fontSize": _SIZE,
                "baseline": "top",
                "y": height + 6,
            },
            "encoding": {**at, "text": {"field": "text"}},
        },
    ]


def _legend(items: Sequence[Json], language: str) -> Json:
    """What the colours mean, those that occur, in the direction of the language."""
    begun = [item for item in items if item["actual_from"] is not None]
    occurring = {item["timing"] for item in begun if not item["superseded"]}
    signs = [(_PLANNED, _PLAN)]
    signs += [(_COLORS[timing], word) for timing, word in _WORDS.items() if timing in occurring]
    if any(item["superseded"] for item in begun):
        signs.append((_OVER, _NO_LONGER))
    values: list[Json] = []
    across = 0.0
    for color, word in signs:
        said = word.said(language)
        sign = _WIDTH - across - 12 if language == "ar" else across
        text = sign - 6 if language == "ar" else sign + 18
        shown = writing.directed(said, language)
        values.append({"x": sign, "x2": sign + 12, "color": color, "tx": text, "text": shown})
        across += 18 + writing.width(said, _SIZE) + 16
    raw = {"type": "quantitative", "scale": None, "axis": None}
    fill = {"field": "color", "type": "nominal", "scale": None}
    return {
        "width": _WIDTH,
        "height": _ROW,
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "rect", "cornerRadius": 2, "y": 4, "y2": 14},
                "encoding": {"x": {**raw, "field": "x"}, "x2": {"field": "x2"}, "fill": fill},
            },
            {
                "mark": {
                    "type": "text",
                    "align": "right" if language == "ar" else "left",
                    "baseline": "middle",
                    "fontSize": _SIZE,
                    "color": "#404040",
                    "y": 9,
                },
                "encoding": {"x": {**raw, "field": "tx"}, "text": {"field": "text"}},
            },
        ],
    }


def _described(items: Sequence[Json], language: str) -> str:
    """The picture in words: how many stages there are, are over, are open and are late."""
    counted = [item for item in items if not item["superseded"]]
    over = sum(item["timing"] in (StageTiming.ENDED_LATE, StageTiming.ENDED_ON_TIME) for item in counted)
    open_ = sum(item["state"] == "open" for item in counted)
    late = sum(item["timing"] in (StageTiming.ENDED_LATE, StageTiming.OVERDUE) for item in counted)
    return writing.plain(_COUNTED.said(language).format(len(counted), over, open_, late))


def _after(day: str) -> str:
    """The end of a day: the beginning of the next."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
