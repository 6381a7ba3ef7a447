"""Answers about the service itself."""

from typing import Annotated, Literal

from pydantic import Field

from app.schemas.base import View


class Health(View):
    """The service is well."""

    status: Annotated[Literal["ok"], Field(description="Always `ok`; anything else is a problem.")]
