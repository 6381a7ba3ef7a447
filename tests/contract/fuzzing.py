"""Requests that schemathesis makes from the contract, brought to life by a scene, and what every answer must be."""

import json
import os
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Any, TypeAlias
from uuid import UUID

import hypothesis
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from schemathesis import Case, GenerationMode, Response
from schemathesis.core import NOT_SET
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.drivers import CoverageGenerator
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.generation.meta import CaseMetadata, CoveragePhaseData, CoverageScenario, FuzzingPhaseData
from schemathesis.generation.overrides import Override
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi import checks

from tests.contract.scenes import Scene, Stage
from tests.contract.service import (
    ADMINISTRATOR,
    ENTERER,
    HEAD_OFFICE,
    MANAGER,
    OTHER_MANAGER,
    UNIT_EDITOR,
)

SEED = int(os.environ.get("MUTABAA_FUZZ_SEED", "2040"))
EXAMPLES = int(os.environ.get("MUTABAA_FUZZ_EXAMPLES", "3"))
"""Drawn requests for each operation, of valid and of invalid ones. More, for a long search by hand."""
COVERED = int(os.environ.get("MUTABAA_FUZZ_COVERED", "10"))
"""How many of the systematic requests (one broken constraint each) are taken for each operation; half as many of
one that reads, for what it takes are the parameters that all of them share."""

OTHERS = (UNIT_EDITOR, ADMINISTRATOR, OTHER_MANAGER, ENTERER, HEAD_OFFICE, MANAGER)
"""Who also tries what somebody else's scene is for."""

NEVER_REFUSED = frozenset(
    {"accept-language", "if-none-match", "range", "if-range", "content-disposition", "authorization"}
)
"""Headers that are no reason to refuse a request when they are not as the contract has them (RFC 9110, 12.5.4, 13.1.2
and 14.2): what a file is called is made fit to be shown; and the token, which is always a good one here: other tokens
have tests of their own."""

_CHECKS = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.missing_required_header,
]
_OF_A_BODY = (checks.content_type_conformance, checks.response_schema_conformance)
_REFUSED = ["400", "401", "403", "404", "405", "409", "410", "412", "413", "415", "422", "428", "429", "460"]

OF_A_PART = "application/offset+octet-stream"
schemathesis.serializer.alias(OF_A_PART, "application/octet-stream")

AnyCase: TypeAlias = "Case[Any]"
AnyOperation: TypeAlias = "APIOperation[Any, Any, Any, Any]"
Tally: TypeAlias = Counter[tuple[str, int]]


def load(contract: dict[str, Any]) -> BaseSchema:
    """The contract, as schemathesis reads it."""
    schema = schemathesis.openapi.from_dict(contract)
    schema.config.checks.negative_data_rejection.expected_statuses = _REFUSED
    schema.config.checks.missing_required_header.expected_statuses = ["400", "412", "422", "428"]
    return schema


def requests_of(operation: AnyOperation) -> Iterator[AnyCase]:
    """The same requests at every run: the systematic ones, then drawn ones, valid and invalid."""
    generator = CoverageGenerator(
        operation=operation,
        generation_modes=list(GenerationMode),
        generation_config=operation.schema.config.generation_for(operation=operation, phase="coverage"),
        auth_storage=None,
        override=Override(),
        feedback=NO_FEEDBACK,
    )
    covering = list(generator)
    enough = COVERED // 2 if operation.method == "get" else COVERED
    if len(covering) > enough:
        taken = sorted(Random(f"{SEED} {operation.label}").sample(range(len(covering)), enough))
        covering = [covering[position] for position in taken]
    yield from covering
    for mode in GenerationMode:
        yield from _drawn(operation, mode)


def _drawn(operation: AnyOperation, mode: GenerationMode) -> list[AnyCase]:
    cases: list[AnyCase] = []

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def collect(case: AnyCase) -> None:
        cases.append(case)

    try:
        collect()
    except hypothesis.errors.Unsatisfiable:
        # An operation without parameters and body has nothing that could be invalid.
        if mode is GenerationMode.POSITIVE:
            raise
    return cases


