"""Role plans that an entity agrees on, over HTTP (Guide P-13)."""

from collections.abc import Mapping, Sequence

from tests.factories.world import Entity, Person


async def agreed(
    manager: Person, head: Person, entity: Entity, chain: str, steps: Mapping[str, Sequence[str]]
) -> None:
    """A role plan in force from now on, in which `chain` has these parties at each of its steps."""
    body = {
        "note": "جهة صغيرة",
        "chains": {
            chain: {
                step: [{"party": party} for party in steps[step]] for step in ("enter", "review", "approve")
            }
        },
    }
    answer = await manager.api.create(f"/v1/entities/{entity.id}/role-plans", body)
    assert answer.status_code == 201, answer.text
    path = answer.headers["Location"]
    for person, verb in ((manager, "submit"), (head, "approve")):
        taken = await person.api.step(f"{path}/{verb}", await person.api.etag(path))
        assert taken.status_code == 200, taken.text
