"""What is open and might be discussed: proposed for the agenda of a meeting, as far as whoever asks may see it
(Guide M-2, X-1). One line for each kind of thing."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    case,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.sql.selectable import CTE, FromClause

from app.db import Compilable, Lane, Query
from app.enums import IndicatorState, Light, Party, SubjectKind
from app.enums.actions import ActionState
from app.enums.challenges import ChallengeLevel
from app.enums.initiatives import InitiativeStatus
from app.enums.meetings import AgendaReason, WithWhom
from app.enums.paths import StageState
from app.models import (
    Action,
    AgendaItem,
    Challenge,
    Indicator,
    Initiative,
    Meeting,
    MeetingDecision,
    MeetingPerson,
    Membership,
    Obligation,
    PathRun,
    PathStage,
    Risk,
    Standing,
)
from app.parties import Actor
from app.services import sql
from app.services.actions import visibility as actions
from app.services.challenges import visibility as challenges
from app.services.documents import Document
from app.services.indicators import standing
from app.services.indicators import visibility as indicators
from app.services.initiatives import status_sql
from app.services.initiatives import visibility as initiatives
from app.services.meetings import facts
from app.services.meetings.facts import M
from app.services.meetings.visibility import visible
from app.services.obligations import queries as obligations
from app.services.obligations import state as due
from app.services.path_runs import timing
from app.services.path_runs import visibility as path_runs
from app.services.risks import visibility as risks

MOST = 100
_NOBODY: ColumnElement[Any] = literal_column("'{}'::text[]", ARRAY(Text))
_RANK = {reason: rank for rank, reason in enumerate(AgendaReason)}


def _of_division(division_id: ColumnElement[Any]) -> ColumnElement[Any]:
    key = sql.party_key(Party.DIVISION, division_id)
    return case((division_id.is_not(None), array([key])), else_=_NOBODY).cast(ARRAY(Text))


def _proposal(
    kind: SubjectKind,
    id_: ColumnElement[Any],
    title_ar: ColumnElement[Any],
    title_en: ColumnElement[Any],
    why: ColumnElement[Any],
    divisions: ColumnElement[Any],
    *,
    code: ColumnElement[Any] | None = None,
    period: ColumnElement[Any] | None = None,
    since: ColumnElement[Any] | None = None,
    until: ColumnElement[Any] | None = None,
    manager_id: ColumnElement[Any] | None = None,
) -> Select[Any]:
    """`divisions`: party keys of the divisions that it concerns; `manager_id`: the project manager of what it is about."""

    def given(said: ColumnElement[Any] | None, type_: Any) -> ColumnElement[Any]:
        return (null() if said is None else said).cast(type_)

    return select(
        sql.const(kind).label("kind"),
        id_.label("subject_id"),
        given(code, Text).label("code"),
        title_ar.label("title_ar"),
        title_en.label("title_en"),
        given(period, Text).label("period"),
        why.cast(Text).label("why"),
        given(since, Date).label("since"),
        given(until, Date).label("due"),
        divisions.label("divisions"),
        given(manager_id, Uuid).label("manager_id"),
    )


def _stages(m: FromClause) -> Select[Any]:
    s, r = sql.alias(PathStage), sql.alias(PathRun)
    return (
        _proposal(
            SubjectKind.PATH_STAGE,
            s.c.id,
            s.c.title_ar,
            s.c.title_en,
            sql.const(AgendaReason.LATE),
            s.c.parties,
            since=timing.day(s.c.opened_at),
            until=s.c.due,
        )
        .select_from(s.join(r, r.c.id == s.c.run_id))
        .where(
            s.c.entity_id == m.c.entity_id,
            s.c.state == sql.const(StageState.OPEN),
            s.c.due < sql.TODAY,
            path_runs.visible(r),
        )
    )


def _indicators(m: FromClause) -> Select[Any]:
    i, s = sql.alias(Indicator), sql.alias(Standing)
    here = and_(s.c.indicator_id == i.c.id, s.c.scope == standing.scope(i))
    return (
        _proposal(
            SubjectKind.INDICATOR,
            i.c.id,
            i.c.name_ar,
            i.c.name_en,
            sql.const(AgendaReason.RED),
            _of_division(i.c.division_id),
            code=i.c.code,
            since=s.c.period_end,
        )
        .select_from(i.join(s, here))
        .where(
            i.c.entity_id == m.c.entity_id,
            i.c.state == sql.const(IndicatorState.ACTIVE),
            s.c.light == sql.const(Light.RED),
            indicators.visible(i),
        )
    )


def _figures(m: FromClause) -> Select[Any]:
    o, i = sql.alias(Obligation), sql.alias(Indicator)
    f = due.figure(o)
    why = case(
        (o.c.late_until < sql.TODAY, sql.const(AgendaReason.OVERDUE)), else_=sql.const(AgendaReason.LATE)
    )
    return (
        _proposal(
            SubjectKind.OBLIGATION,
            o.c.id,
            i.c.name_ar,
            i.c.name_en,
            why,
            _of_division(i.c.division_id),
            code=i.c.code,
            period=o.c.period,
            since=o.c.opens_on,
            until=o.c.due_on,
        )
        .select_from(o.join(i, i.c.id == o.c.indicator_id).join(f, true()))
        .where(o.c.entity_id == m.c.entity_id, obligations.visible(o), due.behind(o, f))
    )


def _challenges(m: FromClause) -> Select[Any]:
    c, i = sql.alias(Challenge), sql.alias(Initiative)
    late = challenges.overdue(c)
    why = case((late, sql.const(AgendaReason.OVERDUE)), else_=sql.const(AgendaReason.OPEN))
    return (
        _proposal(
            SubjectKind.CHALLENGE,
            c.c.id,
            c.c.title,
            c.c.title,
            why,
            _of_division(c.c.division_id),
            code=c.c.code,
            since=timing.day(c.c.held_since),
            until=c.c.due,
            manager_id=i.c.manager_id,
        )
        .select_from(c.outerjoin(i, i.c.id == c.c.about_id))
        .where(
            c.c.entity_id == m.c.entity_id,
            or_(
                c.c.level == sql.const(ChallengeLevel.OFFICE),
                and_(c.c.level.is_not(None), late),
            ),
            challenges.visible(c),
        )
    )


def _initiatives(m: FromClause) -> Select[Any]:
    i = sql.alias(Initiative)
    stands = (
        select(status_sql.of(i).label("status"))
        .correlate(i)
        .offset(literal_column("0"))  # asked for once, though said twice
        .lateral("stands")
    )
    late = stands.c.status == sql.const(InitiativeStatus.LATE)
    why = case((late, sql.const(AgendaReason.LATE)), else_=sql.const(AgendaReason.AT_RISK))
    return (
        _proposal(
            SubjectKind.INITIATIVE,
            i.c.id,
            i.c.name_ar,
            i.c.name_en,
            why,
            _of_division(i.c.division_id),
            code=i.c.code,
            until=i.c.baseline_ends_on,
            manager_id=i.c.manager_id,
        )
        .select_from(i.join(stands, true()))
        .where(
            i.c.entity_id == m.c.entity_id,
            or_(late, stands.c.status == sql.const(InitiativeStatus.AT_RISK)),
            initiatives.visible(i),
        )
    )


def _risks(m: FromClause) -> Select[Any]:
    """Those that are to be assessed anew since a day that has passed, and those that wait for somebody's decision."""
    r, i = sql.alias(Risk), sql.alias(Initiative)
    late = risks.overdue(r)
    why = case((late, sql.const(AgendaReason.OVERDUE)), else_=sql.const(AgendaReason.OPEN))
    return (
        _proposal(
            SubjectKind.RISK,
            r.c.id,
            r.c.title,
            r.c.title,
            why,
            _of_division(r.c.division_id),
            code=r.c.code,
            since=timing.day(r.c.held_since),
            until=r.c.review_on,
            manager_id=i.c.manager_id,
        )
        .select_from(r.outerjoin(i, i.c.id == r.c.about_id))
        .where(r.c.entity_id == m.c.entity_id, or_(late, risks.undecided(r)), risks.visible(r))
    )