class Fuzzer:
    """Sends cases to the service and judges the answers."""

    def __init__(self, stage: Stage, contract: dict[str, Any]) -> None:
        self.stage = stage
        self.service = stage.service
        self.contract = contract
        self.tally: Tally = Counter()
        self._session = requests.Session()
        self._log = self.service.log.open("rb")

    def close(self) -> None:
        """Give back what this holds."""
        self._session.close()
        self._log.close()

    def run(self, operation: AnyOperation) -> list[str]:
        """Everything that is wrong with an operation, each kind once, with the request that shows it."""
        found: dict[str, str] = {}
        for turn, case in enumerate(requests_of(operation)):
            for title, report in self._judge(case, turn):
                found.setdefault(title, report)
        return [f"{title}\n{report}" for title, report in found.items()]

    def successes(self, operation_id: str) -> int:
        """How many requests to the operation were answered 2xx."""
        return sum(
            number for (name, status), number in self.tally.items() if name == operation_id and status < 300
        )

    def _judge(self, case: AnyCase, turn: int) -> Iterator[tuple[str, str]]:
        name = case.operation.definition.raw["operationId"]
        scene = self.stage.scene(name)
        person = self._animate(case, scene, turn)
        headers = {"X-Request-Id": f"fuzz-{name}-{turn}"}
        if person is not None:
            headers["Authorization"] = f"Bearer {self.service.token(person)}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the generator has to say about its own data
            response = case.call(base_url=self.service.address, session=self._session, headers=headers)
        self.tally[name, response.status_code] += 1
        who = f"as {person or 'nobody'}, {_meta(case).generation.mode.value}: {_description(case)}"
        try:
            case.validate_response(response, checks=self._checks_for(case), headers=headers)
        except FailureGroup as failures:
            for failure in failures.exceptions:
                yield (
                    failure.title if hasattr(failure, "title") else str(failure),
                    f"{who}\n{failures.message}",
                )
        for fault in self._faults(case, response):
            yield (
                fault,
                f"{who}\n{case.as_curl_command(headers)}\n{response.status_code} {response.text[:1000]}",
            )
        if self._has_changed(case, response, name):
            self.stage.use_up(name)

    def _checks_for(self, case: AnyCase) -> list[Any]:
        # An answer to HEAD has the headers of its body, and no body.
        found = [check for check in _CHECKS if case.method != "HEAD" or check not in _OF_A_BODY]
        return found if _may_be_accepted(case) else [*found, checks.negative_data_rejection]

    def _animate(self, case: AnyCase, scene: Scene, turn: int) -> str | None:
        """Lend the case what only a running service knows; answers who sends it.

        Whatever was broken on purpose stays broken. Of the valid ones each third keeps its made-up
        references, and each fourth is sent by somebody else.
        """
        valid = _meta(case).generation.mode is GenerationMode.POSITIVE
        broken = _broken_places(case)
        person = scene.person
        if valid and person is not None and not scene.alone and turn % 4 == 3:
            person = OTHERS[turn // 4 % len(OTHERS)]
        if _tries_another_method(case):
            # Without a token, or with a body that is not theirs, other methods are refused for that.
            case.body, case.media_type = NOT_SET, None
            return person or MANAGER
        if scene.id is not None and ParameterLocation.PATH not in broken and not (valid and turn % 9 == 8):
            case.path_parameters = dict.fromkeys(case.path_parameters, scene.id)
        self._lend_headers(case, scene)
        if valid and turn % 3 == 2:
            return person
        if scene.file is not None:
            if valid:
                case.body = scene.file
            return person
        if ParameterLocation.QUERY not in broken:
            query = {key: said for key, said in case.query.items() if not (valid and key == "cursor")}
            case.query = _with_known(query, scene.known)
            if valid and case.operation.method == "get":
                case.query = {**case.query, **scene.needed}
        # Without a body there is nothing to lend, unless the step needs one.
        if case.body is not NOT_SET or (scene.needed and valid and case.operation.body):
            body = {} if case.body is NOT_SET else _with_known(case.body, scene.known)
            if isinstance(body, dict) and ParameterLocation.BODY not in broken:
                kept = {key: part for key, part in body.items() if key not in scene.unfit}
                body = {**kept, **scene.needed}
            case.body = body
            if case.media_type is None:
                case.media_type = next(iter(case.operation.body)).media_type
        return person

    def _lend_headers(self, case: AnyCase, scene: Scene) -> None:
        declared = {parameter.name.lower(): parameter.name for parameter in case.operation.headers}
        broken = _broken_headers(case)
        if "if-match" in declared and "if-match" not in broken and scene.etag is not None:
            case.headers[declared["if-match"]] = scene.etag
        if "idempotency-key" in declared and "idempotency-key" not in broken:
            case.headers[declared["idempotency-key"]] = self.service.fresh_key()
        for name, said in scene.headers.items():
            if name.lower() not in broken:
                case.headers[name] = said

    def _has_changed(self, case: AnyCase, response: Response, name: str) -> bool:
        """Whether the scene's thing is another than before. Who named another version on purpose changed nothing."""
        if case.operation.method in ("get", "head", "options"):
            return False
        if response.status_code == 412:
            return "if-match" not in _broken_headers(case) and "Tus-Version" not in response.headers
        return response.status_code < 300 or response.status_code in (401, 409, 429)

    def _faults(self, case: AnyCase, response: Response) -> Iterator[str]:
        """What the contract promises of every answer, beside its schema."""
        headers = {key: values[0] for key, values in response.headers.items()}
        status = response.status_code
        if status >= 500:
            yield f"{status}: a fault of the service"
        if "x-request-id" not in headers:
            yield "X-Request-Id is missing"
        if status >= 400:
            if headers.get("content-type") != "application/problem+json":
                yield f"{status} is no problem+json"
            elif case.method != "HEAD":
                problem = json.loads(response.content)
                if problem["status"] != status or problem["request_id"] != headers["x-request-id"]:
                    yield "the problem contradicts its own answer"
        wanted = {401: "www-authenticate", 405: "allow", 429: "retry-after", 503: "retry-after"}
        if status in wanted and wanted[status] not in headers:
            yield f"{status} without {wanted[status]}"
        declared = self.contract["paths"][case.path]
        if status < 400 and case.method.lower() in declared:
            promised = declared[case.method.lower()]["responses"].get(str(status), {}).get("headers", {})
            for header in ("ETag", "Location", "Content-Language"):
                if header in promised and header.lower() not in headers:
                    yield f"{status} without {header}"
        if _tries_another_method(case) and not self._is_another_resource(case):
            if status != 405:
                yield f"{case.method}: {status}, not 405"
            elif {method.strip().lower() for method in headers["allow"].split(",")} ^ set(declared) > {
                "head"
            }:
                yield f"Allow says {headers['allow']}, the contract says {', '.join(declared).upper()}"
        for line in self._log.readlines():
            if b'"event": "unexpected_error"' in line:
                yield "the log tells of an unexpected error:\n" + json.loads(line).get("exception", "")

    def _is_another_resource(self, case: AnyCase) -> bool:
        """Whether the path is one of another template too, which answers for the methods that this one lacks."""
        templates = (
            re.sub(r"\{[^/]+\}", "[^/]+", path) for path in self.contract["paths"] if path != case.path
        )
        return any(re.fullmatch(template, case.path) for template in templates)


def table(tally: Tally) -> str:
    """How many requests were sent, by operation and answer."""
    names = sorted({name for name, _ in tally})
    lines = [f"{sum(tally.values())} requests to {len(names)} operations"]
    for name in names:
        answers = sorted((status, number) for (of, status), number in tally.items() if of == name)
        total = sum(number for _, number in answers)
        lines.append(
            f"  {name:<28} {total:>5}  " + "  ".join(f"{status}: {number}" for status, number in answers)
        )
    return "\n".join(lines)


def _meta(case: AnyCase) -> CaseMetadata:
    """How the case was made: said of every generated one."""
    meta = case.meta
    assert meta is not None
    return meta


def _tries_another_method(case: AnyCase) -> bool:
    """Whether the case is about a method that the path does not have."""
    data = _meta(case).phase.data
    return isinstance(data, CoveragePhaseData) and data.scenario is CoverageScenario.UNSPECIFIED_HTTP_METHOD


@dataclass(frozen=True)
class _Fault:
    """What was made invalid on purpose: where, which parameter ("" where none is named), and how."""

    place: ParameterLocation | None
    name: str
    keywords: tuple[str, ...] = ()


def _broken(case: AnyCase) -> list[_Fault]:
    data = _meta(case).phase.data
    if _meta(case).generation.mode is GenerationMode.POSITIVE:
        return []
    if isinstance(data, FuzzingPhaseData) and data.mutations:
        return [
            _Fault(mutation.parameter_location, (mutation.parameter or "").lower(), mutation.keywords)
            for mutation in data.mutations
        ]
    return [_Fault(data.parameter_location, (data.parameter or "").lower())]


def _broken_places(case: AnyCase) -> set[ParameterLocation | None]:
    return {fault.place for fault in _broken(case)}


def _broken_headers(case: AnyCase) -> set[str]:
    return {fault.name for fault in _broken(case) if fault.place is ParameterLocation.HEADER}


def _may_be_accepted(case: AnyCase) -> bool:
    """Whether all that is broken is what a server need not look at: some headers, and a write's unknown parameters.

    A body of `null` is one that was left out, where it may be: FastAPI does not tell them apart. A part of a file is
    any bytes: none of them are invalid.
    """
    return all(
        (fault.place in (None, ParameterLocation.BODY) and case.media_type == OF_A_PART)
        or (fault.place is ParameterLocation.HEADER and fault.name in NEVER_REFUSED)
        or (
            case.operation.method != "get"
            and fault.place is ParameterLocation.QUERY
            and fault.keywords == ("additionalProperties",)
        )
        or (fault.place is ParameterLocation.BODY and case.body is None and not _body_is_required(case))
        for fault in _broken(case)
    )


def _body_is_required(case: AnyCase) -> bool:
    return bool(case.operation.definition.raw.get("requestBody", {}).get("required", False))


def _with_known(said: Any, known: Mapping[str, Any]) -> Any:
    """The same value, with what is known in place of every valid value of that name."""
    if isinstance(said, dict):
        return {
            key: known[key] if key in known and _is_valid(part) else _with_known(part, known)
            for key, part in said.items()
        }
    if isinstance(said, list):
        return [_with_known(part, known) for part in said]
    return said


def _is_valid(said: Any) -> bool:
    """Whether a text is an id, a day, a moment, an ETag or a period: what a made-up value gives way to."""
    if not isinstance(said, str):
        return False
    if re.fullmatch(r'"\d{1,9}\.[A-Za-z0-9_-]{1,64}"|\d{4}(-(S[12]|Q[1-4]|0[1-9]|1[0-2]))?', said):
        return True
    for read in (UUID, date.fromisoformat, datetime.fromisoformat):
        try:
            read(said)
        except ValueError:
            continue
        return True
    return False


def _description(case: AnyCase) -> str:
    data = _meta(case).phase.data
    scenario = f"{data.scenario.value}, " if isinstance(data, CoveragePhaseData) else ""
    return f"{scenario}{getattr(data, 'parameter', None)}: {getattr(data, 'description', None)}"
