"""Loading the models of paths: once, again, changed, and when a file is wrong."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from app.services.load.files import DataError
from app.services.load.path_templates import load_path_templates, read_path_templates
from tests.factories.path_templates import DATA


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped models, to be changed."""
    shutil.copytree(DATA / "path_templates", tmp_path / "path_templates")
    return tmp_path


def change(folder: Path, code: str, said: Callable[[dict[str, Any]], object]) -> None:
    file = folder / "path_templates" / f"{code}.json"
    model = json.loads(file.read_text(encoding="utf-8"))
    said(model)
    file.write_text(json.dumps(model, ensure_ascii=False), encoding="utf-8")


async def load(owner: "asyncpg.Connection[asyncpg.Record]", folder: Path) -> tuple[int, int, int]:
    async with owner.transaction():
        done = await load_path_templates(owner, read_path_templates(folder), datetime.now(UTC))
    return done.new, done.changed, done.unchanged


async def test_a_changed_model_becomes_the_next_number(
    owner: "asyncpg.Connection[asyncpg.Record]", folder: Path
) -> None:
    assert await load(owner, folder) == (6, 0, 0)
    assert await load(owner, folder) == (0, 0, 6)
    change(folder, "report", lambda model: model.update(title_ar="مسار التقرير الدوري"))
    change(folder, "scorecard", lambda model: model["groups"][0][0]["due"].update(working_days=15))
    assert await load(owner, folder) == (0, 2, 4)
    assert await load(owner, folder) == (0, 0, 6)
    rows = await owner.fetch(
        "select code, number, state, entity_id from path_templates where code in ('report', 'scorecard')"
        " order by code, number"
    )
    assert [tuple(row) for row in rows] == [
        ("report", 1, "superseded", None),
        ("report", 2, "model", None),
        ("scorecard", 1, "superseded", None),
        ("scorecard", 2, "model", None),
    ]
    told = await owner.fetch(
        "select e.changes->'fields'->'state' from events e join path_templates t on t.id = e.subject_id"
        " where t.code = 'report' order by e.id"
    )
    assert [row[0] and json.loads(row[0]) for row in told] == [None, ["model", "superseded"], None]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (lambda model: model.pop("groups"), "'groups' is missing"),
        (lambda model: model.update(runs_on="nothing"), "is not a path template"),
        (lambda model: model.update(code="other"), "is named otherwise"),
        (lambda model: model["groups"][0].append(model["groups"][0][0]), "#/groups/0/1/key"),
        (lambda model: model.update(groups=[["R-1"]]), "is not a path template"),
        (lambda model: model["groups"][1][0]["due"].update(kind="date"), "#/groups/1/0/due/month"),
    ],
)
def test_a_wrong_file_is_named(folder: Path, said: Callable[[dict[str, Any]], object], why: str) -> None:
    change(folder, "report", said)
    with pytest.raises(DataError, match=r"path_templates/report\.json") as refused:
        read_path_templates(folder)
    assert why in str(refused.value)


def test_a_folder_without_them_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="path_templates"):
        read_path_templates(tmp_path)
    (tmp_path / "path_templates").mkdir()
    (tmp_path / "path_templates" / "report.json").write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match=r"report\.json"):
        read_path_templates(tmp_path)
