"""Bringing a table to what the files say, with subjects and events, and without undoing anybody's work.

A row is found by its natural key. What is new is inserted, what the files now say otherwise is updated, each
with an event; what a person has edited since is left alone. What disappears from the files stays in the
database: nothing is destroyed.
"""

import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

from app.enums import SubjectKind

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Record: TypeAlias = dict[str, Any]

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:mutabaa:load")


@dataclass(frozen=True)
class Table:
    """A table that is loaded. `key`: the natural key. `kind`: what its rows are as subjects; None for what
    has no history of its own. `untold`: columns that events keep to themselves."""

    name: str
    key: tuple[str, ...] = ("code",)
    kind: SubjectKind | None = None
    has_id: bool = True
    untold: frozenset[str] = frozenset()

    @property
    def action(self) -> str:
        """The action of its events."""
        return f"{self.name}.load"


@dataclass
class Tally:
    """What a step did. `kept`: differs from the files because people edited it here, and was left alone."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: int = 0

    def __str__(self) -> str:
        kept = f", {self.kept} edited here and left alone" if self.kept else ""
        return f"{self.new} new, {self.changed} changed, {self.unchanged} unchanged{kept}"


@dataclass
class Merged(Tally):
    """The same, with the rows that were inserted or updated."""

    inserted: list[Record] = field(default_factory=list)
    updated: list[Record] = field(default_factory=list)


def made_id(table: str, *key: object) -> UUID:
    """The id of a loaded thing."""
    return uuid.uuid5(NAMESPACE, "/".join([table, *map(str, key)]))


async def codes(connection: Connection, table: str) -> dict[str, UUID]:
    """Ids by code, of everything that is in the table."""
    rows = await connection.fetch(f"select code, id from {table}")  # noqa: S608  # a table's name
    return {row["code"]: row["id"] for row in rows}


async def edited_by_people(connection: Connection, table: Table) -> set[UUID]:
    """Rows whose version is ahead of what loading did to them."""
    rows = await connection.fetch(
        f"""
        select t.id from {table.name} t
        where t.version > (select count(*) from events e where e.subject_id = t.id and e.action = $1)
        """,  # noqa: S608  # a table's name
        table.action,
    )
    return {row["id"] for row in rows}


def codes_of(records: Sequence[Record]) -> dict[str, str]:
    """The codes of records, as `Row.known` looks them up."""
    return {record["code"]: record["code"] for record in records}


def resolved(record: Record, **by_code: Mapping[str, Any]) -> Record:
    """The record with ids for codes."""
    return record | {
        column: None if record[column] is None else ids[record[column]] for column, ids in by_code.items()
    }


async def merge(
    connection: Connection,
    table: Table,
    records: Sequence[Record],
    at: datetime,
    *,
    once: Collection[str] = (),
) -> Merged:
    """Insert, update or leave each record; all have the same columns. The caller holds a transaction.

    `once`: columns that are written when a row is made and then are no longer the files' business.
    """
    done = Merged()
    if not records:
        return done
    columns = [column for column in records[0] if column not in once]
    existing = await _existing(connection, table, columns)
    edited = await edited_by_people(connection, table) if table.kind else set()
    changes: list[Mapping[str, Any]] = []
    for record in records:
        old = existing.get(tuple(record[column] for column in table.key))
        if old is None:
            new_id = {"id": made_id(table.name, *(record[column] for column in table.key))}
            done.inserted.append(record | new_id if table.has_id else record)
            continue
        differing = [column for column in columns if record[column] != old[column]]
        if not differing:
            done.unchanged += 1
        elif table.has_id and old["id"] in edited:
            done.kept += 1
        else:
            done.updated.append(record | {"id": old["id"]} if table.has_id else record)
            changes.append({name: [old[name], record[name]] for name in differing})
    done.new, done.changed = len(done.inserted), len(done.updated)
    await insert(connection, table, done.inserted, at)
    await _update(connection, table, columns, done.updated, changes, at)
    return done


async def insert(
    connection: Connection,
    table: Table,
    records: Sequence[Record],
    at: datetime,
    *,
    told: Collection[str] | None = None,
    reasons: Mapping[UUID, str] | None = None,
) -> None:
    """Insert rows, and for a kind of subject their subjects and first events.

    `told`: the columns that the event tells (all but the untold). `reasons`: of the events, by id.
    """
    if not records:
        return
    if table.kind is not None:
        subjects = [
            {"id": r["id"], "entity_id": r["id"] if table.kind is SubjectKind.ENTITY else r.get("entity_id")}
            for r in records
        ]
        await connection.execute(
            """
            insert into subjects (id, kind, entity_id, created_at)
            select id, $2, entity_id, $3 from jsonb_to_recordset($1::jsonb) as g (id uuid, entity_id uuid)
            """,
            _json(subjects),
            table.kind.value,
            at,
        )
    names = ", ".join(records[0])
    await connection.execute(
        f"""
        insert into {table.name} ({names})
        select {names} from jsonb_populate_recordset(null::{table.name}, $1::jsonb)
        """,  # noqa: S608  # names of tables and columns
        _json(records),
    )
    if table.kind is not None:
        changes = [
            {
                name: [None, value]
                for name, value in record.items()
                if value is not None and name != "id" and (told is None or name in told)
            }
            for record in records
        ]
        await _record(connection, table, records, changes, at, reasons or {})


async def touch(
    connection: Connection, table: Table, changes: Mapping[UUID, Mapping[str, Any]], at: datetime
) -> None:
    """A child of these rows changed: raise their versions and record it. `changes` are told by id."""
    if not changes:
        return
    await connection.execute(
        f"update {table.name} set version = version + 1 where id = any($1)",  # noqa: S608  # a table's name
        list(changes),
    )
    rows = [{"id": row_id} for row_id in changes]
    await _record(connection, table, rows, list(changes.values()), at, {})


async def _existing(
    connection: Connection, table: Table, columns: Sequence[str]
) -> dict[tuple[Any, ...], asyncpg.Record]:
    names = ", ".join(["id", *columns] if table.has_id else columns)
    rows = await connection.fetch(f"select {names} from {table.name}")  # noqa: S608  # names of tables and columns
    return {tuple(row[column] for column in table.key): row for row in rows}


async def _update(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    records: Sequence[Record],
    changes: Sequence[Mapping[str, Any]],
    at: datetime,
) -> None:
    if not records:
        return
    key = ["id"] if table.has_id else list(table.key)
    settings = [f"{column} = n.{column}" for column in columns if column not in key]
    settings += ["version = t.version + 1"] if table.kind else []
    await connection.execute(
        f"""
        update {table.name} t set {", ".join(settings)}
        from jsonb_populate_recordset(null::{table.name}, $1::jsonb) n
        where {" and ".join(f"t.{column} = n.{column}" for column in key)}
        """,  # noqa: S608  # names of tables and columns
        _json(records),
    )
    if table.kind is not None:
        await _record(connection, table, records, changes, at, {})


async def _record(
    connection: Connection,
    table: Table,
    records: Sequence[Record],
    changes: Sequence[Mapping[str, Any]],
    at: datetime,
    reasons: Mapping[UUID, str],
) -> None:
    """One event for each record, by nobody: loading is the operator's work, not a person's of the service."""
    events = [
        {
            "subject_id": record["id"],
            "to_state": record.get("state"),
            "reason": reasons.get(record["id"]),
            "changes": {
                "fields": {
                    name: [_said(old), _said(new)]
                    for name, (old, new) in changed.items()
                    if name not in table.untold
                }
            },
        }
        for record, changed in zip(records, changes, strict=True)
    ]
    await connection.execute(
        """
        insert into events (subject_id, action, to_state, reason, changes, at)
        select subject_id, $2, to_state, reason, changes, $3
        from jsonb_to_recordset($1::jsonb) as g (subject_id uuid, to_state text, reason text, changes jsonb)
        """,
        _json(events),
        table.action,
        at,
    )


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps(rows, default=str, ensure_ascii=False)


def _said(value: object) -> str | None:
    """A value as events tell it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)
