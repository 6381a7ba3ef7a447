"""What a body takes is what the contract says of it: JSON's own numbers and truths, and no text that looks like them."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from app import schemas
from app.schemas.base import Body

for _module in pkgutil.iter_modules(schemas.__path__):
    importlib.import_module(f"app.schemas.{_module.name}")

NEVER: dict[str, tuple[Any, ...]] = {
    "integer": ("1", "5", "2027", True, 1.5),
    "number": ("1", "5", "2027", True),
    "boolean": ("yes", "true", 1, 0),
    "string": (1, True),
}
"""By type in the contract: what is none of it."""


def _bodies(of: type[Body] = Body) -> Iterator[type[Body]]:
    for model in of.__subclasses__():
        yield model
        yield from _bodies(model)


FIELDS = [(model, name) for model in _bodies() for name in model.model_fields]


@pytest.mark.parametrize(
    ("model", "name"), FIELDS, ids=[f"{model.__name__}.{name}" for model, name in FIELDS]
)
def test_a_member_takes_only_what_the_contract_says(model: type[Body], name: str) -> None:
    said = model.model_json_schema()["properties"][name]
    types = {said.get("type"), *(part.get("type") for part in said.get("anyOf", ()))}
    field = model.model_fields[name]
    adapter: TypeAdapter[Any] = TypeAdapter(Annotated[field.annotation, field, *field.metadata])
    values = [value for type_ in types & NEVER.keys() for value in NEVER[type_]]
    taken = [value for value in values if _is_taken(adapter, value)]
    assert [value for value in taken if "string" not in types or not isinstance(value, str)] == []


def _is_taken(adapter: TypeAdapter[Any], value: Any) -> bool:
    try:
        adapter.validate_python(value)
    except ValidationError:
        return False
    return True
