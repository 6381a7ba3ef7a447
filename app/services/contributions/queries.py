"""Every select of contributions, scoped to what the actor may see."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app import clock
from app.db import Lane, Query, Row
from app.enums import ChainState, ContributionState, Frequency, SubjectKind
from app.errors import Invalid
from app.models import Contribution, Entity, Indicator, Result, Target
from app.parties import Actor, Facts
from app.services import lifecycle, listing, sql
from app.services.contributions import parts, rules
from app.services.documents import Document, with_actions
from app.services.indicators import visibility as indicators
from app.services.obligations import periods
from app.services.obligations.periods import Period
from app.services.people import visibility
from app.services.results import visibility as results

_c: FromClause = Contribution.__table__
_whole: FromClause = sql.alias(Indicator, "whole")
_part: FromClause = sql.alias(Indicator, "part")
_owner: FromClause = sql.alias(Entity, "owner")
_contributor: FromClause = sql.alias(Entity, "contributor")
_figure: FromClause = sql.alias(Result, "figure_of_part")

ID = bindparam("id", type_=Uuid)

_asked = (
    func.unnest(
        bindparam("frequencies", type_=ARRAY(Text)),
        bindparam("codes", type_=ARRAY(Text)),
        bindparam("starts", type_=ARRAY(Date)),
        bindparam("ends", type_=ARRAY(Date)),
    )
    .table_valued("frequency", "code", "starts", "ends", name="asked")
    .render_derived()
)
"""The period that is asked about, for a whole of each frequency."""

_present = parts.of_period(_c, _asked.c.starts, _asked.c.ends)


def visible(c: FromClause, whole: FromClause) -> ColumnElement[bool]:
    """The one visibility rule of contributions to the indicator `whole`: to the offices of both sides; where the
    whole itself is visible, also to their other people, to UNIT and, once it is accepted, to anyone."""
    offices = or_(c.c.entity_id == any_(visibility.OFFICE), c.c.contributor_id == any_(visibility.OFFICE))
    sides = or_(c.c.entity_id == any_(visibility.ENTITIES), c.c.contributor_id == any_(visibility.ENTITIES))
    return or_(
        offices,
        and_(or_(parts.is_accepted(c), sides, visibility.NATIONAL), indicators.visible(whole)),
    )


def _concerned(c: FromClause) -> ColumnElement[bool]:
    """Who sees how far the parts of the whole have come: the owner, all who contribute to it, UNIT."""
    s = _c.alias("beside")
    contributing: Select[Any] = select(literal_column("1")).where(
        s.c.indicator_id == c.c.indicator_id,
        parts.is_accepted(s),
        s.c.contributor_id == any_(visibility.ENTITIES),
    )
    return or_(c.c.entity_id == any_(visibility.ENTITIES), visibility.NATIONAL, exists(contributing))


def _part_now() -> ColumnElement[Any]:
    """How far the part has come, for who may know: its figure only where they may see that."""
    approved = _figure.c.state == sql.const(ChainState.APPROVED)
    figure = sql.obj(
        period=_present.period,
        result_id=_figure.c.id,
        value=case((approved, func.trim_scale(_figure.c.value))),
        rank=case((approved, _figure.c.rank)),
        unit_ar=_part.c.unit_ar,
        unit_en=_part.c.unit_en,
    )
    return case(
        (
            and_(parts.is_accepted(_c), _concerned(_c)),
            sql.obj(
                period=_asked.c.code,
                state=_present.state,
                figure=case((_present.result_id.is_not(None), figure)),
                absence=_present.absence,
            ),
        )
    )


def _item() -> list[ColumnElement[Any]]:
    return [
        _c.c.id,
        sql.ref(_whole).label("indicator"),
        sql.ref(_owner).label("entity"),
        sql.ref(_contributor).label("contributor"),
        sql.ref(_part).label("part_indicator"),
        func.trim_scale(_c.c.weight).label("weight"),
        _c.c.state,
        _part_now().label("part"),
        sql.awaiting(_c.c.id).label("awaiting"),
        _c.c.version,
    ]


def _joined() -> FromClause:
    return (
        _c.join(_whole, _whole.c.id == _c.c.indicator_id)
        .join(_owner, _owner.c.id == _c.c.entity_id)
        .join(_contributor, _contributor.c.id == _c.c.contributor_id)
        .join(_asked, _asked.c.frequency == _whole.c.frequency)
        .outerjoin(_part, _part.c.id == _c.c.part_id)
        .join(_present.figure, true())
        .outerjoin(_figure, and_(_figure.c.id == _present.result_id, results.visible(_figure)))
    )


def _target_of_year() -> ScalarSelect[Any]:
    t = Target.__table__
    target = sql.obj(
        year=t.c.year,
        kind=t.c.kind,
        value=func.trim_scale(t.c.value),
        value_max=func.trim_scale(t.c.value_max),
        rank=t.c.rank,
    )
    return (
        select(target)
        .where(
            t.c.definition_id == _whole.c.definition_id,
            t.c.year == func.date_part(literal_column("'year'"), _asked.c.ends),
        )
        .scalar_subquery()
    )


def _latest_result() -> ScalarSelect[Any]:
    r = sql.alias(Result)
    result = sql.obj(
        id=r.c.id,
        period=r.c.period,
        value=func.trim_scale(r.c.value),
        rank=r.c.rank,
        obs_status=r.c.obs_status,
    )
    return (
        select(result)
        .where(
            r.c.indicator_id == _whole.c.id,
            r.c.state == sql.const(ChainState.APPROVED),
            results.visible(r),
        )
        .order_by(r.c.period_end.desc(), r.c.period_start.desc(), r.c.revision.desc())
        .limit(literal_column("1"))
        .scalar_subquery()
    )


def _all_parts() -> ColumnElement[Any]:
    c, e = _c.alias("each"), sql.alias(Entity)
    part = parts.of_period(c, _asked.c.starts, _asked.c.ends)
    item = sql.obj(
        contribution_id=c.c.id,
        contributor=sql.ref(e),
        weight=func.trim_scale(c.c.weight),
        state=part.state,
    )
    found = (
        select(sql.listed(item, c.c.id))
        .select_from(c.join(e, e.c.id == c.c.contributor_id).join(part.figure, true()))
        .where(c.c.indicator_id == _whole.c.id, parts.is_accepted(c))
        .scalar_subquery()
    )
    return case((_concerned(_c), found), else_=func.json_build_array())


_FACTS = (
    "_id",
    "_entity_id",
    "_contributor_id",
    "_state",
    "_version",
    "_weight",
    "_message",
    "_indicator_id",
    "_whole_state",
    "_whole_frequency",
)


def _fact_columns() -> list[ColumnElement[Any]]:
    own = _FACTS[: _FACTS.index("_whole_state")]
    return [
        *[_c.c[name.removeprefix("_")].label(name) for name in own],
        _whole.c.state.label("_whole_state"),
        _whole.c.frequency.label("_whole_frequency"),
    ]


_ONE = Query(
    lambda: sql.as_json(
        select(
            *_item(),
            sql.obj(
                period=_asked.c.code,
                unit_ar=_whole.c.unit_ar,
                unit_en=_whole.c.unit_en,
                target=_target_of_year(),
                result=_latest_result(),
                parts=_all_parts(),
            ).label("whole"),
            _c.c.message,
            sql.person(_c.c.invited_by_id).label("invited_by"),
            _c.c.invited_at,
            sql.person(_c.c.answered_by_id).label("answered_by"),
            _c.c.answered_at,
            sql.person(_c.c.ended_by_id).label("ended_by"),
            _c.c.ended_at,
            _c.c.reason,
            *_fact_columns(),
        )
        .select_from(_joined())
        .where(_c.c.id == ID, visible(_c, _whole)),
        *_FACTS,
    )
)
_ONE_FACTS = Query(
    lambda: (
        select(*_fact_columns())
        .select_from(_c.join(_whole, _whole.c.id == _c.c.indicator_id))
        .where(_c.c.id == ID, visible(_c, _whole))
    )
)


def _facts(row: Row, prefix: str) -> Facts:
    entity_id, contributor_id = row[f"{prefix}entity_id"], row[f"{prefix}contributor_id"]
    return Facts(
        kind=SubjectKind.CONTRIBUTION,
        id=row[f"{prefix}id"],
        entity_id=entity_id,
        state=row[f"{prefix}state"],
        version=row[f"{prefix}version"],
        steps=rules.steps(entity_id, contributor_id),
        row={name.removeprefix("_"): row[f"{prefix}{name.removeprefix('_')}"] for name in _FACTS},
    )


async def facts(lane: Lane, actor: Actor, contribution_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of a contribution that the actor may see."""
    row = await lane.row(_ONE_FACTS, {**visibility.of(actor), "id": contribution_id})
    return None if row is None else _facts(row, "_")


