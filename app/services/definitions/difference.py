"""What differs between two versions of a definition, in words that a person reads."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from app.enums import TargetKind
from app.services import records
from app.services.definitions.rules import FIELDS


class Difference(NamedTuple):
    """One field, before and after; null where it said nothing. A target's field is `targets.<year>`."""

    field: str
    before: str | None
    after: str | None


def between(
    old: Mapping[str, Any], new: Mapping[str, Any], fields: Sequence[str] = FIELDS
) -> Iterator[Difference]:
    """Every one of `fields` that differs, and every target. Both hold `targets` as a list."""
    for name in fields:
        if old[name] != new[name]:
            yield Difference(name, records.said(old[name]), records.said(new[name]))
    before, after = _by_year(old["targets"]), _by_year(new["targets"])
    for year in sorted(before.keys() | after.keys()):
        if before.get(year) != after.get(year):
            yield Difference(f"targets.{year}", before.get(year), after.get(year))


def _by_year(targets: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    return {target["year"]: told(target) for target in targets}


def told(target: Mapping[str, Any]) -> str:
    """A target in short: `value 35.4`, `band 10..20 (outer 5..30)`, `average 3 (2021..2025)`, `top_rank 20`,
    with its source where it names one."""

    def said(name: str) -> str | None:
        return records.said(target[name])

    ends = [end for end in (said("value"), said("value_max")) if end is not None]
    parts = [str(target["kind"]), *([_span(*ends)] if ends else [])]
    if target["rank"] is not None:
        parts.append(f"rank {said('rank')}" if target["kind"] != TargetKind.TOP_RANK else str(said("rank")))
    if target["outer_min"] is not None or target["outer_max"] is not None:
        parts.append(f"(outer {_span(said('outer_min') or '', said('outer_max') or '')})")
    if target["window_start"] is not None:
        parts.append(f"({_span(str(said('window_start')), str(said('window_end')))})")
    if target["source"] is not None:
        parts.append(f"[{target['source']}]")
    return " ".join(parts)


def _span(*ends: str) -> str:
    return "..".join(ends)
