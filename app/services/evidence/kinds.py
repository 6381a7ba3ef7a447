"""What evidence needs to know of each kind of thing that it can be about, and how it is said."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Text,
    Uuid,
    case,
    func,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase

from app.enums import (
    Role,
    SubjectKind,
)
from app.services import sql
from app.services.evidence.visibility import Sight
from app.services.people import four_eyes


@dataclass(frozen=True)
class Evidenced:
    """A kind of thing that evidence can be about.

    `step`: who of them attaches evidence, and `takes`: in which states, both those of its area's own edit.
    `undecided`: the states before its approval.
    `row`: one thing by its id, in the form that `row` gives it.
    """

    kind: SubjectKind
    model: type[DeclarativeBase]
    step: str
    takes: frozenset[str]
    undecided: frozenset[str]
    row: Callable[[ColumnElement[Any]], Select[Any]]


def row(
    kind: SubjectKind,
    *,
    state: ColumnElement[Any],
    attach: ColumnElement[Any],
    verify: ColumnElement[Any],
    edited_by: ColumnElement[Any],
    attach_due: ColumnElement[Any],
    verify_due: ColumnElement[Any],
    sight: Sight,
    called: tuple[ColumnElement[Any], ColumnElement[Any]],
    period: ColumnElement[Any],
) -> Select[Any]:
    """What evidence needs to know of the thing it is about.

    `attach`, `verify`: party keys. `edited_by`: who never verifies its evidence. `called`: what it goes by, in Arabic
    and in English.
    """
    return select(
        sql.const(kind).label("kind"),
        state.label("state"),
        attach.cast(ARRAY(Text)).label("attach"),
        func.array_remove(verify, null()).cast(ARRAY(Text)).label("verify"),
        edited_by.cast(ARRAY(Uuid)).label("edited_by"),
        attach_due.cast(Date).label("attach_due"),
        verify_due.cast(Date).label("verify_due"),
        *[column.label(name) for name, column in sight._asdict().items()],
        called[0].label("name_ar"),
        called[1].label("name_en"),
        period.cast(Text).label("period"),
    )


def representative(of: ColumnElement[Any]) -> ColumnElement[Any]:
    """The technical representative assigned to the thing, or null."""
    return case((four_eyes.represented(of), sql.party_key(Role.TECHNICAL_REPRESENTATIVE, of)))


def media(of: ColumnElement[Any]) -> ColumnElement[Any]:
    """The media representative assigned to the thing, or null."""
    return case(
        (
            four_eyes.represented(of, Role.MEDIA_REPRESENTATIVE),
            sql.party_key(Role.MEDIA_REPRESENTATIVE, of),
        )
    )
