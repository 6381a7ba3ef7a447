"""The chart over HTTP, and the process that draws it."""

import asyncio
import os
import signal
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psutil
import pytest
from fastapi import FastAPI

from app import charts, errors
from app.charts import Chart, Charts
from app.headers import preferred
from app.services.series import writing
from app.services.series.chart import draw
from tests.core.refusals import client_of, refused
from tests.factories.world import Person, World
from tests.results.office import Office
from tests.series.samples import FULL
from tests.series.test_chart import HOSTILE

JSON, SVG = "application/json", "image/svg+xml"
TAG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
async def drawing() -> AsyncIterator[Charts]:
    """The charts of one process of the service."""
    made = Charts()
    yield made
    await made.close()


async def chart_of(person: Person, path: str, language: str = "ar", **headers: str) -> httpx.Response:
    """The chart as a person is sent it."""
    return await person.api.send("GET", path, headers={"Accept": SVG, "Accept-Language": language, **headers})


async def test_the_chart_is_another_form_of_the_series(world: World) -> None:
    office = await Office.make(world)
    await world.target(office.indicator, 2030, kind="ceiling", value=60)
    await office.approved("2023", value=41.9)
    await office.approved("2024", value=35.4, obs_status="P")
    path = f"/v1/indicators/{office.indicator}/series"
    answer = await chart_of(office.manager, path)
    assert answer.status_code == 200, answer.text
    assert (answer.headers["Content-Type"], answer.headers["Content-Language"]) == (SVG, "ar")
    assert answer.headers["Vary"] == "Accept, Accept-Language, Authorization"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    root = ET.fromstring(answer.text)
    assert root.get("role") == "img"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "ar"
    title, description = root[0], root[1]
    assert (title.tag, title.text) == (f"{TAG}title", "معدل التعمين في القطاع الخاص")
    assert "35.4" in (description.text or "")
    texts = {writing.plain(text.text or "") for text in root.iter(f"{TAG}text")}
    assert {"معدل التعمين في القطاع الخاص", "60 على الأكثر", "35.4", "41.9", "قيمة أولية", "2030"} <= texts
    faces = {text.get("font-family") for text in root.iter(f"{TAG}text")}
    assert faces == {charts.FONTS}
    assert not {"image", "script", "a", "use", "style", "foreignObject"} & {
        str(part.tag).removeprefix(TAG) for part in root.iter()
    }
    in_english = await chart_of(office.manager, path, "en")
    assert "At most 60" in in_english.text
    assert in_english.headers["ETag"] != answer.headers["ETag"]
    plain = await office.manager.api.get(path)
    assert plain.headers["Content-Type"] == JSON
    assert plain.headers["Vary"] == answer.headers["Vary"]
    assert plain.headers["ETag"] not in (answer.headers["ETag"], in_english.headers["ETag"])


async def test_it_is_not_drawn_again_for_who_has_it(
    world: World, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = await Office.make(world)
    path = f"/v1/indicators/{office.indicator}/series"
    etag = (await chart_of(office.manager, path)).headers["ETag"]

    async def never(_: Chart) -> bytes:
        raise AssertionError("drawn")

    with monkeypatch.context() as patch:
        patch.setattr(app.state.charts, "svg", never)
        same = await chart_of(office.manager, path, **{"If-None-Match": etag})
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", etag)
    assert same.headers["Vary"] == "Accept, Accept-Language, Authorization"
    await office.approved()
    changed = await chart_of(office.manager, path, **{"If-None-Match": etag})
    assert changed.status_code == 200


async def test_no_connection_is_held_while_it_is_drawn(
    world: World, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = await Office.make(world)
    pool = app.state.database._pool
    idle: list[bool] = []

    async def slow(_: Chart) -> bytes:
        idle.append(pool.get_idle_size() == pool.get_size())
        return b"<svg />"

    monkeypatch.setattr(app.state.charts, "svg", slow)
    answer = await chart_of(office.manager, f"/v1/indicators/{office.indicator}/series")
    assert (answer.content, idle) == (b"<svg />", [True])


async def test_other_forms_are_refused_after_what_is_not_there(world: World) -> None:
    office = await Office.make(world)
    path = f"/v1/indicators/{office.indicator}/series"
    for accept in ("text/html", "image/png, text/*;q=0.5", "application/json;q=0, image/svg+xml;q=0"):
        async with client_of(office.manager.api, Accept=accept) as http:
            problem = await refused(http, "GET", path, 406, "not_acceptable")
            await refused(http, "GET", f"/v1/indicators/{office.manager.id}/series", 404, "not_found")
        assert SVG in (problem.detail or "")
    async with client_of(office.manager.api, Accept=SVG) as http:
        problem = await refused(http, "GET", f"{path}?from=2020", 422, "invalid")
    assert [fault.parameter for fault in problem.errors or ()] == ["from"]


@pytest.mark.parametrize("name", [name for name in HOSTILE if name.isprintable()])
async def test_a_hostile_name_is_drawn_as_it_is_written(world: World, name: str) -> None:
    office = await Office.make(world, name_ar=name, name_en=name)
    answer = await chart_of(office.manager, f"/v1/indicators/{office.indicator}/series")
    assert answer.status_code == 200
    root = ET.fromstring(answer.text)
    assert root[0].text == name
    assert " ".join(name.split()) in {writing.plain(text.text or "") for text in root.iter(f"{TAG}text")}
    assert not list(root.iter(f"{TAG}script"))


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("image/*", SVG),
        ("IMAGE/SVG+XML", SVG),
        ("text/html, image/svg+xml;q=0.1", SVG),
        ("application/json;q=0.5, image/svg+xml", SVG),
        ("application/json, image/svg+xml", JSON),
        ("application/json; charset=utf-8", JSON),
        ("image/avif,image/webp,image/svg+xml,image/*;q=0.8,*/*;q=0.5", SVG),
        ("*/*, application/json;q=0", SVG),
        ("image/svg+xml;q=0, */*;q=0.1", JSON),
        ("image/svg+xml;q=2, application/json;q=0.1", JSON),
        ("nonsense", JSON),
        (",;q=1,", JSON),
        ("text/html", None),
        ("*/*;q=0", None),
        ("application/xml, text/*", None),
    ],
)
def test_what_accept_wants_most(accept: str | None, expected: str | None) -> None:
    """RFC 9110, 12.5.1: the most specific range says the weight, and nothing said is anything taken."""
    if expected is None:
        with pytest.raises(errors.NotAcceptable):
            preferred(accept, (JSON, SVG))
    else:
        assert preferred(accept, (JSON, SVG)) == expected


