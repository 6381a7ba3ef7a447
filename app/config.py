"""Settings, read from the environment and checked once, at start."""

from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import Field, PostgresDsn, UrlConstraints, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_Settings = TypeVar("_Settings", bound="DatabaseSettings")


class ConfigurationError(Exception):
    """A setting is missing or unusable; the message is one line for the operator."""


class DatabaseSettings(BaseSettings):
    """Where the database is: all that migrate, load, tick and sweep need. Each is the environment variable MUTABAA_<NAME>."""

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


class Settings(DatabaseSettings):
    """Every setting of the service."""

    token_keys: Annotated[
        Path,
        Field(description="Folder of EC P-256 private keys, <key id>.pem; the last name in order signs."),
    ]
    token_issuer: Annotated[str, Field(min_length=1, max_length=200)] = "mutabaa"  # noqa: S105
    token_audience: Annotated[str, Field(min_length=1, max_length=200)] = "mutabaa-api"  # noqa: S105
    access_token_seconds: Annotated[int, Field(ge=60, le=3600)] = 600
    refresh_token_days: Annotated[int, Field(ge=1, le=90)] = 14
    files_url: Annotated[
        str, Field(description="Where files lie: file:///absolute/folder or s3://bucket/prefix.")
    ]
    max_body_bytes: Annotated[int, Field(ge=1024, le=100_000_000)] = 1_048_576
    max_file_bytes: Annotated[
        int, Field(ge=1024, le=1_073_741_824, description="The largest file of evidence.")
    ] = 52_428_800
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

    @field_validator("files_url")
    @classmethod
    def _known_store(cls, url: str) -> str:
        if not url.startswith(("file:///", "s3://")):
            raise ValueError("must begin with file:/// or s3://")
        return url


def load() -> Settings:
    """The settings of this process. Raises ConfigurationError with one clear line."""
    return _checked(Settings)


def load_database() -> DatabaseSettings:
    """Those of the database alone. Raises ConfigurationError with one clear line."""
    return _checked(DatabaseSettings)


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
