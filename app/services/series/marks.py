"""What is drawn of a series in one panel: layers of Vega-Lite with their own data."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise
from typing import Any

from app.enums import Light, Measure, ObservationStatus, TargetKind
from app.services.series import words, writing
from app.services.series.panel import DAY, Panel

Json = dict[str, Any]

INK, GREY, BLUE, PURPLE = "#1A1A1A", "#707070", "#0072B2", "#8A4F7D"
GREEN, PALE_GREEN, DARK_GREEN = "#009E73", "#DDF0E7", "#00694C"
"""Okabe and Ito's palette and what goes with it: told apart with any kind of colour blindness."""

LIGHTS = {
    Light.GREEN: ("circle", GREEN),
    Light.AMBER: ("triangle-up", "#E69F00"),
    Light.RED: ("diamond", "#D55E00"),
    Light.GREY: ("square", BLUE),
}
"""The shape and colour of a point: never the colour alone."""

UNLIT = ("circle", BLUE)
"""The same where no figure is assessed."""

_UNSURE = (
    ObservationStatus.PROVISIONAL,
    ObservationStatus.ESTIMATED,
    ObservationStatus.FORECAST,
    ObservationStatus.EXPERIMENTAL,
)
_LABELLED = 12
"""Up to so many points each bear their figure, where there is room; of more only the latest does."""

_MARKED = 150
"""Up to so many figures are points; more are a line and its end."""


def layers(panel: Panel) -> list[Json]:
    """All that is drawn, the lowest layer first."""
    return [
        *_zones(panel),
        *_zero(panel),
        *_path(panel),
        *_breaks(panel),
        *_line(panel),
        *_revised(panel),
        *_points(panel),
        *_labels(panel),
    ]


def _zones(panel: Panel) -> Iterable[Json]:
    """Where the figure is to be: within a band, above a floor, below a ceiling."""
    first, last = panel.reach
    bottom, top = panel.range
    rows, edges, labels = [], [], []
    for level in panel.levels:
        begin = first if level["first_year"] is None else max(first, panel.at_end(level["first_year"] - 1))
        end = last if level["last_year"] is None else min(last, panel.at_end(level["last_year"]))
        if level["kind"] == TargetKind.RANGE:  # to be reached then, not kept until then
            begin = end - (last - first) * 0.02 if panel.at_end(level["year"]) <= panel.latest else end
        if begin >= min(end, panel.latest):
            continue
        low, high = level["low"], level["high"]
        if level["kind"] != TargetKind.AVERAGE:
            rows.append(
                {"x": begin, "x2": end, "y": _float(low, bottom), "y2": _float(high, top)},
            )
        limits = [float(limit) for limit in _limits(level)]
        edges += [{"x": begin, "x2": end, "y": limit} for limit in limits]
        labels.append({"x": end, "y": limits[-1], "text": level_said(panel, level)})
    if rows:
        yield {
            "data": {"values": rows},
            "mark": {"type": "rect", "color": PALE_GREEN},
            "encoding": {**_xy(panel), "x2": {"field": "x2"}, "y2": {"field": "y2"}},
        }
    if edges:
        yield {
            "data": {"values": edges},
            "mark": {"type": "rule", "color": GREEN, "strokeWidth": 1.5, "strokeDash": [6, 3]},
            "encoding": {**_xy(panel), "x2": {"field": "x2"}},
        }
        yield _text(panel, labels, color=DARK_GREEN, align="right", dx=-6, dy=-7)


def level_said(panel: Panel, level: Json) -> str:
    """A level in words: at least, at most, between."""
    limits = [writing.goal(limit) for limit in _limits(level)]
    return writing.directed(panel.said(words.LEVELS[level["kind"]]).format(*limits), panel.language)


def _limits(level: Json) -> list[Decimal]:
    return sorted({limit for limit in (level["low"], level["high"]) if limit is not None})


def _zero(panel: Panel) -> Iterable[Json]:
    bottom, top = panel.range
    if bottom < 0 < top:
        yield {
            "data": {"values": [{"y": 0}]},
            "mark": {"type": "rule", "color": "#9A9A9A", "strokeWidth": 1},
            "encoding": {"y": _xy(panel)["y"]},
        }


