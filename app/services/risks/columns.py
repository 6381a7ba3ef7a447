"""What is kept of a risk beside its own row, as JSON: the same members wherever it is shown."""

from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.models import Decision, RiskAssessment, RiskRaising, RiskResource, RiskSettings
from app.services import sql
from app.services.risk_settings.queries import grade


def rated(probability: ColumnElement[Any], impact: ColumnElement[Any], s: FromClause) -> ColumnElement[Any]:
    """Levels with their score and grade by the settings `s`; null where there are none."""
    score = probability * impact
    shown = sql.obj(probability=probability, impact=impact, score=score, grade=grade(score, s))
    return case((probability.is_not(None), shown))


def inherent(r: FromClause, s: FromClause) -> ColumnElement[Any]:
    """The levels before the treatment."""
    return rated(r.c.probability, r.c.impact, s)


def residual(r: FromClause, s: FromClause) -> ColumnElement[Any]:
    """The levels with the treatment; null where nobody has assessed them."""
    return rated(r.c.residual_probability, r.c.residual_impact, s)


def assessments(r: FromClause) -> ScalarSelect[Any]:
    """Each assessment, in order, by the settings of its time."""
    a, s = sql.alias(RiskAssessment), sql.alias(RiskSettings)
    item = sql.obj(
        number=a.c.number,
        settings=sql.obj(id=s.c.id, number=s.c.number),
        inherent=inherent(a, s),
        residual=residual(a, s),
        note=a.c.note,
        assessed_by=sql.person(a.c.assessed_by_id),
        assessed_at=a.c.assessed_at,
    )
    return (
        select(sql.listed(item, a.c.number))
        .select_from(a.join(s, s.c.id == a.c.settings_id))
        .where(a.c.risk_id == r.c.id)
        .scalar_subquery()
    )


def _letter(d: FromClause) -> ColumnElement[Any]:
    letter = sql.obj(letter_number=d.c.letter_number, letter_date=d.c.letter_date)
    return case((d.c.id.is_not(None), letter))


def resources(r: FromClause) -> ScalarSelect[Any]:
    """What its treatment asked for, and what of it was granted."""
    a, d = sql.alias(RiskResource), sql.alias(Decision)
    item = sql.obj(
        number=a.c.number,
        kind=a.c.kind,
        strategy=a.c.strategy,
        what=a.c.what,
        asked=func.trim_scale(a.c.asked),
        unit=a.c.unit,
        asked_by=sql.person(a.c.asked_by_id),
        asked_at=a.c.asked_at,
        granted=func.trim_scale(a.c.granted),
        granted_by=sql.person(a.c.granted_by_id),
        granted_at=a.c.granted_at,
        letter=_letter(d),
    )
    return (
        select(sql.listed(item, a.c.number))
        .select_from(a.outerjoin(d, d.c.id == a.c.decision_id))
        .where(a.c.risk_id == r.c.id)
        .scalar_subquery()
    )


def raisings(r: FromClause) -> ScalarSelect[Any]:
    """To whom it was raised, and what they answered."""
    g, d = sql.alias(RiskRaising), sql.alias(Decision)
    item = sql.obj(
        number=g.c.number,
        level=g.c.level,
        reason=g.c.reason,
        raised_by=sql.person(g.c.raised_by_id),
        raised_at=g.c.raised_at,
        answer=g.c.answer,
        answered_by=sql.person(g.c.answered_by_id),
        answered_at=g.c.answered_at,
        letter=_letter(d),
    )
    return (
        select(sql.listed(item, g.c.number))
        .select_from(g.outerjoin(d, d.c.id == g.c.decision_id))
        .where(g.c.risk_id == r.c.id)
        .scalar_subquery()
    )
