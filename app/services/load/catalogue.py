"""The national catalogue: entities, pillars, priorities, programmes, indicators with their targets, the
sources of figures, and the public holidays.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import holidays

from app.enums import Frequency, IndicatorLevel, Measure, Polarity, SubjectKind, TargetKind
from app.services.load import merging
from app.services.load.files import Row, read
from app.services.load.merging import Connection, Record, Table, Tally

UNIT_CODE = "OV2040"
"""The entity that is the follow-up unit itself."""

HOLIDAY_YEARS = range(2021, 2032)
"""From the Vision's first year to the year after its first milestone."""

PILLARS, PRIORITIES, PROGRAMMES, SOURCES = map(Table, ("pillars", "priorities", "programmes", "sources"))
ENTITIES = Table("entities", kind=SubjectKind.ENTITY)
INDICATORS = Table("indicators", kind=SubjectKind.INDICATOR)
TARGETS = Table("indicator_targets", key=("indicator_id", "year"), has_id=False)

_TRANSLATED = {"sourced": False, "translation": True}
_YEARS = (1950, 2100)
_RANKS = (1, 100_000)


@dataclass(frozen=True)
class Catalogue:
    """What the files say. In columns that end with `_id` there are codes as yet."""

    entities: list[Record]
    pillars: list[Record]
    priorities: list[Record]
    programmes: list[Record]
    sources: list[Record]
    indicators: list[Record]
    targets: list[Record]
    indicator_rows: Mapping[str, Row]


def read_catalogue(folder: Path) -> Catalogue:
    """Read and check the catalogue's files. Raises DataError."""

    def rows(name: str, columns: str, key: str = "code") -> list[Row]:
        return read(folder, name, columns, key=key)

    entities = [_entity(row) for row in rows("entities", "code name_en name_ar kind evidence source")]
    pillars = [_pillar(row) for row in rows("pillars", "code order name_en name_ar source")]
    known = {"entity": _codes(entities), "pillar": _codes(pillars)}
    priorities = [
        _priority(row, known)
        for row in rows("priorities", "code pillar order name_en name_ar name_ar_status source")
    ]
    known["priority"] = _codes(priorities)
    programmes = [
        _programme(row, known)
        for row in rows(
            "programmes",
            "code name_en name_ar name_ar_status kind status lead_entity period priority source",
        )
    ]
    known["programme"] = _codes(programmes)
    licenses = {row.text("id"): row.text("name") for row in rows("licenses", "id name", key="id")}
    sources = [
        _source(row, licenses)
        for row in rows("sources", "id title publisher license_id url_or_reference attribution", key="id")
    ]
    indicator_rows = rows("indicators", _INDICATOR_COLUMNS)
    indicators = [_indicator(row, known) for row in indicator_rows]
    known["indicator"] = _codes(indicators)
    targets = [
        _target(row, known)
        for row in rows(
            "targets",
            "indicator year kind value value_max rank window_start window_end source",
            key="indicator year",
        )
    ]
    return Catalogue(
        entities=entities,
        pillars=pillars,
        priorities=priorities,
        programmes=programmes,
        sources=sources,
        indicators=indicators,
        targets=targets,
        indicator_rows={row.text("code"): row for row in indicator_rows},
    )


def _codes(records: list[Record]) -> dict[str, str]:
    return {record["code"]: record["code"] for record in records}


def _names(row: Row) -> Record:
    return {"name_ar": row.text("name_ar"), "name_en": row.text("name_en")}


def _translated(row: Row) -> bool:
    return row.known("name_ar_status", _TRANSLATED, "status of a name (sourced, translation)")


def _named(row: Row, column: str, known: Mapping[str, Mapping[str, str]], what: str) -> str | None:
    return row.known(column, known[what], f"known {what}") if row.optional(column) else None


