"""Service accounts: programs that act for the person who made them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.schemas.base import (
    ActionName,
    Actions,
    Body,
    Cursor,
    Instant,
    Name,
    PersonRef,
    Ref,
    Version,
    View,
    example,
)

_PERMISSIONS = "Actions of the role rules that the account may take, as long as its maker may."


class ServiceAccountCreate(Body):
    """A service account to be made."""

    model_config = example(
        name="Reporting dashboard",
        permissions=["indicators.read", "results.read"],
        entity_id=None,
        expires_at="2027-06-30T00:00:00Z",
    )

    name: Annotated[Name, Field(description="What the program is, for people.")]
    permissions: Annotated[list[ActionName], Field(min_length=1, max_length=100, description=_PERMISSIONS)]
    entity_id: Annotated[
        UUID | None, Field(description="Narrows the account to one entity; null: wherever its maker may.")
    ] = None
    expires_at: Annotated[Instant, Field(description="When it ends by itself: within a year.")]


class _ServiceAccount(View):
    id: Annotated[UUID, Field(description="Its id, which is the client id.")]
    name: Annotated[Name, Field(description="What the program is.")]
    permissions: Annotated[list[ActionName], Field(max_length=100, description=_PERMISSIONS)]
    entity: Annotated[Ref | None, Field(description="The entity that it is narrowed to.")]
    maker: Annotated[PersonRef, Field(description="Who made it, and for whom it acts.")]
    created_at: Annotated[datetime, Field(description="When it was made.")]
    expires_at: Annotated[datetime, Field(description="When it ends by itself.")]
    ended_at: Annotated[datetime | None, Field(description="When it was ended before that.")]
    version: Version


class ServiceAccountItem(_ServiceAccount):
    """A service account in a list."""


class ServiceAccountRead(_ServiceAccount):
    """A service account, and what you may do with it now."""

    actions: Actions


class ServiceAccountCreated(ServiceAccountRead):
    """A new service account with its secret, which is said this once and kept nowhere."""

    client_id: Annotated[UUID, Field(description="The client id, for the token endpoint.")]
    client_secret: Annotated[
        str,
        Field(
            max_length=100,
            pattern=r"^[A-Za-z0-9_-]+$",
            description="The client secret, for the token endpoint.",
        ),
    ]


class ServiceAccountList(View):
    """A page of service accounts, the latest first."""

    items: Annotated[list[ServiceAccountItem], Field(max_length=200, description="The accounts.")]
    next_cursor: Annotated[Cursor | None, Field(description="Reads on from here; null at the end.")]
