"""Role plans: which party enters, reviews and approves, per chain (Guide P-13)."""

import uuid
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.enums import Chain, Party, RolePlanState, Step
from app.models.base import Base, EntityRef, SubjectId, UserRef, Version, one_of


class RolePlan(Base):
    """One version of an entity's role plan; the latest approved one is in force."""

    __tablename__ = "role_plans"
    __table_args__ = (
        one_of("state", RolePlanState),
        UniqueConstraint("entity_id", "number"),
        UniqueConstraint("id", "entity_id"),
        Index(
            "uq_role_plans_one_open", "entity_id", unique=True, postgresql_where=text("state <> 'approved'")
        ),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    number: Mapped[int]
    state: Mapped[str]
    note: Mapped[str | None]
    drafted_by_id: Mapped[UserRef]
    edited_by: Mapped[list[uuid.UUID]]
    drafted_at: Mapped[datetime]
    submitted_by_id: Mapped[UserRef | None]
    submitted_at: Mapped[datetime | None]
    approved_by_id: Mapped[UserRef | None]
    approved_at: Mapped[datetime | None]
    decision_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("decisions.id"))
    return_reason: Mapped[str | None]
    version: Mapped[Version]


class RolePlanStep(Base):
    """The party of a chain's step; `rank` 0 first, then its substitutes in order."""

    __tablename__ = "role_plan_steps"
    __table_args__ = (
        one_of("chain", Chain),
        one_of("step", Step),
        one_of("party", Party),
        CheckConstraint("(party = 'division') = (division_id is not null)", name="division"),
        ForeignKeyConstraint(["role_plan_id", "entity_id"], ["role_plans.id", "role_plans.entity_id"]),
        ForeignKeyConstraint(["division_id", "entity_id"], ["divisions.id", "divisions.entity_id"]),
    )

    role_plan_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    chain: Mapped[str] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    rank: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    entity_id: Mapped[uuid.UUID]
    party: Mapped[str]
    division_id: Mapped[uuid.UUID | None]