def _entity(row: Row) -> Record:
    code = row.text("code")
    evidence = row.known("evidence", {"A": True, "B": True, "C": False}, "mark of evidence (A, B, C)")
    return {
        "code": code,
        **_names(row),
        "kind": row.text("kind"),
        "is_unit": code == UNIT_CODE,
        "verified": evidence,
        "source": row.text("source"),
    }


def _pillar(row: Row) -> Record:
    return {"code": row.text("code"), **_names(row), "position": _position(row), "source": row.text("source")}


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
        **_names(row),
        "name_ar_translated": _translated(row),
        "source": row.text("source"),
    }


def _programme(row: Row, known: Mapping[str, Mapping[str, str]]) -> Record:
    return {
        "code": row.text("code"),
        "kind": row.text("kind"),
        "status": row.text("status"),
        **_names(row),
        "name_ar_translated": _translated(row),
        "lead_entity_id": _named(row, "lead_entity", known, "entity"),
        "priority_id": _named(row, "priority", known, "priority"),
        "period": row.optional("period"),
        "source": row.text("source"),
    }


def _source(row: Row, licenses: Mapping[str, str]) -> Record:
    return {
        "code": row.text("id"),
        "title": row.text("title"),
        "publisher": row.text("publisher"),
        "license": row.known("license_id", licenses, "known licence"),
        "reference": row.text("url_or_reference"),
        "attribution": row.text("attribution"),
    }


_INDICATOR_COLUMNS = (
    "code level in_scorecard name_en name_ar name_ar_status priority programme owner_entity owner_assumed "
    "publisher unit_en unit_ar polarity frequency decimals baseline_value baseline_rank baseline_rank_of "
    "baseline_year measure confidence unverified status_en source note"
)


def _indicator(row: Row, known: Mapping[str, Mapping[str, str]]) -> Record:
    row.text("decimals")
    return {
        "code": row.text("code"),
        "level": row.word("level", IndicatorLevel).value,
        "in_scorecard": row.flag("in_scorecard"),
        "entity_id": row.known("owner_entity", known["entity"], "known entity"),
        "owner_assumed": row.flag("owner_assumed"),
        "priority_id": _named(row, "priority", known, "priority"),
        "programme_id": _named(row, "programme", known, "programme"),
        **_names(row),
        "name_ar_translated": _translated(row),
        "publisher": row.optional("publisher"),
        "unit_ar": row.text("unit_ar"),
        "unit_en": row.text("unit_en"),
        "polarity": row.word("polarity", Polarity).value,
        "frequency": row.word("frequency", Frequency).value,
        "measure": row.word("measure", Measure).value,
        "decimals": row.whole("decimals", 0, 9),
        "baseline_value": row.number("baseline_value"),
        "baseline_rank": row.whole("baseline_rank", *_RANKS),
        "baseline_rank_of": row.whole("baseline_rank_of", *_RANKS),
        "baseline_year": row.whole("baseline_year", *_YEARS),
        "confidence": row.text("confidence"),
        "verified": not row.flag("unverified"),
        "status": row.optional("status_en"),
        "source": row.text("source"),
        "note": row.optional("note"),
    }


def _target(row: Row, known: Mapping[str, Mapping[str, str]]) -> Record:
    row.text("year")
    value, rank = row.number("value"), row.whole("rank", *_RANKS)
    if value is None and rank is None:
        raise row.fault("value", "a target needs a value or a rank")
    return {
        "indicator_id": row.known("indicator", known["indicator"], "known indicator"),
        "year": row.whole("year", *_YEARS),
        "kind": row.word("kind", TargetKind).value,
        "value": value,
        "value_max": row.number("value_max"),
        "rank": rank,
        "window_start": row.whole("window_start", *_YEARS),
        "window_end": row.whole("window_end", *_YEARS),
        "source": row.text("source"),
    }


# Writing. Each of these runs in the caller's transaction.


