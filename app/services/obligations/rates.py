"""How much of what was due came, and came in time: by person, division, entity, priority, or in all."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    any_,
    case,
    cast,
    func,
    null,
    select,
    true,
)
from sqlalchemy.sql.elements import Grouping
from sqlalchemy.sql.selectable import FromClause, LateralFromClause

from app import clock, errors
from app.db import Lane, Query
from app.enums import EnteredBy, ObligationState
from app.errors import Text as Sentence
from app.models import Division, Entity, Membership, Priority, User
from app.parties import Actor
from app.services import sql
from app.services.documents import Document
from app.services.obligations import queries, rules
from app.services.obligations import state as standing
from app.services.obligations.queries import FIGURE, INDICATOR, OWED
from app.services.people import visibility
from app.services.role_plans import chains

By = Literal["person", "division", "entity", "priority", "nation"]

_PEOPLE = Sentence(
    "How each person does is shown only within their own office: to the head, the head's office, the manager"
    " and the specialists.",
    "لا يُعرض أداء الأشخاص إلا داخل مكتبهم: لرئيس الوحدة ومكتبه ومدير المكتب والأخصائيين.",
)


@dataclass(frozen=True)
class RatesFilter:
    """What the figures are narrowed to: by due day (both days included), entity and priority."""

    entity_id: UUID | None = None
    priority_id: UUID | None = None
    from_due: date | None = None
    to_due: date | None = None


async def rates(lane: Lane, actor: Actor, by: By, asked: RatesFilter, now: datetime) -> Document:
    """The rates of what the actor's entities owe (for UNIT: all), and whose due day has passed, one line for
    each key. What UNIT enters itself counts for the entity and the priority, but for no division or person.

    By person: within the entities where the actor is head, head's office, manager or specialist. Raises
    Forbidden where there is none, or another entity is asked for; Invalid for days that are no span.
    """
    rules.check_due_days(asked.from_due, asked.to_due)
    params = {**queries.params(actor, now), "now": now}
    office = params["actor_office"]
    if by == "person" and (not office or asked.entity_id not in (None, *office)):
        raise errors.Forbidden(_PEOPLE)
    given = {name: value for name, value in vars(asked).items() if value is not None}
    row = await lane.row(_query(by, frozenset(given)), {**params, **given})
    if row is None:  # an aggregate without a group answers one row
        raise RuntimeError("the rates cannot be read")
    said = {
        "by": by,
        "today": clock.day(now).isoformat(),
        "from_due": asked.from_due and asked.from_due.isoformat(),
        "to_due": asked.to_due and asked.to_due.isoformat(),
    }
    # Counted for this day, it has no version of its own: it is 1, and the hash of the body tells a change.
    return Document(f'{json.dumps(said)[:-1]},"rates":{row["json"]}}}'.encode(), version=1)


@lru_cache(maxsize=64)
def _query(by: By, given: frozenset[str]) -> Query:
    counted = _counted(by, given).subquery("counted")
    key, named = _key(by, counted)
    shown = sql.obj(
        key=key,
        **{name: counted.c[name] for name in _COUNTS},
        completeness=sql.share(counted.c.complete, counted.c.due),
        timeliness=sql.share(counted.c.timely, counted.c.due),
    )
    # The nation is one line; the others stand in the order of what they are called by.
    order = [counted.c.due] if by == "nation" else [_text(key, name) for name in ("code", "name_en", "id")]
    return Query(lambda: select(cast(sql.listed(shown, *order), Text).label("json")).select_from(named))


_COUNTS = ("due", "complete", "timely", "late", "overdue", "in_review", "excused")


def _counted(by: By, given: frozenset[str]) -> Select[Any]:
    """The counts of each key, over the figures whose due day has passed.

    What is excused is due from nobody; each other is complete, in review, late or overdue by then.
    """
    source, keys, where = queries.joined(), [], [OWED.c.due_on < sql.TODAY]
    where += [queries.visible(OWED), standing.at_home(OWED)]  # what partners owe is theirs to answer for
    if by == "person":
        holders = _holders()
        source, keys = source.outerjoin(holders, true()), [holders.c.user_id]
        where.append(OWED.c.entity_id == any_(visibility.OFFICE))
    elif by == "division":
        by_owner = INDICATOR.c.entered_by == sql.const(EnteredBy.OWNER)
        keys = [case((by_owner, key)).label(key.key) for key in (OWED.c.entity_id, INDICATOR.c.division_id)]
    elif by == "entity":
        keys = [OWED.c.entity_id]
    elif by == "priority":
        keys = [INDICATOR.c.priority_id]
    owed = (
        select(
            *keys,
            standing.state(OWED, FIGURE).label("state"),
            standing.timely(OWED, FIGURE).label("timely"),
        )
        .select_from(source)
        .where(*where, *queries.narrowed(given))
        .subquery("owed")
    )

    def count(*where: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count().filter(*where)

    def at(state: ObligationState) -> ColumnElement[bool]:
        return owed.c.state == sql.const(state)

    excused = at(ObligationState.EXCUSED)
    grouped = [owed.c[key.key] for key in keys]
    return select(
        *grouped,
        count(~excused).label("due"),
        count(at(ObligationState.COMPLETE)).label("complete"),
        count(~excused, owed.c.timely).label("timely"),
        count(at(ObligationState.LATE)).label("late"),
        count(at(ObligationState.OVERDUE)).label("overdue"),
        count(at(ObligationState.IN_REVIEW)).label("in_review"),
        count(excused).label("excused"),
    ).group_by(*grouped)


def _holders() -> LateralFromClause:
    """Who holds the party of the entity that enters the figure first: the division in charge, else the
    specialists, or whom the role plan names. Nobody of the entity where UNIT enters it."""
    m = sql.alias(Membership)
    first = Grouping(chains.enter_keys(INDICATOR))[1]  # a cast is not indexed without parentheses
    return (
        select(m.c.user_id)
        .distinct()
        .where(
            m.c.entity_id == OWED.c.entity_id,
            first == any_(m.c.parties),
            sql.in_force(m),
            sql.is_active(m.c.user_id),
        )
        .lateral("holders")
    )


def _key(by: By, counted: FromClause) -> tuple[ColumnElement[Any], FromClause]:
    """What a line is about, as JSON (null: nobody, UNIT, no priority, the nation), and where its names come from."""
    if by == "nation":
        return null(), counted
    if by == "person":
        user = User.__table__
        return sql.named("person", user, null()), counted.outerjoin(user, user.c.id == counted.c.user_id)
    if by == "priority":
        priority = Priority.__table__
        return sql.named("priority", priority, priority.c.code), counted.outerjoin(
            priority, priority.c.id == counted.c.priority_id
        )
    entity = Entity.__table__
    of_entity = counted.outerjoin(entity, entity.c.id == counted.c.entity_id)
    if by == "entity":
        return sql.named("entity", entity, entity.c.code), of_entity
    division = Division.__table__
    # Where no division is in charge the office answers, and is called by the entity's name.
    key = func.coalesce(
        sql.named("division", division, division.c.code), sql.named("office", entity, entity.c.code)
    )
    return key, of_entity.outerjoin(division, division.c.id == counted.c.division_id)


def _text(key: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    return key.op("->>")(sql.const(name))
