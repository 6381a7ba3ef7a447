"""Every answer about path templates as it is sent: valid against its model to the last member, and after a change
the same as a read."""

import json
from typing import Any
from uuid import uuid4

from pydantic import BaseModel

from app.schemas.path_templates import PathTemplateList, PathTemplateRead
from tests.factories.path_templates import GROUPS, Drafting, models
from tests.factories.world import World


def valid(model: type[BaseModel], content: bytes) -> Any:
    """Members that are missing or in surplus fail: no View has defaults, and all forbid extras."""
    model.model_validate_json(content)
    said = json.loads(content)
    assert set(said) == set(model.model_fields)
    return said


async def test_every_answer_is_valid_and_what_is_read_afterwards(world: World) -> None:
    shipped = await models(world)
    office = await Drafting.make(world)
    for model in shipped.values():
        answer = await office.head.api.get(f"/v1/path-templates/{model}")
        assert valid(PathTemplateRead, answer.content)["title_ar"] in answer.text  # letters, not escapes
    drafted = await office.draft(groups=[list(group) for group in GROUPS])
    path = drafted.headers["Location"]
    answers = [(office.specialist, drafted)]
    for person, verb, body in (
        (office.specialist, "submit", None),
        (office.specialist, "withdraw", None),
        (office.manager, "submit", None),
        (office.head, "return", {"reason": "تُراجع المواعيد مع المالية"}),
        (office.specialist, "submit", None),
        (office.head, "approve", None),
    ):
        answers.append((person, await office.done(person, f"{path}/{verb}", body)))
        read = await person.api.get(path)
        assert (read.content, read.headers["ETag"]) == (
            answers[-1][1].content,
            answers[-1][1].headers["ETag"],
        )
    opened = await office.open(path)
    answers += [
        (office.specialist, opened),
        (
            office.manager,
            await office.edit(opened.headers["Location"], office.manager, title_ar="مسار مختصر"),
        ),
        (office.manager, await office.done(office.manager, f"{opened.headers['Location']}/discard")),
    ]
    for _, answer in answers:
        valid(PathTemplateRead, answer.content)
    seen = await office.manager.api.send(
        "GET", path, headers={"If-None-Match": await office.manager.api.etag(path)}
    )
    assert (seen.status_code, seen.content) == (304, b"")
    for query in ("", "?limit=2", f"?entity_id={office.entity.id}", "?state=discarded", "?q=الخطة السنوية"):
        listed = await office.manager.api.get(f"/v1/path-templates{query}")
        assert valid(PathTemplateList, listed.content)["items"]


async def test_a_repeated_draft_is_drafted_once(world: World) -> None:
    office = await Drafting.make(world)
    key, body = uuid4().hex, {"copied_from_id": str((await models(world))["report"])}
    path = f"/v1/entities/{office.entity.id}/path-templates"
    first, again = [await office.manager.api.create(path, body, key=key) for _ in range(2)]
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert first.headers["ETag"] == again.headers["ETag"]
    other = await office.manager.api.create(path, {**body, "code": "other"}, key=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
