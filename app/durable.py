"""What a folder needs so that a file survives a loss of power: obstore leaves it to the operating system.

A file is safe when its bytes are on the disk (fsync of the file) and its name is (fsync of the folder that
holds it, and of each folder above it). In that order: a name that survives must never lead to
bytes that did not. Blocking, so called in a thread.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path


def move(folder: Path, temporary: str, path: str) -> None:
    """Give a file that was written under a temporary name its own, in one step, replacing what has it."""
    _sync(folder / temporary)
    home = (folder / path).parent
    _make(folder, home)
    os.replace(folder / temporary, folder / path)
    _sync(home)


def settle(folder: Path, path: str) -> None:
    """Bring a file that has its name already to the disk."""
    _sync(folder / path)
    _sync((folder / path).parent)
    _sync(folder)  # the parent may be new


def older_than(folder: Path, moment: datetime) -> Iterator[str]:
    """The paths, from the folder, of all files in it that were last written before the moment.

    Those too that obstore does not show: what a writer that was killed had begun has a name with a `#`.
    """
    for home, _, names in os.walk(folder):
        for name in names:
            file = Path(home, name)
            if _is_older(file, moment):
                yield file.relative_to(folder).as_posix()


def some(found: Iterator[str], number: int) -> list[str]:
    """The next of them, at most `number`."""
    return list(islice(found, number))


def remove_older_than(folder: Path, path: str, moment: datetime) -> bool:
    """Remove a file unless it was written since the moment; whether it was removed."""
    if not _is_older(folder / path, moment):
        return False
    (folder / path).unlink(missing_ok=True)
    return True


def _is_older(file: Path, moment: datetime) -> bool:
    try:
        return file.stat().st_mtime < moment.timestamp()
    except FileNotFoundError:
        return False


def _make(folder: Path, home: Path) -> None:
    """Make the folders down to `home`, and bring the name of each to the disk: also of one that is there, since whoever
    made it a moment ago may not have done so yet."""
    for step in [*reversed([above for above in home.parents if above.is_relative_to(folder)]), home]:
        step.mkdir(exist_ok=True)
        if step != folder:
            _sync(step.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
