"""Reads the tables of `expected/`: what each person is to be answered, line by line.

A table stands under a heading `## `name`: words`. Its first columns (see `KEYS`) say for whom and for what a line
stands, as a comma-separated list or `any`; each other column is a state, and its cell the answer.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "expected"
KEYS = ("who", "classification", "level", "grantor", "said", "action", "place")
"""Columns that say for what a line stands; every other column holds answers."""

ANY = "any"
NEVER = "-"
_HEADING = re.compile(r"^## (?P<name>`[^`]+`[^:]*)")


@dataclass(frozen=True)
class Answer:
    """A status (or, where the source leaves it open, one of several), and the code where the table names it."""

    statuses: tuple[int, ...]
    code: str | None = None

    @property
    def status(self) -> int:
        """The status; the first of several."""
        return self.statuses[0]

    @property
    def done(self) -> bool:
        """Whether the request is to have its effect."""
        return self.status < 300

    @property
    def offered(self) -> bool:
        """Whether the action stands in `actions`: it would be done, at most it must say more (422)."""
        return self.done or self.status == 422

    @property
    def left_open(self) -> bool:
        """Whether the source leaves open if it is done at all."""
        return self.done and max(self.statuses) >= 400

    def __str__(self) -> str:
        return f"{'/'.join(map(str, self.statuses))} {self.code or ''}".strip()


@dataclass(frozen=True)
class Table:
    """One table: its key columns, its answer columns, its lines."""

    name: str
    columns: tuple[str, ...]
    lines: tuple[Mapping[str, str], ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that say for what a line stands."""
        return tuple(column for column in self.columns if column in KEYS)

    @property
    def states(self) -> tuple[str, ...]:
        """The columns that hold answers."""
        return tuple(column for column in self.columns if column not in KEYS)

    def cell(self, state: str, **asked: str) -> str:
        """What stands in the column `state` for `asked`; fails where no line, or two that differ, say it."""
        missing = set(self.keys) ^ set(asked)
        assert not missing, f"{self.name}: {missing} must be asked, and nothing else"
        found = {
            line[state].strip()
            for line in self.lines
            if all(value in _names(line[key], key) for key, value in asked.items())
        }
        assert len(found) == 1, f"{self.name}, {asked}, {state}: {sorted(found) or 'no line covers it'}"
        cell = found.pop()
        assert cell, f"{self.name}, {asked}, {state}: an empty cell"
        return cell

    def answer(self, state: str, **asked: str) -> Answer:
        """The status expected."""
        cell = self.cell(state, **asked)
        assert cell != NEVER, f"{self.name}, {asked}, {state}: the table says that it cannot exist"
        status, _, code = cell.partition(" ")
        return Answer(tuple(map(int, status.split("/"))), code or None)


def table(area: str, name: str) -> Table:
    """The table under the heading that begins with `name`, of the file `area`."""
    return tables(area)[name]


@cache
def tables(area: str) -> Mapping[str, Table]:
    """All tables of one file."""
    found: dict[str, Table] = {}
    for each in _read(FOLDER / f"{area}.md"):
        assert each.name not in found, f"{area}: two tables for {each.name}"
        found[each.name] = each
    return found


@cache
def group_of() -> Mapping[str, str]:
    """The group of each person of the cast."""
    lines = table("cast", "cast").lines
    twice = [person for person, times in Counter(line["person"] for line in lines).items() if times > 1]
    assert not twice, f"said twice in the cast: {twice}"
    return {line["person"]: line["group"] for line in lines}


@cache
def persons_of() -> Mapping[str, frozenset[str]]:
    """The persons that each word of the cast stands for: a person, a group, a wider group."""
    found: dict[str, frozenset[str]] = {}
    for person, group in group_of().items():
        for word in {person, group}:
            found[word] = found.get(word, frozenset()) | {person}
    for line in table("cast", "wider groups").lines:
        assert line["group"] not in found, f"said twice in the cast: {line['group']}"
        named, without = _parts(line["persons"])
        taken_out = frozenset().union(*(found[word] for word in without))
        found[line["group"]] = frozenset().union(*(found[word] for word in named)) - taken_out
    return found


class _Everything:
    def __contains__(self, _: object) -> bool:
        return True


@cache
def _names(cell: str, key: str) -> frozenset[str] | _Everything:
    """What a key cell stands for; a group stands for its persons and for itself, `!` takes out."""
    if cell == ANY:
        return _Everything()
    named, without = _parts(cell)
    if key == "who":
        known = persons_of()
        unknown = (named | without) - known.keys()
        groups = known.keys() - group_of().keys()
        assert not unknown or not named & groups, f"not in the cast: {unknown}"
        for words in (named, without):
            words |= set().union(*(known[word] for word in words & known.keys()))
    return frozenset(named - without)


def _parts(cell: str) -> tuple[set[str], set[str]]:
    """The words of a cell, and those that it takes out."""
    parts = {part.strip() for part in cell.split(",")}
    without = {part[1:] for part in parts if part.startswith("!")}
    return {part for part in parts if not part.startswith("!")}, without


def _read(path: Path) -> Iterator[Table]:
    name, block = "", []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        heading = _HEADING.match(line)
        if heading:
            name = heading["name"].replace("`", "").strip()
        if line.startswith("|"):
            block.append([part.strip() for part in line.strip().strip("|").split("|")])
        elif block:
            columns, _, *rows = block
            for row in rows:
                assert len(row) == len(columns), f"{path.name}, {name}: a line of the wrong length: {row}"
            yield Table(name, tuple(columns), tuple(dict(zip(columns, row, strict=True)) for row in rows))
            block = []
