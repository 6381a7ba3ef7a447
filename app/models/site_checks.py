"""Checks on the ground: what the office found where an initiative is carried out (Guide N-8)."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped

from app.enums.initiatives import SiteCheckState
from app.models.base import Base, EntityRef, Persons, SubjectId, UserRef, Version, one_of


class SiteCheck(Base):
    """One visit. `conforms`: whether what was found is what was planned. Photographs are evidence of it."""

    __tablename__ = "site_checks"
    __table_args__ = (
        one_of("state", SiteCheckState),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["initiative_id", "entity_id"], ["initiatives.id", "initiatives.entity_id"]),
        CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at is not null)"
            " and (withdrawn_at is null) = (withdraw_reason is null)",
            name="withdrawn",
        ),
        Index("ix_site_checks_initiative_id", "initiative_id", "checked_on"),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    initiative_id: Mapped[uuid.UUID]
    state: Mapped[str]
    version: Mapped[Version]
    checked_on: Mapped[date]
    place: Mapped[str]
    findings: Mapped[str]
    conforms: Mapped[bool]
    edited_by: Mapped[Persons]
    checked_by_id: Mapped[UserRef]
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[UserRef | None]
    withdraw_reason: Mapped[str | None]
