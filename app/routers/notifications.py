"""Notifications, their settings and the clock's failed work over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import marks, reads
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.me import changes_me
from app.routers.params import CursorParam, LimitParam
from app.schemas.notifications import (
    NotificationList,
    NotificationSettings,
    NotificationSettingsPatch,
    ParkedJobList,
)
from app.services.notifications import commands, parked, queries
from app.services.notifications.rules import NotParked

router = APIRouter(prefix="/v1", tags=["notifications"], route_class=JsonRoute)


@router.get(
    "/notifications",
    status_code=200,
    response_model=NotificationList,
    summary="List what I was told",
    response_description="A page of notifications.",
)
async def list_notifications(
    reading: Annotated[Reading, reads("notifications.read")],
    unread: Annotated[
        bool | None, Query(description="true: only what you have not read; false: only what you have.")
    ] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """What began to wait for you, what was done with what you worked on, and reminders; the newest first."""
    return reading.many(await queries.many(reading.lane, reading.actor, unread, cursor, limit))


@router.post(
    "/notifications/{id}/read",
    status_code=204,
    summary="Mark a notification as read",
    response_description="It is marked.",
    responses=declared(errors.NotFound),
)
async def read_notification(
    change: Annotated[Change, marks("notifications.mark")], id: SubjectPath
) -> Response:
    """What is read stays so; it is not sent by e-mail any more. Repeat it as you like."""
    await commands.read(change.lane, change.actor, id, change.now)
    return Response(status_code=204)


@router.post(
    "/notifications/read-all",
    status_code=204,
    summary="Mark all notifications as read",
    response_description="They are marked.",
)
async def read_all_notifications(change: Annotated[Change, marks("notifications.mark")]) -> Response:
    """All that you were told by now. Repeat it as you like."""
    await commands.read_all(change.lane, change.actor, change.now)
    return Response(status_code=204)


@router.get(
    "/me/notification-settings",
    status_code=200,
    response_model=NotificationSettings,
    summary="Read how I hear of what is new",
    response_description="The settings.",
)
async def read_notification_settings(
    reading: Annotated[Reading, reads("me.read")], if_none_match: IfNoneMatch = None
) -> Response:
    """Whether and when you are written to. The language of the mails is your own (`PATCH /v1/me`)."""
    return reading.one(await queries.settings(reading.lane, reading.actor), if_none_match)


@router.patch(
    "/me/notification-settings",
    status_code=200,
    response_model=NotificationSettings,
    summary="Change how I hear of what is new",
    response_description="The settings, changed.",
)
async def edit_notification_settings(
    change: Annotated[Change, Depends(changes_me, scope="function")], body: NotificationSettingsPatch
) -> Response:
    """It holds for what has not gone out yet too."""
    pace = body.email if "email" in body.model_fields_set else None
    await commands.edit_settings(change.lane, change.actor, change.facts, pace, change.now)
    return await change.answer(await queries.settings(change.lane, change.actor))


@router.get(
    "/parked-jobs",
    status_code=200,
    response_model=ParkedJobList,
    summary="List the clock's work that keeps failing",
    response_description="A page of jobs.",
    responses=declared(errors.Forbidden),
)
async def list_parked_jobs(
    reading: Annotated[Reading, reads(parked.READ)],
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """For the administrator: what it is and how it failed, nothing of what it is about."""
    return reading.many(await parked.many(reading.lane, reading.actor, cursor, limit))


@router.post(
    "/parked-jobs/{id}/retry",
    status_code=204,
    summary="Have a failed job tried again",
    response_description="It is tried again at once.",
    responses=declared(errors.Forbidden, errors.NotFound, NotParked),
)
async def retry_parked_job(
    change: Annotated[Change, marks("parked_jobs.retry")], id: SubjectPath
) -> Response:
    """Its failures are forgotten."""
    await commands.retry(change.lane, id, change.now)
    return Response(status_code=204)
