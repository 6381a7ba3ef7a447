"""What differs between two versions of a communication plan, in words that a person reads."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from app.services.communications.rules import LISTS, TEXTS


class Difference(NamedTuple):
    """One field, before and after; null where it said nothing. An item of a list by its place: `audiences.1`."""

    field: str
    before: str | None
    after: str | None


def between(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    """Every text that differs, and every place of a list."""
    for name in TEXTS:
        if old[name] != new[name]:
            yield Difference(name, old[name], new[name])
    for name in LISTS:
        for place in range(max(len(old[name]), len(new[name]))):
            before, after = _told(old[name], place), _told(new[name], place)
            if before != after:
                yield Difference(f"{name}.{place + 1}", before, after)


def _told(items: Sequence[Mapping[str, Any]], place: int) -> str | None:
    """An item in both its languages, `العاملون · staff`; null where there is none."""
    if place >= len(items):
        return None
    return " · ".join(said for said in (items[place]["ar"], items[place]["en"]) if said)
