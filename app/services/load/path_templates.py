"""The models of paths that ship: the guide's annexes and short ways, for entities to copy (Guide P-8).

A model never changes: what a file says otherwise becomes its next number, and the one before is superseded.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from app.enums import Chain, SubjectKind
from app.enums.paths import PathTemplateState, RunsOn
from app.errors import Invalid
from app.services.load import merging
from app.services.load.files import DataError
from app.services.load.merging import Connection, Record, Table, Tally
from app.services.path_templates import checking, content

FOLDER = "path_templates"
PATH_TEMPLATES = Table(FOLDER, key=("code", "number"), kind=SubjectKind.PATH_TEMPLATE)

_SAYS = ("runs_on", "chain", "title_ar", "title_en", "note", "groups")
_TOLD = ("code", "number", "title_ar", "title_en")


def read_path_templates(folder: Path) -> list[Record]:
    """The models of `path_templates/*.json`, checked as an entity's own are. Raises DataError."""
    files = sorted((folder / FOLDER).glob("*.json"))
    if not files:
        raise DataError(f"{FOLDER}: there is no such folder with files in {folder}")
    return [_read(file) for file in files]


def _read(file: Path) -> Record:
    name = f"{FOLDER}/{file.name}"
    try:
        said: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        groups = content.read(said["groups"])
        runs_on = RunsOn(said["runs_on"])
        record: Record = {
            "code": str(said["code"]),
            "runs_on": runs_on,
            "chain": Chain(said["chain"]),
            "title_ar": str(said["title_ar"]),
            "title_en": str(said["title_en"]),
            "note": said.get("note"),
            "groups": content.write(groups),
        }
    except OSError as error:
        raise DataError(f"{name}: cannot be read: {error.strerror}") from None
    except KeyError as error:
        raise DataError(f"{name}: the member {error} is missing") from None
    except (ValueError, TypeError, AttributeError) as error:
        raise DataError(f"{name}: is not a path template: {error}") from None
    if record["code"] != file.stem:
        raise DataError(f"{name}: is named otherwise than its code '{record['code']}'")
    try:
        checking.check(groups, runs_on)
    except Invalid as error:
        wrong = error.errors[0]
        raise DataError(f"{name}: {wrong.pointer}: {wrong.detail.en}") from None
    return record


async def load_path_templates(connection: Connection, models: list[Record], at: datetime) -> Tally:
    """Each model that is new, or says otherwise than its latest number. The caller holds a transaction."""
    standing = {
        row["code"]: row
        for row in await connection.fetch("select * from path_templates where state = 'model' order by code")
    }
    tally, records, superseded = Tally(), [], {}
    for model in models:
        old = standing.get(model["code"])
        if old is not None and all(
            model[name] == (json.loads(old[name]) if name == "groups" else old[name]) for name in _SAYS
        ):
            tally.unchanged += 1
            continue
        number = 1 if old is None else old["number"] + 1
        made = merging.made_id(FOLDER, model["code"], number)
        records.append(
            model
            | {
                "id": made,
                "number": number,
                "state": PathTemplateState.MODEL.value,
                "version": 1,
                "edited_by": [],
                "recorded_at": at,
            }
        )
        if old is None:
            tally.new += 1
        else:
            tally.changed += 1
            superseded[old["id"]] = {
                "state": [PathTemplateState.MODEL.value, PathTemplateState.SUPERSEDED.value],
                "superseded_by": [None, str(made)],
            }
    await connection.execute(
        "update path_templates set state = $2 where id = any($1)",
        list(superseded),
        PathTemplateState.SUPERSEDED.value,
    )
    await merging.touch(connection, PATH_TEMPLATES, superseded, at)
    await merging.insert(connection, PATH_TEMPLATES, records, at, told=_TOLD)
    return tally
