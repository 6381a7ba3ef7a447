"""The table of a run."""

from typing import Protocol

from app import clock
from bench import machine

WANTED: dict[str, tuple[str, str]] = {
    "list": ("list of 50 indicators", "<= 1.8"),
    "one": ("one indicator", "<= 2.2"),
    "figures": ("12 results of an indicator", "<= 2.2"),
    "card": ("an indicator's card with 60 results", ""),
    "enter": ("enter a result", "<= 3"),
    "submit": ("submit a result", "<= 3"),
    "decide": ("decide 500 results", ""),
    "page_1": ("page 1 of the results", ""),
    "page_deep": ("page 10,000 of the results", ""),
    "scoreboard": ("scoreboard of 59 entities", "<= 0.25"),
    "runs": ("59 paths with their open stages and lateness", ""),
    "timeline": ("the timeline of annex A", ""),
    "inbox": ("page 1 of an inbox of 10,000", "<= 3"),
    "inbox_deep": ("page 250 of it", "<= 3"),
    "inbox_division": ("page 1 of the office's", "<= 3"),
}


class Measured(Protocol):
    """What a run tells."""

    statements: dict[str, dict[str, int]]
    memory: dict[str, tuple[float, float]]
    rates: dict[str, dict[str, list[float]]]

    def rate(self, scene: str, kind: str) -> float | None:
        """Requests per second, the median of the rounds."""
        ...

    def cost(self, scene: str, kind: str) -> float | None:
        """Milliseconds of processor time for a request, the median of the rounds."""
        ...


def table(run: Measured) -> str:
    """The run as Markdown."""
    return "\n".join(
        [f"{clock.today()}, {machine.facts()}", "", *_scenes(run), "", *_compared(run), "", *_memory(run), ""]
    )


def _scenes(run: Measured) -> list[str]:
    lines = [
        "| times the floor | wanted | ours, by requests/s | by processor time | template, by requests/s"
        " | by processor time | requests/s: floor, ours, template | processor ms | statements |",
        "| --- | --: | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for scene, (name, wanted) in WANTED.items():
        if scene not in run.rates:
            continue
        floor, ours, template = [run.rate(scene, kind) for kind in machine.KINDS]
        costs = [run.cost(scene, kind) for kind in machine.KINDS]
        counted = run.statements.get(scene, {})
        cells = [
            name,
            wanted,
            _times(floor, ours),
            _times(costs[1], costs[0]),
            _times(floor, template),
            _times(costs[2], costs[0]),
            ", ".join(map(_number, (floor, ours, template))),
            ", ".join("-" if cost is None else f"{cost:.2f}" for cost in costs),
            ", ".join(str(counted.get(kind, "-")) for kind in machine.KINDS),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _compared(run: Measured) -> list[str]:
    lines = ["| compared | by requests/s | by processor time | wanted |", "| --- | --: | --: | --: |"]
    pairs = [
        ("page 10,000 against page 1", ("page_deep", "ours"), ("page_1", "ours"), "<= 1.2"),
        ("the same of the template", ("page_deep", "template"), ("page_1", "template"), ""),
    ]
    for scene in run.rates:
        if scene.startswith("size: "):
            name = f"all the data against a tenth: {scene.removeprefix('size: ')}"
            pairs.append((name, (scene, "all"), (scene, "tenth"), "<= 1.2"))
    for name, more, less, wanted in pairs:
        times = _times(run.rate(*less), run.rate(*more))
        if times != "-":
            lines.append(f"| {name} | {times} | {_times(run.cost(*more), run.cost(*less))} | {wanted} |")
    return lines


def _memory(run: Measured) -> list[str]:
    lines = [
        "| memory of the worker, MiB | at start | after the load | wanted |",
        "| --- | --: | --: | --: |",
    ]
    for kind, (before, after) in run.memory.items():
        lines.append(f"| {kind} | {before:.0f} | {after:.0f} | {'<= 130' if kind == 'ours' else ''} |")
    return lines


def _number(rate: float | None) -> str:
    if rate is None:
        return "-"
    return f"{rate:,.0f}" if rate >= 100 else f"{rate:.1f}"


def _times(more: float | None, less: float | None) -> str:
    return f"{more / less:.2f}" if more is not None and less else "-"
