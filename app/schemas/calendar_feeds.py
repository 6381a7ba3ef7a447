"""The calendar feed of a person."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.schemas.base import View


class CalendarFeed(View):
    """Whether you have a feed. Its link was said when it was made, and is kept nowhere."""

    active: Annotated[bool, Field(description="There is a link that calendars can read.")]
    made_at: Annotated[datetime | None, Field(description="When it was made.")]
    read_at: Annotated[
        datetime | None, Field(description="When a calendar read it last, to the hour; null: never yet.")
    ]


class CalendarFeedMade(CalendarFeed):
    """A new feed with its link, which is said this once. Whoever has the link reads the feed: keep it secret."""

    path: Annotated[
        str,
        Field(
            max_length=100,
            pattern=r"^/v1/calendar-feeds/[A-Za-z0-9_-]{43}\.ics$",
            description="The secret link, on the host of this service, for the calendar program to subscribe to.",
        ),
    ]
