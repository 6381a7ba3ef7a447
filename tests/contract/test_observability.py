"""What an operator sees of the service: its log, its metrics, its health, and how it bears a lost database."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.local_postgres import Server
from app.tokens import TokenKeys
from tests.contract import proxy, service
from tests.contract.proxy import Proxy
from tests.contract.service import MANAGER, PASSWORD, SPECIALIST, Service

FIELDS = {"event", "level", "timestamp", "request_id", "method", "route", "status", "milliseconds"}
PATIENCE = 15.0
"""Seconds after which a client has given up."""


def logged(service: Service, request_id: str) -> dict[str, Any]:
    """The one line of the access log about a request."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        lines = [json.loads(line) for line in service.log.read_text().splitlines() if request_id in line]
        if lines:
            assert len(lines) == 1
            return dict(lines[0])
        time.sleep(0.05)
    raise AssertionError(f"no line about {request_id}")


def counted(service: Service, metric: str = "mutabaa_requests_total") -> dict[tuple[str, str, str], float]:
    """The counters by method, route and status."""
    text = service.http.get("/metrics").text
    found = re.findall(metric + r'\{method="(\w+)",route="([^"]*)",status="(\d+)"\} ([\d.]+)', text)
    return {(method, route, status): float(number) for method, route, status, number in found}


# The log.


@pytest.mark.parametrize(
    ("method", "path", "body", "route", "status"),
    [
        ("GET", "/v1/indicators?q=Sensitive-Word", None, "/v1/indicators", 200),
        ("GET", "/v1/indicators/019a0000-0000-7000-8000-000000000001", None, "/v1/indicators/{id}", 404),
        ("POST", "/v1/users", {"email": "Sensitive-Word@example.om"}, "/v1/users", 422),
        (
            "POST",
            "/v1/auth/sign-in",
            {"email": "a@b.om", "password": "Sensitive-Word"},
            "/v1/auth/sign-in",
            401,
        ),
        ("DELETE", "/v1/indicators?q=Sensitive-Word", None, "/v1/indicators", 405),
        ("GET", "/v1/Sensitive-Word", None, "unmatched", 404),
        ("GET", "/health/live", None, "/health/live", 200),
    ],
)
def test_a_request_is_one_line_without_personal_data(
    real_service: Service, method: str, path: str, body: Any, route: str, status: int
) -> None:
    request_id = f"observed-{uuid4().hex}"
    person = service.ADMINISTRATOR
    answer = real_service.call(person, method, path, body, X_Request_Id=request_id)
    assert answer.status_code == status, answer.text
    line = logged(real_service, request_id)
    assert set(line) == FIELDS
    assert (line["event"], line["method"], line["route"], line["status"]) == (
        "request",
        method,
        route,
        status,
    )
    said = json.dumps(line)
    assert "Sensitive-Word" not in said
    assert "@" not in said
    assert str(real_service.users[person]) not in said
    assert real_service.token(person) not in said


def test_the_whole_log_holds_no_name_token_or_password(real_service: Service) -> None:
    credentials = {"email": f"{SPECIALIST}@demo.mutabaa.example", "password": PASSWORD}
    tokens = real_service.create_session(credentials)
    real_service.call(None, "POST", "/v1/auth/refresh", {"refresh_token": tokens["refresh_token"]})
    real_service.call(MANAGER, "GET", f"/v1/results?cursor={tokens['refresh_token']}")
    log = real_service.log.read_text()
    assert log
    for secret in (credentials["email"], PASSWORD, tokens["refresh_token"], tokens["access_token"], "@demo"):
        assert secret not in log
    for line in log.splitlines():
        json.loads(line)


# The request's id.


@pytest.mark.parametrize("said", ["abcdefgh", "A-Za.z0_9" * 7, "0123456789abcdef" * 4])
def test_a_sane_request_id_is_echoed(real_service: Service, said: str) -> None:
    answer = real_service.http.get("/v1/me", headers={"X-Request-Id": said})
    assert answer.headers["X-Request-Id"] == answer.json()["request_id"] == said


@pytest.mark.parametrize(
    "said", ["", "short", "x" * 65, "has spaces in it", "semi;colon;s", "<script>1", 'quote"quote', "ü" * 8]
)
def test_another_request_id_is_replaced(real_service: Service, said: str) -> None:
    answer = real_service.http.get("/v1/me", headers={b"X-Request-Id": said.encode()})
    made = answer.headers["X-Request-Id"]
    assert made == answer.json()["request_id"]
    assert re.fullmatch(r"[0-9a-f]{32}", made)


