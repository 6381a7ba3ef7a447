"""Entities and their divisions: what is entered and read."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums import DivisionFunction
from app.schemas.base import Actions, Body, Code, Cursor, Line, Name, Ref, Version, View, example

KIND = r"^[a-z][a-z_]*$"

_ID = "019a0000-0000-7000-8000-000000000001"
_Kind = Annotated[
    str,
    Field(
        max_length=40,
        pattern=KIND,
        description="Ministry, authority, governorate, council ...",
        examples=["ministry"],
    ),
]
_Source = Annotated[Line | None, Field(description="Where its names come from, such as a royal decree.")]
_Code = Annotated[Code, Field(description="Its code among people.")]
_NameAr = Annotated[Name, Field(description="Its Arabic name.")]
_NameEn = Annotated[Name, Field(description="Its English name.")]


class EntityCreate(Body):
    """A government entity."""

    model_config = example(
        code="MOL", name_ar="وزارة العمل", name_en="Ministry of Labour", kind="ministry", source="decree.om"
    )

    code: _Code
    name_ar: _NameAr
    name_en: _NameEn
    kind: _Kind
    source: _Source = None


class EntityPatch(Body):
    """A correction of an entity, as a JSON merge patch (RFC 7396). Its code stays."""

    model_config = example(name_en="Ministry of Labour")

    name_ar: _NameAr = Field(default_factory=str)
    name_en: _NameEn = Field(default_factory=str)
    kind: _Kind = Field(default_factory=str)
    source: _Source = None


class EntityItem(View):
    """An entity in a list."""

    id: Annotated[UUID, Field(description="The entity's id.")]
    code: _Code
    name_ar: _NameAr
    name_en: _NameEn
    kind: _Kind
    is_unit: Annotated[bool, Field(description="Whether it is the follow-up unit itself.")]
    verified: Annotated[bool, Field(description="False: its names rest on one weak source.")]
    version: Version


class EntityRead(EntityItem):
    """An entity, and what you may do to it and begin in it."""

    model_config = example(
        id=_ID,
        code="MOL",
        name_ar="وزارة العمل",
        name_en="Ministry of Labour",
        kind="ministry",
        is_unit=False,
        verified=True,
        version=1,
        source="decree.om",
        actions=["divisions.create"],
    )

    source: _Source
    actions: Actions


class EntityList(View):
    """A page of entities."""

    items: Annotated[list[EntityItem], Field(max_length=200, description="The entities.")]
    next_cursor: Annotated[Cursor | None, Field(description="Send it back to read on; null at the end.")]


class DivisionCreate(Body):
    """A directorate, department, section or committee of an entity."""

    model_config = example(
        code="PLAN", name_ar="دائرة التخطيط", name_en="Planning directorate", function="planning"
    )

    code: _Code
    name_ar: _NameAr
    name_en: _NameEn
    function: Annotated[
        DivisionFunction,
        Field(description="What it does in the chains; fixed, for its people's rights rest on it."),
    ]


class DivisionPatch(Body):
    """A correction of a division's names, as a JSON merge patch (RFC 7396)."""

    model_config = example(name_en="Planning and studies directorate")

    name_ar: _NameAr = Field(default_factory=str)
    name_en: _NameEn = Field(default_factory=str)


class DivisionItem(View):
    """A division in a list."""

    id: Annotated[UUID, Field(description="The division's id.")]
    entity: Annotated[Ref, Field(description="The entity that it belongs to.")]
    code: _Code
    name_ar: _NameAr
    name_en: _NameEn
    function: Annotated[DivisionFunction, Field(description="What it does in the chains.")]
    version: Version


class DivisionRead(DivisionItem):
    """A division, and what you may do to it."""

    model_config = example(
        id=_ID,
        entity={"id": _ID, "code": "MOL", "name_ar": "وزارة العمل", "name_en": "Ministry of Labour"},
        code="PLAN",
        name_ar="دائرة التخطيط",
        name_en="Planning directorate",
        function="planning",
        version=1,
        actions=[],
    )

    actions: Actions


class DivisionList(View):
    """A page of divisions."""

    items: Annotated[list[DivisionItem], Field(max_length=200, description="The divisions, by name.")]
    next_cursor: Annotated[Cursor | None, Field(description="Send it back to read on; null at the end.")]
