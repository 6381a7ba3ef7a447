"""Every select of path templates, always through their one visibility rule (Guide P-3, P-4)."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Text,
    Uuid,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.db import Lane, Query, Row
from app.enums import SubjectKind
from app.enums.paths import PathTemplateState, RunsOn
from app.models import Entity, PathTemplate
from app.parties import Actor, Facts
from app.services import lifecycle, listing, sql
from app.services.documents import Document, with_actions
from app.services.path_templates import content, difference, rules
from app.services.path_templates.visibility import visible
from app.services.people import visibility

_t: FromClause = PathTemplate.__table__

ID = bindparam("id", type_=Uuid)
_ONE_ROW: ColumnElement[int] = literal_column("1")


def _is(t: FromClause, *states: PathTemplateState) -> ColumnElement[bool]:
    return or_(*[t.c.state == sql.const(state) for state in states])


def _item(t: FromClause) -> list[ColumnElement[Any]]:
    group = func.jsonb_array_elements(t.c.groups).column_valued("a_group")
    stages: ScalarSelect[Any] = select(func.sum(func.jsonb_array_length(group))).scalar_subquery()
    return [
        t.c.id,
        sql.ref_by_id(Entity.__table__, t.c.entity_id).label("entity"),
        t.c.code,
        t.c.number,
        t.c.state,
        t.c.runs_on,
        t.c.chain,
        t.c.title_ar,
        t.c.title_en,
        t.c.note,
        stages.label("stages"),
        t.c.copied_from_id,
        t.c.recorded_at,
        sql.person(t.c.drafted_by_id).label("drafted_by"),
        t.c.submitted_at,
        t.c.approved_at,
        sql.awaiting(t.c.id).label("awaiting"),
        t.c.version,
    ]


def _of_the_same(t: FromClause, other: FromClause) -> ColumnElement[bool]:
    """Another version of the same template; of a model, another of it."""
    return (other.c.code == t.c.code) & other.c.entity_id.is_not_distinct_from(t.c.entity_id)


def _said_by(t: FromClause) -> ColumnElement[Any]:
    said = {name: t.c[name] for name in rules.FIELDS}
    return sql.obj(**said, groups=t.c.groups).cast(Text)


def _said_by_the_one_before(t: FromClause) -> ScalarSelect[Any]:
    """What the version says that this one follows: the latest before it that was not discarded."""
    before = sql.alias(PathTemplate, "before")
    return (
        select(_said_by(before))
        .where(
            _of_the_same(t, before),
            before.c.number < t.c.number,
            before.c.state != sql.const(PathTemplateState.DISCARDED),
        )
        .order_by(before.c.number.desc())
        .limit(_ONE_ROW)
        .scalar_subquery()
    )


def _fact_columns(t: FromClause) -> list[ColumnElement[Any]]:
    in_force, open_ = sql.alias(PathTemplate, "in_force"), sql.alias(PathTemplate, "open_one")

    def of_the_approved(column: str) -> ScalarSelect[Any]:
        return (
            select(in_force.c[column])
            .where(_of_the_same(t, in_force), _is(in_force, PathTemplateState.APPROVED))
            .scalar_subquery()
        )

    in_work = select(_ONE_ROW).where(
        _of_the_same(t, open_), _is(open_, PathTemplateState.DRAFT, PathTemplateState.SUBMITTED)
    )
    return [
        t.c.id.label("_id"),
        t.c.entity_id.label("_entity_id"),
        t.c.state.label("_state"),
        t.c.version.label("_version"),
        t.c.edited_by.label("_edited_by"),
        t.c.code.label("_code"),
        t.c.runs_on.label("_runs_on"),
        exists(in_work).label("_in_work"),
        of_the_approved("id").label("_in_force_id"),
        of_the_approved("version").label("_in_force_version"),
        _said_by(t).label("_said"),
    ]


_FACTS = tuple(str(column.key) for column in _fact_columns(_t))
_AREA = tuple(name.removeprefix("_") for name in _FACTS[_FACTS.index("_code") : -1])

_ONE = Query(
    lambda: sql.as_json(
        select(
            *_item(_t),
            _t.c.groups,
            sql.person(_t.c.submitted_by_id).label("submitted_by"),
            sql.person(_t.c.approved_by_id).label("approved_by"),
            case(
                (
                    _t.c.returned_at.is_not(None),
                    sql.obj(
                        by=sql.person(_t.c.returned_by_id), at=_t.c.returned_at, reason=_t.c.return_reason
                    ),
                )
            ).label("returned"),
            _said_by_the_one_before(_t).label("_before"),
            *_fact_columns(_t),
        ).where(_t.c.id == ID, visible(_t)),
        *_FACTS,
        "_before",
    )
)
_ONE_FACTS = Query(lambda: select(*_fact_columns(_t)).where(_t.c.id == ID, visible(_t)))


def _facts(row: Row, prefix: str) -> Facts:
    def said(name: str) -> Any:
        return row[f"{prefix}{name}"]

    state = said("state")
    # Four eyes has a meaning only while the control step is due; otherwise the state refuses (409).
    due = state == PathTemplateState.SUBMITTED
    return Facts(
        kind=SubjectKind.PATH_TEMPLATE,
        id=said("id"),
        entity_id=said("entity_id"),
        state=state,
        version=said("version"),
        steps=rules.steps(said("entity_id")),
        edited_by=frozenset(said("edited_by")) if due else frozenset(),
        row={**{name: said(name) for name in _AREA}, **_read(said("said"))},
    )


def _read(said: str) -> dict[str, Any]:
    """What a version says: its fields, and its stages."""
    fields: dict[str, Any] = json.loads(said)
    return {**fields, "groups": content.read(fields["groups"])}


async def facts(lane: Lane, actor: Actor, template_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of a path template that the actor may see; `row` holds what it says (`groups` as
    `content.Groups`), and which version of it is in force."""
    row = await lane.row(_ONE_FACTS, {**visibility.of(actor), "id": template_id})
    return None if row is None else _facts(row, "_")


