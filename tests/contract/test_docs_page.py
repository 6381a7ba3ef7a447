"""The documentation page: served by the service, complete without any other host, readable without a token."""

import re

import pytest

from tests import contract_lint
from tests.contract.service import Service

HOSTS = re.compile(r"https?:|//\w")


def loaded_by(html: str) -> list[str]:
    """What the page makes a browser fetch, beside what its scripts ask for."""
    return re.findall(r'<(?:script|link|img)[^>]*?(?:src|href)="([^"]+)"', html)


def test_the_page_loads_nothing_from_elsewhere(real_service: Service) -> None:
    page = real_service.http.get("/docs")
    assert page.status_code == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert not HOSTS.search(page.text)
    assert len(loaded_by(page.text)) == 5
    for place in loaded_by(page.text):
        asset = real_service.http.get(f"/{place}")
        assert asset.status_code == 200, place
        if place.endswith(".css"):
            assert all(said.startswith("data:") for said in re.findall(r'url\(["\']?([^)"\']+)', asset.text))
            assert "@import" not in asset.text
    assert not HOSTS.search(real_service.http.get("/docs/assets/page.js").text)


def test_a_strict_policy_holds_and_the_page_keeps_to_it(real_service: Service) -> None:
    page = real_service.http.get("/docs")
    policy = dict(part.split(" ", 1) for part in page.headers["Content-Security-Policy"].split("; "))
    assert policy.pop("img-src") == "'self' data:"
    assert {name: said for name, said in policy.items() if said != "'none'"} == {
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
    }
    assert policy["default-src"] == policy["frame-ancestors"] == policy["form-action"] == "'none'"
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\bstyle=|\bon\w+=", page.text)
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_the_contract_that_is_served_is_the_committed_one(real_service: Service) -> None:
    served = real_service.http.get("/openapi.json")
    assert served.headers["Content-Type"] == "application/json"
    assert served.content == contract_lint.COMMITTED.read_bytes()


@pytest.mark.parametrize(
    "path", ["/openapi.json", "/docs", "/docs/assets/swagger-ui.css", "/docs/assets/page.js"]
)
def test_what_a_browser_has_is_not_sent_again(real_service: Service, path: str) -> None:
    first = real_service.http.get(path)
    for said in (first.headers["ETag"], f'"other", W/{first.headers["ETag"]}', "*"):
        again = real_service.http.get(path, headers={"If-None-Match": said})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
    assert real_service.http.get(path, headers={"If-None-Match": '"other"'}).content == first.content


@pytest.mark.parametrize(
    "name", ["other.js", "..%2f..%2fmain.py", "%2e%2e/page.js", "page.js/", "page.js%00"]
)
def test_only_the_files_of_the_page_are_assets(real_service: Service, name: str) -> None:
    answer = real_service.http.get(f"/docs/assets/{name}")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/docs/assets/page.css"])
def test_the_page_is_only_read(real_service: Service, path: str) -> None:
    answer = real_service.http.post(path)
    assert answer.status_code == 405
    assert {"GET", "HEAD"} == {method.strip() for method in answer.headers["Allow"].split(",")}
