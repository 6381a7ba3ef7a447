"""The inbox over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.answers import Reading
from app.deps import reads
from app.enums import SubjectKind
from app.enums.inbox import Awaiting, DueWhen
from app.routers.params import CursorParam, LimitParam
from app.schemas.inbox import InboxList
from app.services.inbox import queries
from app.services.inbox.queries import InboxFilter

router = APIRouter(prefix="/v1/inbox", tags=["inbox"])


@router.get(
    "",
    status_code=200,
    response_model=InboxList,
    summary="List what waits for me, or for my division",
    response_description="A page of what waits.",
)
async def list_inbox(
    reading: Annotated[Reading, reads("inbox.read")],
    of: Annotated[
        Awaiting,
        Query(description="`me`: what one of your roles is awaited for; `division`: also your colleagues'."),
    ] = Awaiting.ME,
    due: Annotated[
        DueWhen | None,
        Query(
            description="`late`: only what is past its day; `soon`: due today or within the next five working days."
        ),
    ] = None,
    entity_id: Annotated[UUID | None, Query(description="Only what belongs to this entity.")] = None,
    kind: Annotated[SubjectKind | None, Query(description="Only things of this kind.")] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """Everything that one of your roles is awaited for; not what four eyes keeps you from. With `of=division` whatever
    waits for anybody of the divisions and offices that you belong to, as far as you may see it: of the vision office its
    manager, specialists and representatives, of the head's office the head too, of a division its head, members and the
    managers of its projects."""
    narrowed = InboxFilter(of, due, entity_id, kind)
    return reading.many(await queries.many(reading.lane, reading.actor, narrowed, cursor, limit, reading.now))
