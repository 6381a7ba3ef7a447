"""What an action can come from and what it can serve: one line for each kind of thing (Guide M-2, M-3, X-2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Uuid, bindparam, literal_column, null, select, update
from sqlalchemy.sql.selectable import FromClause, LateralFromClause

from app.db import Query
from app.enums import Classification, SubjectKind
from app.enums.actions import ActionSource
from app.enums.evaluations import EvaluationState
from app.models import Challenge, Evaluation
from app.services import sql
from app.services.challenges import facts as challenges
from app.services.challenges import subjects
from app.services.challenges.subjects import Concern
from app.services.evaluations import queries as evaluations


@dataclass(frozen=True)
class Source:
    """A kind of thing that actions come from. `ended`: the states in which it gives rise to no further one; `raised`:
    raises the version of the thing `id` where whoever decides about it decides about its actions too."""

    source: ActionSource
    concern: Concern
    ended: frozenset[str] = frozenset()
    raised: Query | None = None


def _row(kind: SubjectKind, t: FromClause, id_: ColumnElement[Any]) -> Select[Any]:
    """A thing that has one title, in the language in which it was written, and a classification."""
    named = select(
        t.c.id,
        t.c.code,
        t.c.title.label("name_ar"),
        t.c.title.label("name_en"),
        (t.c.division_id if "division_id" in t.c else null().cast(Uuid)).label("division_id"),
        (t.c.classification == sql.const(Classification.RESTRICTED)).label("restricted"),
    ).subquery()
    return subjects.told(kind, named, restricted=named.c.restricted).where(named.c.id == id_)


def _challenge(id_: ColumnElement[Any]) -> Select[Any]:
    return _row(SubjectKind.CHALLENGE, Challenge.__table__.alias(), id_)


def _evaluation(id_: ColumnElement[Any]) -> Select[Any]:
    return _row(SubjectKind.EVALUATION, Evaluation.__table__.alias(), id_)


_CHALLENGE = Concern(SubjectKind.CHALLENGE, challenges.one, _challenge)
_of: FromClause = Evaluation.__table__
_RAISED = Query(
    update(Evaluation)
    .where(_of.c.id == bindparam("raised_id", type_=Uuid), _of.c.state == sql.const(EvaluationState.DRAFT))
    .values(version=_of.c.version + literal_column("1"))
    .returning(_of.c.id)
)

SOURCES: Mapping[str, Source] = {
    each.concern.kind: each
    for each in (
        Source(ActionSource.CHALLENGE, _CHALLENGE),
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

find_source = subjects.finder(_FROM)
find_served = subjects.finder(SERVED)


def source(a: FromClause) -> LateralFromClause:
    """What the action `a` comes from, to be joined on true from the outside: a directive comes from nothing."""
    return subjects.named(a, "source_id", _FROM, "source")


def served(a: FromClause) -> LateralFromClause:
    """What the action `a` serves, to be joined on true from the outside."""
    return subjects.named(a, "about_id", SERVED, "about")
