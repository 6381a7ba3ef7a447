"""What one was told, one's calendar feed and the clock's failed work: every person of the cast, every action."""

from uuid import uuid4

import httpx
import pytest

from app import clock, ids
from tests.role_matrix.cast import Cast
from tests.role_matrix.expectation import table, tables
from tests.role_matrix.refusals import Case, disagreements

QUESTIONS = [(name, column) for name, each in tables("notifications").items() for column in each.states]
_OF_FEEDS = {
    "calendar_feeds.read": "GET",
    "calendar_feeds.make": "POST",
    "calendar_feeds.revoke": "DELETE",
}


async def _path(cast: Cast, name: str, column: str) -> tuple[str, str]:
    """Method and path of what is asked."""
    if name == "notifications.read":
        return "GET", "/v1/notifications"
    if name == "parked_jobs.read":
        return "GET", "/v1/parked-jobs"
    if name == "parked_jobs.retry":
        job = await _failing(cast) if column == "parked" else uuid4()
        return "POST", f"/v1/parked-jobs/{job}/retry"
    if name in _OF_FEEDS:
        return _OF_FEEDS[name], "/v1/me/calendar-feed"
    if column == "all":
        return "POST", "/v1/notifications/read-all"
    return "POST", f"/v1/notifications/{await _of_somebody(cast)}/read"


async def _failing(cast: Cast) -> object:
    """Work of the clock that failed."""
    return await cast.world.owner.fetchval(
        "insert into chores (name, attempts, error, failing_since) values ('tick', 1, 'DataError 22000', $1)"
        " on conflict (name) do update set attempts = 1 returning id",
        clock.now(),
    )


async def _of_somebody(cast: Cast) -> object:
    """What somebody was told who is none of the cast."""
    event = await cast.world.owner.fetchval(
        "insert into events (subject_id, action, at) values ($1, 'entities.edit', $2) returning id",
        cast.entity.id,
        clock.now(),
    )
    made = ids.new()
    await cast.world.insert(
        "notifications",
        id=made,
        person_id=(await cast.world.user()).id,
        entity_id=cast.entity.id,
        subject_id=cast.entity.id,
        event_id=event,
        reason="told",
        action="results.approve",
        title_ar="معدل التعمين في القطاع الخاص",
        title_en="Omanisation rate in the private sector",
        created_at=clock.now(),
    )
    return made


@pytest.mark.parametrize(("name", "column"), QUESTIONS)
async def test_every_action(cast: Cast, name: str, column: str) -> None:
    """Each person gets exactly the status of the table; what is refused writes nothing."""
    lines = table("notifications", name)
    method, path = await _path(cast, name, column)
    cases = []
    for who in cast.everybody:

        async def asked(who: str = who) -> httpx.Response:
            return await cast.api(who).send(method, path)

        cases.append(Case(f"{who} {name} {column}", lines.answer(column, who=who), asked, asked))
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join([f"{len(found)} of {len(cases)}:", *found])
