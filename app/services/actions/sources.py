"""What an action can come from and what it can serve: one line for each kind of thing (Guide M-2, M-3, X-2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Uuid, bindparam, case, func, literal_column, update
from sqlalchemy.sql.selectable import FromClause, LateralFromClause

from app.db import Query
from app.enums import SubjectKind
from app.enums.actions import ActionSource
from app.enums.evaluations import EvaluationState
from app.enums.meetings import MeetingDecisionState, MeetingState
from app.enums.risks import RiskState
from app.models import Challenge, Evaluation, Meeting, MeetingDecision
from app.services import sql
from app.services.challenges import subjects
from app.services.challenges.subjects import Told
from app.services.meetings import visibility as meetings


@dataclass(frozen=True)
class Source:
    """A kind of thing that actions come from. `ended`: the states in which it gives rise to no further one; `raised`:
    raises the version of the thing `id` where whoever decides about it decides about its actions too."""

    kind: SubjectKind
    source: ActionSource
    told: Told
    ended: frozenset[str] = frozenset()
    raised: Query | None = None


_LONGEST: ColumnElement[int] = literal_column("300")


def _titled(kind: SubjectKind, t: FromClause, id_: ColumnElement[Any]) -> Select[Any]:
    """A thing that has one title, in the language in which it was written."""
    division_id = t.c.division_id if "division_id" in t.c else None
    told = subjects.told(
        kind, t, name=(t.c.title, t.c.title), restricted=subjects.restricted(t), division_id=division_id
    )
    return told.where(t.c.id == id_)


def _challenge(id_: ColumnElement[Any]) -> Select[Any]:
    return _titled(SubjectKind.CHALLENGE, sql.alias(Challenge), id_)


def _evaluation(id_: ColumnElement[Any]) -> Select[Any]:
    return _titled(SubjectKind.EVALUATION, sql.alias(Evaluation), id_)


def _meeting(id_: ColumnElement[Any]) -> Select[Any]:
    m = sql.alias(Meeting)
    title = (m.c.title_ar, m.c.title_en)
    told = subjects.told(SubjectKind.MEETING, m, name=title, restricted=subjects.restricted(m))
    return told.where(m.c.id == id_)


def _meeting_decision(id_: ColumnElement[Any]) -> Select[Any]:
    d, m = sql.alias(MeetingDecision), sql.alias(Meeting)
    said = func.left(
        func.regexp_replace(d.c.text, literal_column(r"'\s+'"), literal_column("' '"), literal_column("'g'")),
        _LONGEST,
    )
    # Whoever is not told the minutes yet learns of which meeting it comes, and not what was decided there.
    minuted = meetings.minutes_told(m)
    name = (case((minuted, said), else_=m.c.title_ar), case((minuted, said), else_=m.c.title_en))
    code = func.concat(m.c.code, literal_column("'.'"), d.c.number)
    told = subjects.told(
        SubjectKind.MEETING_DECISION, d, code=code, name=name, restricted=subjects.restricted(m)
    )
    return told.select_from(d.join(m, m.c.id == d.c.meeting_id)).where(d.c.id == id_)


_of: FromClause = Evaluation.__table__
_RAISED = Query(
    lambda: (
        update(Evaluation)
        .where(
            _of.c.id == bindparam("raised_id", type_=Uuid), _of.c.state == sql.const(EvaluationState.DRAFT)
        )
        .values(version=_of.c.version + literal_column("1"))
        .returning(_of.c.id)
    )
)

SOURCES: Mapping[str, Source] = {
    each.kind: each
    for each in (
        Source(
            SubjectKind.MEETING,
            ActionSource.MEETING,
            _meeting,
            frozenset({MeetingState.CANCELLED.value}),
        ),
        Source(
            SubjectKind.MEETING_DECISION,
            ActionSource.MEETING,
            _meeting_decision,
            frozenset({MeetingDecisionState.WITHDRAWN.value}),
        ),
        Source(SubjectKind.CHALLENGE, ActionSource.CHALLENGE, _challenge),
        Source(
            SubjectKind.RISK,
            ActionSource.RISK,
            subjects.KINDS[SubjectKind.RISK],
            frozenset({RiskState.CLOSED.value}),
        ),
        Source(
            SubjectKind.EVALUATION,
            ActionSource.EVALUATION,
            _evaluation,
            frozenset({EvaluationState.DISCARDED.value}),
            _RAISED,
        ),
    )
}
"""What actions come from, by kind."""

ORIGINS: Mapping[str, Told] = {kind: each.told for kind, each in SOURCES.items()}
SERVED: Mapping[str, Told] = {**subjects.KINDS, SubjectKind.CHALLENGE: _challenge}
"""What actions serve: whatever a challenge can be about, and a challenge."""


def source(a: FromClause) -> LateralFromClause:
    """What the action `a` comes from, to be joined on true from the outside: a directive comes from nothing."""
    return subjects.named(a.c.source_id, a, ORIGINS, "source", kind=a.c.source_kind)


def served(a: FromClause) -> LateralFromClause:
    """What the action `a` serves, to be joined on true from the outside."""
    return subjects.named(a.c.about_id, a, SERVED, kind=a.c.about_kind)
