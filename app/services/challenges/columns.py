"""What is kept of a challenge beside its own row, as JSON: the same members wherever it is shown."""

from typing import Any

from sqlalchemy import and_, case, exists, func, literal_column, or_, select
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.enums.challenges import ChallengeLevel
from app.models import (
    ChallengeAttempt,
    ChallengeSolution,
    ChallengeStay,
    Decision,
    EscalationRoute,
)
from app.services import sql
from app.services.escalation_routes.queries import route


def attempts(c: FromClause) -> ScalarSelect[Any]:
    """What was tried, in the order recorded."""
    a = sql.alias(ChallengeAttempt)
    item = sql.obj(
        number=a.c.number,
        tried_on=a.c.tried_on,
        what=a.c.what,
        tried_by=a.c.tried_by,
        recorded_by=sql.person(a.c.recorded_by_id),
        recorded_at=a.c.recorded_at,
    )
    return select(sql.listed(item, a.c.number)).where(a.c.challenge_id == c.c.id).scalar_subquery()


def solutions(c: FromClause) -> ScalarSelect[Any]:
    """The solutions that were proposed, side by side; those that were withdrawn say since when."""
    s = sql.alias(ChallengeSolution)
    analysis = sql.obj(
        text=s.c.analysis,
        by=sql.person(s.c.analysed_by_id),
        at=s.c.analysed_at,
        by_representative=s.c.by_representative,
    )
    item = sql.obj(
        number=s.c.number,
        title=s.c.title,
        effect=s.c.effect,
        cost=func.trim_scale(s.c.cost),
        days=s.c.days,
        recommended=s.c.recommended,
        analysis=case((s.c.analysis.is_not(None), analysis)),
        proposed_by=sql.person(s.c.proposed_by_id),
        proposed_at=s.c.proposed_at,
        withdrawn_at=s.c.withdrawn_at,
    )
    return select(sql.listed(item, s.c.number)).where(s.c.challenge_id == c.c.id).scalar_subquery()


def stays(c: FromClause) -> ScalarSelect[Any]:
    """Each stay at a level, in order: until when, how long, how it was decided."""
    t, d, r = (sql.alias(model) for model in (ChallengeStay, Decision, EscalationRoute))
    answer = sql.obj(of=t.c.answer_from, letter_number=t.c.answer_letter, letter_date=t.c.answer_on)
    letter = sql.obj(letter_number=d.c.letter_number, letter_date=d.c.letter_date)
    item = sql.obj(
        number=t.c.number,
        level=t.c.level,
        body=t.c.body,
        route=case(
            (
                r.c.id.is_not(None),
                sql.obj(id=r.c.id, code=r.c.code, title_ar=r.c.title_ar, title_en=r.c.title_en),
            )
        ),
        opened_at=t.c.opened_at,
        opened_by=sql.person(t.c.opened_by_id),
        instruction=t.c.instruction,
        limit_days=t.c.limit_days,
        due=t.c.due,
        paused_days=t.c.paused_days,
        paused_at=t.c.paused_at,
        pause_reason=t.c.pause_reason,
        ended_at=t.c.ended_at,
        days=t.c.days,
        ruling=t.c.decision,
        reason=t.c.decision_reason,
        decided_by=sql.person(t.c.decided_by_id),
        letter=case((d.c.id.is_not(None), letter)),
        answer=case((t.c.answer_from.is_not(None), answer)),
    )
    return (
        select(sql.listed(item, t.c.number))
        .select_from(t.outerjoin(d, d.c.id == t.c.decision_id).outerjoin(r, r.c.id == t.c.route_id))
        .where(t.c.challenge_id == c.c.id)
        .scalar_subquery()
    )


def ways(c: FromClause) -> ScalarSelect[Any]:
    """The routes by which the challenge may go up from where it is, of the version that it began with (Guide X-4)."""
    r, t = sql.alias(EscalationRoute), sql.alias(ChallengeStay)
    had_by_head = exists(
        select(literal_column("1"))
        .where(t.c.challenge_id == c.c.id, t.c.level == sql.const(ChallengeLevel.HEAD))
        .correlate(c)
    )
    return (
        select(sql.listed(route(r), r.c.position))
        .where(
            r.c.table_id == c.c.table_id,
            r.c.from_level == c.c.level,
            or_(r.c.kind.is_(None), r.c.kind == c.c.kind),
            or_(r.c.tie.is_(None), r.c.tie == c.c.tie),
            or_(~r.c.after_head, had_by_head),
        )
        .scalar_subquery()
    )


def standing_solutions(c: FromClause) -> ScalarSelect[Any]:
    """The numbers of the solutions that were not withdrawn, each with whether a representative analysed it."""
    s = sql.alias(ChallengeSolution)
    item = sql.obj(number=s.c.number, by_representative=s.c.by_representative, recommended=s.c.recommended)
    return (
        select(sql.listed(item, s.c.number))
        .where(and_(s.c.challenge_id == c.c.id, s.c.withdrawn_at.is_(None)))
        .scalar_subquery()
    )