async def load_structure(connection: Connection, read_: Catalogue, at: datetime) -> dict[str, Tally]:
    """Entities, pillars, priorities, programmes, sources."""
    done: dict[str, Tally] = {"entities": await merging.merge(connection, ENTITIES, read_.entities, at)}
    entities = await merging.codes(connection, "entities")
    done["pillars"] = await merging.merge(connection, PILLARS, read_.pillars, at)
    pillars = await merging.codes(connection, "pillars")
    priorities = [_resolved(record, pillar_id=pillars) for record in read_.priorities]
    done["priorities"] = await merging.merge(connection, PRIORITIES, priorities, at)
    by_priority = await merging.codes(connection, "priorities")
    programmes = [
        _resolved(record, lead_entity_id=entities, priority_id=by_priority) for record in read_.programmes
    ]
    done["programmes"] = await merging.merge(connection, PROGRAMMES, programmes, at)
    done["sources"] = await merging.merge(connection, SOURCES, read_.sources, at)
    return done


async def load_indicators(connection: Connection, read_: Catalogue, at: datetime) -> dict[str, Tally]:
    """Indicators and their targets, which are a part of the indicator: a changed target raises its version.

    Raises DataError for an indicator that the files now give to another owner: its results name the owner.
    """
    owners = await connection.fetch(
        "select i.code, e.code as owner from indicators i join entities e on e.id = i.entity_id"
    )
    for loaded in owners:
        row = read_.indicator_rows.get(loaded["code"])
        if row is not None and row.text("owner_entity") != loaded["owner"]:
            raise row.fault(
                "owner_entity", f"the indicator belongs to {loaded['owner']} here, with its history"
            )
    entities = await merging.codes(connection, "entities")
    priorities = await merging.codes(connection, "priorities")
    programmes = await merging.codes(connection, "programmes")
    indicators = [
        _resolved(record, entity_id=entities, priority_id=priorities, programme_id=programmes)
        for record in read_.indicators
    ]
    merged = await merging.merge(connection, INDICATORS, indicators, at)
    by_code = await merging.codes(connection, "indicators")
    edited = await merging.edited_by_people(connection, INDICATORS)
    targets = [_resolved(record, indicator_id=by_code) for record in read_.targets]
    of_ours = [target for target in targets if target["indicator_id"] not in edited]
    merged_targets = await merging.merge(connection, TARGETS, of_ours, at)
    merged_targets.kept = len(targets) - len(of_ours)
    born = {record["id"] for record in merged.inserted}
    touched: dict[Any, dict[str, Any]] = {}
    for target in (*merged_targets.inserted, *merged_targets.updated):
        if target["indicator_id"] not in born:
            touched.setdefault(target["indicator_id"], {})[f"target_{target['year']}"] = [
                None,
                _in_words(target),
            ]
    await merging.touch(connection, INDICATORS, touched, at)
    return {"indicators": merged, "targets": merged_targets}


def _in_words(target: Record) -> str:
    names = ("kind", "value", "value_max", "rank", "window_start", "window_end")
    return " ".join(f"{name}={target[name]}" for name in names if target[name] is not None)


def _resolved(record: Record, **by_code: Mapping[str, Any]) -> Record:
    """The record with ids for codes."""
    return record | {
        column: None if record[column] is None else ids[record[column]] for column, ids in by_code.items()
    }


async def load_holidays(connection: Connection) -> Tally:
    """The public holidays that the package `holidays` knows or estimates.

    A day that is there already stays as it is: the follow-up unit corrects it when the moon was sighted.
    """
    days = [
        {
            "day": day,
            "name_ar": _plain(names["ar"]),
            "name_en": _plain(names["en_US"]),
            "estimated": _ESTIMATED in names["en_US"],
        }
        for day, names in _public_holidays().items()
    ]
    new = await connection.fetch(
        """
        insert into holidays (day, name_ar, name_en, estimated)
        select * from unnest($1::date[], $2::text[], $3::text[], $4::boolean[])
        on conflict (day) do nothing
        returning day
        """,
        *([day[column] for day in days] for column in ("day", "name_ar", "name_en", "estimated")),
    )
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
