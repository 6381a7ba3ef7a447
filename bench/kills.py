"""`python -m bench.kills`: the worker killed with -9 at two hundred moments, where the tests take fifteen.

It runs the test itself, which says what must hold: everybody is told once, every notification goes out at least once,
and no delivery id twice.
"""

import os
import subprocess
import sys
from typing import Annotated

import typer

TEST = "tests/notifications/test_worker.py"


def main(
    kills: Annotated[int, typer.Option(min=1, help="How often the worker is killed.")] = 200,
    seed: Annotated[int, typer.Option(help="Which moments.")] = 2040,
) -> None:
    """Kill it, and see that nothing is lost."""
    said = {"MUTABAA_TEST_KILLS": str(kills), "MUTABAA_TEST_KILLS_SEED": str(seed)}
    command = [sys.executable, "-m", "pytest", "-q", TEST, "-k", "killed", "--durations=1"]
    raise typer.Exit(subprocess.run(command, env={**os.environ, **said}).returncode)


if __name__ == "__main__":
    typer.run(main)
