"""The one rule of which path runs a person sees, and of whom four eyes keeps from a stage."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Text,
    Uuid,
    and_,
    any_,
    case,
    false,
    func,
    literal_column,
    or_,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.sql.selectable import FromClause

from app.enums.paths import PathRunState, StageState
from app.models import PathStage, PathStageAct, Wait
from app.parties import UNIT
from app.services import sql
from app.services.path_runs import rules, subjects
from app.services.path_runs.standing import is_control
from app.services.people import four_eyes, visibility

_NOBODY: ColumnElement[Any] = literal_column("'{}'::uuid[]")


def named(r: FromClause) -> ColumnElement[bool]:
    """Who sees the run whatever walks it: whoever one of the stages names, the head of the entity, who is assigned to it or to
    its subject; UNIT from the first stage that is addressed to it."""
    return or_(
        r.c.parties.overlap(visibility.CHAIN),
        r.c.entity_id == any_(visibility.LEADS),
        r.c.id == any_(visibility.ASSIGNED),
        r.c.subject_id == any_(visibility.ASSIGNED),
        and_(visibility.NATIONAL, r.c.unit_sees),
    )


def at_work(r: FromClause) -> ColumnElement[bool]:
    """Who works on the run: who is named there, and the office unless what walks it is restricted."""
    office = r.c.entity_id == any_(visibility.OFFICE)
    return or_(named(r), and_(office, ~subjects.restricted(r.c.subject_id)))


def visible(r: FromClause) -> ColumnElement[bool]:
    """The one visibility rule of runs, and of their stages: who works on it, and what is finished to everybody of the
    entity and to UNIT, unless what walks it is restricted."""
    finished = r.c.state == sql.const(PathRunState.FINISHED)
    others = or_(visibility.NATIONAL, r.c.entity_id == any_(visibility.ENTITIES))
    return or_(at_work(r), and_(finished, others, ~subjects.restricted(r.c.subject_id)))


def acted(s: FromClause) -> ColumnElement[Any]:
    """Who has acted in this round of the stage."""
    a = sql.alias(PathStageAct)
    found = select(a.c.person_id).where(a.c.stage_id == s.c.id).correlate_except(a)
    return func.array(found.scalar_subquery())


def barred(s: FromClause) -> ColumnElement[Any]:
    """Whom four eyes keeps from the open stage `s`: who took a stage that it controls or that controls it, in the round
    that counts; and from a control stage who brought evidence of what it controls, and who entered or edited what the
    path is of."""
    return _barred(s, excepted=True)


def barred_for_good(s: FromClause) -> ColumnElement[Any]:
    """The same without those who took what it controls as the head, because nobody was left: as the head they decide
    once more, which is exceptional again."""
    return _barred(s, excepted=False)


def _barred(s: FromClause, *, excepted: bool) -> ColumnElement[Any]:
    a, c, e = sql.alias(PathStageAct), sql.alias(PathStage), sql.alias(PathStage)

    def counts(t: FromClause) -> ColumnElement[bool]:
        return and_(t.c.run_id == s.c.run_id, t.c.id != s.c.id, t.c.superseded_at.is_(None))

    # Both ways, since beside what it controls a stage may be taken before it.
    bound = and_(counts(c), or_(c.c.key == any_(s.c.controls), s.c.key == any_(c.c.controls)))
    took = select(a.c.person_id).select_from(a.join(c, c.c.id == a.c.stage_id)).where(bound)
    if not excepted:
        took = took.where(~a.c.exceptional)
    brought = (
        select(func.unnest(e.c.edited_by)).select_from(e).where(counts(e), e.c.key == any_(s.c.controls))
    )
    of_stages = func.array(
        union(took.correlate_except(a, c), brought.correlate_except(e)).scalar_subquery()
    ).cast(ARRAY(Uuid))
    of_the_subject = case((is_control(s), subjects.edited_by(s.c.subject_id)), else_=_NOBODY)
    open_ = s.c.state == sql.const(StageState.OPEN)
    return case((open_, func.array_cat(of_stages, of_the_subject)), else_=_NOBODY).cast(ARRAY(Uuid))


def nobody_left(s: FromClause) -> ColumnElement[bool]:
    """No present holder of what the open stage waits for is left: there is none, four eyes bars them, or they have acted
    while its quorum is not full. Then the head of the entity decides. What waits for UNIT alone is UNIT's alone."""
    parties = _awaited(s)
    asked = and_(s.c.state == sql.const(StageState.OPEN), ~parties.contained_by(array([sql.const(UNIT)])))
    nobody = four_eyes.nobody_left(parties, sql.const(rules.COMPLETE.action), barred(s), acted(s))
    return case((asked, nobody), else_=false())


def _awaited(s: FromClause) -> ColumnElement[Any]:
    """The parties that the open stage still waits for."""
    w = sql.alias(Wait)
    found = select(w.c.party).where(w.c.subject_id == s.c.id, w.c.closed_at.is_(None)).correlate_except(w)
    return func.array(found.scalar_subquery(), type_=ARRAY(Text))
