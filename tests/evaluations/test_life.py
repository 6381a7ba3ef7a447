"""The life of a periodic evaluation: drafted by the office, approved by the manager, frozen (Guide M-3)."""

from typing import Any

import pytest

from app.enums import Role
from app.schemas.evaluations import EvaluationList, EvaluationRead
from tests.factories.actions import EVALUATION, WHY, approved, evaluate, evaluated, id_of, in_days, opened
from tests.factories.challenges import Bureau
from tests.factories.risks import RISK
from tests.factories.world import Person, World


@pytest.fixture(scope="module")
async def bureau(world: World) -> Bureau:
    return await Bureau.make(world)


async def sees(person: Person, path: str) -> bool:
    status = (await person.api.get(path)).status_code
    listed = (await person.api.get("/v1/evaluations", limit="200")).json()
    EvaluationList.model_validate(listed)
    assert (id_of(path) in {item["id"] for item in listed["items"]}) == (status == 200)
    return status == 200


async def test_a_draft_is_corrected_followed_and_approved(bureau: Bureau) -> None:
    path = await evaluated(bureau, about_id=str(bureau.indicator))
    found = (await bureau.specialist.api.get(path)).json()
    EvaluationRead.model_validate(found)
    assert {name: found[name] for name in EVALUATION} == EVALUATION
    assert (found["state"], found["about"]["id"]) == ("draft", str(bureau.indicator))
    assert found["actions"] == ["evaluations.edit", "evaluations.discard"]
    assert [each["action"] for each in found["awaiting"]] == ["evaluations.approve"]

    seen = await bureau.manager.api.etag(path)
    action = await opened(bureau, source="evaluation", source_id=id_of(path))
    assert (await bureau.manager.api.step(f"{path}/approve", seen)).status_code == 412, (
        "with what comes from it"
    )
    inbox = (await bureau.manager.api.get("/v1/inbox", limit="200")).json()["items"]
    assert id_of(path) in {item["subject_id"] for item in inbox}
    ended = await bureau.done(bureau.manager, path, "approve")
    EvaluationRead.model_validate(ended)
    assert (ended["state"], ended["ended_by"]["id"], ended["actions"]) == (
        "approved",
        str(bureau.manager.id),
        [],
    )
    assert [each["id"] for each in ended["follow_up"]] == [id_of(action)]
    later = await opened(bureau, source="evaluation", source_id=id_of(path))
    again = (await bureau.manager.api.get(path)).json()
    assert [each["id"] for each in again["follow_up"]] == [id_of(action), id_of(later)]
    etag = await bureau.specialist.api.etag(path)
    assert (await bureau.specialist.api.patch(path, etag, {"rating": "late"})).status_code == 409
    with pytest.raises(Exception, match="never changes"):
        await bureau.world.owner.execute(f"update evaluations set rating = 'late' where id = '{id_of(path)}'")


async def test_who_wrote_it_does_not_approve_it(bureau: Bureau) -> None:
    path = await evaluated(bureau, by=bureau.manager)
    answer = await bureau.take(bureau.manager, path, "approve")
    assert (answer.status_code, answer.json()["code"]) == (403, "four_eyes")
    assert (await bureau.take(bureau.specialist, path, "approve")).status_code == 403
    found = (await bureau.head.api.get(path)).json()
    assert [each["party"] for each in found["awaiting"]] == ["manager", "head"]
    ended = await bureau.done(bureau.head, path, "approve", reason=WHY)
    assert (ended["state"], ended["exceptional"]) == ("approved", True)
    edited = await evaluated(bureau)
    etag = await bureau.manager.api.etag(edited)
    assert (await bureau.manager.api.patch(edited, etag, {"rating": "late"})).json()["rating"] == "late"
    assert (await bureau.take(bureau.manager, edited, "approve")).status_code == 403


