"""The `mutabaa` command.

Exit codes: 0 done; 1 a check failed (contract --check) or the work did; 2 a setting, an argument or the database
does not allow the work, with one line that says what.

What only one command needs is imported there: building the routes takes most of a second, and what migrates and loads
would stay in the memory of each process that serves.
"""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import asyncpg
import structlog
import typer
import uvicorn
from obstore.exceptions import BaseError as StoreError

from app import administrators, config, logs
from app.config import ConfigurationError, FileSettings, Settings, WorkerSettings
from app.db import MINIMUM_SERVER_VERSION, SCHEMA, Database, DatabaseUnfit
from app.files import FileStore, FileStoreUnfit
from app.local_postgres import LocalPostgresError
from app.scanner import Scanner
from app.services.load.files import DataError
from app.tokens import TokenKeys

ROOT = Path(__file__).resolve().parent.parent
CONTRACT = ROOT / "openapi" / "openapi.json"
DATA = ROOT / "data"

cli = typer.Typer(
    name="mutabaa",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # its frames would show the values of settings
    help="The follow-up service of the Oman Vision 2040 offices. Settings are environment variables, MUTABAA_*.",
)


@cli.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many processes serve.")] = 1,
) -> None:
    """Serve the API. Needs all settings, and a database that `mutabaa migrate` has brought to this release."""
    with _faults_in_one_line():
        settings = config.load()
        TokenKeys.load(settings.token_keys, settings.token_issuer, settings.token_audience)
        asyncio.run(_require_ready(settings))
        asyncio.run(FileStore.open(settings.files_url).check())
    logs.configure(settings.log_format)
    with ExitStack() as undo:
        if workers > 1 and "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            # Otherwise each process would count for itself, and /metrics answer for one of them.
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = undo.enter_context(tempfile.TemporaryDirectory())
        structlog.get_logger("serve").info("serving", host=host, port=port, workers=workers)
        _serve(settings, host, port, workers)


def _serve(settings: Settings, host: str, port: int, workers: int) -> None:
    uvicorn.run(
        "app.main:serve_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        loop="uvloop",
        http="httptools",
        ws="none",
        access_log=False,  # the service writes its own, without personal data
        log_config=None,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=20,
    )


@cli.command()
def migrate() -> None:
    """Bring the database to the schema of this release. Needs only the database's address."""
    from app import migrating

    with _faults_in_one_line():
        url = config.load_database().owner_url
        asyncio.run(_require_server(url))
        asyncio.run(migrating.migrate(url))
    typer.echo(f"the database stands at '{SCHEMA}'")


@cli.command()
def load(
    data: Annotated[Path, typer.Option(help="The folder of data files.", file_okay=False)] = DATA,
    demo_password: Annotated[
        str | None,
        typer.Option(
            envvar="MUTABAA_DEMO_PASSWORD",
            help="Load the invented people of the demo too, and let them sign in with this password.",
        ),
    ] = None,
) -> None:
    """Load entities, indicators and their known figures. A second run changes nothing."""
    from app import loading

    with _faults_in_one_line():
        url = config.load_database().owner_url
        asyncio.run(
            loading.load(
                url, data, demo=demo_password is not None, say=typer.echo, demo_password=demo_password
            )
        )


@cli.command()
def sweep() -> None:
    """Delete expired answers, sessions, invitations, uploads and counters of the brake, and files that nothing
    refers to. For a timer, once a day."""
    from app import sweeping

    with _faults_in_one_line():
        settings = config.load_files()
        gone = asyncio.run(sweeping.sweep(settings.owner_url, FileStore.open(settings.files_url)))
    for what, count in gone.items():
        typer.echo(f"{what}: {count} deleted")


@cli.command()
def scan() -> None:
    """Look for malware in the files that no clamd has looked at yet. For a timer, every few minutes, where there is
    a clamd. Exit code 1: some still wait."""
    with _faults_in_one_line():
        settings = config.load_files()
        scanner = settings.scanner()
        if scanner is None:
            raise ConfigurationError("MUTABAA_CLAMD_URL is not set: there is nothing to scan with")
        found = asyncio.run(_scan(settings, scanner))
    for outcome, count in found.items():
        typer.echo(f"{outcome}: {count}")
    if found["waiting"]:
        raise typer.Exit(1)


async def _scan(settings: FileSettings, scanner: Scanner) -> Mapping[str, int]:
    from app.services.evidence import scanning

    database = Database(str(settings.database_url), read_pool_size=1, write_pool_size=1)
    files = FileStore.open(settings.files_url)
    await files.check()
    try:
        await database.open()
        return await scanning.scan_all(database, files, scanner)
    finally:
        await database.close()


@cli.command()
def tick() -> None:
    """Ask for the figures of the time to come: obligations up to the end of next year; and let those that are due wait for
    who enters them. For a timer, once a day.

    A second run makes none.
    """
    from app import ticking

    with _faults_in_one_line():
        url = config.load_database().owner_url
        done = asyncio.run(ticking.tick(url))
        awaited = asyncio.run(ticking.await_entry(url))
    typer.echo(f"obligations: {done.made} made, {done.redated} dated anew")
    typer.echo(f"indicators: {done.begun} measured by another schedule from now on")
    typer.echo(f"figures: {awaited} wait otherwise than before")
    if done.undated:
        typer.echo(f"{done.undated} not made yet: the holidays of their time are not known")


