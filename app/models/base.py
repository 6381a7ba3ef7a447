"""What every table shares."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, MetaData, Numeric, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column


class Base(DeclarativeBase):
    """The declarative base; names of constraints are the same on every machine."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy reads it as a class attribute
        str: Text(),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(),
        list[str]: ARRAY(Text()),
        list[uuid.UUID]: ARRAY(Uuid()),
    }


Id = Annotated[uuid.UUID, mapped_column(primary_key=True)]
"""UUIDv7, made by `ids.new()`."""

SubjectId = Annotated[uuid.UUID, mapped_column(ForeignKey("subjects.id"), primary_key=True)]
"""The primary key of a thing that has a history: it is its row in `subjects`."""

UserRef = Annotated[uuid.UUID, mapped_column(ForeignKey("users.id"))]
EntityRef = Annotated[uuid.UUID, mapped_column(ForeignKey("entities.id"))]
Persons = Annotated[list[uuid.UUID], mapped_column(server_default=text("'{}'"))]
"""Users that a thing remembers: at first nobody."""

Version = Annotated[int, mapped_column(server_default=text("1"))]
"""Raised by every change; If-Match names it."""

Flag = Annotated[bool, mapped_column(server_default=text("false"))]
"""Not, unless it is said."""

Measurement = Annotated[Any, mapped_column(Numeric())]


def one_of(column: str, words: type[StrEnum] | tuple[StrEnum, ...]) -> CheckConstraint:
    """The column holds one of the enumeration's values."""
    values = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} in ({values})", name=column)


def finite(*columns: str) -> CheckConstraint:
    """Numbers, never NaN or an infinity (in PostgreSQL NaN sorts above every number)."""
    return CheckConstraint(
        " and ".join(f"({c} > '-Infinity' and {c} < 'Infinity')" for c in columns), name="finite"
    )
