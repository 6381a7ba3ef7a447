"""What waits for a person: the open waits of the parties that they answer to."""

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Integer,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app import clock, permissions
from app.db import Lane, Query
from app.models import (
    Contribution,
    Definition,
    Entity,
    Evidence,
    Indicator,
    Obligation,
    PathStage,
    PathTemplate,
    Proposal,
    Reopening,
    Result,
    RolePlan,
    Subject,
    Wait,
)
from app.parties import Actor
from app.services import listing, sql
from app.services.definitions import visibility as definitions
from app.services.evidence import subjects
from app.services.evidence import visibility as evidence
from app.services.path_runs import visibility as path_runs
from app.services.people import visibility
from app.services.proposals import visibility as proposals
from app.services.results import visibility as results

_w: FromClause = Wait.__table__
_s: FromClause = Subject.__table__
_e: FromClause = Entity.__table__
_i: FromClause = Indicator.__table__
_r: FromClause = Result.__table__
_o: FromClause = Reopening.__table__
_p: FromClause = RolePlan.__table__
_d: FromClause = Definition.__table__
_c: FromClause = Contribution.__table__
_b: FromClause = Obligation.__table__
_f: FromClause = Evidence.__table__
_t: FromClause = PathTemplate.__table__
_st: FromClause = PathStage.__table__
_x: FromClause = Proposal.__table__

SOON = 7
"""Days ahead of today that are soon."""

_corrected = _r.alias("corrected")
_about = subjects.row_of(_f)
"""What a piece of evidence is about."""
_DELEGATED = bindparam("actor_delegated", type_=ARRAY(Text))
_CONTROL = bindparam("control_actions", type_=ARRAY(Text))
_CONTROL_ACTIONS = sorted(rule.action for rule in permissions.RULES.values() if rule.control)


def _barred() -> ColumnElement[bool]:
    """Four eyes keeps this person from the step that is awaited, or they have done their part of it."""
    me = visibility.PERSON
    acted = func.coalesce(me == any_(path_runs.acted(_st)), literal_column("false"))
    return or_(acted, _barred_by_four_eyes(me))


