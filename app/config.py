"""Settings, read from the environment and checked once, at start."""

from pathlib import Path
from typing import Annotated, Literal, TypeVar

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    Field,
    PostgresDsn,
    SecretStr,
    UrlConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.post import Post, Sender
from app.scanner import Scanner, address

_Settings = TypeVar("_Settings", bound="DatabaseSettings")


class ConfigurationError(Exception):
    """A setting is missing or unusable; the message is one line for the operator."""


class DatabaseSettings(BaseSettings):
    """Where the database is: all that migrate, load and tick need. Each is the environment variable MUTABAA_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="MUTABAA_", extra="ignore")

    database_url: Annotated[
        PostgresDsn,
        UrlConstraints(allowed_schemes=["postgresql", "postgres"], host_required=True),
        Field(description="PostgreSQL 17 or newer. The service takes the role `mutabaa_app` on it."),
    ]
    migration_database_url: Annotated[
        PostgresDsn | None,
        Field(
            description="Login that owns the tables, for migrate, load, administrator, tick and sweep; by default database_url."
        ),
    ] = None

    @property
    def owner_url(self) -> str:
        """The address under which the login that owns the tables connects."""
        return str(self.migration_database_url or self.database_url)


class FileSettings(DatabaseSettings):
    """Where files are, and what is done with them: what sweep and scan need beside the database."""

    files_url: Annotated[
        str, Field(description="Where files lie: file:///absolute/folder or s3://bucket/prefix.")
    ]
    max_file_bytes: Annotated[
        int, Field(ge=1024, le=1_073_741_824, description="The largest file of evidence.")
    ] = 52_428_800
    clamd_url: Annotated[
        str,
        Field(
            description="clamd, which looks for malware: tcp://host:port or unix:///path; without it nothing does."
        ),
    ] = ""
    clamd_max_bytes: Annotated[
        int,
        Field(
            ge=1024, validate_default=True, description="StreamMaxLength of clamd: it scans no larger file."
        ),
    ] = 104_857_600

    @field_validator("files_url")
    @classmethod
    def _known_store(cls, url: str) -> str:
        if not url.startswith(("file:///", "s3://")):
            raise ValueError("must begin with file:/// or s3://")
        return url

    @field_validator("clamd_url")
    @classmethod
    def _clamd_at(cls, url: str) -> str:
        if url:
            address(url)
        return url

    @field_validator("clamd_max_bytes")
    @classmethod
    def _takes_every_file(cls, most: int, info: ValidationInfo) -> int:
        # What clamd does not take could never leave the state in which it waits for its scan.
        if info.data.get("clamd_url") and most < info.data.get("max_file_bytes", 0):
            raise ValueError("must not be smaller than MUTABAA_MAX_FILE_BYTES")
        return most

    def scanner(self) -> Scanner | None:
        """What looks for malware, if anything does."""
        return Scanner(self.clamd_url, self.clamd_max_bytes) if self.clamd_url else None


class WorkerSettings(FileSettings):
    """What the worker needs beside the database and the files: how mail goes out, if it does."""

    log_format: Literal["json", "console"] = "json"
    smtp_host: Annotated[
        str, Field(max_length=253, description="The server that takes mail; without it none is sent.")
    ] = ""
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    smtp_tls: Annotated[
        Literal["none", "starttls", "tls"],
        Field(
            description="TLS by STARTTLS, from the first byte on, or not: for a server on the same machine."
        ),
    ] = "starttls"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    mail_from: Annotated[
        str, Field(validate_default=True, description="The address that mail comes from.")
    ] = ""
    mail_link: Annotated[
        str,
        Field(
            pattern=r"^(https?://[^\s<>\"]+)?$",
            description="Where people open what a mail tells of: a thing is at <mail_link>/<kind>/<id>.",
        ),
    ] = ""

    @field_validator("mail_from")
    @classmethod
    def _whose_mail(cls, said: str, info: ValidationInfo) -> str:
        if not info.data.get("smtp_host"):
            return said
        try:
            return validate_email(said, check_deliverability=False).normalized
        except EmailNotValidError:
            raise ValueError("must be an e-mail address where mail is sent") from None

    def post(self) -> Post | None:
        """The server that takes mail, if one does."""
        if not self.smtp_host:
            return None
        password = self.smtp_password.get_secret_value()
        return Post(self.smtp_host, self.smtp_port, self.smtp_tls, self.smtp_user, password)

    def sender(self) -> Sender:
        """Whose mail it is, and where what it tells of is opened."""
        return Sender(self.mail_from, self.mail_link.rstrip("/"))


class Settings(FileSettings):
    """Every setting of the web service."""

    token_keys: Annotated[
        Path,
        Field(description="Folder of EC P-256 private keys, <key id>.pem; the last name in order signs."),
    ]
    token_issuer: Annotated[str, Field(min_length=1, max_length=200)] = "mutabaa"  # noqa: S105
    token_audience: Annotated[str, Field(min_length=1, max_length=200)] = "mutabaa-api"  # noqa: S105
    access_token_seconds: Annotated[int, Field(ge=60, le=3600)] = 600
    refresh_token_days: Annotated[int, Field(ge=1, le=90)] = 14
    max_body_bytes: Annotated[int, Field(ge=1024, le=100_000_000)] = 1_048_576
    write_pool_size: Annotated[int, Field(ge=1, le=200)] = 10
    read_pool_size: Annotated[int, Field(ge=1, le=200)] = 10
    statement_seconds: Annotated[
        int, Field(ge=1, le=300, description="How long a statement may take before the request is refused.")
    ] = 30
    log_format: Literal["json", "console"] = "json"
    cors_origins: Annotated[
        str, Field(description="Origins of browser pages that may call the service, comma-separated.")
    ] = ""
    trusted_proxies: Annotated[
        str, Field(description="Addresses whose X-Forwarded-For is believed, comma-separated.")
    ] = ""

    @field_validator("token_keys")
    @classmethod
    def _folder_with_keys(cls, folder: Path) -> Path:
        if not any(folder.glob("*.pem")):
            raise ValueError(f"no *.pem key in {folder}")
        return folder


def load() -> Settings:
    """The settings of this process. Raises ConfigurationError with one clear line."""
    return _checked(Settings)


def load_database() -> DatabaseSettings:
    """Those of the database alone. Raises ConfigurationError with one clear line."""
    return _checked(DatabaseSettings)


def load_files() -> FileSettings:
    """Those of the database and of the files. Raises ConfigurationError with one clear line."""
    return _checked(FileSettings)


def load_worker() -> WorkerSettings:
    """Those of the worker. Raises ConfigurationError with one clear line."""
    return _checked(WorkerSettings)


def _checked(kind: type[_Settings]) -> _Settings:
    try:
        return kind()
    except ValidationError as error:
        faults = "; ".join(
            f"MUTABAA_{'_'.join(str(part) for part in fault['loc']).upper()}: {_plain(fault['msg'])}"
            for fault in error.errors(include_input=False)
        )
        raise ConfigurationError(f"bad settings: {faults}") from None


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")
