"""Proposals of staff for the annual plan, all on one form (Guide P-12)."""

import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Numeric, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from app.enums.plans import ProposalState
from app.models.base import Base, EntityRef, SubjectId, UserRef, Version, one_of


class Proposal(Base):
    """What a member of staff proposes for a plan. `meets`: keys of the plan's criteria that it meets; `cost` in Omani
    rials. Who proposes neither sorts nor decides."""

    __tablename__ = "proposals"
    __table_args__ = (
        one_of("state", ProposalState),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["plan_id", "entity_id"], ["plans.id", "plans.entity_id"]),
        ForeignKeyConstraint(["initiative_id", "entity_id"], ["initiatives.id", "initiatives.entity_id"]),
        CheckConstraint("cost >= 0 and cost < 1e15", name="cost"),
        CheckConstraint("rank between 1 and 9999", name="rank"),
        CheckConstraint(
            "(rank is null) = (sorted_at is null) and (sorted_by_id is null) = (sorted_at is null)"
            " and (state not in ('sorted', 'accepted') or sorted_at is not null)",
            name="sorted",
        ),
        CheckConstraint(
            "(state in ('accepted', 'refused')) = (decided_at is not null)"
            " and (decided_by_id is null) = (decided_at is null)"
            " and (state <> 'refused' or reason is not null)"
            " and (initiative_id is null or state = 'accepted')",
            name="decided",
        ),
        CheckConstraint(
            "sorted_by_id <> proposed_by_id and decided_by_id <> proposed_by_id", name="decided_by_another"
        ),
        Index("ix_proposals_plan_id", "plan_id", text("id desc")),
        Index("ix_proposals_proposed_by_id", "proposed_by_id"),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    plan_id: Mapped[uuid.UUID]
    state: Mapped[str]
    version: Mapped[Version]
    title: Mapped[str]
    problem: Mapped[str]
    idea: Mapped[str]
    effect: Mapped[str]
    indicator_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("indicators.id"))
    cost: Mapped[Decimal | None] = mapped_column(Numeric(18, 3))
    proposed_by_id: Mapped[UserRef]
    proposed_at: Mapped[datetime]
    rank: Mapped[int | None] = mapped_column(SmallInteger)
    meets: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    sorted_by_id: Mapped[UserRef | None]
    sorted_at: Mapped[datetime | None]
    decided_by_id: Mapped[UserRef | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    initiative_id: Mapped[uuid.UUID | None]
