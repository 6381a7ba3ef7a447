"""What differs between two versions of an annual plan, in words that a person reads."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from app.services import records
from app.services.plans import items_rules


class Difference(NamedTuple):
    """One field, before and after; null where it said nothing. A criterion's field is `criteria.<key>`, an item's
    `items.<number>`."""

    field: str
    before: str | None
    after: str | None


FIELDS = ("name_ar", "name_en", "development_plan")


def between(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    """Every name, criterion and item that differs between two contents (`columns.content`)."""
    for field in FIELDS:
        if old[field] != new[field]:
            yield Difference(field, old[field], new[field])
    yield from _each("criteria", _criteria(old["criteria"]), _criteria(new["criteria"]))
    yield from _each("items", _items(old["items"]), _items(new["items"]))


def _each(name: str, before: Mapping[Any, str], after: Mapping[Any, str]) -> Iterator[Difference]:
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            yield Difference(f"{name}.{key}", before.get(key), after.get(key))


def _criteria(criteria: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {each["key"]: f"{each['ar']} / {each['en']}" for each in criteria}


def _items(items: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    return {item["number"]: told(item) for item in items}


def told(item: Mapping[str, Any]) -> str:
    """An item in short: its names, its code or priority, an initiative's dates and money, its note."""
    ar, en = items_rules.name(item)
    about = item["indicator"] or item["initiative"] or item["priority"]
    parts = [ar if en == ar else f"{ar} / {en}"]
    if about is not None:
        parts.append(f"[{about['code']}]")
    if item["initiative"] is not None:
        parts.append(f"{about['starts_on']}..{about['ends_on']}")
    if item["requested"] is not None:
        parts.append(f"({records.said(item['granted']) or 0} / {records.said(item['requested'])} OMR)")
    if item["note"]:
        parts.append(f"- {item['note']}")
    return " ".join(parts)
