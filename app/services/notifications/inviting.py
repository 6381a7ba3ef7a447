"""Who is told of a thing because they are invited to it, though it waits for nobody (Guide M-2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, func, select
from sqlalchemy.sql.selectable import FromClause

from app.db import Query, Writer
from app.enums import SubjectKind
from app.models import Meeting, MeetingPerson
from app.services.meetings import rules as meetings
from app.services.path_runs import timing

_p: FromClause = MeetingPerson.__table__
_m: FromClause = Meeting.__table__


@dataclass(frozen=True)
class Inviting:
    """A kind of thing that people are invited to: of which actions they are told, and who they are. `people` answers
    `user_id`, and in `day` when it takes place."""

    actions: frozenset[str]
    people: Query


def _invited() -> Select[tuple[UUID, date]]:
    return (
        select(_p.c.user_id, func.min(timing.day(_m.c.starts_at)).label("day"))
        .select_from(_p.join(_m, _m.c.id == _p.c.meeting_id))
        .where(_p.c.user_id.is_not(None))
        .group_by(_p.c.user_id)
    )


_SUBJECT = bindparam("subject_id", type_=Uuid)

KINDS: Mapping[SubjectKind, Inviting] = {
    SubjectKind.MEETING: Inviting(meetings.TELLING, Query(lambda: _invited().where(_m.c.id == _SUBJECT))),
    SubjectKind.MEETING_SERIES: Inviting(
        meetings.TELLING, Query(lambda: _invited().where(_m.c.series_id == _SUBJECT))
    ),
}


async def people(lane: Writer, kind: SubjectKind, subject_id: UUID, action: str) -> Mapping[UUID, date]:
    """Who is invited to the thing and told of this action, each with the day on which it (first) takes place."""
    inviting = KINDS.get(kind)
    if inviting is None or action not in inviting.actions:
        return {}
    rows = await lane.rows(inviting.people, {"subject_id": subject_id})
    return {row["user_id"]: row["day"] for row in rows}
