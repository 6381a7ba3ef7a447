"""What differs between two versions of a detailed plan, in words that a person reads."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from app.services import records
from app.services.detailed_plans.rules import TASK, TEXTS


class Difference(NamedTuple):
    """One field, before and after; null where it said nothing. A field of a task by its place: `tasks.3.weight`."""

    field: str
    before: str | None
    after: str | None


def between(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    """Every text that differs, and every field of every task. Both hold `tasks` as a list."""
    for name in TEXTS:
        if old[name] != new[name]:
            yield Difference(name, old[name], new[name])
    for place in range(max(len(old["tasks"]), len(new["tasks"]))):
        before, after = _task(old["tasks"], place), _task(new["tasks"], place)
        for name in TASK:
            if before[name] != after[name]:
                yield Difference(f"tasks.{place + 1}.{name}", before[name], after[name])


def _task(tasks: Sequence[Mapping[str, Any]], place: int) -> dict[str, str | None]:
    """The task at a place, its values as text; nothing where there is none."""
    if place >= len(tasks):
        return dict.fromkeys(TASK)
    return {name: records.said(tasks[place][name]) for name in TASK}