def _path(panel: Panel) -> Iterable[Json]:
    """The straight way from the baseline through the targets."""
    first, last = panel.reach
    rows = [{"x": panel.at_end(knot["year"]), "y": float(knot["goal"])} for knot in panel.knots]
    if len(rows) > 1:
        yield {
            "data": {"values": rows},
            "mark": {"type": "line", "color": PURPLE, "strokeWidth": 1.5, "strokeDash": [4, 3]},
            "encoding": _xy(panel),
        }
    rising = len(rows) < 2 or panel.knots[-1]["goal"] >= panel.knots[0]["goal"]
    upwards = rising != (panel.measure == Measure.RANK)
    for row, knot in zip(rows, panel.knots, strict=True):
        begins = knot["kind"] == "baseline"
        yield {
            "data": {"values": [row]},
            "mark": mark_of("diamond", PURPLE, hollow=begins, size=70),
            "encoding": _xy(panel),
        }
        at_edge = panel.at_end(knot["year"]) > last - (last - first) * 0.06
        yield _text(
            panel,
            [{**row, "text": writing.goal(knot["goal"])}],
            color=PURPLE,
            # The way to the target bends towards it: beside it there is room on the other side.
            align="right" if begins or at_edge else "center",
            dx=-9 if begins else 4 if at_edge else 0,
            dy=0 if begins else -13 if upwards else 14,
        )


def _line(panel: Panel) -> Iterable[Json]:
    """The figures, not joined across a break."""
    rows, part = [], 0
    for point in panel.points:
        part += point["obs_status"] == ObservationStatus.BREAK
        rows.append({"x": panel.of(point), "y": float(point[panel.measure]), "part": part})
    if len(rows) > 1:
        yield {
            "data": {"values": rows},
            "mark": {"type": "line", "color": BLUE, "strokeWidth": 2.5, "strokeJoin": "round"},
            "encoding": {**_xy(panel), "detail": {"field": "part", "type": "nominal"}},
        }


def _breaks(panel: Panel) -> Iterable[Json]:
    """A line between the figures that cannot be compared."""
    rows = [
        {"x": (panel.of(before) + panel.of(after)) / 2}
        for before, after in pairwise(panel.points)
        if after["obs_status"] == ObservationStatus.BREAK
    ]
    if rows:
        yield {
            "data": {"values": rows},
            "mark": {"type": "rule", "color": GREY, "strokeWidth": 1.5, "strokeDash": [1, 3]},
            "encoding": {"x": _xy(panel)["x"]},
        }


def _revised(panel: Panel) -> Iterable[Json]:
    """What was known before."""
    rows = [
        {"x": panel.of(point), "y": float(old[panel.measure])}
        for point in panel.points
        for old in point["revised"]
        if old[panel.measure] not in (None, point[panel.measure])
    ]
    if rows:
        yield {
            "data": {"values": rows},
            "mark": {"type": "point", "shape": "cross", "filled": True, "color": GREY, "size": 50},
            "encoding": _xy(panel),
        }


def _points(panel: Panel) -> Iterable[Json]:
    """Each figure in the shape and colour of its light; hollow while it is preliminary."""
    shown = panel.points if len(panel.points) <= _MARKED else panel.points[-1:]
    size = 25 if len(shown) > 40 else 90
    lit = any(point["light"] != Light.GREY for point in panel.series["points"])
    for light, sign in LIGHTS.items():
        shape, color = sign if lit else UNLIT
        for hollow in (False, True):
            rows = [
                {"x": panel.of(point), "y": float(point[panel.measure])}
                for point in shown
                if point["light"] == light and unsure(point) == hollow
            ]
            if rows:
                yield {
                    "data": {"values": rows},
                    "mark": mark_of(shape, color, hollow=hollow, size=size),
                    "encoding": _xy(panel),
                }


def mark_of(shape: str, color: str, *, hollow: bool = False, size: int = 90) -> Json:
    """A point as figures and the legend have it."""
    return {
        "type": "point",
        "shape": shape,
        "size": size,
        "fill": "white" if hollow else color,
        "stroke": color if hollow else "white",
        "strokeWidth": 2 if hollow else 1,
        "opacity": 1,
    }


