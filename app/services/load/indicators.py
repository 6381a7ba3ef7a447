"""Indicators with the first version of their definitions and its targets.

The files speak of version 1 alone: what people decided since, in that version or a newer one, is theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from app.db import OwnerLane
from app.enums import (
    Aggregation,
    DefinitionState,
    EnteredBy,
    Frequency,
    IndicatorLevel,
    IndicatorState,
    Measure,
    Polarity,
    SubjectKind,
    TargetKind,
)
from app.services.load import merging
from app.services.load.files import RANKS, YEARS, Row, read
from app.services.load.merging import Connection, Merged, Record, Table, Tally
from app.services.scores import commands as scores

_ONCE = frozenset({"state", "definition_id", "recorded_at"})
_MARKED = _ONCE | {"in_scorecard"}
"""Whether an indicator stands in a scorecard, the scorecards say once it is there."""

INDICATORS = Table("indicators", kind=SubjectKind.INDICATOR, untold=_ONCE)
DEFINITIONS = Table("definitions", key=("indicator_id", "number"), kind=SubjectKind.DEFINITION, untold=_ONCE)
TARGETS = Table("targets", key=("definition_id", "year"), has_id=False)

GREEN_AT, AMBER_AT = 90, 70
"""Percent on track from which the light is green or amber: our assumption (data/SOURCES.md)."""

FIRST = 1
"""The number of the version that the files speak of."""

_SAYINGS = ("method", "formula", "numerator", "denominator")
_COLUMNS = (
    "code level in_scorecard name_en name_ar name_ar_status priority programme owner_entity owner_assumed "
    "publisher entered_by unit_en unit_ar polarity frequency decimals aggregation baseline_value baseline_rank "
    "baseline_rank_of baseline_year measure confidence unverified status_en source note "
    + " ".join(f"{saying}_en {saying}_ar" for saying in _SAYINGS)
)


@dataclass(frozen=True)
class Indicators:
    """What the files say of indicators. In columns that end with `_id` there are codes as yet.

    `rows`: the lines of the file, by code.
    """

    rows: Mapping[str, Row]
    records: list[Record]
    definitions: list[Record]
    targets: list[Record] = field(default_factory=list)


def read_indicators(folder: Path, known: Mapping[str, Mapping[str, str]]) -> Indicators:
    """The national indicators with their targets. `known`: codes of entities, priorities and
    programmes. Raises DataError."""
    return with_targets(read_told(folder, "indicators", known), folder, "targets")


def read_told(folder: Path, name: str, known: Mapping[str, Mapping[str, str]]) -> Indicators:
    """The indicators of one file, without targets. Raises DataError."""
    rows = read(folder, name, _COLUMNS, key="code")
    return Indicators(
        {row.text("code"): row for row in rows},
        [_indicator(row, known) for row in rows],
        [_definition(row, known) for row in rows],
    )


def with_targets(told: Indicators, folder: Path, name: str) -> Indicators:
    """The same with the targets of another file. Raises DataError."""
    columns = "indicator year kind value value_max rank window_start window_end source"
    targets = [_target(row, told) for row in read(folder, name, columns, key="indicator year")]
    return replace(told, targets=targets)


def _indicator(row: Row, known: Mapping[str, Mapping[str, str]]) -> Record:
    return {
        "code": row.text("code"),
        "level": row.word("level", IndicatorLevel).value,
        "in_scorecard": row.flag("in_scorecard"),
        "entity_id": row.known("owner_entity", known["entity"], "known entity"),
        "owner_assumed": row.flag("owner_assumed"),
        "priority_id": row.known_if_any("priority", known["priority"], "known priority"),
        "programme_id": row.known_if_any("programme", known["programme"], "known programme"),
        **row.names(),
        "name_ar_translated": row.translated(),
        "publisher": row.optional("publisher"),
        "unit_ar": row.text("unit_ar"),
        "unit_en": row.text("unit_en"),
        "polarity": row.word("polarity", Polarity).value,
        "frequency": row.word("frequency", Frequency).value,
        "measure": row.word("measure", Measure).value,
        "entered_by": row.word("entered_by", EnteredBy).value,
        "confidence": row.text("confidence"),
        "verified": not row.flag("unverified"),
        "status": row.optional("status_en"),
        "note": row.optional("note"),
    }


def _definition(row: Row, known: Mapping[str, Mapping[str, str]]) -> Record:
    row.text("decimals")
    sayings = (f"{saying}_{language}" for saying in _SAYINGS for language in ("ar", "en"))
    return {
        "indicator_id": row.text("code"),
        "entity_id": row.known("owner_entity", known["entity"], "known entity"),
        "number": FIRST,
        **{column: row.optional(column) for column in sayings},
        "source": row.text("source"),
        "decimals": row.whole("decimals", 0, 9),
        "aggregation": row.word("aggregation", Aggregation).value,
        "green_at": GREEN_AT,
        "amber_at": AMBER_AT,
        "baseline_value": row.number("baseline_value"),
        "baseline_rank": row.whole("baseline_rank", *RANKS),
        "baseline_rank_of": row.whole("baseline_rank_of", *RANKS),
        "baseline_year": row.whole("baseline_year", *YEARS),
    }


def _target(row: Row, told: Indicators) -> Record:
    row.text("year")
    row.known("indicator", told.rows, "known indicator")
    value, rank = row.number("value"), row.whole("rank", *RANKS)
    if value is None and rank is None:
        raise row.fault("value", "a target needs a value or a rank")
    return {
        "definition_id": row.text("indicator"),
        "year": row.whole("year", *YEARS),
        "kind": row.word("kind", TargetKind).value,
        "value": value,
        "value_max": row.number("value_max"),
        "rank": rank,
        "window_start": row.whole("window_start", *YEARS),
        "window_end": row.whole("window_end", *YEARS),
        "source": row.text("source"),
    }


# Writing. Each of these runs in the caller's transaction.


async def load_indicators(connection: Connection, told: Indicators, at: datetime) -> dict[str, Tally]:
    """Indicators, and of each the first version of its definition, in force, with its targets: a changed
    target raises the version of the definition, and figures that rest on it are scored anew.

    Raises DataError for an indicator that the files now give to another owner, since its results name the
    owner, and for one that people are drafting under the same code.
    """
    await _check_standing(connection, told)
    entities = await merging.codes(connection, "entities")
    priorities = await merging.codes(connection, "priorities")
    programmes = await merging.codes(connection, "programmes")
    indicators = [
        merging.resolved(record, entity_id=entities, priority_id=priorities, programme_id=programmes)
        | {
            "state": IndicatorState.ACTIVE.value,
            # An indicator and its definition refer to each other; the schema looks when the step is done.
            "definition_id": merging.made_id(
                "definitions", merging.made_id("indicators", record["code"]), FIRST
            ),
        }
        for record in told.records
    ]
    merged = await merging.merge(connection, INDICATORS, indicators, at, once=_MARKED)
    by_code = await merging.codes(connection, "indicators")
    definitions = [
        merging.resolved(record, indicator_id=by_code, entity_id=entities)
        | {"state": DefinitionState.ACTIVE.value, "recorded_at": at}
        for record in told.definitions
    ]
    defined = await merging.merge(connection, DEFINITIONS, definitions, at, once=_ONCE)
    targets = await _load_targets(connection, told, {row["id"] for row in defined.inserted}, at)
    await scores.renew(
        OwnerLane(connection),
        {row["id"] for row in merged.updated},
        {row["id"] for row in defined.updated}
        | {target["definition_id"] for target in (*targets.inserted, *targets.updated)},
    )
    return {"indicators": merged, "definitions": defined, "targets": targets}


async def _check_standing(connection: Connection, told: Indicators) -> None:
    for standing in await connection.fetch(
        "select i.code, i.state, e.code as owner from indicators i join entities e on e.id = i.entity_id"
    ):
        row = told.rows.get(standing["code"])
        if row is None:
            continue
        if row.text("owner_entity") != standing["owner"]:
            raise row.fault(
                "owner_entity", f"the indicator belongs to {standing['owner']} here, with its history"
            )
        if standing["state"] == IndicatorState.DRAFT.value:
            raise row.fault("code", "people are drafting an indicator with this code here")


async def _load_targets(connection: Connection, told: Indicators, born: set[UUID], at: datetime) -> Merged:
    first_versions = {
        row["code"]: row["id"]
        for row in await connection.fetch(
            "select i.code, d.id from definitions d join indicators i on i.id = d.indicator_id where d.number = $1",
            FIRST,
        )
    }
    edited = await merging.edited_by_people(connection, DEFINITIONS)
    targets = [merging.resolved(record, definition_id=first_versions) for record in told.targets]
    of_ours = [target for target in targets if target["definition_id"] not in edited]
    merged = await merging.merge(connection, TARGETS, of_ours, at)
    merged.kept = len(targets) - len(of_ours)
    touched: dict[UUID, dict[str, Any]] = {}
    for target in (*merged.inserted, *merged.updated):
        if target["definition_id"] not in born:
            words = in_words(target, "kind", "value", "value_max", "rank", "window_start", "window_end")
            touched.setdefault(target["definition_id"], {})[f"target_{target['year']}"] = [None, words]
    await merging.touch(connection, DEFINITIONS, touched, at)
    return merged


def in_words(record: Record, *names: str) -> str:
    """What events tell of a child of a row."""
    return " ".join(f"{name}={record[name]}" for name in names if record[name] is not None)
