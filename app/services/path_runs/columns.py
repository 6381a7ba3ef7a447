"""How a run and its stages are shown, in SQL."""

from typing import Any

from sqlalchemy import ColumnElement, Text, func, literal_column, select
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.enums.paths import StageState
from app.models import Entity, PathStage, PathStageAct
from app.services import sql
from app.services.path_runs import timing


def named(parties: ColumnElement[Any]) -> ScalarSelect[Any]:
    """Party keys as a JSON array of parties by name, in their order."""
    key = func.unnest(parties).table_valued("party", with_ordinality="place", name="named").render_derived()
    item = sql.obj(party=sql.party_name(key.c.party), division=sql.party_division(key.c.party))
    return select(sql.listed(item, key.c.place)).select_from(key).scalar_subquery()


def acts(s: FromClause) -> ScalarSelect[Any]:
    """What was done in a stage, as a JSON array, in its order."""
    a = sql.alias(PathStageAct)
    item = sql.obj(
        person=sql.person(a.c.person_id),
        parties=named(a.c.parties),
        outcome=a.c.outcome,
        reason=a.c.reason,
        answers=a.c.answers,
        letter=a.c.outside_letter,
        exceptional=a.c.exceptional,
        acting_for=sql.person(a.c.acting_for_id),
        recorded_by=sql.person(a.c.recorded_by_id),
        decision_id=a.c.decision_id,
        at=a.c.at,
    )
    return (
        select(sql.listed(item, a.c.at, a.c.id))
        .where(a.c.stage_id == s.c.id)
        .correlate_except(a)
        .scalar_subquery()
    )


def place(s: FromClause) -> dict[str, ColumnElement[Any]]:
    """Which stage it is, and in which round."""
    return {
        "id": s.c.id,
        "key": s.c.key,
        "number": s.c.number,
        "occasion": s.c.occasion,
        "round": s.c.round,
        "title_ar": s.c.title_ar,
        "title_en": s.c.title_en,
        "kind": s.c.kind,
        "state": s.c.state,
    }


def when(s: FromClause) -> dict[str, ColumnElement[Any]]:
    """When it is due, and where it stands in time."""
    return {
        "due_from": s.c.due_from,
        "due": s.c.due,
        "timing": timing.of(s),
        "days_late": timing.days_late(s),
        "opened_at": s.c.opened_at,
        "ended_at": s.c.ended_at,
    }


def shown(s: FromClause) -> dict[str, ColumnElement[Any]]:
    """A stage among those of its run."""
    return {
        **place(s),
        "group_number": s.c.group_number + literal_column("1"),
        **when(s),
        "parties": named(s.c.parties),
        "reason": s.c.reason,
        "returned_to": s.c.returned_to,
        "superseded": s.c.superseded_at.is_not(None),
        "acts": acts(s),
    }


def open_stages(r: FromClause) -> ScalarSelect[Any]:
    """The stages of a run that are open, with whom each waits for, as a JSON array."""
    s = sql.alias(PathStage)
    item = sql.obj(**place(s), **when(s), awaiting=sql.awaiting(s.c.id))
    return (
        select(sql.listed(item, s.c.number, s.c.occasion))
        .where(s.c.run_id == r.c.id, s.c.state == sql.const(StageState.OPEN))
        .correlate_except(s)
        .scalar_subquery()
    )


def progress(r: FromClause) -> ScalarSelect[Any]:
    """How many of a run's stages, each occasion counted, there are and are over."""
    s = sql.alias(PathStage)
    counts = sql.obj(total=func.count(), over=func.count().filter(s.c.ended_at.is_not(None)))
    return (
        select(counts)
        .where(s.c.run_id == r.c.id, s.c.superseded_at.is_(None))
        .correlate_except(s)
        .scalar_subquery()
    )


def of_run(r: FromClause, t: FromClause) -> list[ColumnElement[Any]]:
    """A run in a list. `t`: its template."""
    return [
        r.c.id,
        sql.ref_by_id(Entity.__table__, r.c.entity_id).label("entity"),
        sql.obj(kind=r.c.subject_kind, id=r.c.subject_id).label("subject"),
        sql.obj(
            id=t.c.id, code=t.c.code, number=t.c.number, title_ar=t.c.title_ar, title_en=t.c.title_en
        ).label("template"),
        r.c.year,
        r.c.state,
        r.c.started_at,
        r.c.ended_at,
        progress(r).label("progress"),
        open_stages(r).label("open_stages"),
        r.c.version,
    ]


def of_template(said: ColumnElement[Any], *names: str) -> list[ColumnElement[Any]]:
    """What the template says of a stage, member by member. `said`: its JSON there."""
    return [said.op("->")(sql.const(name).cast(Text)).label(name) for name in names]
