"""Every select of communication plans, always through their one visibility rule (Guide O-4, C-1)."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    SmallInteger,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    literal_column,
    or_,
    select,
)
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app import clock
from app.db import Lane, Query, Row
from app.enums import Chain, Role, Step, SubjectKind
from app.enums.communications import CommunicationActivityState, CommunicationPlanState
from app.models import CommunicationActivity, CommunicationPlan, Entity
from app.parties import Actor, Facts
from app.services import lifecycle, listing, sql
from app.services.communications import about, awareness, difference, rules
from app.services.communications.visibility import is_told, nobody_left, visible
from app.services.documents import Document, with_actions
from app.services.people import four_eyes, visibility
from app.services.role_plans import chains

_p: FromClause = CommunicationPlan.__table__

ID = bindparam("id", type_=Uuid)


def representatives(p: FromClause) -> list[ColumnElement[Any]]:
    """Whether a media representative is assigned to what the plan is about, and to the plan itself."""
    return [
        four_eyes.represented(p.c.about_id, Role.MEDIA_REPRESENTATIVE).label("_about_represented"),
        four_eyes.represented(p.c.id, Role.MEDIA_REPRESENTATIVE).label("_plan_represented"),
    ]


def steps_of(row: Row, prefix: str, plan_id: UUID, about_id: UUID) -> dict[str, tuple[str, ...]]:
    """The parties of a plan's steps, from a row that holds `parties_enter`, `parties_approve` and `representatives`."""
    assigned = ((about_id, f"{prefix}about_represented"), (plan_id, f"{prefix}plan_represented"))
    return rules.steps(
        row[f"{prefix}parties_enter"],
        row[f"{prefix}parties_approve"],
        [rules.media_representative(subject_id) for subject_id, is_so in assigned if row[is_so]],
    )


def late(a: FromClause) -> ColumnElement[bool]:
    """Whether an activity should have been held by now, and nobody has told of it."""
    return and_(a.c.state == sql.const(CommunicationActivityState.PLANNED), a.c.ends_on < sql.TODAY)


def _awaiting(p: FromClause) -> ColumnElement[Any]:
    """Open waits, and the head where four eyes leaves nobody else."""
    return case(
        (
            p.c.state == sql.const(CommunicationPlanState.SUBMITTED),
            sql.awaiting_or_head(
                p.c.id, nobody_left(p), action=sql.const(rules.APPROVE.action), since=p.c.submitted_at
            ),
        ),
        else_=sql.awaiting(p.c.id),
    )


def _item(p: FromClause) -> list[ColumnElement[Any]]:
    return [
        p.c.id,
        sql.ref_by_id(Entity.__table__, p.c.entity_id).label("entity"),
        about.shown(p.c.about_id).label("about"),
        p.c.year,
        p.c.number,
        p.c.state,
        p.c.name_ar,
        p.c.name_en,
        p.c.reason,
        sql.person(p.c.drafted_by_id).label("drafted_by"),
        p.c.drafted_at,
        p.c.submitted_at,
        p.c.approved_at,
        _awaiting(p).label("awaiting"),
        p.c.version,
    ]


def _activities(p: FromClause) -> ScalarSelect[Any]:
    a = sql.alias(CommunicationActivity)
    item = sql.obj(
        id=a.c.id,
        name_ar=a.c.name_ar,
        name_en=a.c.name_en,
        scope=a.c.scope,
        starts_on=a.c.starts_on,
        ends_on=a.c.ends_on,
        state=a.c.state,
        late=late(a),
    )
    return (
        select(sql.listed(item, a.c.starts_on, a.c.id))
        .where(a.c.plan_id == p.c.id)
        .correlate(p)
        .scalar_subquery()
    )


def content(p: FromClause) -> ColumnElement[Any]:
    """What a plan says, as JSON text."""
    return sql.obj(**{name: p.c[name] for name in rules.CONTENT}).cast(Text)


def _drafted(p: FromClause) -> ScalarSelect[Any]:
    """The activities that are drafted with the plan, as JSON text."""
    a = sql.alias(CommunicationActivity)
    item = sql.obj(id=a.c.id, version=a.c.version, ends_on=a.c.ends_on)
    return (
        select(sql.listed(item, a.c.id).cast(Text))
        .where(a.c.plan_id == p.c.id, a.c.state == sql.const(CommunicationActivityState.DRAFTED))
        .correlate(p)
        .scalar_subquery()
    )