async def one(lane: Lane, actor: Actor, template_id: UUID) -> Document | None:
    """One version with its stages, and how it differs from the one before it."""
    row = await lane.row(_ONE, {**visibility.of(actor), "id": template_id})
    if row is None:
        return None
    facts = _facts(row, "")
    differs = []
    if row["before"] is not None:
        before = _read(row["before"])
        differs = [
            each._asdict()
            for each in difference.between(before, before["groups"], facts.row, facts.row["groups"])
        ]
    json_text = f'{row["json"][:-1]},"difference":{json.dumps(differs, ensure_ascii=False)}}}'
    actions = [
        transition.action
        for transition in rules.TRANSITIONS
        if lifecycle.possible(actor, transition, facts) and rules.open_now(transition, facts.row)
    ]
    return Document(with_actions(json_text, actions), facts.version)


@dataclass(frozen=True)
class PathTemplateFilter:
    """What a list of path templates is narrowed to. `q`: words in Arabic or English, each of them contained."""

    q: str | None = None
    entity_id: UUID | None = None
    runs_on: RunsOn | None = None
    state: PathTemplateState | None = None
    code: str | None = None


_NARROWED: Mapping[str, ColumnElement[bool]] = {
    "q": sql.contains_words(func.fold(_t.c.title_ar + literal_column("' '") + _t.c.title_en)),
    "entity_id": _t.c.entity_id == bindparam("entity_id", type_=Uuid),
    "runs_on": _t.c.runs_on == bindparam("runs_on", type_=Text),
    "state": _t.c.state == bindparam("state", type_=Text),
    "code": _t.c.code == bindparam("code", type_=Text),
}


@lru_cache(maxsize=64)
def _list(given: frozenset[str], *, after: bool) -> Query:
    where = [visible(_t), *[condition for name, condition in _NARROWED.items() if name in given]]
    if after:
        where.append(
            tuple_(_t.c.code, _t.c.id)
            > tuple_(bindparam("after_code", type_=Text), bindparam("after_id", type_=Uuid))
        )
    page = (
        select(*_item(_t)).where(*where).order_by(_t.c.code, _t.c.id).limit(bindparam("count", type_=Integer))
    )
    return Query(lambda: sql.as_json(page, "code", "id"))


async def many(
    lane: Lane, actor: Actor, asked: PathTemplateFilter, cursor: str | None, limit: int | None
) -> bytes:
    """A page of path templates as JSON, by their codes. Raises Invalid for a foreign cursor."""
    return await listing.page(
        lane, _list, asdict(asked), {"code": str, "id": UUID}, cursor, limit, **visibility.of(actor)
    )
