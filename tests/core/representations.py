"""What every answer is: valid against its model to the last member, after a change the same as a read, and a list that
is walked to its end."""

import json
from typing import Any

import httpx
from pydantic import BaseModel

from tests.factories.world import Person


def valid(model: type[BaseModel], answer: httpx.Response) -> Any:
    """What is said. Members that are missing or in surplus fail: no View has defaults, and all forbid extras."""
    assert answer.status_code in (200, 201), answer.text
    model.model_validate_json(answer.content)
    said = json.loads(answer.content)
    assert set(said) == set(model.model_fields)
    return said


async def read(model: type[BaseModel], path: str, *people: Person) -> None:
    """Each of these people reads it, and is told when it is still the same."""
    for person in people:
        answer = await person.api.get(path)
        valid(model, answer)
        again = await person.api.send("GET", path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


async def told(model: type[BaseModel], person: Person, answer: httpx.Response, path: str) -> None:
    """What a change answers is what a read of the thing answers afterwards."""
    valid(model, answer)
    seen = await person.api.get(path)
    assert (answer.content, answer.headers["ETag"]) == (seen.content, seen.headers["ETag"]), path


async def made(model: type[BaseModel], person: Person, answer: httpx.Response) -> str:
    """The path of what was made, which is what a read of it answers."""
    assert answer.status_code == 201, answer.text
    path: str = answer.headers["Location"]
    await told(model, person, answer, path)
    return path


async def taken(
    model: type[BaseModel], path: str, *steps: tuple[Person, str, Any], readers: tuple[Person, ...] = ()
) -> None:
    """Take steps one after the other, each on what its person sees; `readers` read it after each."""
    for person, verb, body in steps:
        etag = await person.api.etag(path)
        answer = await person.api.step(f"{path}/{verb}", etag, body)
        await told(model, person, answer, path)
        assert answer.headers["ETag"] != etag, verb
        await read(model, path, *readers)


async def walked(person: Person, model: type[BaseModel], path: str, *, least: int = 2) -> None:
    """A list is walked to its end without gap or repetition. `path`: with its query, or a `?`."""
    whole = valid(model, await person.api.get(f"{path}&limit=200"))["items"]
    found, cursor = [], ""
    while cursor is not None:
        page = valid(model, await person.api.get(f"{path}&limit=1{cursor and '&cursor=' + cursor}"))
        assert len(page["items"]) <= 1
        found += page["items"]
        cursor = page["next_cursor"]
    assert found == whole
    assert len({item["id"] for item in found}) == len(found) >= least