# The process


async def test_many_at_once_are_each_drawn_by_a_process_that_knows_nothing(drawing: Charts) -> None:
    """The service itself never loads the library, nor the process what the service knows."""
    made = [draw(FULL, "ar"), draw(FULL, "en")]
    drawn = await asyncio.gather(*[drawing.svg(made[number % 2]) for number in range(6)])
    assert ["قيمة أولية" in picture.decode() for picture in drawn] == [True, False] * 3
    assert "vl_convert" not in sys.modules
    assert drawing._process is not None
    assert psutil.Process(drawing._process.pid).environ() == {}


async def test_nothing_is_fetched(drawing: Charts, tmp_path: Path) -> None:
    """Even if an address came into a specification: neither from the network nor from a file."""
    (tmp_path / "x.csv").write_text("a\n777\n")
    spec = {
        "mark": "point",
        "encoding": {name: {"field": "a", "type": "nominal"} for name in ("x", "y")},
    }
    inline = await drawing.svg(Chart({**spec, "data": {"values": [{"a": 777}]}}, "ar", "", ""))
    assert b">777<" in inline
    from_file = await drawing.svg(Chart({**spec, "data": {"url": f"file://{tmp_path}/x.csv"}}, "ar", "", ""))
    assert b">777<" not in from_file
    for address in ("http://127.0.0.1:9/x.csv", "https://example.com/x.csv", f"{tmp_path}/x.csv"):
        with pytest.raises(charts.CannotBeDrawn) as refusal:
            await drawing.svg(Chart({**spec, "data": {"url": address}}, "ar", "", ""))
        assert "not allowed" in refusal.value.fault
        assert address not in str(refusal.value)


async def test_a_process_that_dies_or_hangs_is_replaced(
    drawing: Charts, monkeypatch: pytest.MonkeyPatch
) -> None:
    await drawing.svg(draw(FULL, "ar"))
    first = drawing._process
    assert first is not None
    os.kill(first.pid, signal.SIGSTOP)
    with monkeypatch.context() as patch:
        patch.setattr(charts, "_SECONDS", 0.2)
        with pytest.raises(errors.Unavailable):
            await drawing.svg(draw(FULL, "ar"))
    assert await first.wait() == -signal.SIGKILL
    await drawing.svg(draw(FULL, "ar"))
    second = drawing._process
    assert second is not None
    second.kill()
    await second.wait()
    assert await drawing.svg(draw(FULL, "ar"))


async def test_too_many_are_told_to_come_again_and_an_idle_process_is_ended(
    drawing: Charts, monkeypatch: pytest.MonkeyPatch
) -> None:
    await drawing.svg(draw(FULL, "ar"))
    first = drawing._process
    assert first is not None
    monkeypatch.setattr(charts, "_UNDER_WAY_AT_MOST", 1)
    monkeypatch.setattr(charts, "_IDLE_SECONDS", 0)
    begun = asyncio.ensure_future(drawing.svg(draw(FULL, "ar")))
    await asyncio.sleep(0)
    with pytest.raises(errors.Unavailable) as refusal:
        await drawing.svg(draw(FULL, "en"))
    assert refusal.value.headers["Retry-After"]
    assert await begun
    assert await first.wait() == -signal.SIGKILL
    assert drawing._process is None
    assert await drawing.svg(draw(FULL, "en"))


async def test_a_picture_that_comes_too_late_is_not_given_to_the_next(
    drawing: Charts, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It may show the figures of another reader."""
    echo = tmp_path / "echo.py"
    echo.write_text(
        "import json, sys\n"
        "for line in sys.stdin:\n"
        "    print(json.dumps({'svg': f'<svg >{line}</svg>'}), flush=True)\n"
    )
    monkeypatch.setattr("app.drawing.__file__", str(echo))

    def asked(said: str) -> "asyncio.Task[bytes]":
        return asyncio.ensure_future(drawing.svg(Chart({"said": said}, "ar", "", "")))

    assert b"before" in await asked("before")  # so that the next is answered at once
    with monkeypatch.context() as patch:
        patch.setattr(charts, "_SECONDS", 0.1)
        late = asked("late")
        await asyncio.sleep(0)
    following = asked("following")
    # Answer and deadline fall into one turn of the loop.
    asyncio.get_running_loop().call_soon(time.sleep, 0.3)
    with pytest.raises(errors.Unavailable):
        await late
    picture = await following
    assert b"following" in picture
    assert b"late" not in picture


async def test_a_picture_without_end_is_not_waited_for(
    drawing: Charts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charts, "_LONGEST", 100)
    with pytest.raises(errors.Unavailable):
        await drawing.svg(draw(FULL, "ar"))
    assert drawing._process is None
