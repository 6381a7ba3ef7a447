"""Every select of evidence, always scoped to what the actor may see (Guide V-1, V-3)."""

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Text, Uuid, bindparam, case, select, true
from sqlalchemy.sql.selectable import FromClause

from app import errors
from app.db import Lane, Query
from app.enums import EvidenceKind, EvidenceState
from app.models import Entity
from app.parties import Actor
from app.services import lifecycle, listing, sql
from app.services.documents import Document, File, with_actions
from app.services.evidence import facts, names, rules
from app.services.evidence.visibility import inside, nobody_left, visible

_e: FromClause = facts.evidence
_s: FromClause = facts.subject
_owner: FromClause = Entity.__table__


def _awaiting() -> ColumnElement[Any]:
    """Open waits, and the head where four eyes leaves nobody else."""
    submitted = _e.c.state == sql.const(EvidenceState.SUBMITTED)
    return case(
        (
            submitted,
            sql.awaiting_or_head(
                _e.c.id, nobody_left(_e, _s), action=sql.const(rules.VERIFY.action), since=_e.c.uploaded_at
            ),
        ),
        else_=sql.awaiting(_e.c.id),
    )


def _item() -> list[ColumnElement[Any]]:
    def work(fact: ColumnElement[Any]) -> ColumnElement[Any]:
        """Who brought it is for those who were at work on it (Guide V-3)."""
        return case((inside(_e, facts.sight), fact))

    return [
        _e.c.id,
        sql.obj(
            id=_e.c.subject_id,
            kind=_s.c.kind,
            name_ar=_s.c.name_ar,
            name_en=_s.c.name_en,
            period=_s.c.period,
        ).label("subject"),
        sql.ref(_owner).label("entity"),
        _e.c.kind,
        _e.c.title,
        _e.c.note,
        _e.c.classification,
        _e.c.state,
        case(
            (
                _e.c.sha256.is_not(None),
                sql.obj(
                    name=_e.c.file_name,
                    media_type=_e.c.media_type,
                    size=_e.c.size,
                    sha256=_e.c.sha256,
                    uploaded_by=work(sql.person(_e.c.uploaded_by_id)),
                    uploaded_at=_e.c.uploaded_at,
                ),
            )
        ).label("file"),
        work(sql.person(_e.c.created_by_id)).label("created_by"),
        _e.c.created_at,
        case(
            (
                _e.c.decided_at.is_not(None),
                sql.obj(
                    by=sql.person(_e.c.decided_by_id),
                    at=_e.c.decided_at,
                    reason=_e.c.decision_reason,
                    exceptional=_e.c.exceptional,
                ),
            )
        ).label("decided"),
        work(_e.c.supersedes_id).label("supersedes_id"),
        work(facts.successor(_e)).label("successor_id"),
        _awaiting().label("awaiting"),
        _e.c.version,
    ]


_joined = _e.join(_s, true()).join(_owner, _owner.c.id == _e.c.entity_id)

_ONE = Query(
    lambda: sql.as_json(
        select(*_item(), *facts.columns(_e, _s))
        .select_from(_joined)
        .where(_e.c.id == facts.ID, visible(_e, facts.sight)),
        *facts.COLUMNS,
    )
)


async def one(lane: Lane, actor: Actor, evidence_id: UUID, now: datetime) -> Document | None:
    """One piece of evidence with what the actor may do with it now."""
    row = await lane.row(_ONE, {**facts.params(actor, now), "id": evidence_id})
    if row is None:
        return None
    found = facts.of(row, "")
    actions = [
        transition.action
        for transition in rules.TRANSITIONS
        if lifecycle.possible(actor, transition, found) and rules.open_now(transition, found.row)
    ]
    return Document(with_actions(row["json"], actions), found.version)


@dataclass(frozen=True)
class EvidenceFilter:
    """What a list of evidence is narrowed to: always to one thing."""

    subject_id: UUID
    kind: EvidenceKind | None = None
    state: EvidenceState | None = None


@lru_cache(maxsize=8)
def _list(given: frozenset[str], *, after: bool) -> Query:
    conditions = {
        "subject_id": _e.c.subject_id == bindparam("subject_id", type_=Uuid),
        "kind": _e.c.kind == bindparam("kind", type_=Text),
        "state": _e.c.state == bindparam("state", type_=Text),
    }
    where = [
        visible(_e, facts.sight),
        *[condition for name, condition in conditions.items() if name in given],
    ]
    if after:
        where.append(_e.c.id > bindparam("after_id", type_=Uuid))
    page = (
        select(*_item())
        .select_from(_joined)
        .where(*where)
        .order_by(_e.c.id)
        .limit(bindparam("count", type_=Integer))
    )
    return Query(lambda: sql.as_json(page, "id"))


async def many(
    lane: Lane, actor: Actor, asked: EvidenceFilter, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of the evidence about one thing as JSON, the oldest first."""
    return await listing.page(
        lane, _list, asdict(asked), {"id": UUID}, cursor, limit, **facts.params(actor, now)
    )


async def content(lane: Lane, actor: Actor, evidence_id: UUID, now: datetime) -> File:
    """Where the file lies that the actor may read. Raises NotFound, and NoFile where there is none yet or it
    is not known to be free of malware."""
    found = await facts.one(lane, actor, evidence_id, now)
    if found is None:
        raise errors.NotFound()
    row = found.row
    rules.check_readable(row, str(found.state))
    plain = f"evidence-{evidence_id}{names.usual(row['media_type'])}"
    return File(row["sha256"], row["size"], row["media_type"], row["file_name"] or plain, plain)
