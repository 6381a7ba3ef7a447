"""The routing table of challenges: data, in versions, kept by UNIT's editors (Guide X-4)."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.enums.challenges import ChallengeKind, ChallengeLevel, ChallengeTie, EscalationBody, Escalator
from app.models.base import Base, Flag, Id, SubjectId, UserRef, one_of


class EscalationTable(Base):
    """One version of the routing table; the highest number is in force. A challenge keeps the version it began with,
    so nothing of it ever changes.

    `office_limit`: working days that the office has, before it escalates and to carry out what was decided.
    `set_by_id` is empty for the version that ships.
    """

    __tablename__ = "escalation_tables"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("office_limit between 1 and 120", name="office_limit"),
    )

    id: Mapped[SubjectId]
    number: Mapped[int]
    office_limit: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str]
    set_by_id: Mapped[UserRef | None]
    set_at: Mapped[datetime]


class EscalationRoute(Base):
    """One way up. `kind`, `tie`: of which challenges, null: of any. `after_head`: open only to what the head has had.
    `limit_days`: working days that the level it leads to has."""

    __tablename__ = "escalation_routes"
    __table_args__ = (
        one_of("kind", ChallengeKind),
        one_of("tie", ChallengeTie),
        one_of("from_level", ChallengeLevel),
        one_of("to_level", ChallengeLevel),
        one_of("to_body", EscalationBody),
        one_of("escalated_by", Escalator),
        UniqueConstraint("table_id", "code"),
        UniqueConstraint("id", "table_id"),
        CheckConstraint("from_level in ('office', 'head', 'committee')", name="from_below"),
        CheckConstraint("to_level <> from_level and to_level <> 'office'", name="upwards"),
        CheckConstraint("(to_level in ('committee', 'body')) = (to_body is not null)", name="holder"),
        CheckConstraint("(from_level = 'office') = (escalated_by = 'office')", name="escalator"),
        CheckConstraint("limit_days between 1 and 120", name="limit_days"),
    )

    id: Mapped[Id]
    table_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("escalation_tables.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    code: Mapped[str]
    kind: Mapped[str | None]
    tie: Mapped[str | None]
    from_level: Mapped[str]
    to_level: Mapped[str]
    to_body: Mapped[str | None]
    escalated_by: Mapped[str]
    after_head: Mapped[Flag]
    limit_days: Mapped[int] = mapped_column(SmallInteger)
    title_ar: Mapped[str]
    title_en: Mapped[str]