def _actions(m: FromClause) -> Select[Any]:
    """What earlier meetings of the same series, and their decisions, left to be done."""
    x, earlier, d = sql.alias(Action), sql.alias(Meeting), sql.alias(MeetingDecision)
    i = sql.alias(Initiative)
    late = actions.overdue(x)
    why = case((late, sql.const(AgendaReason.OVERDUE)), else_=sql.const(AgendaReason.OPEN))
    decided: Select[Any] = select(literal_column("1")).where(
        d.c.meeting_id == earlier.c.id, d.c.id == x.c.source_id
    )
    comes_from: Select[Any] = select(literal_column("1")).where(
        earlier.c.series_id == m.c.series_id,
        earlier.c.starts_at < m.c.starts_at,
        or_(earlier.c.id == x.c.source_id, exists(decided.correlate(earlier, x))),
    )
    return (
        _proposal(
            SubjectKind.ACTION,
            x.c.id,
            x.c.title,
            x.c.title,
            why,
            _of_division(x.c.division_id),
            code=x.c.code,
            since=timing.day(x.c.opened_at),
            until=x.c.due,
            manager_id=i.c.manager_id,
        )
        .select_from(x.outerjoin(i, i.c.id == x.c.about_id))
        .where(
            x.c.entity_id == m.c.entity_id,
            x.c.state == sql.const(ActionState.OPEN),
            exists(comes_from.correlate(m, x)),
            actions.visible(x),
        )
    )


