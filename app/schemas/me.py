"""Bodies of "who am I, and what may I do"."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums import Language, Role, Tenure
from app.schemas.base import (
    ActionName,
    Actions,
    Body,
    Name,
    PersonRef,
    Ref,
    Version,
    View,
    Words,
    example,
)

LanguageField = Annotated[Language, Field(description="The language in which the person is written to.")]
PowerList = Annotated[list[ActionName], Field(max_length=200)]


class MySession(View):
    """The session in which this is read."""

    id: Annotated[UUID, Field(description="Its id.")]
    created_at: Annotated[datetime, Field(description="When it began.")]
    expires_at: Annotated[datetime, Field(description="When it ends at the latest.")]
    service_account_id: Annotated[
        UUID | None, Field(description="The service account that asks for the person, if one does.")
    ]
    service_account_name: Annotated[Name | None, Field(description="Its name.")]


class MyMembership(View):
    """A role that the person holds now."""

    id: Annotated[UUID, Field(description="Its id.")]
    role: Annotated[Role, Field(description="The role.")]
    tenure: Annotated[Tenure, Field(description="Held in substance, or acting for a time.")]
    entity: Annotated[Ref | None, Field(description="Where; null for an administrator.")]
    division: Annotated[Ref | None, Field(description="In which division, where the role names one.")]
    starts_at: Annotated[datetime, Field(description="Since when.")]
    ends_at: Annotated[datetime | None, Field(description="Until when; null: no end is set.")]


class MyDelegation(View):
    """An action of somebody's post that the person may take for them now."""

    id: Annotated[UUID, Field(description="Its id.")]
    action: Annotated[ActionName, Field(description="The action.")]
    entity: Annotated[Ref, Field(description="In which entity.")]
    delegator: Annotated[PersonRef, Field(description="In whose name.")]
    reason: Annotated[Words, Field(description="Why it was given.")]
    starts_at: Annotated[datetime, Field(description="Since when.")]
    ends_at: Annotated[datetime, Field(description="Until when.")]


class EntityPowers(View):
    """What the person may do in one entity, beside what they may do everywhere."""

    entity: Annotated[Ref, Field(description="The entity.")]
    actions: Annotated[PowerList, Field(description="Actions of the role rules.")]


class MyPowers(View):
    """What the role rules give the person. Whether a single thing allows it now, its own `actions` say."""

    national: Annotated[PowerList, Field(description="Actions that are not bound to an entity.")]
    own: Annotated[PowerList, Field(description="Actions on what is the person's own.")]
    entities: Annotated[list[EntityPowers], Field(max_length=200, description="Actions by entity.")]


class Me(View):
    """The person behind the session."""

    id: Annotated[UUID, Field(description="The person's id.")]
    email: Annotated[
        str,
        Field(
            max_length=254,
            pattern=r"^[^\s@\u0000-\u001f\u007f]+@[^\s@\u0000-\u001f\u007f]+$",
            description="The e-mail address with which the person signs in.",
        ),
    ]
    name_ar: Annotated[Name, Field(description="The name in Arabic.")]
    name_en: Annotated[Name, Field(description="The name in English.")]
    language: LanguageField
    session: Annotated[MySession, Field(description="The session that asks.")]
    memberships: Annotated[list[MyMembership], Field(max_length=500, description="Roles held now.")]
    delegations: Annotated[list[MyDelegation], Field(max_length=500, description="Delegations in force.")]
    assignments_count: Annotated[
        int, Field(ge=0, le=2_000_000_000, description="To how many things the person is assigned now.")
    ]
    version: Version
    powers: Annotated[MyPowers, Field(description="What the person may do, and where.")]
    actions: Actions


class MePatch(Body):
    """What a person may change of themselves; what is left out stays."""

    model_config = example(language="en")

    language: LanguageField = Language.AR
