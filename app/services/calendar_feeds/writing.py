"""A feed as iCalendar (RFC 5545, RFC 7986), in its person's language. Pure."""

from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, Timezone

from app import clock, permissions
from app.db import Row
from app.enums import Language
from app.enums.meetings import MeetingState
from app.errors import Text
from app.services.calendar_feeds.queries import Contents

MEDIA_TYPE = "text/calendar"

_NAME = Text("Mutabaa", "متابعة")
_AGAIN = timedelta(hours=1)
_BEGAN = datetime(2020, 1, 1, tzinfo=UTC)
_ZONE = Timezone.from_tzid(str(clock.MUSCAT))


def written(contents: Contents) -> bytes:
    """The calendar: a component for each meeting and for each thing that is due. The same contents give the same bytes."""
    arabic = contents.language is Language.AR
    calendar = Calendar()
    calendar.add("prodid", "-//Mutabaa//Oman Vision 2040 offices//AR")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for name in ("name", "x-wr-calname"):
        calendar.add(name, _say(_NAME, arabic=arabic))
    calendar.add("x-wr-timezone", str(clock.MUSCAT))
    calendar.add("refresh-interval", _AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    calendar.add_component(_ZONE)
    for row in contents.meetings:
        calendar.add_component(_meeting(row, arabic=arabic))
    for row in contents.due:
        calendar.add_component(_due(row, arabic=arabic))
    return bytes(calendar.to_ical())


def _meeting(row: Row, *, arabic: bool) -> Event:
    cancelled = row["state"] == MeetingState.CANCELLED
    event = _event(f"meeting-{row['id']}", row["sequence"], row["changed_at"])
    event.add("summary", row["title_ar" if arabic else "title_en"])
    event.add("dtstart", row["starts_at"].astimezone(clock.MUSCAT))
    event.add("dtend", row["ends_at"].astimezone(clock.MUSCAT))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("description", row["name_ar" if arabic else "name_en"])
    if row["place"]:
        event.add("location", row["place"])
    if row["link"]:
        event.add("url", row["link"])
    return event


def _due(row: Row, *, arabic: bool) -> Event:
    """What waits on its day, the whole of it. It stays the same event for as long as the same step of the same thing is
    awaited, and when that is awaited again."""
    opened = row["opened_at"]
    # Minutes, so that what is awaited anew comes after, and the number stays one that calendars take.
    event = _event(
        f"due-{row['subject_id']}-{row['action']}", (opened - _BEGAN) // timedelta(minutes=1), opened
    )
    title = row["title_ar" if arabic else "title_en"]
    event.add("summary", f"{title} · {row['period']}" if row["period"] else title)
    event.add("dtstart", row["due"])
    event.add("dtend", row["due"] + timedelta(days=1))
    event.add("status", "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    rule = permissions.RULES.get(row["action"])
    said = [_say(rule.says, arabic=arabic)] if rule else []
    event.add("description", "\n".join([*said, row["name_ar" if arabic else "name_en"]]))
    return event


def _event(uid: str, sequence: int, changed_at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{uid}@mutabaa")
    event.add("sequence", sequence)
    for name in ("dtstamp", "last-modified"):
        event.add(name, changed_at.astimezone(UTC))
    return event


def _say(text: Text, *, arabic: bool) -> str:
    return text.ar if arabic else text.en