def zone() -> Json:
    """The sign of where a figure is to be."""
    return {**mark_of("square", PALE_GREEN, size=160), "stroke": GREEN}


def unsure(point: Json) -> bool:
    """Whether a figure is not final yet, by its SDMX status."""
    return point["obs_status"] in _UNSURE


def _labels(panel: Panel) -> Iterable[Json]:
    """The figures themselves, beside their points on the side where no line runs."""
    points = panel.points
    first, last = panel.reach
    gaps = [panel.of(after) - panel.of(before) for before, after in pairwise(points)]
    every = len(points) <= _LABELLED and min(gaps, default=last) >= (last - first) * 0.04
    for place in range(len(points)) if every else range(len(points))[-1:]:
        point = points[place]
        row = {
            "x": panel.of(point),
            "y": float(point[panel.measure]),
            "text": panel.figure(point[panel.measure]),
        }
        align, dx, dy = _beside(panel, place)
        yield _text(panel, [row], color=INK, align=align, dx=dx, dy=dy, bold=True)


def _beside(panel: Panel, place: int) -> tuple[str, int, int]:
    """Where the figure of a point stands: alignment, and pixels to the right and down."""
    points = panel.points
    upwards = -1 if panel.measure == Measure.RANK else 1

    def higher(other: int) -> float:
        """By how much the neighbour is drawn above the point."""
        if not 0 <= other < len(points):
            return 0.0
        return upwards * float(points[other][panel.measure] - points[place][panel.measure])

    first, last = panel.reach
    before, after = higher(place - 1), higher(place + 1)
    if place and place == len(points) - 1 and panel.of(points[place]) < last - (last - first) * 0.08:
        return "left", 9, 0
    if before * after < 0:
        # On a slope the right side is free above what falls, below what rises.
        return "left", 7, -8 if before > 0 else 9
    return "center", 0, 14 if before + after > 0 else -13


def _text(
    panel: Panel, rows: list[Json], *, color: str, align: str, dy: int, dx: int = 0, bold: bool = False
) -> Json:
    return {
        "data": {"values": rows},
        "mark": {
            "type": "text",
            "align": align,
            "baseline": "middle",
            "dx": dx,
            "dy": dy,
            "color": color,
            "fontSize": 11,
            "fontWeight": 600 if bold else 400,
        },
        "encoding": {**_xy(panel), "text": {"field": "text"}},
    }


def _xy(panel: Panel) -> Json:
    """Both positions, and how their axes look."""
    first, last = panel.reach
    time: Json = {"title": None, "grid": False, "labelFlush": False, "labelOverlap": True}
    if panel.yearly:
        time |= {"format": "d", "values": _years(first, last)}
        x = {"type": "quantitative", "scale": {"domain": [first, last], "nice": False, "zero": False}}
    else:
        long = last - first > 3 * 366 * DAY
        time |= {"format": "%Y", "tickCount": "year"} if long else {"format": "%Y-%m", "tickCount": 8}
        x = {"type": "temporal", "scale": {"type": "utc", "domain": [first, last], "nice": False}}
    low, high = panel.range
    scale = {"domain": [low, high], "nice": False, "zero": False, "reverse": panel.measure == Measure.RANK}
    figures: Json = {"title": None, "tickCount": 6, "domain": False, "ticks": False}
    if panel.measure == Measure.RANK:
        figures |= {"format": "d", "tickMinStep": 1}
    return {
        "x": {"field": "x", **x, "axis": time},
        "y": {"field": "y", "type": "quantitative", "scale": scale, "axis": figures},
    }


def _years(first: float, last: float) -> list[int]:
    years = [year for year in range(int(first), int(last) + 1) if first <= year <= last]
    step = next((step for step in (1, 2, 5, 10, 20) if len(years) <= 14 * step), 50)
    return [year for year in years if year % step == 0]


def _float(value: Decimal | None, otherwise: float) -> float:
    return otherwise if value is None else float(value)
