"""Generated requests against the real service: whatever is sent, the answer is one that the contract declares.

Each operation is a test of its own, so `pytest tests/contract/test_fuzz.py -k approve_result` runs one; the same
seed sends the same requests. MUTABAA_FUZZ_SEED, MUTABAA_FUZZ_EXAMPLES and MUTABAA_FUZZ_COVERED search further.
"""

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from schemathesis.schemas import BaseSchema

from tests import contract_lint
from tests.contract import fuzzing
from tests.contract.fuzzing import Fuzzer
from tests.contract.scenes import Stage

OPERATIONS = {
    operation["operationId"]: (method, path)
    for path, item in contract_lint.read()["paths"].items()
    for method, operation in item.items()
}


NEEDS_A_BUCKET = {"link_evidence"}
"""The service under test keeps files in a folder, which gives no links."""


@pytest.fixture(scope="module")
def fuzzer(stage: Stage, request: pytest.FixtureRequest) -> Iterator[Fuzzer]:
    """The fuzzer of this worker; says at its end what it sent."""
    made = Fuzzer(stage, contract_lint.read())
    yield made
    made.close()
    capture: Any = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        # Standard error: of a worker of pytest-xdist nothing else is shown.
        print(f"\n{fuzzing.table(made.tally)}", file=sys.stderr, flush=True)


@pytest.fixture(scope="module")
def schema() -> BaseSchema:
    """The committed contract."""
    return fuzzing.load(contract_lint.read())


def test_no_area_hides_a_scene_of_another() -> None:
    """The areas are mixed into one stage: a name that two of them use would be the first one's only."""
    owners: dict[str, type] = {}
    for area in Stage.__mro__[1:-1]:
        for name in vars(area).keys() - vars(type("Empty", (), {})).keys() - {"__init__"}:
            assert owners.setdefault(name, area) is area, f"{name}: {owners[name]} and {area}"


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_whatever_is_sent_is_answered_as_declared(
    fuzzer: Fuzzer, schema: BaseSchema, operation_id: str
) -> None:
    method, path = OPERATIONS[operation_id]
    found = fuzzer.run(schema[path][method])
    assert not found, "\n\n".join(found)
    assert operation_id in NEEDS_A_BUCKET or fuzzer.successes(operation_id), (
        f"no request succeeded: {fuzzing.table(fuzzer.tally)}"
    )
