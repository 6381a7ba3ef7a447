"""The national catalogue: entities, pillars, priorities, programmes, the plans of the nation, indicators
(`indicators.py`), the sources of figures, and the public holidays.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import holidays

from app.enums import SubjectKind
from app.enums.plans import DevelopmentPlanKind
from app.services.load import merging
from app.services.load.files import Row, read
from app.services.load.indicators import Indicators, read_indicators
from app.services.load.merging import Connection, Record, Table, Tally
from app.services.load.schedules import read_schedules
from app.services.obligations.making import HOLD_CALENDAR

UNIT_CODE = "OV2040"
"""The entity that is the follow-up unit itself."""

HOLIDAY_YEARS = range(2021, 2032)
"""From the Vision's first year to the year after its first milestone."""

PILLARS, PRIORITIES, PROGRAMMES, SOURCES = map(Table, ("pillars", "priorities", "programmes", "sources"))
DEVELOPMENT_PLANS = Table("development_plans")
ENTITIES = Table("entities", kind=SubjectKind.ENTITY)
HOLIDAYS = Table("holidays", key=("day",), kind=SubjectKind.HOLIDAY)


@dataclass(frozen=True)
class Catalogue:
    """What the files say. In columns that end with `_id` there are codes as yet.

    `known`: the codes of entities, pillars, priorities and programmes.
    """

    entities: list[Record]
    pillars: list[Record]
    priorities: list[Record]
    programmes: list[Record]
    development_plans: list[Record]
    sources: list[Record]
    indicators: Indicators
    schedules: list[Record]
    known: Mapping[str, Mapping[str, str]]


def read_catalogue(folder: Path) -> Catalogue:
    """Read and check the catalogue's files. Raises DataError."""

    def rows(name: str, columns: str, key: str = "code") -> list[Row]:
        return read(folder, name, columns, key=key)

    entities = [_entity(row) for row in rows("entities", "code name_en name_ar kind evidence source")]
    pillars = [_pillar(row) for row in rows("pillars", "code order name_en name_ar source")]
    known = {"entity": merging.codes_of(entities), "pillar": merging.codes_of(pillars)}
    priorities = [
        _priority(row, known)
        for row in rows("priorities", "code pillar order name_en name_ar name_ar_status source")
    ]
    known["priority"] = merging.codes_of(priorities)
    programmes = [
        _programme(row, known)
        for row in rows(
            "programmes",
            "code name_en name_ar name_ar_status kind status lead_entity period priority source",
        )
    ]
    known["programme"] = merging.codes_of(programmes)
    licenses = {row.text("id"): row.text("name") for row in rows("licenses", "id name", key="id")}
    sources = [
        _source(row, licenses)
        for row in rows("sources", "id title publisher license_id url_or_reference attribution", key="id")
    ]
    indicators = read_indicators(folder, known)
    return Catalogue(
        entities=entities,
        pillars=pillars,
        priorities=priorities,
        programmes=programmes,
        development_plans=_development_plans(
            rows("plans", "code kind part_of name_en name_ar starts_on ends_on legal_basis source")
        ),
        sources=sources,
        indicators=indicators,
        schedules=read_schedules(folder, indicators),
        known=known,
    )


def _entity(row: Row) -> Record:
    code = row.text("code")
    evidence = row.known("evidence", {"A": True, "B": True, "C": False}, "mark of evidence (A, B, C)")
    return {
        "code": code,
        **row.names(),
        "kind": row.text("kind"),
        "is_unit": code == UNIT_CODE,
        "verified": evidence,
        "source": row.text("source"),
    }


def _pillar(row: Row) -> Record:
    return {"code": row.text("code"), **row.names(), "position": _position(row), "source": row.text("source")}


def _position(row: Row) -> int:
    row.text("order")
    position = row.whole("order", 1, 1000)
    assert position is not None  # noqa: S101  # not empty, see above
    return position


def _priority(row: Row, known: Mapping[str, Mapping[str, str]]) -> Record:
    return {
        "code": row.text("code"),
        "pillar_id": row.known("pillar", known["pillar"], "known pillar"),
        "position": _position(row),
        **row.names(),
        "name_ar_translated": row.translated(),
        "source": row.text("source"),
    }


