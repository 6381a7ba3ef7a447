"""What is kept of a meeting beside its own row, as JSON: the same members wherever it is shown."""

from typing import Any

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.enums.meetings import MeetingDecisionState, MeetingState
from app.models import AgendaItem, Meeting, MeetingDecision, MeetingPerson, MeetingSeries
from app.services import sql
from app.services.meetings import subjects, visibility


def people(m: FromClause) -> ScalarSelect[Any]:
    """Who is invited, in order; who came, to whoever is told the minutes."""
    p = sql.alias(MeetingPerson)
    item = sql.obj(
        number=p.c.number,
        person=sql.person(p.c.user_id),
        name=p.c.name,
        organisation=p.c.organisation,
        role=p.c.role,
        attended=case((visibility.minutes_told(m), p.c.attended)),
    )
    return select(sql.listed(item, p.c.number)).where(p.c.meeting_id == m.c.id).scalar_subquery()


def agenda(m: FromClause) -> ScalarSelect[Any]:
    """What it discusses, in order."""
    a = sql.alias(AgendaItem)
    item = sql.obj(number=a.c.number, title=a.c.title, about=subjects.about(a))
    return select(sql.listed(item, a.c.number)).where(a.c.meeting_id == m.c.id).scalar_subquery()


def state(d: FromClause, m: FromClause) -> ColumnElement[Any]:
    """The state of the decision `d` of the meeting `m`: final once the minutes are confirmed."""
    final = (d.c.state == sql.const(MeetingDecisionState.RECORDED)) & (
        m.c.state == sql.const(MeetingState.CONFIRMED)
    )
    return case((final, sql.const(MeetingDecisionState.FINAL)), else_=d.c.state)


def decisions(m: FromClause) -> ScalarSelect[Any]:
    """What it decided, in the order recorded, to whoever is told the minutes; those that were withdrawn say so."""
    d = sql.alias(MeetingDecision)
    item = sql.obj(
        id=d.c.id,
        number=d.c.number,
        text=d.c.text,
        about=subjects.about(d),
        decided_on=d.c.decided_on,
        state=state(d, m),
        version=d.c.version,
    )
    told = visibility.minutes_told(m)
    return select(sql.listed(item, d.c.number)).where(d.c.meeting_id == m.c.id, told).scalar_subquery()


def series(m: FromClause) -> ScalarSelect[Any]:
    """The series that it is of; null where it is of none, or of one that the reader may not see."""
    s = sql.alias(MeetingSeries)
    shown = sql.obj(id=s.c.id, title_ar=s.c.title_ar, title_en=s.c.title_en)
    seen = visibility.series_visible(s)
    return select(shown).where(s.c.id == m.c.series_id, seen).correlate(m).scalar_subquery()


def meetings(s: FromClause) -> ScalarSelect[Any]:
    """The meetings of a series that the reader may see, in order."""
    m = sql.alias(Meeting)
    item = sql.obj(id=m.c.id, code=m.c.code, starts_at=m.c.starts_at, ends_at=m.c.ends_at, state=m.c.state)
    return (
        select(sql.listed(item, m.c.starts_at, m.c.id))
        .where(m.c.series_id == s.c.id, visibility.visible(m))
        .scalar_subquery()
    )


def decided_about(subject_id: ColumnElement[Any]) -> ScalarSelect[Any]:
    """What meetings decided about a thing, as far as the reader may see it, in order."""
    d, m = sql.alias(MeetingDecision), sql.alias(Meeting)
    meeting = sql.obj(
        id=m.c.id,
        code=m.c.code,
        title_ar=m.c.title_ar,
        title_en=m.c.title_en,
        starts_at=m.c.starts_at,
    )
    item = sql.obj(id=d.c.id, text=d.c.text, decided_on=d.c.decided_on, state=state(d, m), meeting=meeting)
    stands = d.c.state == sql.const(MeetingDecisionState.RECORDED)
    return (
        select(sql.listed(item, d.c.decided_on, d.c.id))
        .select_from(d.join(m, m.c.id == d.c.meeting_id))
        .where(d.c.about_id == subject_id, stands, visibility.minutes_visible(m))
        .correlate_except(d, m)
        .scalar_subquery()
    )
