"""Brings the JSON schemas that Pydantic makes to the form of the contract (JSON Schema 2020-12)."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

# The longest text of each format: a string without a limit is a finding (OWASP API4:2023).
FORMAT_LENGTH = {
    "uuid": 36,
    "date": 10,
    "date-time": 40,
    "time": 30,
    "duration": 60,
    "email": 254,
    "uri": 2000,
    "uri-reference": 2000,
    "password": 200,
}


def _children(schema: Json) -> Iterator[Json]:
    """The schemas directly inside a schema; a property may itself be called `title` or `items`."""
    for key in ("properties", "patternProperties", "$defs"):
        yield from schema.get(key, {}).values()
    for key in ("anyOf", "allOf", "oneOf", "prefixItems"):
        yield from schema.get(key, ())
    for key in ("items", "additionalProperties", "propertyNames", "not", "contains"):
        if isinstance(schema.get(key), dict):
            yield schema[key]


def tidy(schema: Json) -> None:
    """Brings a schema, and those inside it, to the contract's form."""
    for child in _children(schema):
        tidy(child)
    for rule in (_drop_title, _fold_null, _limit_string, _name_number_format):
        rule(schema)


def _drop_title(schema: Json) -> None:
    """Pydantic makes a title from each name; it says nothing and becomes class names in generated clients."""
    if isinstance(schema.get("title"), str):
        del schema["title"]


def _fold_null(schema: Json) -> None:
    """`anyOf: [T, null]` is `type: [T, "null"]` in JSON Schema 2020-12, which clients read as nullable.

    A reference keeps anyOf: there is no shorter form for "that schema, or null".
    """
    options = schema.get("anyOf")
    if not isinstance(options, list) or len(options) != 2 or {"type": "null"} not in options:
        return
    option = next(option for option in options if option != {"type": "null"})
    if not isinstance(option.get("type"), str):
        return
    del schema["anyOf"]
    for key, value in option.items():
        schema.setdefault(key, value)
    schema["type"] = [option["type"], "null"]
    if "const" in schema:
        schema["enum"] = [schema.pop("const")]
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]


def _limit_string(schema: Json) -> None:
    """A length for strings whose format already bounds them (OWASP API4:2023, string-limit)."""
    limit = FORMAT_LENGTH.get(schema.get("format", ""))
    if limit is not None and _has_type(schema, "string"):
        schema.setdefault("maxLength", limit)


def _name_number_format(schema: Json) -> None:
    """int32, int64 or double, so that generated clients choose a type that holds it (OAS 3.1, section 4.4).

    FastAPI writes limits as floats: 1000.0 becomes 1000 again.
    """
    for key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        if isinstance(schema.get(key), float) and schema[key].is_integer():
            schema[key] = int(schema[key])
    if _has_type(schema, "integer"):
        highest = schema.get("maximum", schema.get("exclusiveMaximum"))
        fits = highest is not None and abs(highest) < 2**31 and schema.get("minimum", 0) >= -(2**31)
        schema.setdefault("format", "int32" if fits else "int64")
    elif _has_type(schema, "number"):
        schema.setdefault("format", "double")


def _has_type(schema: Json, name: str) -> bool:
    """Whether the schema's type is, or contains, `name`."""
    kind = schema.get("type")
    return kind == name or (isinstance(kind, list) and name in kind)


def with_nulls(value: Any, schema: Json, schemas: Json) -> Any:
    """An example with the nulls that FastAPI drops on its way, put back where a property must be present."""
    schema = schemas[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
    if isinstance(value, list):
        return [with_nulls(item, schema.get("items", {}), schemas) for item in value]
    properties = schema.get("properties", {})
    if not isinstance(value, dict) or not properties:
        options = [option for option in schema.get("anyOf", ()) if "$ref" in option]
        return with_nulls(value, options[0], schemas) if len(options) == 1 else value
    filled = {
        name: with_nulls(value.get(name), part, schemas)
        for name, part in properties.items()
        if name in value or name in schema.get("required", ())
    }
    return filled | {name: part for name, part in value.items() if name not in properties}
