"""What an action can come from and what it can serve: one line for each kind of thing (Guide M-2, M-3, X-2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Uuid, bindparam, func, literal_column, null, select, update
from sqlalchemy.sql.selectable import FromClause, LateralFromClause

from app.db import Query
from app.enums import Classification, SubjectKind
from app.enums.actions import ActionSource
from app.enums.evaluations import EvaluationState
from app.enums.meetings import MeetingDecisionState, MeetingState
from app.enums.risks import RiskState
from app.models import Challenge, Evaluation, Meeting, MeetingDecision
from app.services import sql
from app.services.challenges import facts as challenges
from app.services.challenges import subjects, things
from app.services.challenges.things import Concern
from app.services.evaluations import queries as evaluations
from app.services.meetings import facts as meetings


@dataclass(frozen=True)
class Source:
    """A kind of thing that actions come from. `ended`: the states in which it gives rise to no further one; `raised`:
    raises the version of the thing `id` where whoever decides about it decides about its actions too."""

    source: ActionSource
    concern: Concern
    ended: frozenset[str] = frozenset()
    raised: Query | None = None


_NO_DIVISION = null().cast(Uuid)
_LONGEST: ColumnElement[int] = literal_column("300")


def _row(
    kind: SubjectKind,
    t: FromClause,
    id_: ColumnElement[Any],
    *,
    code: ColumnElement[Any],
    title: tuple[ColumnElement[Any], ColumnElement[Any]],
    classification: ColumnElement[Any],
    division_id: ColumnElement[Any] = _NO_DIVISION,
    of: FromClause | None = None,
) -> Select[Any]:
    """What is told of one: `title` in Arabic and English. `of`: what it is read from, where that is more than its table."""
    named = (
        select(
            t.c.id,
            code.label("code"),
            title[0].label("name_ar"),
            title[1].label("name_en"),
            division_id.label("division_id"),
            (classification == sql.const(Classification.RESTRICTED)).label("restricted"),
        )
        .select_from(t if of is None else of)
        .subquery()
    )
    return things.told(kind, named, restricted=named.c.restricted).where(named.c.id == id_)


def _titled(kind: SubjectKind, t: FromClause, id_: ColumnElement[Any]) -> Select[Any]:
    """A thing that has one title, in the language in which it was written."""
    title = (t.c.title, t.c.title)
    division_id = t.c.division_id if "division_id" in t.c else _NO_DIVISION
    return _row(
        kind,
        t,
        id_,
        code=t.c.code,
        title=title,
        classification=t.c.classification,
        division_id=division_id,
    )


def _challenge(id_: ColumnElement[Any]) -> Select[Any]:
    return _titled(SubjectKind.CHALLENGE, Challenge.__table__.alias(), id_)


def _evaluation(id_: ColumnElement[Any]) -> Select[Any]:
    return _titled(SubjectKind.EVALUATION, Evaluation.__table__.alias(), id_)


def _meeting(id_: ColumnElement[Any]) -> Select[Any]:
    m = Meeting.__table__.alias()
    return _row(
        SubjectKind.MEETING,
        m,
        id_,
        code=m.c.code,
        title=(m.c.title_ar, m.c.title_en),
        classification=m.c.classification,
    )


def _meeting_decision(id_: ColumnElement[Any]) -> Select[Any]:
    d, m = MeetingDecision.__table__.alias(), Meeting.__table__.alias()
    said = func.left(
        func.regexp_replace(d.c.text, literal_column(r"'\s+'"), literal_column("' '"), literal_column("'g'")),
        _LONGEST,
    )
    return _row(
        SubjectKind.MEETING_DECISION,
        d,
        id_,
        code=func.concat(m.c.code, literal_column("'.'"), d.c.number),
        title=(said, said),
        classification=m.c.classification,
        of=d.join(m, m.c.id == d.c.meeting_id),
    )


_CHALLENGE = Concern(SubjectKind.CHALLENGE, challenges.one, _challenge)
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
    each.concern.kind: each
    for each in (
        Source(
            ActionSource.MEETING,
            Concern(SubjectKind.MEETING, meetings.one, _meeting),
            frozenset({MeetingState.CANCELLED.value}),
        ),
        Source(
            ActionSource.MEETING,
            Concern(SubjectKind.MEETING_DECISION, meetings.decision, _meeting_decision),
            frozenset({MeetingDecisionState.WITHDRAWN.value}),
        ),
        Source(ActionSource.CHALLENGE, _CHALLENGE),
        Source(ActionSource.RISK, subjects.KINDS[SubjectKind.RISK], frozenset({RiskState.CLOSED.value})),
        Source(
            ActionSource.EVALUATION,
            Concern(SubjectKind.EVALUATION, evaluations.facts, _evaluation),
            frozenset({EvaluationState.DISCARDED.value}),
            _RAISED,
        ),
    )
}
"""What actions come from, by kind."""

SERVED: Mapping[str, Concern] = {**subjects.KINDS, SubjectKind.CHALLENGE: _CHALLENGE}
"""What actions serve: whatever a challenge can be about, and a challenge."""

_FROM = {kind: each.concern for kind, each in SOURCES.items()}

find_source = things.finder(_FROM)
find_served = things.finder(SERVED)


def source(a: FromClause) -> LateralFromClause:
    """What the action `a` comes from, to be joined on true from the outside: a directive comes from nothing."""
    return things.named(a, "source_id", _FROM, "source")


def served(a: FromClause) -> LateralFromClause:
    """What the action `a` serves, to be joined on true from the outside."""
    return things.named(a, "about_id", SERVED, "about")
