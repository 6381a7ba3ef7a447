"""What differs between two versions of a scorecard, in words that a person reads."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from app.services import records
from app.services.definitions.difference import told


class Difference(NamedTuple):
    """One field, before and after; null where it said nothing. A line's field is `lines.<code>`, with its indicator;
    `order` tells the codes of the lines that both have, where their order differs."""

    field: str
    indicator: Mapping[str, Any] | None
    before: str | None
    after: str | None


def between(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    """Everything that differs. Both hold `note` and `lines`; a line its indicator, weight, target and note."""
    if old["note"] != new["note"]:
        yield Difference("note", None, old["note"], new["note"])
    before, after = _by_code(old["lines"]), _by_code(new["lines"])
    for code in sorted(before.keys() | after.keys()):
        was, becomes = before.get(code), after.get(code)
        said = None if was is None else line(was)
        says = None if becomes is None else line(becomes)
        if said != says:
            yield Difference(f"lines.{code}", (becomes or was or {})["indicator"], said, says)
    order = [code for code in before if code in after]
    reordered = [code for code in after if code in before]
    if order != reordered:
        yield Difference("order", None, ", ".join(order), ", ".join(reordered))


def line(said: Mapping[str, Any]) -> str:
    """A line in short: `weight 20; value 35.4; <its note>`."""
    target = said["target"]
    parts = [f"weight {records.said(said['weight'])}", "no target" if target is None else told(target)]
    return "; ".join([*parts, *([said["note"]] if said["note"] else [])])


def _by_code(lines: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {each["indicator"]["code"]: each for each in lines}