async def test_a_draft_is_for_the_office_and_what_was_approved_for_the_entity(bureau: Bureau) -> None:
    draft, ready = await evaluated(bureau), await approved(bureau)
    closed = await approved(bureau, classification="restricted")
    other = await Bureau.make(bureau.world)
    for person in (bureau.manager, bureau.specialist, bureau.head, bureau.head_office):
        assert await sees(person, draft)
        assert await sees(person, ready)
    assert not await sees(bureau.enterer, draft)
    assert await sees(bureau.enterer, ready)
    second = await bureau.world.person(Role.SPECIALIST, bureau.entity)
    for person in (bureau.enterer, second):
        assert not await sees(person, closed)
    for person in (bureau.unit, bureau.editor, other.manager):
        assert not await sees(person, draft)
        assert not await sees(person, ready)


async def test_what_it_is_about_is_named_to_whoever_sees_that(bureau: Bureau) -> None:
    """The office's own risk is not for the divisions, an indicator is for all."""
    body = {**RISK, "entity_id": str(bureau.entity.id)}
    risk = (await bureau.specialist.api.create("/v1/risks", body)).json()
    for about, named in ((risk["id"], False), (str(bureau.indicator), True)):
        path = await approved(bureau, about_id=about)
        for person, told in ((bureau.manager, True), (bureau.head, True), (bureau.enterer, named)):
            shown = (await person.api.get(path)).json()["about"]
            EvaluationRead.model_validate((await person.api.get(path)).json())
            assert (shown and shown["id"]) == (about if told else None)
            listed = (await person.api.get("/v1/evaluations", limit="200")).json()["items"]
            assert [item["about"] for item in listed if item["id"] == id_of(path)] == [shown]
            found = (await person.api.get("/v1/evaluations", about_id=about)).json()["items"]
            assert (id_of(path) in {item["id"] for item in found}) == told


async def test_a_draft_is_discarded_with_a_reason(bureau: Bureau) -> None:
    path = await evaluated(bureau)
    assert (await bureau.take(bureau.specialist, path, "discard")).status_code == 422
    ended = await bureau.done(bureau.specialist, path, "discard", reason=WHY)
    assert (ended["state"], ended["discard_reason"], ended["awaiting"]) == ("discarded", WHY, [])
    assert (await bureau.take(bureau.manager, path, "approve")).status_code == 409


@pytest.mark.parametrize(
    ("said", "pointer", "code"),
    [
        ({"period_to": "2026-06-30"}, "#/period_to", "before_the_beginning"),
        ({"period_from": "0001-01-01"}, "#/period_from", "out_of_range"),
        ({"period_to": "9999-12-31"}, "#/period_to", "out_of_range"),
        ({"period_from": in_days(1), "period_to": in_days(9)}, "#/period_from", "in_the_future"),
        ({"about_id": "019a0000-0000-7000-8000-000000000001"}, "#/about_id", "unknown_reference"),
    ],
)
async def test_a_faulty_one_is_not_drafted(
    bureau: Bureau, said: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await evaluate(bureau, **said)
    assert answer.status_code == 422
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == [(pointer, code)]


async def test_they_are_narrowed_and_paged(bureau: Bureau) -> None:
    small = await Bureau.make(bureau.world)
    first = await evaluated(small, period_from="2026-01-01", period_to="2026-03-31", rating="on_track")
    second = await evaluated(small)
    mine = {"entity_id": str(small.entity.id)}
    page = (await small.manager.api.get("/v1/evaluations", **mine, limit="1")).json()
    assert [item["id"] for item in page["items"]] == [id_of(second)], "the latest period first"
    rest = (
        await small.manager.api.get("/v1/evaluations", **mine, cursor=page["next_cursor"], limit="1")
    ).json()
    assert [item["id"] for item in rest["items"]] == [id_of(first)]
    for narrowed, path in (({"rating": "on_track"}, first), ({"since": "2026-04-01"}, second)):
        found = (await small.manager.api.get("/v1/evaluations", **mine, **narrowed)).json()
        assert [item["id"] for item in found["items"]] == [id_of(path)]