def _other(p: FromClause, column: str, *states: CommunicationPlanState) -> ScalarSelect[Any]:
    """A column of the other version of the plan that is in one of these states: there is one at most."""
    other = sql.alias(CommunicationPlan)
    return (
        select(other.c[column])
        .where(
            other.c.about_id == p.c.about_id,
            other.c.year == p.c.year,
            other.c.id != p.c.id,
            or_(*(other.c.state == sql.const(state) for state in states)),
        )
        .limit(literal_column("1"))
        .correlate(p)
        .scalar_subquery()
    )


def _fact_columns(p: FromClause) -> list[ColumnElement[Any]]:
    return [
        p.c.id.label("_id"),
        p.c.entity_id.label("_entity_id"),
        p.c.state.label("_state"),
        p.c.version.label("_version"),
        p.c.about_id.label("_about_id"),
        p.c.parties_enter.label("_parties_enter"),
        p.c.parties_approve.label("_parties_approve"),
        *representatives(p),
        p.c.edited_by.label("_edited_by"),
        p.c.controlled_by.label("_controlled_by"),
        nobody_left(p).label("_nobody_left"),
        p.c.year.label("_year"),
        p.c.unit_from.label("_unit_from"),
        and_(p.c.support_asked.is_not(None), p.c.support_answer.is_(None)).label("_support_open"),
        _other(p, "id", CommunicationPlanState.DRAFT, CommunicationPlanState.SUBMITTED).label("_open_id"),
        _other(p, "id", CommunicationPlanState.APPROVED).label("_before_id"),
        _other(p, "version", CommunicationPlanState.APPROVED).label("_before_version"),
        _other(p, "number", CommunicationPlanState.APPROVED).label("_number_before"),
        content(p).label("_content"),
        _drafted(p).label("_drafted"),
        is_told(p).label("_is_told"),
    ]


_FACTS = tuple(str(column.key) for column in _fact_columns(_p))
_AREA = (
    "year",
    "about_id",
    "unit_from",
    "support_open",
    "before_id",
    "before_version",
    "number_before",
    "is_told",
    "parties_enter",
    "parties_approve",
)


def _said_before(p: FromClause) -> ScalarSelect[Any]:
    """What the version says that this one follows: the latest before it that was not discarded."""
    before = sql.alias(CommunicationPlan, "before")
    return (
        select(content(before))
        .where(
            before.c.about_id == p.c.about_id,
            before.c.year == p.c.year,
            before.c.number < p.c.number,
            before.c.state != sql.const(CommunicationPlanState.DISCARDED),
        )
        .order_by(before.c.number.desc())
        .limit(literal_column("1"))
        .correlate(p)
        .scalar_subquery()
    )


_support = case(
    (
        _p.c.support_asked.is_not(None),
        sql.obj(
            asked=_p.c.support_asked,
            asked_by=sql.person(_p.c.support_asked_by_id),
            asked_at=_p.c.support_asked_at,
            answer=_p.c.support_answer,
            answered_by=sql.person(_p.c.support_answered_by_id),
            answered_at=_p.c.support_answered_at,
        ),
    )
)
_returned = case(
    (
        _p.c.returned_at.is_not(None),
        sql.obj(by=sql.person(_p.c.returned_by_id), at=_p.c.returned_at, reason=_p.c.return_reason),
    )
)
_ONE = Query(
    lambda: sql.as_json(
        select(
            *_item(_p),
            *[_p.c[name] for name in ("note", *rules.LISTS)],
            sql.person(_p.c.submitted_by_id).label("submitted_by"),
            sql.person(_p.c.approved_by_id).label("approved_by"),
            _returned.label("returned"),
            _p.c.exceptional,
            _support.label("support"),
            _activities(_p).label("activities"),
            awareness.of(_p).label("awareness"),
            _said_before(_p).label("_before"),
            *_fact_columns(_p),
        ).where(_p.c.id == ID, visible(_p)),
        *_FACTS,
        "_before",
    )
)
_ONE_FACTS = Query(lambda: select(*_fact_columns(_p)).where(_p.c.id == ID, visible(_p)))


def _facts(row: Row, prefix: str) -> Facts:
    def said(name: str) -> Any:
        return row[f"{prefix}{name}"]

    state = said("state")
    # Four eyes has a meaning only while the control step is due; afterwards the state refuses (409).
    controlled = state in rules.DUE
    drafted = json.loads(said("drafted"))
    return Facts(
        kind=SubjectKind.COMMUNICATION_PLAN,
        id=said("id"),
        entity_id=said("entity_id"),
        state=state,
        version=said("version"),
        steps=steps_of(row, prefix, said("id"), said("about_id")),
        edited_by=frozenset(said("edited_by")) if controlled else frozenset(),
        controlled_by=frozenset(said("controlled_by")) if controlled else frozenset(),
        nobody_left=rules.DUE[state] if said("nobody_left") else frozenset(),
        row={
            **{name: said(name) for name in _AREA},
            **json.loads(said("content")),
            "has_open": said("open_id") is not None,
            "activities": [
                {
                    "id": UUID(each["id"]),
                    "version": each["version"],
                    "ends_on": date.fromisoformat(each["ends_on"]),
                }
                for each in drafted
            ],
        },
    )


