"""What the rules need to know of a piece of evidence: its facts, read through the one visibility rule."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, bindparam, literal_column, select, true
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app import clock
from app.db import Lane, Query, Row
from app.enums import EvidenceState, SubjectKind
from app.models import Evidence
from app.parties import Actor, Facts
from app.services import sql
from app.services.evidence import rules, subjects
from app.services.evidence.visibility import Sight, nobody_left, visible
from app.services.people import visibility

evidence: FromClause = Evidence.__table__
subject: FromClause = subjects.row_of(evidence)
"""What the evidence is about, beside it."""
sight = Sight.of(subject)

ID = bindparam("id", type_=Uuid)

_OWN = (
    "subject_id",
    "kind",
    "title",
    "note",
    "classification",
    "sha256",
    "media_type",
    "file_name",
    "size",
    "supersedes_id",
)


def successor(e: FromClause) -> ScalarSelect[Any]:
    """The id of the evidence that takes the place of `e`, or is about to; null where none does."""
    after = evidence.alias("after")
    ended = (EvidenceState.WITHDRAWN, EvidenceState.INFECTED)
    return (
        select(after.c.id)
        .where(after.c.supersedes_id == e.c.id, and_(*(after.c.state != sql.const(state) for state in ended)))
        .limit(literal_column("1"))
        .scalar_subquery()
    )


def columns(e: FromClause, s: FromClause) -> list[ColumnElement[Any]]:
    """What the rules need of the evidence `e` about the thing `s`, under names that begin with `_`."""
    before = evidence.alias("before")

    def superseded(column: str) -> ScalarSelect[Any]:
        return select(before.c[column]).where(before.c.id == e.c.supersedes_id).scalar_subquery()

    return [
        e.c.id.label("_id"),
        e.c.entity_id.label("_entity_id"),
        e.c.state.label("_state"),
        e.c.version.label("_version"),
        e.c.edited_by.label("_edited_by"),
        s.c.attach.label("_attach"),
        s.c.verify.label("_verify"),
        s.c.edited_by.label("_subject_edited_by"),
        s.c.attach_due.label("_attach_due"),
        s.c.verify_due.label("_verify_due"),
        nobody_left(e, s).label("_nobody_left"),
        s.c.kind.label("_subject_kind"),
        s.c.state.label("_subject_state"),
        superseded("state").label("_superseded_state"),
        superseded("version").label("_superseded_version"),
        successor(e).label("_successor_id"),
        *[e.c[name].label(f"_{name}") for name in _OWN],
    ]


COLUMNS = tuple(str(column.key) for column in columns(evidence, subject))
"""Their names, for a query that shows evidence beside its facts."""

_AREA = tuple(name.removeprefix("_") for name in COLUMNS[COLUMNS.index("_subject_kind") :])

_ONE = Query(
    lambda: (
        select(*columns(evidence, subject))
        .select_from(evidence.join(subject, true()))
        .where(evidence.c.id == ID, visible(evidence, sight))
    )
)


def of(row: Row, prefix: str) -> Facts:
    """The facts from a row of `columns`, whose names still have the prefix `_` or have lost it."""

    def said(name: str) -> Any:
        return row[f"{prefix}{name}"]

    state, kind = said("state"), subjects.KINDS[said("subject_kind")]
    # Four eyes has a meaning only while it is to be verified; afterwards the state refuses (409). Who brought
    # the figure verifies its evidence as little as who brought the evidence.
    barred = {*said("edited_by"), *said("subject_edited_by")} if state in rules.DUE else set()
    dues = {rules.ATTACH: said("attach_due"), rules.VERIFICATION: said("verify_due")}
    return Facts(
        kind=SubjectKind.EVIDENCE,
        id=said("id"),
        entity_id=said("entity_id"),
        state=state,
        version=said("version"),
        steps={rules.ATTACH: tuple(dict.fromkeys(said("attach"))), rules.VERIFICATION: tuple(said("verify"))},
        edited_by=frozenset(barred),
        nobody_left=rules.DUE[state] if said("nobody_left") else frozenset(),
        due={step: day for step, day in dues.items() if day is not None},
        row={
            **{name: said(name) for name in _AREA},
            "subject_takes": said("subject_state") in kind.takes,
            "subject_undecided": said("subject_state") in kind.undecided,
        },
    )


def params(actor: Actor, now: datetime) -> dict[str, Any]:
    """What every query of evidence is given."""
    return {**visibility.of(actor), "now": now, "today": clock.day(now)}


async def one(lane: Lane, actor: Actor, evidence_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of a piece of evidence that the actor may see."""
    row = await lane.row(_ONE, {**params(actor, now), "id": evidence_id})
    return None if row is None else of(row, "_")
