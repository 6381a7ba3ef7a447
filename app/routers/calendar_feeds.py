"""Calendar feeds over HTTP: a person's own link, and what calendar programs read by it."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from app import clock, errors, headers
from app.answers import Change, Reading
from app.deps import creates_secret, database, marks, public, reads
from app.headers import IfNoneMatch
from app.problems import declared
from app.schemas.calendar_feeds import CalendarFeed, CalendarFeedMade
from app.services.calendar_feeds import commands, queries, writing
from app.services.documents import Document

router = APIRouter(prefix="/v1", tags=["calendar-feeds"])

_FEED = {
    "content": {
        writing.MEDIA_TYPE: {
            "schema": {
                "type": "string",
                "description": "The calendar (RFC 5545), in its person's language.",
                "contentMediaType": writing.MEDIA_TYPE,
                "maxLength": 4_000_000,
                "pattern": "^BEGIN:VCALENDAR",
            },
            "example": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Mutabaa//AR\r\nEND:VCALENDAR\r\n",
        }
    }
}


@router.get(
    "/me/calendar-feed",
    status_code=200,
    response_model=CalendarFeed,
    summary="Read whether I have a calendar feed",
    response_description="The feed, never its link.",
)
async def read_calendar_feed(
    reading: Annotated[Reading, reads("calendar_feeds.read")], if_none_match: IfNoneMatch = None
) -> Response:
    """Since when there is one, and when a calendar read it last."""
    return reading.one(await queries.own(reading.lane, reading.actor), if_none_match)


@router.post(
    "/me/calendar-feed",
    status_code=201,
    response_model=CalendarFeedMade,
    summary="Make the link of my calendar feed",
    response_description="The feed and its link, which is said this once.",
)
async def make_calendar_feed(change: Annotated[Change, creates_secret(commands.MAKE)]) -> Response:
    """A secret link for calendar programs, which cannot sign in: whoever has it reads your meetings and due days. An
    earlier link is of no use from then on."""
    token = await commands.make(change.lane, change.actor, change.now)
    made = commands.with_link(await queries.own(change.lane, change.actor), token)
    response = await change.answer(made, 201, "/v1/me/calendar-feed")
    response.headers["Cache-Control"] = "no-store"
    return response


@router.delete(
    "/me/calendar-feed",
    status_code=204,
    summary="Revoke the link of my calendar feed",
    response_description="There is no feed any more.",
)
async def revoke_calendar_feed(change: Annotated[Change, marks(commands.REVOKE)]) -> Response:
    """Whoever reads it is answered 404 from then on. Repeat it as you like."""
    await commands.revoke(change.lane, change.actor, change.now)
    return Response(status_code=204)


@router.get(
    "/calendar-feeds/{feed}",
    status_code=200,
    response_class=Response,
    dependencies=[public()],
    summary="Read a calendar feed",
    response_description="The calendar.",
    responses={**declared(errors.NotFound), 200: _FEED},
)
async def read_calendar(
    request: Request,
    feed: Annotated[
        str,
        Path(
            min_length=47,
            max_length=47,
            pattern=r"^[A-Za-z0-9_-]{43}\.ics$",
            description="The end of the link, which is a secret.",
            examples=["wJ9yqk3Vb0m2s8Xn1cE6rT4uZ7aLhPdQfGiKoSvYx5A.ics"],
        ),
    ],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The meetings to which the person is invited, or that their office has, and the days of what waits for them: thirty
    days back and a year ahead, and nothing that they may not see now. A link that is unknown or revoked, or of somebody
    who may not sign in, is answered 404."""
    pools, now = database(request), clock.now()
    async with pools.reading() as reader:
        contents = await queries.contents(reader, feed.removesuffix(".ics"), now)
    if contents is None:
        raise errors.NotFound()
    if commands.to_be_noted(contents.read_at, now):
        async with pools.writing() as writer:
            await commands.note_read(writer, contents.person_id, now)
    calendar = Document(writing.written(contents), version=1)
    said = {"ETag": calendar.etag, "Content-Language": contents.language.value}
    if if_none_match and headers.names(if_none_match, calendar.etag):
        return Response(status_code=304, headers=said)
    return Response(calendar.body, media_type=writing.MEDIA_TYPE, headers=said)
