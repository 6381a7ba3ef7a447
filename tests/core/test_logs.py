"""A fault can be logged in both forms, and says where it came from but not what people sent."""

import subprocess
import sys

import pytest

# In a process of its own: what logs are sent to is set once for all.
FAULT = """
import structlog
from app import logs
logs.configure("{form}")
def here():
    raise ValueError("أحمد بن سالم")
try:
    here()
except ValueError as fault:
    structlog.get_logger("test").error("work_failed", kind=type(fault).__name__, frames=logs.frames(fault))
"""


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_fault_is_logged_without_what_it_says(form: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FAULT.format(form=form)], capture_output=True, text=True, check=True
    )
    assert "work_failed" in done.stderr
    assert "ValueError" in done.stderr
    assert "here" in done.stderr
    assert "أحمد" not in done.stderr
