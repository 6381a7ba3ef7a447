"""Turns what FastAPI says about the routes into the contract, `openapi/openapi.json` (OpenAPI 3.1).

FastAPI knows paths, parameters and schemas. What holds for the whole service is said here once: errors as
problem details, headers of every answer, sign-in, permissions, and the form that the linters ask for.
What belongs to one route or one field (a description, an example, a length) is said there, never here.
"""

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from app import contract_schemas, errors, permissions
from app.contract_headers import ACCEPT_LANGUAGE, FILE_HEADERS, HEADERS, ON_EVERY_ANSWER
from app.contract_words import DESCRIPTION, TAGS, TITLE
from app.schemas.problems import Problem

Json = dict[str, Any]

MERGE_PATCH = "application/merge-patch+json"
PROBLEM_JSON = "application/problem+json"
CODES = "x-problem-codes"

# Which errors follow from what an operation takes; a route declares only those of its own.
ALWAYS: tuple[type[errors.AppError], ...] = (
    errors.Malformed,
    errors.Unauthenticated,
    errors.TooManyRequests,
    errors.Internal,
    errors.Unavailable,
)
WITH_BODY = (errors.TooLarge, errors.UnsupportedMedia, errors.Invalid)
WITH_IF_MATCH = (errors.Stale, errors.PreconditionRequired)
WITH_KEY = (errors.KeyInFlight, errors.KeyReused)

SECURITY_SCHEMES: Json = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": (
            "The access token that sign-in answers, valid for ten minutes; verified as RFC8725 asks:"
            " one algorithm (ES256), issuer, audience, type."
        ),
    },
    "client_credentials": {
        "type": "oauth2",
        "description": (
            "Service accounts: OAuth 2.0 client credentials (RFC 6749, section 4.4)."
            " The access token is a JWT, verified as RFC8725 asks."
        ),
        "flows": {"clientCredentials": {"tokenUrl": "/v1/auth/token", "scopes": {}}},
    },
}


def permission_of(route: APIRoute) -> str | None:
    """The permission that a route names: the `permission` attribute of one of its dependencies.

    Deny by default needs every route to name one; None means that it names none.
    """
    pending = [route.dependant]
    while pending:
        dependant = pending.pop()
        permission = getattr(dependant.call, "permission", None)
        if isinstance(permission, str):
            return permission
        pending.extend(dependant.dependencies)
    return None


