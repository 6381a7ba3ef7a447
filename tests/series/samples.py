"""Series as they are read, for the tests of the chart."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from app.services.documents import Document

Json = dict[str, Any]


def point(period: str, value: float | None, rank: int | None = None, **more: Any) -> Json:
    """The figure of a year or a month, green unless said."""
    year, _, month = period.partition("-")
    last = int(month or 12)
    end = date(int(year) + last // 12, last % 12 + 1, 1) - timedelta(days=1)
    made = {
        "period": period,
        "period_end": end.isoformat(),
        "value": value,
        "rank": rank,
        "obs_status": "A",
        "light": "green",
        "revised": [],
    }
    return made | more


def knot(year: int, goal: float, kind: str = "target", measure: str = "value") -> Json:
    """A point of the path."""
    return {"measure": measure, "kind": kind, "year": year, "goal": goal}


def level(kind: str, year: int, low: float | None, high: float | None, **years: int | None) -> Json:
    """A level that holds in these years (`first_year`, `last_year`), by default in all."""
    held = {"first_year": None, "last_year": None} | years
    return {"kind": kind, "year": year, "low": low, "high": high, **held}


def series(points: Sequence[Json] = (), **more: Any) -> Document:
    """A series of these points."""
    made = {
        "indicator": {"name_ar": "نسبة الدين العام إلى الناتج المحلي", "name_en": "Public debt to GDP"},
        "entity": {"name_ar": "وزارة المالية", "name_en": "Ministry of Finance"},
        "unit_ar": "نسبة مئوية",
        "unit_en": "percent",
        "measure": "value",
        "decimals": 1,
        "as_of": None,
        "points": list(points),
        "path": [],
        "levels": [],
    }
    return Document(json.dumps(made | more, ensure_ascii=False).encode(), 1)


YEARS = [point(str(year), 30 + year % 5) for year in range(2018, 2025)]
FULL = series(
    [
        point("2020", 30.1, 60, light="grey"),
        point("2021", 31.5, 58, light="amber"),
        point("2022", 29, 70, light="red", revised=[{"value": 28.5, "rank": 71}]),
        point("2023", 33, 55, obs_status="B"),
        point("2024", 36, 50, obs_status="P"),
    ],
    measure="value_and_rank",
    path=[
        knot(2018, 25, "baseline"),
        knot(2030, 40),
        knot(2018, 69, "baseline", "rank"),
        knot(2030, 40, measure="rank"),
    ],
    levels=[level("floor", 2035, 35, None)],
)
"""A series with something of everything."""
