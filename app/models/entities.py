"""Government entities and their divisions (Guide E-1, O-8)."""

from sqlalchemy import Boolean, Computed, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from app.enums import DivisionFunction
from app.models.base import Base, EntityRef, Flag, SubjectId, Version, one_of


class Entity(Base):
    """A ministry, authority, council, establishment or governorate. Exactly one is UNIT itself."""

    __tablename__ = "entities"
    __table_args__ = (
        Index("uq_entities_unit", "is_unit", unique=True, postgresql_where=text("is_unit")),
        Index("ix_entities_sort_ar", "sort_ar", "id"),
        Index("ix_entities_sort_en", "sort_en", "id"),
    )

    id: Mapped[SubjectId]
    code: Mapped[str] = mapped_column(unique=True)
    name_ar: Mapped[str]
    name_en: Mapped[str]
    kind: Mapped[str]
    is_unit: Mapped[Flag]
    verified: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    source: Mapped[str | None]
    version: Mapped[Version]
    search_key: Mapped[str] = mapped_column(
        Computed("fold(code || ' ' || name_ar || ' ' || name_en)", persisted=True)
    )
    sort_ar: Mapped[str] = mapped_column(Text(collation="C"), Computed("sort_key(name_ar)", persisted=True))
    sort_en: Mapped[str] = mapped_column(Text(collation="C"), Computed("sort_key(name_en)", persisted=True))


class Division(Base):
    """A directorate, department, section or committee of an entity, with what it does in the chains."""

    __tablename__ = "divisions"
    __table_args__ = (
        one_of("function", DivisionFunction),
        UniqueConstraint("entity_id", "code"),
        UniqueConstraint("id", "entity_id"),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    code: Mapped[str]
    name_ar: Mapped[str]
    name_en: Mapped[str]
    function: Mapped[str]
    version: Mapped[Version]
