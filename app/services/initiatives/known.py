"""What of the things that the body of an initiative names is there, found out in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, exists, func, literal_column, or_, select

from app.db import Compilable, Query, Writer
from app.enums import Chain, DivisionFunction, Party, Role
from app.errors import FieldError, Invalid, Text, unknown_reference
from app.models import Contribution, Division, Entity, Indicator, Membership, Programme
from app.parties import Actor
from app.services import sql
from app.services.contributions import parts
from app.services.indicators import visibility as indicators
from app.services.people import visibility
from app.services.role_plans import chains


@dataclass(frozen=True)
class Known:
    """What of the things that a body names there is: functions of divisions, who holds a role, programmes, indicators
    that the entity may say it moves; and the entity's chain of detailed plans."""

    chain: str | None
    function: DivisionFunction | None
    own_division_id: UUID | None
    is_member: bool
    has_programme: bool
    indicators: frozenset[UUID]


def _known_query() -> Compilable:
    e, d, own, m, p, i, c = (
        sql.alias(model)
        for model in (Entity, Division, Division, Membership, Programme, Indicator, Contribution)
    )
    entity_id = bindparam("entity_id", type_=Uuid)
    contributes = exists(
        select(literal_column("1")).where(
            c.c.indicator_id == i.c.id, parts.is_accepted(c), c.c.contributor_id == entity_id
        )
    )
    moved = (
        select(func.coalesce(func.array_agg(i.c.id), literal_column("'{}'::uuid[]")))
        .where(
            i.c.id == any_(bindparam("indicator_ids", type_=ARRAY(Uuid))),
            or_(i.c.entity_id == entity_id, contributes),
            indicators.visible(i),
        )
        .scalar_subquery()
    )
    return select(
        chains.steps_in_force(Chain.DETAILED_PLANS, e.c.id).label("chain"),
        select(d.c.function)
        .where(d.c.id == bindparam("division_id", type_=Uuid), d.c.entity_id == e.c.id)
        .scalar_subquery()
        .label("function"),
        select(own.c.id)
        .where(
            own.c.entity_id == e.c.id,
            own.c.function == sql.const(DivisionFunction.EXECUTING),
            sql.party_key(Party.DIVISION, own.c.id) == any_(visibility.KEYS),
        )
        .order_by(own.c.id)
        .limit(literal_column("1"))
        .scalar_subquery()
        .label("own_division_id"),
        exists(
            select(literal_column("1")).where(
                m.c.user_id == bindparam("manager_id", type_=Uuid),
                m.c.entity_id == e.c.id,
                # A media representative writes nothing else (Guide O-4).
                m.c.role != sql.const(Role.MEDIA_REPRESENTATIVE),
                sql.in_force(m),
                sql.is_active(m.c.user_id),
            )
        ).label("is_member"),
        exists(select(literal_column("1")).where(p.c.id == bindparam("programme_id", type_=Uuid))).label(
            "has_programme"
        ),
        moved.label("indicators"),
    ).where(e.c.id == entity_id)


_KNOWN = Query(_known_query)


async def load(
    writer: Writer, actor: Actor, entity_id: UUID, said: Mapping[str, Any], now: datetime
) -> Known:
    """What is there of what an initiative of the entity names: division, manager, programme, indicators."""
    row = await writer.row(
        _KNOWN,
        {
            **visibility.of(actor),
            "now": now,
            "entity_id": entity_id,
            "division_id": said.get("division_id"),
            "manager_id": said.get("manager_id"),
            "programme_id": said.get("programme_id"),
            "indicator_ids": sorted(each["indicator_id"] for each in said.get("effects", ())),
        },
    )
    if row is None:
        raise LookupError("the entity of an initiative is there")
    return Known(
        row["chain"],
        None if row["function"] is None else DivisionFunction(row["function"]),
        row["own_division_id"],
        row["is_member"],
        row["has_programme"],
        frozenset(row["indicators"]),
    )


def check(said: Mapping[str, Any], found: Known) -> None:
    """Raise Invalid for a programme or an indicator that is not there, or is no business of the entity."""
    faults: list[FieldError] = []
    if said.get("programme_id") is not None and not found.has_programme:
        faults += unknown_reference("#/programme_id").errors
    for place, effect in enumerate(said.get("effects", ())):
        if effect["indicator_id"] not in found.indicators:
            faults.append(
                FieldError("unknown_reference", _NOT_OURS, pointer=f"#/effects/{place}/indicator_id")
            )
    if faults:
        raise Invalid(errors=tuple(faults))


_NOT_OURS = Text(
    "Names an indicator that does not exist, or that is neither the entity's own nor shared with it.",
    "يشير إلى مؤشر غير موجود، أو ليس من مؤشرات الجهة ولا مما تسهم فيه.",
)
