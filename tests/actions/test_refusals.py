"""What is refused of actions: precise problems, and nothing changed."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from app import clock
from app.enums import Role
from tests.factories.actions import (
    NOTE,
    OUTCOME,
    WHY,
    cancelled,
    directive,
    done,
    evaluated,
    id_of,
    in_days,
    open_,
    opened,
    proposed,
    refused,
    reported,
)
from tests.factories.challenges import Bureau
from tests.factories.world import World

LATER = clock.today() + timedelta(days=1)


@pytest.fixture(scope="module")
async def bureau(world: World) -> Bureau:
    return await Bureau.make(world)


async def refusal(bureau: Bureau, **body: Any) -> tuple[str, str]:
    """The pointer and the code of the one fault of a new action."""
    before = (await bureau.manager.api.get("/v1/action-statistics")).json()["total"]
    answer = await open_(bureau, **body)
    assert answer.status_code == 422, answer.text
    (fault,) = answer.json()["errors"]
    assert (await bureau.manager.api.get("/v1/action-statistics")).json()["total"] == before
    return fault["pointer"], fault["code"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"division_id": None}, ("#/owner_id", "one_owner")),
        ({"due": in_days(-1)}, ("#/due", "in_the_past")),
        ({"due": "9999-12-31"}, ("#/due", "out_of_range")),
        ({"directive": None}, ("#/directive", "missing")),
        ({"directive": directive(LATER)}, ("#/directive/letter_date", "in_the_future")),
        (
            {"directive": {**directive(), "letter_date": "0001-01-01"}},
            ("#/directive/letter_date", "out_of_range"),
        ),
        ({"source_id": str(uuid4())}, ("#/source_id", "out_of_place")),
        ({"source": "improvement_proposal", "directive": directive()}, ("#/directive", "out_of_place")),
        ({"source": "challenge"}, ("#/source_id", "missing")),
        ({"source": "challenge", "source_id": str(uuid4())}, ("#/source_id", "unknown_reference")),
        ({"source": "meeting", "source_id": str(uuid4())}, ("#/source_id", "unknown_reference")),
        ({"about_id": str(uuid4())}, ("#/about_id", "unknown_reference")),
        ({"division_id": str(uuid4())}, ("#/division_id", "unknown_reference")),
        ({"owner_id": str(uuid4())}, ("#/owner_id", "unknown_reference")),
    ],
)
async def test_a_faulty_one_is_not_opened(
    bureau: Bureau, body: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert await refusal(bureau, **body) == expected


async def test_what_belongs_to_another_entity_is_unknown(bureau: Bureau) -> None:
    other = await Bureau.make(bureau.world)
    theirs = await bureau.world.person(Role.EXPERT, other.entity)
    challenge = await other.opened()
    assert await refusal(bureau, owner_id=str(theirs.id)) == ("#/owner_id", "unknown_reference")
    unknown = ("#/source_id", "unknown_reference")
    assert await refusal(bureau, source="challenge", source_id=id_of(challenge)) == unknown
    assert await refusal(bureau, about_id=str(other.indicator)) == ("#/about_id", "unknown_reference")


async def test_the_source_is_what_it_says(bureau: Bureau) -> None:
    challenge = await bureau.opened()
    found = await refusal(bureau, source="evaluation", source_id=id_of(challenge))
    assert found == ("#/source", "does_not_fit")
    evaluation = await evaluated(bureau)
    await bureau.done(bureau.manager, evaluation, "discard", reason=WHY)
    ended = await refusal(bureau, source="evaluation", source_id=id_of(evaluation))
    assert ended == ("#/source_id", "ended")


async def test_a_day_is_only_put_off(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    path = await opened(bureau)
    for due, code in ((in_days(10), "not_later"), (in_days(3), "not_later")):
        answer = await bureau.take(bureau.manager, path, "postpone", due=due, reason=WHY)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
    between = in_days(12)
    moved = clock.now() + timedelta(days=20)
    monkeypatch.setattr(clock, "now", lambda: moved)
    later = bureau.now()
    answer = await later.take(later.manager, path, "postpone", due=between, reason=WHY)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "in_the_past")
    assert (await later.manager.api.get(path)).json()["postponements"] == []


async def test_a_step_out_of_its_state_is_a_conflict(bureau: Bureau) -> None:
    steps: dict[str, tuple[Any, dict[str, Any]]] = {
        "accept": (bureau.head, {}),
        "refuse": (bureau.head, {"reason": WHY}),
        "note": (bureau.enterer, {"note": NOTE}),
        "postpone": (bureau.manager, {"due": in_days(20), "reason": WHY}),
        "report": (bureau.enterer, {"outcome": OUTCOME}),
        "confirm": (bureau.manager, {}),
        "return": (bureau.manager, {"reason": WHY}),
        "cancel": (bureau.manager, {"reason": WHY}),
    }
    possible = {
        await proposed(bureau): {"accept", "refuse", "cancel"},
        await opened(bureau): {"note", "postpone", "report", "cancel"},
        await reported(bureau): {"confirm", "return", "cancel"},
        await done(bureau): set[str](),
        await cancelled(bureau): set[str](),
        await refused(bureau): set[str](),
    }
    for path, verbs in possible.items():
        before = (await bureau.manager.api.get(path)).json()
        for verb in steps.keys() - verbs:
            person, body = steps[verb]
            answer = await bureau.take(person, path, verb, **body)
            assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state"), (path, verb)
        assert (await bureau.manager.api.get(path)).json() == before


async def test_the_schema_holds_too(bureau: Bureau) -> None:
    path = await done(bureau)
    owner = bureau.world.owner
    for change in ("title = 'أخرى'", "state = 'open'", "version = version + 1"):
        with pytest.raises(Exception, match="never changes"):
            await owner.execute(f"update actions set {change} where id = '{id_of(path)}'")
    standing = await opened(bureau)
    for change in (
        "due = due - 1",
        "source_id = id",
        "about_kind = 'result'",
        "edited_by = '{}'",
        "owner_id = opened_by_id",
    ):
        with pytest.raises(Exception, match=r"actions|action"):
            await owner.execute(f"update actions set {change} where id = '{id_of(standing)}'")
