"""Charts as SVG: what a Vega-Lite specification draws, in a font whose Arabic we know.

The library has V8 inside: it takes some 130 MiB, and blocks the interpreter while it draws. So it runs in a
process of its own (`app.drawing`), begun with the first chart, ended when none is asked for, and killed when one
takes too long. All that is drawn stands in the specification; nothing is loaded from anywhere.

Text stays text, which is searched, read aloud and sharp at any size. It is measured in IBM Plex Sans Arabic, and
names after it the faces that systems have, all with Arabic: where the first is missing the next is drawn. The
layout leaves room for wider ones.
"""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import structlog

from app import drawing
from app.errors import Unavailable

FONTS = "IBM Plex Sans Arabic, Segoe UI, Tahoma, Geeza Pro, Noto Sans Arabic, DejaVu Sans, sans-serif"

_UNDER_WAY_AT_MOST = 20
_SECONDS = 15
"""How long a chart is waited for, also while others are drawn."""

_IDLE_SECONDS = 120
_LONGEST = 16 * 1024 * 1024
"""Bytes of an answer of the process that draws."""

log = structlog.get_logger()


class CannotBeDrawn(Exception):
    """A specification is wrong, which is a mistake of ours. `fault` quotes the names in it, so it is no part of the
    message, which may be logged."""

    def __init__(self, fault: str) -> None:
        super().__init__("the specification cannot be drawn")
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Chart:
    """What is to be drawn: a Vega-Lite specification, and what it is called and says to who cannot see it."""

    spec: dict[str, Any]
    language: str
    title: str
    description: str

    @property
    def said(self) -> str:
        """All that makes the picture, as text: equal only for equal pictures."""
        made_of = [drawing.VEGA_LITE, self.language, self.title, self.description, self.spec]
        return json.dumps(made_of, ensure_ascii=False)


class Charts:
    """The charts of one process of the service: drawn one at a time, so that they take one core at most."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._under_way = 0
        self._process: Process | None = None
        self._idle: asyncio.TimerHandle | None = None

    async def svg(self, chart: Chart) -> bytes:
        """The picture. Raises Unavailable when too many wait already, or it takes too long."""
        if self._under_way >= _UNDER_WAY_AT_MOST:
            raise Unavailable(headers={"Retry-After": "5"})
        self._under_way += 1
        try:
            async with asyncio.timeout(_SECONDS), self._turn:
                drawn = await self._drawn(json.dumps(chart.spec))
        except (TimeoutError, OSError, EOFError, asyncio.LimitOverrunError) as error:
            log.error("chart_not_drawn", kind=type(error).__name__)
            raise Unavailable(headers={"Retry-After": "5"}) from None
        finally:
            self._under_way -= 1
        return _named(drawn, chart).encode()

    async def close(self) -> None:
        """End the process that draws."""
        process = self._process
        self._let_go()
        if process is not None:
            await process.wait()

    async def _drawn(self, spec: str) -> str:
        if self._idle is not None:
            self._idle.cancel()
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-X", "utf8", str(Path(drawing.__file__))),
                stdin=PIPE,
                stdout=PIPE,
                env={},
                limit=_LONGEST,
            )
        specs, answers = self._process.stdin, self._process.stdout
        if specs is None or answers is None:
            raise RuntimeError("the process that draws has no pipes")
        try:
            specs.write(spec.encode() + b"\n")
            await specs.drain()
            answer = json.loads(await answers.readuntil(b"\n"))
        except asyncio.LimitOverrunError:
            self._let_go()
            await answers.read()  # to its end: a pipe that holds too much is not read, and would stay open
            raise
        except BaseException:
            # Given up on the way: its answer, which may be on its way too, is never taken for that of the next.
            self._let_go()
            raise
        self._idle = asyncio.get_running_loop().call_later(_IDLE_SECONDS, self._let_go)
        if "fault" in answer:
            raise CannotBeDrawn(answer["fault"])
        return str(answer["svg"])

    def _let_go(self) -> None:
        """End the process, and forget it with all that stands in its pipes: it takes a while to die."""
        if self._idle is not None:
            self._idle.cancel()
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()


def _named(drawn: str, chart: Chart) -> str:
    """The picture with its title and its description as SVG has them (SVG 2, 5.8), and the language."""
    start = drawn.index("<svg ") + len("<svg ")
    end = drawn.index(">", start) + 1
    return (
        f'{drawn[:start]}role="img" xml:lang="{chart.language}" aria-labelledby="chart-title chart-description" '
        f'{drawn[start:end]}<title id="chart-title">{escape(chart.title)}</title>'
        f'<desc id="chart-description">{escape(chart.description)}</desc>{drawn[end:]}'
    )
