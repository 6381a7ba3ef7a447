"""How words and figures are written in a chart, so that each keeps its direction whatever stands beside it."""

import re
import textwrap
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

_LEFT, _RIGHT, _END = "\u2066", "\u2067", "\u2069"
"""Isolates (UAX 9, 2.4.2): what stands between them is ordered by itself."""

_NEVER = re.compile(r"[\x00-\x1f\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]")
"""Marks that would turn a line around, and what XML cannot hold."""

_LINE, _LINES = 62, 3


def plain(text: str) -> str:
    """What a person wrote, without marks that direct or spoil the text around it."""
    return _NEVER.sub("", text)


def directed(text: str, language: str) -> str:
    """A sentence that runs as its language does, also where the picture knows only left to right."""
    return f"{_RIGHT if language == 'ar' else _LEFT}{text}{_END}"


def name(thing: Mapping[str, Any], language: str) -> str:
    """The name of a thing in the reader's language."""
    return plain(thing[f"name_{language}"])


def lines(text: str, language: str) -> list[str]:
    """A long name in a few lines; what does not fit them is cut at a word."""
    wrapped = textwrap.wrap(text, _LINE, max_lines=_LINES, placeholder=" …")
    return [directed(line, language) for line in wrapped or [""]]


def number(value: Decimal | int, decimals: int) -> str:
    """A figure with groups of thousands and a true minus sign, left to right in any sentence."""
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return left_to_right(f"{rounded:,f}".replace("-", "−"))


def goal(value: Decimal | int) -> str:
    """A target as it was set, without idle zeros."""
    return left_to_right(f"{Decimal(value).normalize():,f}".replace("-", "−"))


def left_to_right(text: str) -> str:
    """A figure or a date, which is read from the left in any sentence."""
    return f"{_LEFT}{text}{_END}"


def width(text: str, size: int) -> float:
    """About how many pixels a text takes; rather too many."""
    return 0.56 * size * len(text)
