"""The path that a thing walks, as the thing itself shows it."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums.paths import StageTiming
from app.schemas.base import Name, View


class OpenStage(View):
    """A stage of a path that is open."""

    id: Annotated[UUID, Field(description="The stage's id.")]
    key: Annotated[
        str, Field(max_length=60, pattern=r"^[A-Za-z0-9_.-]+$", description="Its key in the template.")
    ]
    title_ar: Annotated[Name, Field(description="What is to be done, in Arabic.")]
    title_en: Annotated[Name, Field(description="What is to be done, in English.")]
    due: Annotated[date | None, Field(description="Until when, in Oman's calendar; null: no date is set.")]
    timing: Annotated[StageTiming, Field(description="Where it stands in time today.")]


class WalkedPath(View):
    """The running path of a thing, with the stages that are open."""

    id: Annotated[UUID, Field(description="The run's id.")]
    title_ar: Annotated[Name, Field(description="The path, in Arabic.")]
    title_en: Annotated[Name, Field(description="The path, in English.")]
    stages: Annotated[list[OpenStage], Field(max_length=200, description="The stages that are open now.")]


Walking = Annotated[
    WalkedPath | None, Field(description="The path that it walks now, and whose turn it is; null: none.")
]
