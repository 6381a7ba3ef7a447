"""The national catalogue: pillars, priorities, programmes, sources of figures, holidays."""

import uuid
from datetime import date, datetime

from sqlalchemy import Computed, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from app.models.base import Base, EntityRef, Id, SubjectId, Version


class Pillar(Base):
    """One of the four pillars of Oman Vision 2040."""

    __tablename__ = "pillars"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    name_ar: Mapped[str]
    name_en: Mapped[str]
    source: Mapped[str]


class Priority(Base):
    """One of the national priorities, each under a pillar."""

    __tablename__ = "priorities"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    pillar_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pillars.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    name_ar: Mapped[str]
    name_en: Mapped[str]
    name_ar_translated: Mapped[bool]
    source: Mapped[str]


class Programme(Base):
    """A national programme or system (Guide N-2)."""

    __tablename__ = "programmes"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    status: Mapped[str]
    name_ar: Mapped[str]
    name_en: Mapped[str]
    name_ar_translated: Mapped[bool]
    lead_entity_id: Mapped[EntityRef | None]
    priority_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("priorities.id"))
    period: Mapped[str | None]
    source: Mapped[str]
    sort_ar: Mapped[str] = mapped_column(Text(collation="C"), Computed("sort_key(name_ar)", persisted=True))
    sort_en: Mapped[str] = mapped_column(Text(collation="C"), Computed("sort_key(name_en)", persisted=True))


class Source(Base):
    """Where loaded figures come from, with the attribution that their licence asks for."""

    __tablename__ = "sources"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    publisher: Mapped[str]
    license: Mapped[str]
    reference: Mapped[str]
    attribution: Mapped[str]


class Holiday(Base):
    """A public holiday of Oman. `estimated`: depends on the sighting of the moon, not yet announced.

    `cancelled_at`: the day turned out to be none (the feast fell on another).
    """

    __tablename__ = "holidays"
    __table_args__ = (
        Index("uq_holidays_day", "day", unique=True, postgresql_where=text("cancelled_at is null")),
    )

    id: Mapped[SubjectId]
    day: Mapped[date]
    name_ar: Mapped[str]
    name_en: Mapped[str]
    estimated: Mapped[bool]
    cancelled_at: Mapped[datetime | None]
    version: Mapped[Version]