def _barred_by_four_eyes(me: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(
        _w.c.action == any_(_CONTROL),
        func.coalesce(
            or_(
                me == any_(_r.c.edited_by),
                me == any_(_r.c.controlled_by),
                me == any_(_p.c.edited_by),
                me == any_(_t.c.edited_by),
                me == any_(_d.c.edited_by),
                me == any_(_d.c.controlled_by),
                me == _o.c.asked_by_id,
                me == any_(_f.c.edited_by),
                me == any_(_about.c.edited_by),
                me == any_(path_runs.barred(_st)),
                me == _x.c.proposed_by_id,
            ),
            literal_column("false"),
        ),
    )


def _of_my_parties() -> ColumnElement[bool]:
    """The party is one of mine, its action was delegated to me, or my office records it for the head."""
    return or_(
        _w.c.party == any_(visibility.KEYS),
        func.concat(_w.c.action, literal_column("' '"), _w.c.party) == any_(_DELEGATED),
        and_(
            sql.party_name(_w.c.party) == sql.const("head"),
            func.concat(literal_column("'head_office:'"), _w.c.entity_id) == any_(visibility.KEYS),
        ),
    )


def _mine() -> ColumnElement[bool]:
    """One of my parties is awaited, or four eyes leaves nobody but the head that I am or record for."""
    nobody_left = or_(
        and_(_w.c.subject_id == _r.c.id, results.nobody_left(_r)),
        and_(_w.c.subject_id == _d.c.id, definitions.nobody_left(_d, _i)),
        and_(_w.c.subject_id == _f.c.id, evidence.nobody_left(_f, _about)),
        and_(_w.c.subject_id == _st.c.id, path_runs.nobody_left(_st)),
        and_(_w.c.subject_id == _x.c.id, proposals.nobody_left(_x)),
    )
    return or_(_of_my_parties(), and_(_w.c.entity_id == any_(visibility.LEADS), nobody_left))


def _of_evidence(indicator: ColumnElement[Any]) -> ColumnElement[Any]:
    """What a file is called, and of which indicator; no longer than a name."""
    return func.left(func.concat(_f.c.title, literal_column("' · '"), indicator), literal_column("300"))


def _joined() -> FromClause:
    """Waits with what they are about."""
    return (
        _w.join(_s, _s.c.id == _w.c.subject_id)
        .join(_e, _e.c.id == _w.c.entity_id)
        .outerjoin(_r, _r.c.id == _w.c.subject_id)
        .outerjoin(_p, _p.c.id == _w.c.subject_id)
        .outerjoin(_t, _t.c.id == _w.c.subject_id)
        .outerjoin(_st, _st.c.id == _w.c.subject_id)
        .outerjoin(_x, _x.c.id == _w.c.subject_id)
        .outerjoin(_o, _o.c.id == _w.c.subject_id)
        .outerjoin(_b, _b.c.id == _o.c.obligation_id)
        .outerjoin(_d, _d.c.id == _w.c.subject_id)
        .outerjoin(_c, _c.c.id == _w.c.subject_id)
        .outerjoin(_f, _f.c.id == _w.c.subject_id)
        .outerjoin(_about, true())
        .outerjoin(
            _i,
            _i.c.id
            == func.coalesce(
                _r.c.indicator_id,
                _b.c.indicator_id,
                _d.c.indicator_id,
                _c.c.indicator_id,
                select(_corrected.c.indicator_id).where(_corrected.c.id == _o.c.result_id).scalar_subquery(),
            ),
        )
    )


def _awaited() -> tuple[ColumnElement[bool], ...]:
    """What waits for the person."""
    return _w.c.closed_at.is_(None), _mine(), ~_barred()


def counts() -> ScalarSelect[Any]:
    """How many things wait for the person, as JSON: of these those whose day is past, and those whose day is
    within the next `SOON` days."""
    once = (
        select(_w.c.subject_id, _w.c.due)
        .ext(distinct_on(_w.c.opened_at, _w.c.subject_id))
        .select_from(_joined())
        .where(*_awaited())
        .order_by(_w.c.opened_at, _w.c.subject_id, _w.c.rank)
        .subquery("once")
    )
    due, last = once.c.due, sql.TODAY + literal_column(str(SOON), Integer)
    return select(
        sql.obj(
            count=func.count(),
            late=func.count().filter(due < sql.TODAY),
            due_soon=func.count().filter(due >= sql.TODAY, due <= last),
        )
    ).scalar_subquery()


@lru_cache(maxsize=2)
def _list(_: frozenset[str], *, after: bool) -> Query:
    titled = case(
        (_f.c.id.is_not(None), sql.obj(ar=_of_evidence(_about.c.name_ar), en=_of_evidence(_about.c.name_en))),
        (_i.c.id.is_not(None), sql.obj(ar=_i.c.name_ar, en=_i.c.name_en)),
        (_t.c.id.is_not(None), sql.obj(ar=_t.c.title_ar, en=_t.c.title_en)),
        (_x.c.id.is_not(None), sql.obj(ar=_x.c.title, en=_x.c.title)),
        (_st.c.id.is_not(None), sql.obj(ar=_st.c.title_ar, en=_st.c.title_en)),
        else_=sql.obj(ar=_e.c.name_ar, en=_e.c.name_en),
    )
    # One line per thing, in the role that is named first, though a person may answer to several.
    once = (
        select(
            _w.c.subject_id,
            _s.c.kind,
            titled.label("title"),
            func.coalesce(_r.c.period, _b.c.period, _about.c.period).label("period"),
            sql.ref(_e).label("entity"),
            _w.c.action,
            # Where the head is asked only because nobody else is left, the party is the head.
            case((_of_my_parties(), sql.party_name(_w.c.party)), else_=sql.const("head")).label("party"),
            (_w.c.rank > literal_column("0")).label("substitute"),
            _w.c.opened_at.label("since"),
            _w.c.due,
        )
        .ext(distinct_on(_w.c.opened_at, _w.c.subject_id))
        .select_from(_joined())
        .where(
            *_awaited(),
            *(
                [
                    tuple_(_w.c.opened_at, _w.c.subject_id)
                    > tuple_(
                        bindparam("after_since", type_=DateTime(timezone=True)),
                        bindparam("after_subject_id", type_=Uuid),
                    )
                ]
                if after
                else []
            ),
        )
        .order_by(_w.c.opened_at, _w.c.subject_id, _w.c.rank)
        .limit(bindparam("count", type_=Integer))
    )
    return Query(sql.as_json(once, "since", "subject_id"))


async def many(lane: Lane, actor: Actor, cursor: str | None, limit: int | None, now: datetime) -> bytes:
    """A page of what waits for the person, the longest waiting first."""
    return await listing.page(
        lane,
        _list,
        {},
        {"since": datetime.fromisoformat, "subject_id": UUID},
        cursor,
        limit,
        **params(actor, now),
    )


def params(actor: Actor, now: datetime) -> dict[str, Any]:
    """What every query of what waits for a person is given."""
    return {
        **visibility.of(actor),
        "now": now,
        "today": clock.day(now),
        "actor_delegated": [f"{given.action} {given.party}" for given in actor.delegated],
        "control_actions": _CONTROL_ACTIONS,
    }