def params(actor: Actor, now: datetime) -> dict[str, Any]:
    """What every query of communication plans and activities is given."""
    return {**visibility.of(actor), "now": now, "today": clock.day(now)}


async def facts(lane: Lane, actor: Actor, plan_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of a plan that the actor may see; `row` holds what it says, its drafted activities and
    how the version before it stands."""
    row = await lane.row(_ONE_FACTS, {**params(actor, now), "id": plan_id})
    return None if row is None else _facts(row, "_")


async def one(lane: Lane, actor: Actor, plan_id: UUID, now: datetime) -> Document | None:
    """One version of a plan with its activities, and how it differs from the one before it."""
    row = await lane.row(_ONE, {**params(actor, now), "id": plan_id})
    if row is None:
        return None
    facts = _facts(row, "")
    before = row["before"]
    differs = (
        [] if before is None else [d._asdict() for d in difference.between(json.loads(before), facts.row)]
    )
    json_text = f'{row["json"][:-1]},"difference":{json.dumps(differs, ensure_ascii=False)}}}'
    actions = [
        transition.action
        for transition in rules.TRANSITIONS
        if lifecycle.possible(actor, transition, facts) and rules.open_now(transition, facts.row)
    ]
    return Document(with_actions(json_text, actions), facts.version)


@dataclass(frozen=True)
class CommunicationPlanFilter:
    """What a list of communication plans is narrowed to."""

    entity_id: UUID | None = None
    about_id: UUID | None = None
    year: int | None = None
    state: CommunicationPlanState | None = None


@lru_cache(maxsize=32)
def _list(given: frozenset[str], *, after: bool) -> Query:
    conditions: dict[str, ColumnElement[bool]] = {
        "entity_id": _p.c.entity_id == bindparam("entity_id", type_=Uuid),
        "about_id": _p.c.about_id == bindparam("about_id", type_=Uuid),
        "year": _p.c.year == bindparam("year", type_=SmallInteger),
        "state": _p.c.state == bindparam("state", type_=Text),
    }
    where = [visible(_p), *[condition for name, condition in conditions.items() if name in given]]
    if after:
        where.append(_p.c.id < bindparam("after_id", type_=Uuid))
    page = select(*_item(_p)).where(*where).order_by(_p.c.id.desc()).limit(bindparam("count", type_=Integer))
    return Query(lambda: sql.as_json(page, "id"))


async def many(
    lane: Lane,
    actor: Actor,
    asked: CommunicationPlanFilter,
    cursor: str | None,
    limit: int | None,
    now: datetime,
) -> bytes:
    """A page of communication plans as JSON, the newest first (their ids grow with time)."""
    return await listing.page(lane, _list, asdict(asked), {"id": UUID}, cursor, limit, **params(actor, now))


_e: FromClause = Entity.__table__
_ABOUT = bindparam("about_id", type_=Uuid)
_CHAIN = Query(
    lambda: select(
        chains.steps_in_force(Chain.COMMUNICATION, _e.c.id).label("chain"),
        four_eyes.represented(_ABOUT, Role.MEDIA_REPRESENTATIVE).label("represented"),
    ).where(_e.c.id == ID)
)


async def beginning(lane: Lane, entity_id: UUID, about_id: UUID, now: datetime) -> Facts:
    """What the rules need to know of a plan that is about to begin: the parties of the chain in force, and the media
    representative assigned to what it is about."""
    row = await lane.row(_CHAIN, {"id": entity_id, "about_id": about_id, "now": now})
    if row is None:
        raise LookupError("an entity is there")
    named = chains.keys(Chain.COMMUNICATION, row["chain"], entity_id, None)
    enter, approve = named[Step.ENTER], named[Step.APPROVE]
    assigned = [rules.media_representative(about_id)] if row["represented"] else []
    return Facts(
        kind=SubjectKind.COMMUNICATION_PLAN,
        id=about_id,
        entity_id=entity_id,
        state=CommunicationPlanState.DRAFT.value,
        steps=rules.steps(enter, approve, assigned),
        row={"parties_enter": list(enter), "parties_approve": list(approve), "about_id": about_id},
    )
