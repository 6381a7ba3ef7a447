"""Risks, each assessment of them, what their treatment asks for, to whom they were raised, and the analysis that they
come from (Guide K-1 to K-5)."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.enums import Classification
from app.enums.risks import ResourceKind, RiskKind, RiskLevel, RiskState, RiskStrategy, SwotKind
from app.models.base import Base, EntityRef, Flag, SubjectId, UserRef, Version, one_of

_WITHIN = (
    "probability between 1 and 5 and impact between 1 and 5"
    " and num_nonnulls(residual_probability, residual_impact) in (0, 2)"
    " and residual_probability between 1 and probability and residual_impact between 1 and impact"
)
"""Levels of a matrix; what remains is never more than what was there before the treatment."""


class RiskSettings(Base):
    """One version of UNIT's settings of risks; the highest number is in force. A risk keeps the version that it was
    assessed with, so nothing of it ever changes.

    Levels are named from 1 up, in Arabic and English. `medium_from`, `high_from`, `critical_from`: the least score of a
    grade, probability times impact. `head_from`: the least score that the head accepts, below it the manager does.
    `review_*`: working days between two assessments. `set_by_id` is empty for the version that ships.
    """

    __tablename__ = "risk_settings"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint(
            "cardinality(probability_ar) between 3 and 5"
            " and cardinality(probability_en) = cardinality(probability_ar)"
            " and cardinality(impact_ar) between 3 and 5"
            " and cardinality(impact_en) = cardinality(impact_ar)",
            name="levels",
        ),
        CheckConstraint(
            "1 < medium_from and medium_from < high_from and high_from < critical_from"
            " and critical_from <= cardinality(probability_ar) * cardinality(impact_ar)",
            name="rising",
        ),
        CheckConstraint(
            "head_from between 1 and cardinality(probability_ar) * cardinality(impact_ar)", name="head_from"
        ),
        CheckConstraint(
            "review_low <= 250 and review_medium <= review_low and review_high <= review_medium"
            " and review_critical <= review_high and review_critical >= 1",
            name="review",
        ),
    )

    id: Mapped[SubjectId]
    number: Mapped[int]
    probability_ar: Mapped[list[str]]
    probability_en: Mapped[list[str]]
    impact_ar: Mapped[list[str]]
    impact_en: Mapped[list[str]]
    medium_from: Mapped[int] = mapped_column(SmallInteger)
    high_from: Mapped[int] = mapped_column(SmallInteger)
    critical_from: Mapped[int] = mapped_column(SmallInteger)
    head_from: Mapped[int] = mapped_column(SmallInteger)
    review_low: Mapped[int] = mapped_column(SmallInteger)
    review_medium: Mapped[int] = mapped_column(SmallInteger)
    review_high: Mapped[int] = mapped_column(SmallInteger)
    review_critical: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str]
    set_by_id: Mapped[UserRef | None]
    set_at: Mapped[datetime]


class Risk(Base):
    """What may keep the office, or something of its entity, from its aim.

    `about_id` is empty for a risk of the office itself. `score`: what counts now, with the treatment where that was
    assessed. `review_on`: until when it is assessed anew. `addressed`: party keys of those to whom it was ever brought.
    `barred`: who brought it to where it is decided about, or assessed what is to be accepted; they do not decide.
    `settings_id`: the version that its present levels are of. `edited_by`: who wrote it or brought evidence of it.
    """

    __tablename__ = "risks"
    __table_args__ = (
        one_of("kind", RiskKind),
        one_of("strategy", RiskStrategy),
        one_of("state", RiskState),
        one_of("classification", Classification),
        UniqueConstraint("id", "entity_id"),
        UniqueConstraint("entity_id", "code"),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["about_id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["division_id", "entity_id"], ["divisions.id", "divisions.entity_id"]),
        ForeignKeyConstraint(["challenge_id", "entity_id"], ["challenges.id", "challenges.entity_id"]),
        CheckConstraint("(about_id is null) = (about_kind is null)", name="about"),
        CheckConstraint("num_nonnulls(division_id, owner_id) >= 1", name="owner"),
        CheckConstraint(_WITHIN, name="levels"),
        CheckConstraint("assessments between 1 and 200", name="assessments"),
        CheckConstraint(
            "coalesce(case state when 'open' then strategy is null"
            " when 'in_treatment' then strategy in ('mitigate', 'transfer', 'avoid')"
            " when 'resources_asked' then strategy in ('mitigate', 'transfer', 'avoid')"
            " when 'treated' then strategy in ('mitigate', 'transfer', 'avoid') and residual_impact is not null"
            " when 'to_accept' then strategy = 'accept'"
            " when 'accepted' then strategy = 'accept' else true end, false)",
            name="strategy_of_state",
        ),
        CheckConstraint("(review_on is null) = (state in ('occurred', 'closed'))", name="review"),
        CheckConstraint(
            "case state when 'occurred' then challenge_id is not null when 'closed' then true"
            " else challenge_id is null end",
            name="occurred",
        ),
        CheckConstraint(
            "num_nonnulls(closed_at, closed_by_id, lessons) = case state when 'closed' then 3 else 0 end",
            name="closed",
        ),
        Index(
            "ix_risks_search_key",
            "search_key",
            postgresql_using="gin",
            postgresql_ops={"search_key": "gin_trgm_ops"},
        ),
        Index("ix_risks_entity_id", "entity_id"),
        Index("ix_risks_about_id", "about_id"),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    code: Mapped[str]
    about_id: Mapped[uuid.UUID | None]
    about_kind: Mapped[str | None]
    kind: Mapped[str]
    title: Mapped[str]
    cause: Mapped[str]
    effect: Mapped[str]
    division_id: Mapped[uuid.UUID | None]
    owner_id: Mapped[UserRef | None]
    classification: Mapped[str]
    state: Mapped[str]
    strategy: Mapped[str | None]
    plan: Mapped[str | None]
    settings_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("risk_settings.id"))
    probability: Mapped[int] = mapped_column(SmallInteger)
    impact: Mapped[int] = mapped_column(SmallInteger)
    residual_probability: Mapped[int | None] = mapped_column(SmallInteger)
    residual_impact: Mapped[int | None] = mapped_column(SmallInteger)
    score: Mapped[int] = mapped_column(
        SmallInteger,
        Computed("coalesce(residual_probability * residual_impact, probability * impact)", persisted=True),
    )
    assessments: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    assessed_at: Mapped[datetime]
    assessed_by_id: Mapped[UserRef]
    review_on: Mapped[date | None]
    addressed: Mapped[list[str]]
    barred: Mapped[list[uuid.UUID]]
    registered_by_id: Mapped[UserRef]
    registered_at: Mapped[datetime]
    held_since: Mapped[datetime]
    challenge_id: Mapped[uuid.UUID | None]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[UserRef | None]
    lessons: Mapped[str | None]
    edited_by: Mapped[list[uuid.UUID]]
    exceptional: Mapped[Flag]
    version: Mapped[Version]
    search_key: Mapped[str] = mapped_column(Computed("fold(code || ' ' || title)", persisted=True))


class RiskAssessment(Base):
    """An assessment of a risk, by the levels of one version of the settings (Guide K-5). Never changed."""

    __tablename__ = "risk_assessments"
    __table_args__ = (
        ForeignKeyConstraint(["risk_id", "entity_id"], ["risks.id", "risks.entity_id"]),
        CheckConstraint("number between 1 and 200", name="number"),
        CheckConstraint(_WITHIN, name="levels"),
    )

    risk_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    entity_id: Mapped[uuid.UUID]
    settings_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("risk_settings.id"))
    probability: Mapped[int] = mapped_column(SmallInteger)
    impact: Mapped[int] = mapped_column(SmallInteger)
    residual_probability: Mapped[int | None] = mapped_column(SmallInteger)
    residual_impact: Mapped[int | None] = mapped_column(SmallInteger)
    note: Mapped[str | None]
    assessed_by_id: Mapped[UserRef]
    assessed_at: Mapped[datetime]


class RiskResource(Base):
    """Something that the treatment of a risk asks for, and what of it the head granted: all, a part, or nothing (Guide
    K-4). Amounts are in `unit`, money in Omani rials."""

    __tablename__ = "risk_resources"
    __table_args__ = (
        one_of("kind", ResourceKind),
        one_of("strategy", RiskStrategy),
        ForeignKeyConstraint(["risk_id", "entity_id"], ["risks.id", "risks.entity_id"]),
        CheckConstraint("number between 1 and 50", name="number"),
        CheckConstraint("asked > 0 and asked < 'Infinity'", name="asked"),
        CheckConstraint("granted between 0 and asked", name="granted"),
        CheckConstraint("(kind = 'money') = (unit = 'OMR')", name="unit"),
        CheckConstraint("num_nonnulls(granted, granted_by_id, granted_at) in (0, 3)", name="answered"),
    )

    risk_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    entity_id: Mapped[uuid.UUID]
    kind: Mapped[str]
    strategy: Mapped[str]
    what: Mapped[str]
    unit: Mapped[str]
    asked: Mapped[object] = mapped_column(Numeric(18, 3))
    asked_by_id: Mapped[UserRef]
    asked_at: Mapped[datetime]
    granted: Mapped[object | None] = mapped_column(Numeric(18, 3))
    granted_by_id: Mapped[UserRef | None]
    granted_at: Mapped[datetime | None]
    decision_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("decisions.id"))


class RiskRaising(Base):
    """That a risk was raised to the head or to UNIT, from which state, and what they answered (Guide K-3)."""

    __tablename__ = "risk_raisings"
    __table_args__ = (
        one_of("level", RiskLevel),
        ForeignKeyConstraint(["risk_id", "entity_id"], ["risks.id", "risks.entity_id"]),
        Index(
            "uq_risk_raisings_one_open", "risk_id", unique=True, postgresql_where=text("answered_at is null")
        ),
        CheckConstraint("number between 1 and 50", name="number"),
        CheckConstraint(
            "from_state in ('open', 'in_treatment', 'to_accept', 'treated', 'accepted')", name="from_state"
        ),
        CheckConstraint("num_nonnulls(answer, answered_by_id, answered_at) in (0, 3)", name="answered"),
    )

    risk_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    entity_id: Mapped[uuid.UUID]
    level: Mapped[str]
    from_state: Mapped[str]
    reason: Mapped[str]
    raised_by_id: Mapped[UserRef]
    raised_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by_id: Mapped[UserRef | None]
    answered_at: Mapped[datetime | None]
    decision_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("decisions.id"))


class SwotEntry(Base):
    """One entry of an entity's analysis of a year: a strength, weakness, opportunity or threat, and the risk that was
    registered for it (Guide K-2)."""

    __tablename__ = "swot_entries"
    __table_args__ = (
        one_of("kind", SwotKind),
        UniqueConstraint("id", "entity_id"),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["risk_id", "entity_id"], ["risks.id", "risks.entity_id"]),
        CheckConstraint("year between 1900 and 2200", name="year"),
        CheckConstraint("num_nonnulls(withdrawn_at, withdrawn_by_id) in (0, 2)", name="withdrawn"),
        Index("ix_swot_entries_entity_id", "entity_id", "year"),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    year: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str]
    says: Mapped[str]
    risk_id: Mapped[uuid.UUID | None]
    written_by_id: Mapped[UserRef]
    written_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[UserRef | None]
    version: Mapped[Version]
