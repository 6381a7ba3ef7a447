"""Reading the data folder: every file is checked whole before anything is written, and a fault is named
by file, line and column, so that whoever edits the files by hand finds it.
"""

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

_Word = TypeVar("_Word", bound=StrEnum)
_Known = TypeVar("_Known")

YEARS = (1950, 2100)
RANKS = (1, 100_000)
_TRANSLATED = {"sourced": False, "translation": True}


class DataError(Exception):
    """The data folder cannot be loaded; the message is one line that says where and why."""


@dataclass(frozen=True)
class Row:
    """One record of a file. Each method reads a column as what it must be, or raises DataError."""

    file: str
    line: int
    cells: Mapping[str, str]

    def fault(self, column: str, why: str) -> DataError:
        """The error that names this place."""
        return DataError(f"{self.file}: line {self.line}, column {column}: {why}")

    def optional(self, column: str) -> str | None:
        """The text, or None for an empty cell."""
        return self.cells[column] or None

    def text(self, column: str) -> str:
        """The text; it must not be empty."""
        said = self.cells[column]
        if not said:
            raise self.fault(column, "must not be empty")
        return said

    def word(self, column: str, words: type[_Word]) -> _Word:
        """One of the words of an enumeration."""
        said = self.cells[column]
        try:
            return words(said)
        except ValueError:
            raise self.fault(column, f"'{said}' is none of {', '.join(words)}") from None

    def flag(self, column: str) -> bool:
        """true or false."""
        said = self.cells[column]
        if said not in ("true", "false"):
            raise self.fault(column, f"'{said}' is neither true nor false")
        return said == "true"

    def number(self, column: str) -> Decimal | None:
        """A finite number with the digits of its source, or None for an empty cell."""
        said = self.cells[column]
        if not said:
            return None
        try:
            number = Decimal(said)
        except InvalidOperation:
            raise self.fault(column, f"'{said}' is not a number") from None
        if not number.is_finite():
            raise self.fault(column, f"'{said}' is not a finite number")
        return number

    def whole(self, column: str, least: int, most: int) -> int | None:
        """A whole number within these bounds, or None for an empty cell."""
        number = self.number(column)
        if number is None:
            return None
        if number != number.to_integral_value() or not least <= number <= most:
            raise self.fault(column, f"'{number}' is not a whole number from {least} to {most}")
        return int(number)

    def day(self, column: str) -> date:
        """A calendar day, YYYY-MM-DD."""
        said = self.cells[column]
        try:
            return date.fromisoformat(said)
        except ValueError:
            raise self.fault(column, f"'{said}' is not a day (YYYY-MM-DD)") from None

    def known(self, column: str, among: Mapping[str, _Known], what: str) -> _Known:
        """What the cell names among the things that are known by their codes."""
        said = self.text(column)
        if said not in among:
            raise self.fault(column, f"'{said}' is no {what}")
        return among[said]

    def known_if_any(self, column: str, among: Mapping[str, _Known], what: str) -> _Known | None:
        """The same, or None for an empty cell."""
        return self.known(column, among, what) if self.cells[column] else None

    def names(self) -> dict[str, str]:
        """The name in both languages."""
        return {"name_ar": self.text("name_ar"), "name_en": self.text("name_en")}

    def translated(self) -> bool:
        """Whether the Arabic name is our translation."""
        return self.known("name_ar_status", _TRANSLATED, "status of a name (sourced, translation)")


def read(folder: Path, name: str, columns: str, *, key: str) -> list[Row]:
    """The records of `<name>.csv`, which must have `columns` (and may have more) and no `key` twice;
    both are names with spaces between.

    Raises DataError for a file that is missing, not UTF-8, or not of that shape.
    """
    file = f"{name}.csv"
    try:
        with open(folder / file, encoding="utf-8-sig", newline="") as text:
            rows = list(_rows(file, text, columns.split()))
    except FileNotFoundError:
        raise DataError(f"{file}: there is no such file in {folder}") from None
    except OSError as error:
        raise DataError(f"{file}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{file}: is not UTF-8 (byte {error.start})") from None
    _require_unique(rows, key.split())
    return rows


def _rows(file: str, text: Iterator[str], columns: Collection[str]) -> Iterator[Row]:
    reader = csv.reader(text, strict=True)
    # A quoted cell may hold line breaks, so a record begins after the last line of the one before.
    begins = 1
    try:
        header = next(reader, [])
        missing = [column for column in columns if column not in header]
        if missing:
            raise DataError(f"{file}: line 1, column {missing[0]}: is missing from the header")
        begins = reader.line_num + 1
        for cells in reader:
            if cells:
                if len(cells) != len(header):
                    place = header[min(len(cells), len(header) - 1)]
                    raise DataError(
                        f"{file}: line {begins}, column {place}: the line has {len(cells)} cells, "
                        f"the header {len(header)}"
                    )
                if "\0" in "".join(cells):
                    raise DataError(f"{file}: line {begins}: holds a NUL character")
                yield Row(file, begins, dict(zip(header, (cell.strip() for cell in cells), strict=True)))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{file}: line {begins}: {error}") from None


def _require_unique(rows: Sequence[Row], key: Sequence[str]) -> None:
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        said = tuple(row.cells[column] for column in key)
        if said in seen:
            raise row.fault(key[-1], f"{' / '.join(filter(None, said))} stands in line {seen[said]} already")
        seen[said] = row.line