def _programme(row: Row, known: Mapping[str, Mapping[str, str]]) -> Record:
    return {
        "code": row.text("code"),
        "kind": row.text("kind"),
        "status": row.text("status"),
        **row.names(),
        "name_ar_translated": row.translated(),
        "lead_entity_id": row.known_if_any("lead_entity", known["entity"], "known entity"),
        "priority_id": row.known_if_any("priority", known["priority"], "known priority"),
        "period": row.optional("period"),
        "source": row.text("source"),
    }


def _development_plans(rows: list[Row]) -> list[Record]:
    codes = {row.text("code"): merging.made_id(DEVELOPMENT_PLANS.name, row.text("code")) for row in rows}
    return [
        {
            "code": row.text("code"),
            "kind": row.word("kind", DevelopmentPlanKind).value,
            **row.names(),
            "starts_on": row.day("starts_on"),
            "ends_on": row.day("ends_on"),
            "part_of_id": row.known_if_any("part_of", codes, "known plan"),
            "legal_basis": row.optional("legal_basis"),
            "source": row.text("source"),
        }
        for row in rows
    ]


def _source(row: Row, licenses: Mapping[str, str]) -> Record:
    return {
        "code": row.text("id"),
        "title": row.text("title"),
        "publisher": row.text("publisher"),
        "license": row.known("license_id", licenses, "known licence"),
        "reference": row.text("url_or_reference"),
        "attribution": row.text("attribution"),
    }


# Writing. Each of these runs in the caller's transaction.


async def load_structure(connection: Connection, read_: Catalogue, at: datetime) -> dict[str, Tally]:
    """Entities, pillars, priorities, programmes, the plans of the nation, sources."""
    done: dict[str, Tally] = {"entities": await merging.merge(connection, ENTITIES, read_.entities, at)}
    entities = await merging.codes(connection, "entities")
    done["pillars"] = await merging.merge(connection, PILLARS, read_.pillars, at)
    pillars = await merging.codes(connection, "pillars")
    priorities = [merging.resolved(record, pillar_id=pillars) for record in read_.priorities]
    done["priorities"] = await merging.merge(connection, PRIORITIES, priorities, at)
    by_priority = await merging.codes(connection, "priorities")
    programmes = [
        merging.resolved(record, lead_entity_id=entities, priority_id=by_priority)
        for record in read_.programmes
    ]
    done["programmes"] = await merging.merge(connection, PROGRAMMES, programmes, at)
    done["development plans"] = await merging.merge(
        connection, DEVELOPMENT_PLANS, read_.development_plans, at
    )
    done["sources"] = await merging.merge(connection, SOURCES, read_.sources, at)
    return done


async def load_holidays(connection: Connection, at: datetime) -> Tally:
    """The public holidays that the package `holidays` knows or estimates.

    A day that was ever entered here, whoever did, stays as it is: the follow-up unit corrects or cancels it
    when the moon was sighted.
    """
    await connection.execute(HOLD_CALENDAR)
    known = {row["day"] for row in await connection.fetch("select day from holidays")}
    days = [
        {
            "id": merging.made_id(HOLIDAYS.name, day),
            "day": day,
            "name_ar": _plain(names["ar"]),
            "name_en": _plain(names["en_US"]),
            "estimated": _ESTIMATED in names["en_US"],
        }
        for day, names in _public_holidays().items()
    ]
    new = [record for record in days if record["day"] not in known]
    await merging.insert(connection, HOLIDAYS, new, at)
    return Tally(new=len(new), unchanged=len(days) - len(new))


_ESTIMATED = "(estimated)"
_MARKS = (f" {_ESTIMATED}", " (تقديري)")


def _public_holidays() -> dict[Any, dict[str, str]]:
    """Names by language, by day."""
    found: dict[Any, dict[str, str]] = {}
    for language in ("ar", "en_US"):
        for day, name in sorted(
            holidays.country_holidays("OM", years=HOLIDAY_YEARS, language=language).items()
        ):
            found.setdefault(day, {})[language] = name
    return found


def _plain(name: str) -> str:
    """The name without its mark: that is a column of its own."""
    for mark in _MARKS:
        name = name.replace(mark, "")
    return name
