"""Every route names its permission, and every operation its own id."""

from collections import Counter
from pathlib import Path

from fastapi.params import Form

from app import contract, permissions
from app.main import create_app
from app.routers.json_body import JsonRoute

PUBLIC_AREAS = {
    "/healthz",
    "/readyz",
    "/metrics",
    "/health",
    "/ready",
    "/v1/auth",
    "/oauth",
    "/v1/oauth",
    "/.well-known",
    "/v1/calendar-feeds",  # calendar programs cannot sign in: the link is the secret
}


def test_each_route_names_a_permission_of_the_table() -> None:
    found = {place: contract.permission_of(route) for place, route in contract.routes_of(create_app())}
    assert len(found) > 20
    public = set()
    for route, permission in found.items():
        assert permission == permissions.PUBLIC or permission in permissions.RULES, route
        if permission == permissions.PUBLIC:
            public.add(route)
    # How uploads are made is no secret: the tus protocol asks for it with OPTIONS, before anybody signs in.
    public -= {("/v1/uploads/{id}", "options"), ("/v1/evidence/{id}/uploads", "options")}
    for path, method in public:
        assert any(path.startswith(area) for area in PUBLIC_AREAS), (method, path)
    assert not any(path.startswith(("/v1/results", "/v1/inbox", "/v1/reopenings")) for path, _ in public)


def test_no_route_is_left_out_of_the_walk() -> None:
    app = create_app()
    walked = {(path, method.upper()) for (path, method), _ in contract.routes_of(app)}
    said = {(path, method.upper()) for path, item in app.openapi()["paths"].items() for method in item}
    assert said <= walked


def test_each_operation_has_its_own_id() -> None:
    paths = contract.build(create_app())["paths"]
    operations = [operation["operationId"] for item in paths.values() for operation in item.values()]
    assert {name: count for name, count in Counter(operations).items() if count > 1} == {}


def test_each_json_body_is_read_exactly() -> None:
    """On another route its decimals would be rounded, and a name could stand twice."""
    taking = [
        route
        for _, route in contract.routes_of(create_app())
        if route.body_field is not None and not isinstance(route.body_field.field_info, Form)
    ]
    assert len(taking) > 20
    assert [route.path for route in taking if not isinstance(route, JsonRoute)] == []


def test_each_rule_is_asked_for_somewhere() -> None:
    """A rule that no code names would be a promise that nothing keeps."""
    code = "\n".join(path.read_text() for path in Path("app").rglob("*.py") if path.name != "permissions.py")
    unused = [action for action in permissions.RULES if f'"{action}"' not in code]
    assert unused == []