SOURCES: tuple[Callable[[FromClause], Select[Any]], ...] = (
    _stages,
    _indicators,
    _figures,
    _challenges,
    _risks,
    _initiatives,
    _actions,
)
"""What is proposed of each kind of thing, for the entity of the meeting."""


def _concerns(m: CTE, x: FromClause) -> ColumnElement[bool]:
    """Whether it concerns whom the meeting is with: of divisions those whose people are invited, of project managers what
    they manage; anybody else everything."""
    p, h = sql.alias(MeetingPerson), sql.alias(Membership)
    divisions: Select[Any] = select(literal_column("1")).where(
        p.c.meeting_id == m.c.id,
        h.c.user_id == p.c.user_id,
        h.c.entity_id == m.c.entity_id,
        h.c.division_id.is_not(None),
        sql.in_force(h),
        sql.party_key(Party.DIVISION, h.c.division_id) == any_(x.c.divisions),
    )
    managers: Select[Any] = select(literal_column("1")).where(
        p.c.meeting_id == m.c.id, p.c.user_id == x.c.manager_id
    )
    return case(
        (m.c.with_whom == sql.const(WithWhom.DIVISIONS), exists(divisions.correlate(m, x))),
        (m.c.with_whom == sql.const(WithWhom.PROJECT_MANAGERS), exists(managers.correlate(m, x))),
        else_=true(),
    )


def _proposed() -> Compilable:
    m = (
        select(M.c.id, M.c.entity_id, M.c.series_id, M.c.starts_at, M.c.with_whom, M.c.version)
        .where(M.c.id == facts.ID, visible(M))
        .cte("meeting")
    )
    x = union_all(*[of(m).correlate(m) for of in SOURCES]).lateral("proposal")
    a = sql.alias(AgendaItem)
    on_agenda = exists(
        select(literal_column("1")).where(a.c.meeting_id == m.c.id, a.c.about_id == x.c.subject_id)
    )
    rank = case(
        *[(x.c.why == sql.const(why), literal_column(str(rank), Integer)) for why, rank in _RANK.items()]
    )
    names = ("kind", "subject_id", "code", "title_ar", "title_en", "period", "why", "since", "due")
    latest = literal_column("'infinity'::date", Date)
    order = (rank, func.coalesce(x.c.due, latest), func.coalesce(x.c.since, latest), x.c.subject_id)
    most = literal_column(str(MOST + 1), Integer)
    found = (
        select(
            sql.obj(**{name: x.c[name] for name in names}, on_agenda=on_agenda).label("item"),
            func.row_number().over(order_by=order).label("place"),
        )
        .select_from(m.join(x, true()))
        .where(_concerns(m, x))
        .order_by(*order)
        .limit(most)
        .subquery("found")
    )
    shown = found.c.place <= literal_column(str(MOST), Integer)
    items = select(
        func.coalesce(
            func.json_agg(sql.ordered(found.c.item, found.c.place)).filter(shown),
            literal_column("'[]'::json"),
        )
    )
    more = select(func.count() > literal_column(str(MOST), Integer)).select_from(found)
    row = select(
        m.c.id.label("meeting_id"),
        items.scalar_subquery().label("proposals"),
        more.scalar_subquery().label("more"),
        m.c.version.label("_version"),
    )
    return sql.as_json(row, "_version")


PROPOSED = Query(_proposed)


async def of(lane: Lane, actor: Actor, meeting_id: UUID, now: datetime) -> Document | None:
    """What is proposed for the agenda of a meeting that the actor may see, the most urgent first."""
    row = await lane.row(PROPOSED, {**facts.params(actor, now), "id": meeting_id})
    return None if row is None else Document(row["json"].encode(), row["version"])
