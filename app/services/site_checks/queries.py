"""Every select of checks on the ground, always through their one visibility rule."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Integer, Uuid, bindparam, case, select, true, tuple_
from sqlalchemy.sql.selectable import FromClause

from app.db import Lane, Query, Row
from app.enums import Role, SubjectKind
from app.models import Entity, Initiative, SiteCheck
from app.parties import Actor, Facts, party_key
from app.services import lifecycle, listing, sql
from app.services.documents import Document, with_actions
from app.services.initiatives import facts as initiative_facts
from app.services.initiatives import rules as initiatives
from app.services.initiatives.visibility import visible as visible_initiative
from app.services.site_checks import rules
from app.services.site_checks.visibility import visible

_c: FromClause = SiteCheck.__table__
_i: FromClause = Initiative.__table__
_joined = _c.join(_i, _i.c.id == _c.c.initiative_id)

ID = bindparam("id", type_=Uuid)
_INITIATIVE_ID = bindparam("initiative_id", type_=Uuid)


def _item(c: FromClause, i: FromClause) -> list[ColumnElement[Any]]:
    return [
        c.c.id,
        sql.ref(i).label("initiative"),
        c.c.checked_on,
        c.c.place,
        c.c.conforms,
        c.c.state,
        sql.person(c.c.checked_by_id).label("checked_by"),
        c.c.recorded_at,
        c.c.version,
    ]


def _fact_columns(c: FromClause) -> list[ColumnElement[Any]]:
    return [
        c.c.id.label("_id"),
        c.c.entity_id.label("_entity_id"),
        c.c.state.label("_state"),
        c.c.version.label("_version"),
        c.c.initiative_id.label("_initiative_id"),
    ]


_FACTS = tuple(str(column.key) for column in _fact_columns(_c))
_ONE = Query(
    lambda: sql.as_json(
        select(
            *_item(_c, _i),
            sql.ref_by_id(Entity.__table__, _c.c.entity_id).label("entity"),
            _c.c.findings,
            case(
                (
                    _c.c.withdrawn_at.is_not(None),
                    sql.obj(
                        by=sql.person(_c.c.withdrawn_by_id),
                        at=_c.c.withdrawn_at,
                        reason=_c.c.withdraw_reason,
                    ),
                )
            ).label("withdrawn"),
            *_fact_columns(_c),
        )
        .select_from(_joined)
        .where(_c.c.id == ID, visible(_i)),
        *_FACTS,
    )
)
_ONE_FACTS = Query(lambda: select(*_fact_columns(_c)).select_from(_joined).where(_c.c.id == ID, visible(_i)))


def _facts(row: Row, prefix: str) -> Facts:
    def said(name: str) -> Any:
        return row[f"{prefix}{name}"]

    entity_id = said("entity_id")
    return Facts(
        kind=SubjectKind.SITE_CHECK,
        id=said("id"),
        entity_id=entity_id,
        state=said("state"),
        version=said("version"),
        steps={
            initiatives.CHECK: (
                party_key(Role.TECHNICAL_REPRESENTATIVE, said("initiative_id")),
                party_key(Role.SPECIALIST, entity_id),
                party_key(Role.MANAGER, entity_id),
            )
        },
    )


async def facts(lane: Lane, actor: Actor, check_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of a check that the actor may see."""
    row = await lane.row(_ONE_FACTS, {**initiative_facts.params(actor, now), "id": check_id})
    return None if row is None else _facts(row, "_")


async def one(lane: Lane, actor: Actor, check_id: UUID, now: datetime) -> Document | None:
    """One check, and what the actor may do with it."""
    row = await lane.row(_ONE, {**initiative_facts.params(actor, now), "id": check_id})
    if row is None:
        return None
    found = _facts(row, "")
    actions = [step.action for step in rules.TRANSITIONS if lifecycle.possible(actor, step, found)]
    return Document(with_actions(row["json"], actions), found.version)


@lru_cache(maxsize=2)
def _list(_: frozenset[str], *, after: bool) -> Query:
    where = [_c.c.initiative_id == _INITIATIVE_ID, visible(_i)]
    if after:
        last = tuple_(bindparam("after_checked_on", type_=Date), bindparam("after_id", type_=Uuid))
        where.append(tuple_(_c.c.checked_on, _c.c.id) < last)
    page = (
        select(*_item(_c, _i))
        .select_from(_joined)
        .where(*where)
        .order_by(_c.c.checked_on.desc(), _c.c.id.desc())
        .limit(bindparam("count", type_=Integer))
    )
    items = sql.as_json(page, "checked_on", "id").subquery("items")
    parent = sql.alias(Initiative, "parent")
    return Query(
        lambda: (
            select(*items.c)
            .select_from(parent.outerjoin(items, true()))
            .where(parent.c.id == _INITIATIVE_ID, visible_initiative(parent))
            .order_by(items.c.checked_on.desc(), items.c.id.desc())
        )
    )


async def many(
    lane: Lane, actor: Actor, initiative_id: UUID, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of the checks of an initiative as JSON, the latest first. Raises NotFound."""
    return await listing.page(
        lane,
        _list,
        {"initiative_id": initiative_id},
        {"checked_on": date.fromisoformat, "id": UUID},
        cursor,
        limit,
        below=True,
        **initiative_facts.params(actor, now),
    )