async def one(lane: Lane, actor: Actor, contribution_id: UUID, now: datetime) -> Document | None:
    """One contribution, with what each side needs to see of the other in the last period that has ended."""
    params = {**visibility.of(actor), **_period(None, now), "id": contribution_id}
    row = await lane.row(_ONE, params)
    if row is None:
        return None
    facts = _facts(row, "")
    actions = [
        transition.action
        for transition in rules.TRANSITIONS
        if lifecycle.possible(actor, transition, facts) and rules.open_now(transition, facts.row)
    ]
    return Document(with_actions(row["json"], actions), facts.version)


@dataclass(frozen=True)
class ContributionFilter:
    """What a list of contributions is narrowed to. `period`: not a filter, but which the parts are of."""

    indicator_id: UUID | None = None
    entity_id: UUID | None = None
    contributor_id: UUID | None = None
    state: ContributionState | None = None
    period: str | None = None


@lru_cache(maxsize=64)
def _list(given: frozenset[str], *, after: bool) -> Query:
    conditions: dict[str, ColumnElement[bool]] = {
        "indicator_id": _c.c.indicator_id == indicators.INDICATOR_ID,
        "entity_id": _c.c.entity_id == bindparam("entity_id", type_=Uuid),
        "contributor_id": _c.c.contributor_id == bindparam("contributor_id", type_=Uuid),
        "state": _c.c.state == bindparam("state", type_=Text),
    }
    where = [visible(_c, _whole), *[condition for name, condition in conditions.items() if name in given]]
    if after:
        where.append(_c.c.id < bindparam("after_id", type_=Uuid))
    page = (
        select(*_item())
        .select_from(_joined())
        .where(*where)
        .order_by(_c.c.id.desc())
        .limit(bindparam("count", type_=Integer))
    )
    return indicators.under(page, "id") if "indicator_id" in given else Query(lambda: sql.as_json(page, "id"))


