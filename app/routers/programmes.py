"""Who shares a national programme, and how far its parts have come, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates, reads
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.params import CursorParam, LimitParam
from app.schemas.programmes import (
    ParticipantCreate,
    ParticipantEnd,
    ParticipantList,
    ParticipantRead,
    ProgrammePartsRead,
)
from app.services.programmes import commands, queries, rules

router = APIRouter(prefix="/v1", tags=["initiatives"], route_class=JsonRoute)


@router.get(
    "/programmes/{id}/parts",
    status_code=200,
    response_model=ProgrammePartsRead,
    summary="Read how far the parts of a programme have come",
    response_description="Each entity's part, and the whole.",
    responses=declared(errors.NotFound),
)
async def read_programme_parts(
    id: SubjectPath,
    reading: Annotated[Reading, reads("programmes.read_parts")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """For the entity that leads it, those that take part, and UNIT: the approved initiatives of each, by approved
    reports (Guide N-2). Restricted ones are left out."""
    return reading.one(await queries.parts(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.get(
    "/programmes/{id}/participants",
    status_code=200,
    response_model=ParticipantList,
    summary="List the entities that share a programme",
    response_description="A page of participants.",
)
async def list_programme_participants(
    id: SubjectPath,
    reading: Annotated[Reading, reads("programme_participants.read")],
    in_force: Annotated[bool, Query(description="Only those that take part today.")] = False,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """Those that take part, and those that did, in the order of their joining. The lead stands on the programme."""
    return reading.many(await queries.many(reading.lane, id, in_force, cursor, limit, reading.now))


@router.post(
    "/programmes/{id}/participants",
    status_code=201,
    response_model=ParticipantRead,
    summary="Add an entity to a programme",
    response_description="The entity's part.",
    responses=declared(errors.AlreadyExists),
)
async def create_programme_participant(
    change: Annotated[Change, creates("programme_participants.create", queries.programme, queries.facts)],
    named: ParticipantCreate,
) -> Response:
    """An editor of UNIT says that an entity takes part (Guide N-2)."""
    made = await commands.create(
        change.lane, change.actor, change.facts.id, named.entity_id, named.joined_on, change.now
    )
    return await _answer(change, made, 201)


@router.get(
    "/programme-participants/{id}",
    status_code=200,
    response_model=ParticipantRead,
    summary="Read an entity's part in a programme",
    response_description="The entity's part.",
    responses=declared(errors.NotFound),
)
async def read_programme_participant(
    id: SubjectPath,
    reading: Annotated[Reading, reads("programme_participants.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Since when, and until when, an entity takes part."""
    return reading.one(await queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.post(
    "/programme-participants/{id}/end",
    status_code=200,
    response_model=ParticipantRead,
    summary="End an entity's part in a programme",
    response_description="The ended part.",
    responses=declared(errors.WrongState),
)
async def end_programme_participant(
    change: Annotated[Change, changes(rules.END, queries.facts)], ending: ParticipantEnd
) -> Response:
    """From a day on, with the reason. An entity that returns begins anew."""
    await commands.end(change.lane, change.actor, change.facts, ending.left_on, ending.reason, change.now)
    return await _answer(change, change.facts.id)


async def _answer(change: Change, participant_id: UUID, status: int = 200) -> Response:
    document = await queries.one(change.lane, change.actor, participant_id, change.now)
    location = f"/v1/programme-participants/{participant_id}" if status == 201 else None
    return await change.answer(document, status, location)
