"""The chart of a curve as a Vega-Lite specification. Pure: it is handed the curve as it is read.

Time runs from left to right in both languages; what is written runs as its language does. Names come from people:
they stand there only as the text of titles.
"""

import json
from decimal import Decimal
from typing import Any

from app.charts import FONTS, Chart
from app.enums.initiatives import InitiativeStatus
from app.errors import Text
from app.services.documents import Document
from app.services.series import writing

Json = dict[str, Any]

_WIDTH, _HEIGHT = 640, 300
_PURPLE, _BLUE, _GREY, _INK = "#7A4E9E", "#1F5FA8", "#8A8A8A", "#202020"

_PLANNED = Text("Planned, as approved", "المخطط عند الاعتماد")
_REVISED = Text("Planned, as revised", "المخطط بعد التعديل")
_ACTUAL = Text("Actual, by approved reports", "الفعلي حسب التقارير المعتمدة")
_TODAY = Text("Today", "اليوم")
_PERCENT = Text("Percent of the whole", "نسبة الإنجاز (%)")
_NOTHING = Text("No report is approved yet", "لا يوجد تقرير معتمد بعد")

STATUSES = {
    InitiativeStatus.NOT_STARTED: Text("Not started", "لم تبدأ"),
    InitiativeStatus.ON_TRACK: Text("On track", "على المسار"),
    InitiativeStatus.AT_RISK: Text("At risk", "معرّضة للتأخر"),
    InitiativeStatus.LATE: Text("Late", "متأخرة"),
    InitiativeStatus.STOPPED: Text("Stopped", "متوقفة"),
    InitiativeStatus.CLOSED: Text("Closed", "مغلقة"),
}

_LINES = (
    ("planned", _PLANNED, _PURPLE, [4, 3]),
    ("revised", _REVISED, _GREY, [2, 2]),
    ("actual", _ACTUAL, _BLUE, [1, 0]),
)


def draw(document: Document, language: str) -> Chart:
    """The chart of a curve document, for a reader of `language`."""
    curve = json.loads(document.body, parse_float=Decimal, parse_int=int)
    anchor = "end" if language == "ar" else "start"
    shown = [line for line in _LINES if curve[line[0]]]
    values = [
        {"day": point["day"], "percent": float(point["percent"]), "line": _word(text, language)}
        for name, text, _, _ in shown
        for point in curve[name]
    ]
    words = [_word(text, language) for _, text, _, _ in shown]
    spec: Json = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "background": "white",
        "padding": {"left": 16, "right": 20, "top": 16, "bottom": 14},
        "width": _WIDTH,
        "height": _HEIGHT,
        "config": {"font": FONTS, "aria": False, "view": {"stroke": None}},
        "title": {
            "text": writing.lines(writing.name(curve["initiative"], language), language),
            "subtitle": writing.lines(_below(curve, language), language),
            "anchor": anchor,
            "fontSize": 16,
            "color": _INK,
            "subtitleColor": "#505050",
            "offset": 14,
        },
        "layer": [
            {
                "data": {"values": values},
                "mark": {"type": "line", "strokeWidth": 2.5, "point": {"size": 36}},
                "encoding": {
                    "x": {
                        "field": "day",
                        "type": "temporal",
                        "timeUnit": "utcyearmonthdate",
                        "axis": {"title": None, "format": "%Y-%m"},
                    },
                    "y": {
                        "field": "percent",
                        "type": "quantitative",
                        "scale": {"domain": [0, 100]},
                        "axis": {"title": _word(_PERCENT, language)},
                    },
                    "color": {
                        "field": "line",
                        "type": "nominal",
                        "scale": {"domain": words, "range": [colour for _, _, colour, _ in shown]},
                        "legend": {"title": None, "orient": "bottom", "labelLimit": 400},
                    },
                    "strokeDash": {
                        "field": "line",
                        "type": "nominal",
                        "scale": {"domain": words, "range": [dash for _, _, _, dash in shown]},
                        "legend": None,
                    },
                },
            },
            {
                "data": {"values": [{"day": curve["today"], "text": _word(_TODAY, language)}]},
                "mark": {"type": "rule", "color": _GREY, "strokeDash": [1, 3]},
                "encoding": {"x": {"field": "day", "type": "temporal", "timeUnit": "utcyearmonthdate"}},
            },
        ],
    }
    return Chart(spec, language, writing.name(curve["initiative"], language), _described(curve, language))


def _word(text: Text, language: str) -> str:
    return writing.directed(text.said(language), language)


def _below(curve: Json, language: str) -> str:
    parts = [writing.name(curve["entity"], language)]
    if curve["status"] is not None:
        parts.append(STATUSES[InitiativeStatus(curve["status"])].said(language))
    return " · ".join(parts)


def _described(curve: Json, language: str) -> str:
    """The picture in words: how it is doing, what was planned by today, and what is reported."""
    said = [_below(curve, language)]
    if curve["planned_percent"] is not None:
        said.append(f"{_PLANNED.said(language)}: {writing.goal(curve['planned_percent'])}")
    if curve["actual"]:
        last = curve["actual"][-1]
        said.append(f"{_ACTUAL.said(language)}: {last['day']}: {writing.goal(last['percent'])}")
    else:
        said.append(_NOTHING.said(language))
    return writing.plain(". ".join(said))