def build(app: FastAPI) -> Json:
    """The contract of `app`: OpenAPI 3.1, the form that openapi/openapi.json has."""
    raw = get_openapi(
        title=TITLE,
        version=app.version,
        description=DESCRIPTION,
        routes=app.routes,
        contact={"name": "Mutabaa"},
        license_info={"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        separate_input_output_schemas=app.separate_input_output_schemas,
    )
    routes = dict(routes_of(app))
    schemas: Json = raw.get("components", {}).get("schemas", {})
    # FastAPI's own error schemas: our errors are problem details (RFC 9457) instead.
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"))
    schemas["Problem"] = problem

    shared_responses: Json = {}
    tags: set[str] = set()
    for path, item in raw["paths"].items():
        for method, operation in item.items():
            route = routes[path, method]
            operation["operationId"] = route.name
            item[method] = _operation(method, operation, permission_of(route), shared_responses)
            tags.update(operation.get("tags", ()))
    for schema in _schema_positions(raw["paths"], schemas):
        contract_schemas.tidy(schema)
    for schema in schemas.values():
        schema["examples"] = [
            contract_schemas.with_nulls(value, schema, schemas) for value in schema.get("examples", ())
        ]
        if not schema["examples"]:
            del schema["examples"]

    unknown = tags - TAGS.keys()
    if unknown:
        raise ValueError(f"tags without a description in app/contract_words.py: {', '.join(sorted(unknown))}")
    return {
        "openapi": raw["openapi"],
        "info": raw["info"],
        # One relative address: right wherever the service runs, and never plain http (OWASP API8:2023).
        "servers": [
            {
                "url": "/",
                "description": "The host that serves this file: production, test or local",
                "x-internal": False,
            }
        ],
        "security": [{name: []} for name in SECURITY_SCHEMES],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items() if name in tags],
        "paths": dict(sorted(raw["paths"].items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "responses": dict(sorted(shared_responses.items())),
            "parameters": {"AcceptLanguage": ACCEPT_LANGUAGE},
            "headers": HEADERS | {f"File-{name}": said for name, said in FILE_HEADERS.items()},
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def dumps(contract: Json) -> str:
    """The contract as text: the same bytes for the same routes, one line per fact, Arabic readable."""
    return json.dumps(contract, ensure_ascii=False, indent=1) + "\n"


def routes_of(app: FastAPI) -> Iterator[tuple[tuple[str, str], APIRoute]]:
    """Each route of the contract by its (path, method)."""
    for route in app.routes:
        if isinstance(route, APIRoute):
            for method in route.methods or ():
                yield (route.path_format, method.lower()), route


def _operation(method: str, operation: Json, permission: str | None, shared: Json) -> Json:
    """One operation in its final form; the errors it can answer with go into `shared`."""
    parameters = [
        _parameter(p) for p in operation.get("parameters", ()) if p["name"].lower() != "accept-language"
    ]
    names = {parameter["name"].lower(): parameter for parameter in parameters}
    done: Json = {
        key: operation[key] for key in ("tags", "summary", "description", "operationId") if key in operation
    }
    if operation.get("deprecated"):
        done["deprecated"] = True
    if permission is not None:
        done["x-permission"] = permission
    if permission == permissions.PUBLIC:
        # "Without sign-in" said in words; an empty list reads as forgotten (OWASP API2:2023).
        done["security"] = [{}]
    # Titles of errors are localised, so every operation takes the reader's language.
    done["parameters"] = [*parameters, {"$ref": "#/components/parameters/AcceptLanguage"}]
    if "requestBody" in operation:
        done["requestBody"] = operation["requestBody"]
        content = done["requestBody"]["content"]
        for media in content.values():
            # A body that may be left out is left out, never null.
            media["schema"] = _without_null(media["schema"])
        if method == "patch" and "application/json" in content:
            # RFC 7396: the body of our PATCH is a merge patch, and only that media type says so.
            content[MERGE_PATCH] = content.pop("application/json")

    declared = operation["responses"]
    done["responses"] = responses = {}
    shown = declared.get("200", {}).get("content", {"application/json": {}})
    is_file = shown.keys().isdisjoint(("application/json", "text/calendar"))
    for status, response in declared.items():
        if int(status) < 400:
            responses[status] = _success(int(status), response, names, is_file=is_file)
    if "if-none-match" in names:
        # RFC 9110, section 15.4.5: the answer when the reader already has this version.
        not_changed = {"description": "Not changed since the ETag that was sent."}
        responses["304"] = _success(304, not_changed, names, is_file=is_file)
    for status, types in _errors_of(done, names, declared).items():
        name = "".join(error.__name__ for error in types)
        made = _problem_response(status, types)
        if shared.setdefault(name, made) != made:
            raise ValueError(f"two errors are called {name}")
        responses[str(status)] = {"$ref": f"#/components/responses/{name}"}
    done["responses"] = dict(sorted(responses.items()))
    return done


def _parameter(parameter: Json) -> Json:
    """A parameter as it is on the wire: it is sent or not, but never null.

    `x-required` marks a header whose absence has its own answer (428, 400): FastAPI must take the request
    without it, while the contract says that it is required.
    """
    schema = _without_null(parameter["schema"])
    required = schema.pop("x-required", False) or parameter["required"]
    # A description belongs to the parameter; FastAPI repeats it in the schema.
    schema.pop("description", None)
    return {**parameter, "required": required, "schema": schema}


def _without_null(schema: Json) -> Json:
    options = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
    if len(options) != 1:
        return schema
    return {**{key: value for key, value in schema.items() if key != "anyOf"}, **options[0]}


def _success(status: int, response: Json, parameters: Json, *, is_file: bool) -> Json:
    """A 2xx or 3xx answer with the headers that follow from what the operation is."""
    names = list(ON_EVERY_ANSWER)
    if is_file:
        of_file = ["ETag"]
        if "content" in response:
            of_file += ["Accept-Ranges", "Content-Disposition", "Content-Security-Policy"]
        if status == HTTPStatus.PARTIAL_CONTENT:
            of_file.append("Content-Range")
        said = {name: {"$ref": f"#/components/headers/File-{name}"} for name in of_file}
        return {**response, "headers": _headers(names) | said}
    if "content" in response:
        names.append("Content-Language")
    shown = (
        status == HTTPStatus.CREATED and "content" in response
    )  # an upload that is begun has nothing to show
    if shown or parameters.keys() & {"if-match", "if-none-match"}:
        names.append("ETag")
    if status in (HTTPStatus.CREATED, HTTPStatus.ACCEPTED):
        names.append("Location")
    return {**response, "headers": _headers(names) | response.get("headers", {})}


def _headers(names: list[str]) -> Json:
    """References to the shared headers."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _errors_of(operation: Json, parameters: Json, declared: Json) -> dict[int, list[type[errors.AppError]]]:
    """The errors of an operation by status: what its parts imply, and what the route declares.

    Every operation says 400, 401, 429 and 500 (OWASP API4 and API8:2023), so that a client treats them in one
    place; and 503, for the database may be away.
    """
    by_code = {error.code: error for error in _subclasses(errors.AppError)}
    found = set(ALWAYS)
    if any(parameter["in"] == "path" for parameter in parameters.values()):
        found.add(errors.NotFound)
    if "requestBody" in operation:
        found.update(WITH_BODY)
    if "if-match" in parameters:
        found.update(WITH_IF_MATCH)
    if "idempotency-key" in parameters:
        found.update(WITH_KEY)
        if parameters["idempotency-key"]["required"]:
            found.add(errors.KeyRequired)
    if operation.get("x-permission") != permissions.PUBLIC:
        found.add(errors.Forbidden)
    if "422" in declared:
        found.add(errors.Invalid)
    for response in declared.values():
        found.update(by_code[code] for code in response.get(CODES, ()))
    result: dict[int, list[type[errors.AppError]]] = {}
    for error in sorted(found, key=lambda error: (error.status, error.code)):
        result.setdefault(error.status, []).append(error)
    missing = [status for status in declared if int(status) >= 400 and int(status) not in result]
    if missing:
        raise ValueError(f"errors declared without {CODES}: {', '.join(missing)}")
    return result


def _subclasses(kind: type[errors.AppError]) -> Iterator[type[errors.AppError]]:
    """All errors of the service, from the one place that names them."""
    for error in kind.__subclasses__():
        yield error
        yield from _subclasses(error)


def _problem_response(status: int, types: list[type[errors.AppError]]) -> Json:
    """The shared answer of one status: application/problem+json, one example for each code and language."""
    names = [*ON_EVERY_ANSWER, "Content-Language"]
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        names.append("Retry-After")  # RFC 9110, section 10.2.3
    if status == HTTPStatus.UNAUTHORIZED:
        names.append("WWW-Authenticate")  # RFC 9110, section 15.5.2
    headers = _headers(names)
    if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        headers["Content-Range"] = {"$ref": "#/components/headers/File-Content-Range"}
    examples = {
        f"{error.code}_{language}": {
            "summary": error.title.said(language),
            "value": {
                "type": f"/problems/{error.code}",
                "title": error.title.said(language),
                "status": status,
                "code": error.code,
                "request_id": "019353f07c1e7d2a9a410d6b6f6d1c11",
            },
        }
        for error in types
        for language in ("en", "ar")
    }
    return {
        "description": ". ".join(error.title.en for error in types) + ".",
        CODES: [error.code for error in types],
        "headers": headers,
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}},
    }


def _schema_positions(paths: Json, schemas: Json) -> Iterator[Json]:
    """Every place that holds a schema: components, parameters, bodies, answers."""
    yield from schemas.values()
    for item in paths.values():
        for operation in item.values():
            yield from (parameter["schema"] for parameter in operation["parameters"] if "schema" in parameter)
            for holder in (operation.get("requestBody", {}), *operation["responses"].values()):
                yield from (
                    media["schema"] for media in holder.get("content", {}).values() if "schema" in media
                )