async def many(
    lane: Lane, actor: Actor, asked: ContributionFilter, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of contributions as JSON, the latest invited first (their ids grow with time).

    Raises Invalid for a period that is none, NotFound where the indicator asked for is not visible.
    """
    return await listing.page(
        lane,
        _list,
        asdict(asked),
        {"id": UUID},
        cursor,
        limit,
        below=asked.indicator_id is not None,
        **visibility.of(actor),
        **_period(asked.period, now),
    )


def _period(code: str | None, now: datetime) -> Mapping[str, Any]:
    """The period of the whole that the parts are asked for, by its frequency: the one named, or the last
    that has ended; of biennial and irregular wholes the last year."""
    if code is None:
        found = {frequency: _ended(frequency, clock.day(now)) for frequency in Frequency}
    else:
        found = dict.fromkeys(Frequency, _named(code))
    return {
        "frequencies": [frequency.value for frequency in found],
        "codes": [period.code for period in found.values()],
        "starts": [period.start for period in found.values()],
        "ends": [period.end for period in found.values()],
    }


def _ended(frequency: Frequency, today: date) -> Period:
    regular = Frequency.ANNUAL if frequency is Frequency.IRREGULAR else frequency
    return periods.containing(regular, periods.containing(regular, today).start - timedelta(days=1))


def _named(code: str) -> Period:
    try:
        return periods.parse(code)
    except Invalid as error:
        # What `parse` says of a body holds of the query parameter here.
        raise Invalid(
            errors=tuple(replace(fault, pointer=None, parameter="period") for fault in error.errors)
        ) from None