@cli.command()
def worker(
    with_parent: Annotated[
        bool,
        typer.Option("--with-parent", help="End when standard input does: with the process that began it."),
    ] = False,
) -> None:
    """Do what the clock and the outbox ask for, beside the web process: notifications, mail, reminders, and of
    themselves what tick, scan and sweep do. Ends on a signal, once what has begun is done."""
    from app import worker as working

    with _faults_in_one_line():
        settings = config.load_worker()
        logs.configure(settings.log_format)
        asyncio.run(_work(settings, working.run, with_parent=with_parent))


async def _work(
    settings: WorkerSettings,
    run: Callable[[WorkerSettings, asyncio.Event], Awaitable[None]],
    *,
    with_parent: bool,
) -> None:
    stop = asyncio.Event()
    if with_parent:
        asyncio.get_running_loop().add_reader(sys.stdin, stop.set)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await run(settings, stop)


@cli.command(name="contract")
def write_contract(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if the file is stale.")
    ] = False,
) -> None:
    """Write openapi/openapi.json from the code. Needs neither settings nor a database."""
    from app import contract
    from app.main import create_app

    said = contract.dumps(contract.build(create_app()))
    if not check:
        CONTRACT.write_text(said, encoding="utf-8")
        typer.echo(f"wrote {CONTRACT}")
    elif not CONTRACT.exists() or CONTRACT.read_text(encoding="utf-8") != said:
        typer.echo("openapi/openapi.json is not what the code says: run `mutabaa contract`", err=True)
        raise typer.Exit(1)
    else:
        typer.echo("openapi/openapi.json is what the code says")


@cli.command()
def administrator(
    email: Annotated[str, typer.Argument(help="The address that they will sign in with.")],
    name_ar: Annotated[str, typer.Option(help="Their name in Arabic.")],
    name_en: Annotated[str, typer.Option(help="Their name in English.")],
) -> None:
    """Make the first administrator of a new installation, and print their invitation: once, for 72 hours.

    Said again for the same person, a new invitation takes the place of the old one.
    """
    with _faults_in_one_line():
        url = config.load_database().owner_url
        token = asyncio.run(administrators.invite_first(url, email, name_ar, name_en))
    typer.echo(f"Invitation of {email}, good once and for 72 hours:\n\n  {token}\n")
    typer.echo("They set their password with: POST /v1/auth/accept-invitation {token, password}")


@cli.command(name="demo")
def run_demo(
    port: Annotated[int, typer.Option(min=1, max=65000, help="The first port to try.")] = 8000,
) -> None:
    """Everything at once on this machine: a PostgreSQL of its own, real data, invented people, the service.

    With MUTABAA_DATABASE_URL set, that PostgreSQL is used.
    """
    from app import demo

    with _faults_in_one_line():
        demo.run(port)


async def _require_server(url: str) -> None:
    """Raise DatabaseUnfit for a server that is too old for the schema."""
    connection = await asyncpg.connect(url)
    try:
        version = int(await connection.fetchval("select current_setting('server_version_num')"))
    finally:
        await connection.close()
    if version < MINIMUM_SERVER_VERSION:
        raise DatabaseUnfit("PostgreSQL 17 or newer is needed")


async def _require_ready(settings: Settings) -> None:
    """Raise DatabaseUnfit unless the database can be served from."""
    database = Database(str(settings.database_url), read_pool_size=1, write_pool_size=1)
    try:
        await database.open()
        if not await database.is_ready():
            raise DatabaseUnfit(f"its schema is not '{SCHEMA}': run `mutabaa migrate`")
    finally:
        await database.close()


@contextmanager
def _faults_in_one_line() -> Iterator[None]:
    """What the operator can mend is said in one line, with exit code 2; anything else is our mistake."""
    try:
        yield
    except (
        ConfigurationError,
        FileStoreUnfit,
        DataError,
        administrators.Refused,
        LocalPostgresError,
    ) as fault:
        _refuse(str(fault))
    except StoreError as fault:
        _refuse(f"the file store cannot be used: {(str(fault).splitlines() or [type(fault).__name__])[0]}")
    except DatabaseUnfit as fault:
        _refuse(f"the database cannot be used: {fault}")
    # The runtime role, a table or a column is not there yet.
    except (
        asyncpg.InvalidParameterValueError,
        asyncpg.UndefinedTableError,
        asyncpg.UndefinedColumnError,
    ) as fault:
        _refuse(f"the database has another schema: {fault}; run `mutabaa migrate`")
    except (
        OSError,  # refused, unknown host, timed out, unfit TLS; or a file that cannot be written
        asyncpg.ClientConfigurationError,
        asyncpg.PostgresConnectionError,
        asyncpg.CannotConnectNowError,
        asyncpg.TooManyConnectionsError,
        asyncpg.InvalidAuthorizationSpecificationError,
        asyncpg.InvalidCatalogNameError,
        asyncpg.InsufficientPrivilegeError,
    ) as fault:
        said = str(fault) or type(fault).__name__
        of_a_file = isinstance(fault, OSError) and fault.filename is not None
        _refuse(said if of_a_file else f"the database cannot be used: {said}")


def _refuse(why: str) -> None:
    typer.echo(f"mutabaa: {' '.join(why.split())}", err=True)
    raise typer.Exit(2)


def main() -> None:
    """The entry point of the command."""
    cli()


if __name__ == "__main__":
    main()
