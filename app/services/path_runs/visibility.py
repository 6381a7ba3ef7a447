"""The one rule of which path runs a person sees, and of whom four eyes keeps from a stage."""

from typing import Any

from sqlalchemy import ColumnElement, Uuid, and_, any_, case, false, func, literal_column, or_, select, union
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.selectable import FromClause

from app.enums.paths import PathRunState, StageState
from app.models import PathStage, PathStageAct
from app.parties import UNIT
from app.services import sql
from app.services.path_runs import rules, subjects
from app.services.path_runs.standing import is_control
from app.services.people import four_eyes, visibility

_NOBODY: ColumnElement[Any] = literal_column("'{}'::uuid[]")


def at_work(r: FromClause) -> ColumnElement[bool]:
    """Who works on the run: the office and the head of the entity, whoever one of the stages names, and who is assigned
    to it or its subject; UNIT from the first stage that is addressed to it."""
    return or_(
        r.c.entity_id == any_(visibility.OFFICE),
        r.c.parties.overlap(visibility.CHAIN),
        r.c.id == any_(visibility.ASSIGNED),
        r.c.subject_id == any_(visibility.ASSIGNED),
        and_(visibility.NATIONAL, r.c.unit_sees),
    )


def visible(r: FromClause) -> ColumnElement[bool]:
    """The one visibility rule of runs, and of their stages: who works on it, and what is finished to everybody of the
    entity and to UNIT."""
    finished = r.c.state == sql.const(PathRunState.FINISHED)
    return or_(
        at_work(r), and_(finished, or_(visibility.NATIONAL, r.c.entity_id == any_(visibility.ENTITIES)))
    )


def acted(s: FromClause) -> ColumnElement[Any]:
    """Who has acted in this round of the stage."""
    a = PathStageAct.__table__.alias()
    found = select(a.c.person_id).where(a.c.stage_id == s.c.id).correlate_except(a)
    return func.array(found.scalar_subquery())


def barred(s: FromClause) -> ColumnElement[Any]:
    """Whom four eyes keeps from the open control stage `s`: who took the stages that it controls, in the round that
    counts, or brought evidence of them, and who entered or edited what the path is of."""
    a, c, e = PathStageAct.__table__.alias(), PathStage.__table__.alias(), PathStage.__table__.alias()

    def controlled(t: FromClause) -> ColumnElement[bool]:
        return and_(
            t.c.run_id == s.c.run_id,
            t.c.key == any_(s.c.controls),
            t.c.id != s.c.id,
            t.c.superseded_at.is_(None),
        )

    took = select(a.c.person_id).select_from(a.join(c, c.c.id == a.c.stage_id)).where(controlled(c))
    brought = select(func.unnest(e.c.edited_by)).select_from(e).where(controlled(e))
    of_stages = func.array(
        union(took.correlate_except(a, c), brought.correlate_except(e)).scalar_subquery()
    ).cast(ARRAY(Uuid))
    due = and_(s.c.state == sql.const(StageState.OPEN), is_control(s))
    return case((due, func.array_cat(of_stages, subjects.edited_by(s.c.subject_id))), else_=_NOBODY).cast(
        ARRAY(Uuid)
    )


def nobody_left(s: FromClause) -> ColumnElement[bool]:
    """Four eyes leaves nobody who could take the open stage, or nobody who has not acted while its quorum is not full,
    so that the head of the entity decides. What is UNIT's is UNIT's alone."""
    open_ = s.c.state == sql.const(StageState.OPEN)
    asked = and_(open_, sql.const(UNIT) != func.all(s.c.parties), or_(is_control(s), _has_acts(s)))
    nobody = four_eyes.nobody_left(s.c.parties, sql.const(rules.COMPLETE.action), barred(s), acted(s))
    return case((asked, nobody), else_=false())


def _has_acts(s: FromClause) -> ColumnElement[bool]:
    a = PathStageAct.__table__.alias()
    return select(literal_column("1")).where(a.c.stage_id == s.c.id).correlate_except(a).exists()
