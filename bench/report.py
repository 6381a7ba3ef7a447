"""The table of a run."""

from typing import Protocol

from app import clock
from bench import machine

WANTED: dict[str, tuple[str, float | None]] = {
    "list": ("list of 50 indicators", 1.8),
    "one": ("one indicator", 2.2),
    "figures": ("12 results of an indicator", 2.2),
    "card": ("an indicator's card with 60 results", None),
    "enter": ("enter a result", 3.0),
    "submit": ("submit a result", 3.0),
    "decide": ("decide 500 results", None),
    "page_1": ("page 1 of the results", None),
    "page_deep": ("page 10,000 of the results", None),
    "scoreboard": ("scoreboard of 59 entities", 0.25),
}


class Measured(Protocol):
    """What a run tells."""

    statements: dict[str, dict[str, int]]
    memory: dict[str, tuple[float, float]]
    rates: dict[str, dict[str, list[float]]]

    def rate(self, scene: str, kind: str) -> float | None:
        """Requests per second, the median of the rounds."""
        ...


def table(run: Measured) -> str:
    """The run as Markdown."""
    lines = [
        f"{clock.today()}, {machine.facts()}",
        "",
        "| scene | floor/s | ours/s | template/s | ours: times the floor | wanted | template: times the floor"
        " | statements: floor, ours, template |",
        "| --- | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for scene, (name, wanted) in WANTED.items():
        if scene not in run.rates:
            continue
        rates = [run.rate(scene, kind) for kind in machine.KINDS]
        floor, ours, template = rates
        counted = run.statements.get(scene, {})
        cells = [
            name,
            *(_number(rate) for rate in rates),
            _times(floor, ours),
            "" if wanted is None else f"<= {wanted}",
            _times(floor, template),
            ", ".join(str(counted.get(kind, "-")) for kind in machine.KINDS),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "| compared | times | wanted |", "| --- | --: | --: |"]
    for name, slower, faster, wanted in (
        ("page 10,000 against page 1", ("page_deep", "ours"), ("page_1", "ours"), "<= 1.2"),
        ("the same of the template", ("page_deep", "template"), ("page_1", "template"), ""),
        *(
            (
                f"all the data against a tenth: {scene.removeprefix('size: ')}",
                (scene, "all"),
                (scene, "tenth"),
                "<= 1.2",
            )
            for scene in run.rates
            if scene.startswith("size: ")
        ),
    ):
        times = _times(run.rate(*faster), run.rate(*slower))
        if times != "-":
            lines.append(f"| {name} | {times} | {wanted} |")
    lines += [
        "",
        "| memory of the worker, MiB | at start | after the load | wanted |",
        "| --- | --: | --: | --: |",
    ]
    for kind, (before, after) in run.memory.items():
        wanted_memory = "<= 130" if kind == "ours" else ""
        lines.append(f"| {kind} | {before:.0f} | {after:.0f} | {wanted_memory} |")
    return "\n".join(lines) + "\n"


def _number(rate: float | None) -> str:
    if rate is None:
        return "-"
    return f"{rate:,.0f}" if rate >= 100 else f"{rate:.1f}"


def _times(faster: float | None, slower: float | None) -> str:
    return "-" if faster is None or slower is None else f"{faster / slower:.2f}"
