"""One panel of a chart: the figures of one measure over time, and where they stand in it."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from app.enums import Measure, TargetKind
from app.errors import Text
from app.services.series import writing

Json = dict[str, Any]

DAY = 86_400_000
"""Milliseconds, in which a position is said where it is no year."""


@dataclass(frozen=True)
class Panel:
    """One measure of a series, with what its positions are said in.

    `yearly`: every period is a whole year, which then is the position; else it is the last day.
    `beside`: the measures of the panels with which it shares the time.
    """

    series: Json
    measure: Measure
    language: str
    yearly: bool
    beside: tuple[Measure, ...] = ()

    def said(self, text: Text) -> str:
        """Words in the reader's language."""
        return text.said(self.language)

    @cached_property
    def points(self) -> list[Json]:
        """The figures that there are, the oldest first."""
        return [point for point in self.series["points"] if point[self.measure] is not None]

    @cached_property
    def knots(self) -> list[Json]:
        """Those of the path of this measure."""
        return [knot for knot in self.series["path"] if knot["measure"] == self.measure]

    @cached_property
    def levels(self) -> list[Json]:
        """The levels with limits; equal ones that follow each other are one."""
        joined: list[Json] = []
        for level in self._levels:
            same = joined and all(joined[-1][key] == level[key] for key in ("kind", "low", "high"))
            if same and level["kind"] not in (TargetKind.AVERAGE, TargetKind.RANGE):
                joined[-1] = {**joined[-1], "last_year": level["last_year"]}
            else:
                joined.append(level)
        return joined

    @cached_property
    def _levels(self) -> list[Json]:
        if self.measure == Measure.RANK:  # none holds for ranks
            return []
        return [level for level in self.series["levels"] if level["kind"] != TargetKind.BLANK]

    def at(self, day: date) -> float:
        """The position of a day."""
        if self.yearly:
            return day.year
        return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000  # as Vega counts

    def at_end(self, year: int) -> float:
        """The position of the end of a year."""
        return self.at(date(year, 12, 31))

    def of(self, point: Json) -> float:
        """The position of a figure."""
        return self.at(date.fromisoformat(point["period_end"]))

    def figure(self, value: Decimal) -> str:
        """A figure in as many decimals as the definition says."""
        return writing.number(value, self._decimals)

    @property
    def _decimals(self) -> int:
        return 0 if self.measure == Measure.RANK else self.series["decimals"] or 0

    @cached_property
    def reach(self) -> tuple[float, float]:
        """From the first to the last position that is shown: figures, path, and the target that is next."""
        if not self._shown:
            return 0.0, 1.0
        first, last = min(self._shown), max(self._shown)
        margin = (last - first) * 0.03 or (1 if self.yearly else 90 * DAY)
        begun = any(self.at_end(knot["year"]) == first for knot in self.knots)
        return first - margin * (2.5 if begun else 1), last + margin  # a figure stands before the beginning

    @property
    def latest(self) -> float:
        """The last position at which something is shown."""
        return max(self._shown, default=0.0)

    @cached_property
    def _shown(self) -> list[float]:
        beside = [replace(self, measure=measure, beside=()) for measure in self.beside]
        return [at for panel in (self, *beside) for at in panel._positions]

    @property
    def _positions(self) -> list[float]:
        figures = [self.of(point) for point in self.points]
        knots = [self.at_end(knot["year"]) for knot in self.knots]
        ends = sorted(self.at_end(level["year"]) for level in self._levels)
        return [*figures, *knots, *([end for end in ends if end >= max(figures, default=end)] or ends)[:1]]

    @cached_property
    def range(self) -> tuple[float, float]:
        """From the lowest to the highest figure that is shown, with some room."""
        seen = [
            *(point[self.measure] for point in self.points),
            *(old[self.measure] for point in self.points for old in point["revised"]),
            *(knot["goal"] for knot in self.knots),
            *(level[end] for level in self.levels for end in ("low", "high")),
        ]
        shown = [float(value) for value in seen if value is not None]
        if not shown:
            return 0.0, 1.0
        low, high = min(shown), max(shown)
        room = (high - low) * 0.14 or abs(high) * 0.1 or 1.0
        lowest = low - room
        if self.measure == Measure.RANK:
            return max(lowest, 0.5), high + room
        return max(lowest, 0.0) if low >= 0 else lowest, high + room
