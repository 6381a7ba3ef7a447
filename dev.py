#!/usr/bin/env python3
"""Everything from a bare machine with only Python: `python3 dev.py demo` and `python3 dev.py test`.

Both first make the environment `.venv` from the hash-pinned files in requirements/. Nothing outside this
folder is changed.

  demo   install, start a PostgreSQL of its own, load the data, serve; further arguments go to `mutabaa demo`
  test   install, then run every check; the first that fails ends the run
"""

from __future__ import annotations  # an older Python must get as far as the message below

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"

CHECKS = [
    ("lint", ["ruff", "check", "."]),
    ("format", ["ruff", "format", "--check", "."]),
    ("types", ["mypy", "app"]),
    ("imports", ["lint-imports"]),
    # A file at a time: its database, its service and its people are made once. Each process takes a gigabyte.
    ("tests", ["pytest", "-q", "-n", "logical", "--maxprocesses", "4", "--dist", "loadfile"]),
    ("contract", ["python", "-m", "tests.contract_lint"]),
]


def main() -> int:
    """Run the command named on the command line and return its exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036
        print(f"dev.py needs Python 3.11 or newer; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 2
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, stop)
    command, *arguments = sys.argv[1:] or ["help"]
    if command == "demo":
        install("demo")
        os.chdir(ROOT)
        # The demo takes the place of this process, so that signals reach it directly.
        os.execv(PYTHON, [str(PYTHON), "-m", "app.cli", "demo", *arguments])  # noqa: S606
    if command == "test" and not arguments:
        install("dev")
        return test()
    print(__doc__.strip())
    return 0 if command in ("help", "-h", "--help") else 2


def stop(number: int, frame: object) -> None:
    """End on a signal, and with us the step that runs: the exit kills it."""
    sys.exit(128 + number)


def install(kind: str) -> None:
    """Make `.venv` hold what the lock file says. An environment that was left half-made is made anew.

    The demo is content with the test's environment, which holds all of its own and more.
    """
    wanted = fingerprint(kind)
    present = STAMP.read_text().split() if STAMP.exists() else []
    if wanted in present and PYTHON.exists():
        return
    began = time.monotonic()
    print(f"Installing the packages of requirements/{kind}.lock into .venv ...", end=" ", flush=True)
    base_python = getattr(sys, "_base_executable", sys.executable)  # not the one that is about to go
    if VENV.is_dir() and not VENV.is_symlink():
        shutil.rmtree(VENV)
    run([base_python, "-m", "venv", str(VENV)], "Python's venv module is missing (Debian: python3-venv).")
    lock = ROOT / "requirements" / f"{kind}.lock"
    # Only errors are shown, nothing is compiled from source, and bytecode is left to the first import of
    # what is really used.
    options = ["-qq", "--disable-pip-version-check", "--no-input", "--only-binary=:all:", "--no-compile"]
    run(
        [str(PYTHON), "-m", "pip", "install", *options, "--require-hashes", "-r", str(lock)],
        "The packages could not be installed; is there a network?",
    )
    expose_project()
    kinds = ("dev", "demo") if kind == "dev" else ("demo",)
    STAMP.write_text("\n".join(map(fingerprint, kinds)) + "\n")  # last: it says that all is there
    print(f"{time.monotonic() - began:.0f} s")


def fingerprint(kind: str) -> str:
    """What the environment was made from: the lock file, this Python, and the place of `.venv`."""
    lock = (ROOT / "requirements" / f"{kind}.lock").read_bytes()
    return hashlib.sha256(b"\0".join([lock, sys.version.encode(), str(VENV).encode()])).hexdigest()


def expose_project() -> None:
    """Let the environment find the code where it lies, and give it the command `mutabaa`."""
    site_packages = next((VENV / "lib").glob("python3*/site-packages"))
    (site_packages / "mutabaa.pth").write_text(f"{ROOT}\n")
    script = VENV / "bin" / "mutabaa"
    script.write_text('#!/bin/sh\nexec "$(dirname "$0")/python" -m app.cli "$@"\n')
    script.chmod(0o755)


def test() -> int:
    """Run the checks in order and return 0, or the exit code of the first that fails."""
    # The tests start many processes of ours: each would compile every module anew where no bytecode is kept.
    environment = {name: said for name, said in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for name, command in CHECKS:
        began = time.monotonic()
        print(f"\n== {name}: {' '.join(command)}", flush=True)
        line = [VENV / "bin" / command[0], *command[1:]]
        code = subprocess.run(line, cwd=ROOT, env=environment, check=False).returncode
        print(f"== {name}: {'failed' if code else 'passed'} in {time.monotonic() - began:.1f} s", flush=True)
        if code:
            return code
    return 0


def run(command: list[str], hint: str) -> None:
    """Run an installation step; if it fails, end here with its exit code shown and a hint."""
    result = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False)
    if result.returncode:
        sys.exit(f"\n{' '.join(command)}\nfailed with exit code {result.returncode}. {hint}")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
