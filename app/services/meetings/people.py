"""Who is invited to a meeting: who may be, and how it is written (Guide M-1, M-2)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, Uuid, and_, any_, bindparam, or_, select, text

from app.db import Query, Writer
from app.enums.meetings import WithWhom
from app.models import Membership
from app.parties import UNIT
from app.services import sql
from app.services.meetings import rules

People = Sequence[Mapping[str, Any]]
"""Each with `user_id`, or `name` and `organisation`, and `role`."""

FIELDS = ("user_id", "name", "organisation", "role")

_m = Membership.__table__
_KNOWN = Query(
    lambda: (
        select(_m.c.user_id)
        .distinct()
        .where(
            _m.c.user_id == any_(bindparam("user_ids", type_=ARRAY(Uuid))),
            or_(
                _m.c.entity_id == bindparam("entity_id", type_=Uuid),
                and_(sql.const(UNIT) == any_(_m.c.parties), bindparam("with_unit", type_=Boolean)),
            ),
            sql.in_force(_m),
            sql.is_active(_m.c.user_id),
        )
    )
)
_INVITE = Query(
    lambda: text(
        """
        insert into meeting_people (meeting_id, number, entity_id, user_id, name, organisation, role)
        select m.id, p.number, cast(:entity_id as uuid), p.user_id, p.name, p.organisation, p.role
        from unnest(cast(:meetings as uuid[])) as m (id)
        cross join unnest(cast(:user_ids as uuid[]), cast(:names as text[]), cast(:organisations as text[]),
                          cast(:roles as text[]))
             with ordinality as p (user_id, name, organisation, role, number)
        """
    )
)
_CLEAR = Query(lambda: text("delete from meeting_people where meeting_id = cast(:meeting_id as uuid)"))
_ATTENDED = Query(
    lambda: text(
        """
        update meeting_people set attended = number = any (cast(:attended as int[]))
        where meeting_id = cast(:meeting_id as uuid)
        """
    )
)


async def check(
    writer: Writer, entity_id: UUID | None, with_whom: str, people: People, now: datetime
) -> None:
    """Raise Invalid for whoever may not be invited: active people of the entity, and of UNIT where the meeting is with
    its team; project managers are people of the entity."""
    rules.check_people(people)
    named = [each["user_id"] for each in people if each["user_id"] is not None]
    if not named:
        return
    rows = await writer.rows(
        _KNOWN,
        {
            "user_ids": named,
            "entity_id": entity_id,
            "with_unit": with_whom == WithWhom.UNIT_TEAM,
            "now": now,
        },
    )
    rules.check_known(people, frozenset(row["user_id"] for row in rows))


async def invite(writer: Writer, entity_id: UUID | None, meetings: Sequence[UUID], people: People) -> None:
    """Write who is invited to each of these meetings, to which nobody is yet."""
    await writer.rows(
        _INVITE,
        {
            "meetings": list(meetings),
            "entity_id": entity_id,
            "user_ids": [each["user_id"] for each in people],
            "names": [each["name"] for each in people],
            "organisations": [each["organisation"] for each in people],
            "roles": [each["role"] for each in people],
        },
    )


async def replace(writer: Writer, entity_id: UUID | None, meeting_id: UUID, people: People) -> None:
    """Write anew who is invited to a meeting."""
    await writer.rows(_CLEAR, {"meeting_id": meeting_id})
    await invite(writer, entity_id, [meeting_id], people)


async def attended(writer: Writer, meeting_id: UUID, numbers: Sequence[int]) -> None:
    """Write who came: the persons with these numbers; everybody else did not."""
    await writer.rows(_ATTENDED, {"meeting_id": meeting_id, "attended": list(numbers)})


def said(people: People) -> list[dict[str, str]]:
    """Who is invited, as an event keeps it."""
    return [{name: str(each[name]) for name in FIELDS if each[name] is not None} for each in people]
