"""People: accounts, what they are appointed to, assigned and delegated."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.enums import Language
from app.errors import Text
from app.schemas.auth import Email
from app.schemas.base import Actions, Body, Cursor, Instant, Name, Version, View, Words, example
from app.schemas.decisions import RecordedDecision

PERSON_EXAMPLE = {
    "id": "019a0000-0000-7000-8000-000000000001",
    "name_ar": "مريم بنت خلفان البلوشية",
    "name_en": "Maryam Al Balushi",
}


def _of_this_age(moment: datetime) -> datetime:
    """Moments that a calendar of offices can mean; the far ends of time overflow in other time zones."""
    if not 2000 <= moment.year <= 2199:
        words = Text("The year is out of range.", "السنة خارج النطاق.")
        raise PydanticCustomError("out_of_range", "the year is out of range", {"text": words})
    return moment


Moment = Annotated[Instant, AfterValidator(_of_this_age)]
"""A moment with its offset (RFC 3339)."""

StartsAt = Annotated[
    Moment | None,
    Field(description="From when, with its offset; by default now. Earlier today counts from now."),
]
EndsAt = Annotated[
    Moment | None, Field(description="Until when, with its offset; by default without an end.")
]


class IntervalState(StrEnum):
    """What an interval is at the moment: to begin, in force, or over."""

    PLANNED = "planned"
    IN_FORCE = "in_force"
    ENDED = "ended"


class Ending(Body):
    """Ends something, now or later."""

    model_config = example(reason="انتهاء الحاجة")

    ends_at: Annotated[
        Moment | None, Field(description="When, with its offset; by default now. It never extends.")
    ] = None
    reason: Annotated[Words, Field(description="Why.")]


class RecordedEnding(Ending):
    """Ends a membership or a delegation, now or later; the head's office may record that the head does."""

    model_config = example(reason="انتقل إلى جهة أخرى")

    decision: Annotated[
        RecordedDecision | None,
        Field(description="Needed when the head's office records the head's decision."),
    ] = None


NameAr = Annotated[Name, Field(description="The name in Arabic.")]
NameEn = Annotated[Name, Field(description="The name in English.")]
ReadersLanguage = Annotated[Language, Field(description="The language that the person reads.")]
IsActive = Annotated[
    bool, Field(strict=True, description="False: blocked; every session of the person has ended.")
]


class UserCreate(Body):
    """A person to be invited."""

    model_config = example(
        email="maryam@mol.example",
        name_ar=PERSON_EXAMPLE["name_ar"],
        name_en=PERSON_EXAMPLE["name_en"],
        language="ar",
    )

    email: Email
    name_ar: NameAr
    name_en: NameEn
    language: ReadersLanguage = Language.AR


class UserPatch(Body):
    """A correction of a person, as a JSON merge patch (RFC 7396)."""

    model_config = example(is_active=False)

    name_ar: NameAr = Field(default_factory=str)
    name_en: NameEn = Field(default_factory=str)
    language: ReadersLanguage = Language.AR
    is_active: IsActive = True


class UserItem(View):
    """A person in a list."""

    id: Annotated[UUID, Field(description="The person's id.")]
    email: Email
    name_ar: NameAr
    name_en: NameEn
    language: ReadersLanguage
    is_active: IsActive
    can_sign_in: Annotated[bool, Field(description="Whether an invitation was accepted: heads need none.")]
    version: Version


class UserRead(UserItem):
    """A person, and what you may do about the account."""

    actions: Actions


class UserList(View):
    """A page of people."""

    items: Annotated[list[UserItem], Field(max_length=200, description="The people, by name.")]
    next_cursor: Annotated[Cursor | None, Field(description="Send it back to read on; null at the end.")]


class InvitationRead(View):
    """A one-time token with which the person sets a password. It is said this once."""

    token: Annotated[
        str,
        Field(max_length=100, pattern=r"^[A-Za-z0-9_-]+$", description="To be handed to the person only."),
    ]
    expires_at: Annotated[datetime, Field(description="Until when it is good.")]


class UserInvited(View):
    """A person, with the invitation that was made now."""

    user: Annotated[UserRead, Field(description="The person.")]
    invitation: Annotated[InvitationRead, Field(description="The invitation.")]
