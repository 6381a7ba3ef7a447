"""What the rules need to know of an action that the actor may see."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, false, func, or_, select, true
from sqlalchemy.sql.selectable import FromClause

from app import clock
from app.db import Lane, Query, Row
from app.enums import SubjectKind
from app.models import Action, ActionNote, ActionPostponement
from app.parties import Actor, Facts
from app.services import sql
from app.services.actions import rules, sources
from app.services.actions.visibility import nobody_left, visible
from app.services.evidence import standing
from app.services.people import visibility

A: FromClause = Action.__table__
ID = bindparam("id", type_=Uuid)

source, served = sources.source(A), sources.served(A)
"""What the action comes from and what it serves, beside it in every statement that reads its facts."""

_OWN = ("id", "entity_id", "code", "source", "state", "version", "edited_by", "due", "outcome", *rules.TOLD)


def joined(a: FromClause) -> FromClause:
    """`a`, which has the actions in it, with what they come from and serve."""
    return a.outerjoin(source, true()).outerjoin(served, true())


def fact_columns() -> list[ColumnElement[Any]]:
    """The columns that `of` reads, to be selected from what `joined` gives."""
    restricted = or_(func.coalesce(source.c.restricted, false()), func.coalesce(served.c.restricted, false()))
    return [
        *[A.c[name].label(f"_{name}") for name in _OWN],
        sql.count(ActionNote, "action_id", A.c.id).label("_notes"),
        sql.count(ActionPostponement, "action_id", A.c.id).label("_postponements"),
        standing.proof(A.c.id).label("_proof"),
        nobody_left(A).label("_nobody_left"),
        restricted.label("_restricted"),
    ]


NAMES = tuple(str(column.key) for column in fact_columns())
_FACTS = Query(lambda: select(*fact_columns()).select_from(joined(A)).where(A.c.id == ID, visible(A)))


def of(row: Row, prefix: str = "") -> Facts:
    """The facts in a row of `fact_columns`, whose names begin with `prefix`."""

    def said(name: str) -> Any:
        return row[f"{prefix}{name}"]

    state, proof = said("state"), standing.read(said("proof"))
    return Facts(
        kind=SubjectKind.ACTION,
        id=said("id"),
        entity_id=said("entity_id"),
        state=state,
        version=said("version"),
        steps=rules.steps(said("entity_id"), said("division_id"), said("owner_id"), said("classification")),
        edited_by=frozenset(said("edited_by")) if state in rules.CONTROLLED else frozenset(),
        verified_by=proof.verified_by if state in rules.EDIT.sources else frozenset(),
        nobody_left=rules.DUE.get(state, frozenset()) if said("nobody_left") else frozenset(),
        due={rules.CARRY_OUT: said("due")},
        row={
            **{name: said(name) for name in (*_OWN, "notes", "postponements", "restricted")},
            "proof": proof,
        },
    )


def params(actor: Actor, now: datetime) -> dict[str, Any]:
    """What every query of actions is given."""
    return {**visibility.of(actor), "now": now, "today": clock.day(now)}


async def one(lane: Lane, actor: Actor, action_id: UUID, now: datetime) -> Facts | None:
    """The facts of one action; `row` holds what it says."""
    row = await lane.row(_FACTS, {**params(actor, now), "id": action_id})
    return None if row is None else of(row, "_")
