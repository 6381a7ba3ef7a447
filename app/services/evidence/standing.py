"""How the evidence of a thing stands, in SQL: what it must carry, what is there, what it is approved with."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, func, literal_column, null, or_, select
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.enums import EvidenceState
from app.models import Evidence, EvidenceRule
from app.services import sql
from app.services.evidence import rules
from app.services.evidence.rules import Proof

_PRESENT = (EvidenceState.SUBMITTED, EvidenceState.VERIFIED)
"""The file is there, is known to be free of malware, and nobody has said that it proves nothing."""


def _is_in(e: FromClause, states: tuple[str, ...]) -> ColumnElement[bool]:
    return or_(*(e.c.state == sql.const(state) for state in states))


def proof(
    subject_id: ColumnElement[Any],
    required_by: ColumnElement[Any] | None = None,
    since: ColumnElement[Any] | None = None,
) -> ColumnElement[Any]:
    """What a thing has and must have, as JSON text that `read` reads. `required_by`: whose rules hold for it. `since`: from
    when on, if that is not null, a file must have come for its verification to count."""
    e = sql.alias(Evidence)
    open_ = (
        select(sql.listed(sql.obj(title=e.c.title, state=e.c.state), e.c.id))
        .where(e.c.subject_id == subject_id, _is_in(e, tuple(sorted(rules.UNDECIDED))))
        .correlate_except(e)
        .scalar_subquery()
    )
    verified_by = (
        select(sql.listed(e.c.decided_by_id, e.c.id))
        .where(
            e.c.subject_id == subject_id,
            _is_in(e, (EvidenceState.VERIFIED,)),
            *(() if since is None else (or_(since.is_(None), e.c.uploaded_at > since),)),
        )
        .correlate_except(e)
        .scalar_subquery()
    )
    required = null() if required_by is None else _required(subject_id, required_by)
    return sql.obj(undecided=open_, required=required, verified_by=verified_by).cast(Text)


def _required(subject_id: ColumnElement[Any], required_by: ColumnElement[Any]) -> ScalarSelect[Any]:
    q, e = sql.alias(EvidenceRule), sql.alias(Evidence)

    def count(*states: str) -> ScalarSelect[Any]:
        of_kind = or_(q.c.kind.is_(None), e.c.kind == q.c.kind)
        return (
            select(func.count())
            .select_from(e)
            .where(e.c.subject_id == subject_id, _is_in(e, states), of_kind)
            .correlate_except(e)
            .scalar_subquery()
        )

    item = sql.obj(
        kind=q.c.kind,
        minimum=q.c.minimum,
        present=count(*_PRESENT),
        verified=count(EvidenceState.VERIFIED),
    )
    return (
        select(sql.listed(item, q.c.kind))
        .where(q.c.subject_id == required_by)
        .correlate_except(q)
        .scalar_subquery()
    )


def read(said: str | None) -> Proof:
    """What `proof` wrote; nothing where it was not asked."""
    row = json.loads(said or "{}")
    return Proof(
        undecided=tuple(rules.Undecided(**each) for each in row.get("undecided") or ()),
        required=tuple(rules.Required(**each) for each in row.get("required") or ()),
        verified_by=frozenset(map(UUID, row.get("verified_by") or ())),
    )


def snapshot(subject_id: ColumnElement[Any]) -> ColumnElement[Any]:
    """What a thing is approved with: the verified evidence, by the hashes of the files, as JSON."""
    e = sql.alias(Evidence)
    item = func.jsonb_build_object(
        literal_column("'id'"),
        e.c.id,
        literal_column("'sha256'"),
        e.c.sha256,
        literal_column("'kind'"),
        e.c.kind,
        literal_column("'title'"),
        e.c.title,
        literal_column("'state'"),
        e.c.state,
    )
    return (
        select(func.coalesce(func.jsonb_agg(sql.ordered(item, e.c.id)), literal_column("'[]'::jsonb")))
        .where(e.c.subject_id == subject_id, _is_in(e, (EvidenceState.VERIFIED,)))
        .scalar_subquery()
    )


def required_of(indicator_id: ColumnElement[Any]) -> ScalarSelect[Any]:
    """What each result of an indicator must carry, as a JSON array."""
    q = sql.alias(EvidenceRule)
    item = sql.obj(kind=q.c.kind, minimum=q.c.minimum)
    return select(sql.listed(item, q.c.kind)).where(q.c.subject_id == indicator_id).scalar_subquery()