# The metrics.


def test_requests_are_counted_by_the_template_of_their_route(real_service: Service) -> None:
    before = counted(real_service)
    items = real_service.read(MANAGER, "/v1/indicators?limit=3")["items"]
    for item in items:
        real_service.read(MANAGER, f"/v1/indicators/{item['id']}")
    real_service.http.get("/nowhere/at/all")
    real_service.http.get("/v1/nowhere")
    after = counted(real_service)
    gained = {
        key: number - before.get(key, 0) for key, number in after.items() if number != before.get(key, 0)
    }
    assert gained == {
        ("GET", "/v1/indicators", "200"): 1,
        ("GET", "/v1/indicators/{id}", "200"): 3,
        ("GET", "unmatched", "404"): 1,
        ("GET", "unmatched", "401"): 1,
        ("GET", "/metrics", "200"): 1,
    }


def test_the_metrics_tell_the_time_and_nothing_of_anybody(real_service: Service) -> None:
    answer = real_service.http.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert 'mutabaa_request_seconds_bucket{le="0.1",method="GET",route="/health/ready"}' in answer.text
    assert "@" not in answer.text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", answer.text)


# The database goes away.


@pytest.fixture(scope="module")
def wire(cluster: Server) -> Iterator[Proxy]:
    """The only way from the fragile service to its database."""
    with proxy.between(cluster.port) as made:
        yield made


@pytest.fixture(scope="module")
def fragile(
    wire: Proxy,
    loaded_url: str,
    token_keys: Path,
    real_service: Service,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Service]:
    """A second service, whose database can be lost; the first one's people may speak to it."""
    folder = tmp_path_factory.mktemp("fragile")
    url = httpx.URL(loaded_url.replace("postgresql://", "http://")).copy_with(port=wire.port)
    keys = TokenKeys.load(token_keys, "mutabaa", "mutabaa-api")
    with service.running(
        str(url).replace("http://", "postgresql://"), token_keys, folder, MUTABAA_STATEMENT_SECONDS="1"
    ) as (
        address,
        log,
    ):
        made = Service(address, log, loaded_url, keys)
        try:
            yield made
        finally:
            wire.mend()
            made.close()


def asked(service: Service, lane: str) -> httpx.Response:
    """A request on one of the two lanes."""
    started = time.monotonic()
    if lane == "read":
        answer = service.call(MANAGER, "GET", "/v1/results")
    else:
        body = {"name": "Dashboard", "permissions": ["results.read"], "expires_at": "2027-01-01T00:00:00Z"}
        answer = service.call(MANAGER, "POST", "/v1/service-accounts", body)
    assert time.monotonic() - started < PATIENCE, "the answer came when nobody waited for it any more"
    return answer


def refused_as_unavailable(answer: httpx.Response) -> bool:
    """Whether an answer is the 503 that the contract declares."""
    assert answer.status_code == 503, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    problem = answer.json()
    assert (problem["code"], problem["status"]) == ("unavailable", 503)
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    return True


@pytest.mark.parametrize("loss", ["cut", "frozen", "starting", "ended by the server"])
@pytest.mark.parametrize("lane", ["read", "write"])
def test_a_lost_database_is_answered_503_in_time_and_forgotten_when_it_is_back(
    fragile: Service, wire: Proxy, lane: str, loss: str
) -> None:
    fragile.token(MANAGER)  # its session must be written before
    assert asked(fragile, lane).is_success
    if loss == "ended by the server":
        # What a restart or a failover does to every connection; the next request may be the one that learns of it.
        fragile.sql(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'mutabaa'"
            " and datname = current_database()"
        )
        answers = [asked(fragile, lane) for _ in range(3)]
        assert all(answer.is_success or refused_as_unavailable(answer) for answer in answers)
    else:
        {"cut": wire.cut, "frozen": wire.freeze, "starting": wire.pretend_to_start}[loss]()
        try:
            assert refused_as_unavailable(asked(fragile, lane))
            assert refused_as_unavailable(fragile.http.get("/health/ready", timeout=PATIENCE))
            assert fragile.http.get("/health/live").status_code == 200
        finally:
            wire.mend()
    deadline = time.monotonic() + PATIENCE
    while not (ready := fragile.http.get("/health/ready")).is_success:
        assert time.monotonic() < deadline, ready.text
        time.sleep(0.2)
    assert asked(fragile, lane).is_success
    assert '"status": 500' not in fragile.log.read_text()
