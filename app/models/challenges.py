"""Challenges, what was tried, what is proposed, and each stay at a level (Guide X-1 to X-6)."""

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
from app.enums.challenges import (
    ChallengeKind,
    ChallengeLevel,
    ChallengeState,
    ChallengeTie,
    EscalationBody,
    LevelDecision,
)
from app.models.base import Base, EntityRef, Flag, SubjectId, UserRef, Version, one_of


class Challenge(Base):
    """What blocks the execution of something of an entity.

    `holders`: the party keys of the one level that holds it, none once it has ended; `addressed`: of all that have
    held it, and `unit` from the coordination on. `due`: the last day of the level that holds it; `paused_at`: its
    clock stands still. `stay`: the number of the present (or last) stay at a level. `barred`: who opened it, and
    who escalated it to where it is; they neither decide there nor confirm that it is solved. `edited_by`: who wrote
    it or brought evidence of it, who never verifies evidence of it.
    """

    __tablename__ = "challenges"
    __table_args__ = (
        one_of("kind", ChallengeKind),
        one_of("tie", ChallengeTie),
        one_of("state", ChallengeState),
        one_of("level", ChallengeLevel),
        one_of("classification", Classification),
        UniqueConstraint("id", "entity_id"),
        UniqueConstraint("entity_id", "code"),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["about_id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["division_id", "entity_id"], ["divisions.id", "divisions.entity_id"]),
        CheckConstraint(
            "case when state in ('closed', 'accepted') then num_nonnulls(level, due, paused_at) = 0"
            " and cardinality(holders) = 0 and ended_at is not null and outcome is not null"
            " else num_nulls(level, due) = 0 and cardinality(holders) > 0 and num_nonnulls(ended_at, outcome) = 0"
            " end",
            name="one_holder",
        ),
        CheckConstraint(
            "level is null or level = case state when 'open' then 'office' when 'decided' then 'office'"
            " when 'with_head' then 'head' when 'with_committee' then 'committee'"
            " when 'with_body' then 'body' when 'with_unit' then 'unit' end",
            name="level_of_state",
        ),
        CheckConstraint(
            "num_nonnulls(coordinated_on, coordinated_with, coordinated_by_id) in (0, 3)", name="coordinated"
        ),
        CheckConstraint("num_nonnulls(division_id, owner_id) >= 1", name="owner"),
        CheckConstraint("stay >= 1", name="stay"),
        Index(
            "ix_challenges_search_key",
            "search_key",
            postgresql_using="gin",
            postgresql_ops={"search_key": "gin_trgm_ops"},
        ),
        Index("ix_challenges_entity_id", "entity_id"),
        Index("ix_challenges_about_id", "about_id"),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    code: Mapped[str]
    about_id: Mapped[uuid.UUID]
    about_kind: Mapped[str]
    kind: Mapped[str]
    tie: Mapped[str]
    title: Mapped[str]
    cause: Mapped[str]
    impact: Mapped[str]
    division_id: Mapped[uuid.UUID | None]
    owner_id: Mapped[UserRef | None]
    priority_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("priorities.id"))
    classification: Mapped[str]
    state: Mapped[str]
    table_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("escalation_tables.id"))
    level: Mapped[str | None]
    stay: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    holders: Mapped[list[str]]
    addressed: Mapped[list[str]]
    held_since: Mapped[datetime]
    due: Mapped[date | None]
    paused_at: Mapped[datetime | None]
    coordinated_on: Mapped[date | None]
    coordinated_with: Mapped[str | None]
    coordination_note: Mapped[str | None]
    coordinated_by_id: Mapped[UserRef | None]
    opened_by_id: Mapped[UserRef]
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[UserRef | None]
    outcome: Mapped[str | None]
    barred: Mapped[list[uuid.UUID]]
    edited_by: Mapped[list[uuid.UUID]]
    exceptional: Mapped[Flag]
    version: Mapped[Version]
    search_key: Mapped[str] = mapped_column(Computed("fold(code || ' ' || title)", persisted=True))


class ChallengeAttempt(Base):
    """Something that was tried to overcome it (Guide X-1, X-2). Never changed."""

    __tablename__ = "challenge_attempts"
    __table_args__ = (
        ForeignKeyConstraint(["challenge_id", "entity_id"], ["challenges.id", "challenges.entity_id"]),
        CheckConstraint("number between 1 and 100", name="number"),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    entity_id: Mapped[uuid.UUID]
    tried_on: Mapped[date]
    what: Mapped[str]
    tried_by: Mapped[str | None]
    recorded_by_id: Mapped[UserRef]
    recorded_at: Mapped[datetime]


class ChallengeSolution(Base):
    """A proposed solution, to be compared with the others: cost in Omani rials, time in working days, effect.

    `by_representative`: it was analysed by a technical representative assigned to the challenge or its subject
    (Guide O-3).
    """

    __tablename__ = "challenge_solutions"
    __table_args__ = (
        ForeignKeyConstraint(["challenge_id", "entity_id"], ["challenges.id", "challenges.entity_id"]),
        Index(
            "uq_challenge_solutions_one_recommended",
            "challenge_id",
            unique=True,
            postgresql_where=text("recommended and withdrawn_at is null"),
        ),
        CheckConstraint("number between 1 and 20", name="number"),
        CheckConstraint("cost >= 0 and cost < 'Infinity'", name="cost"),
        CheckConstraint("days between 0 and 3650", name="days"),
        CheckConstraint("num_nonnulls(analysis, analysed_by_id, analysed_at) in (0, 3)", name="analysed"),
        CheckConstraint("not (recommended or by_representative) or analysis is not null", name="by_analysis"),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    entity_id: Mapped[uuid.UUID]
    title: Mapped[str]
    effect: Mapped[str]
    cost: Mapped[object | None] = mapped_column(Numeric(18, 3))
    days: Mapped[int | None] = mapped_column(SmallInteger)
    proposed_by_id: Mapped[UserRef]
    proposed_at: Mapped[datetime]
    recommended: Mapped[Flag]
    by_representative: Mapped[Flag]
    analysis: Mapped[str | None]
    analysed_by_id: Mapped[UserRef | None]
    analysed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class ChallengeStay(Base):
    """A stay at a level, from when the challenge came to it until a decision ended it: what durations are measured by.

    `instruction`: what whoever sent it here said. `paused_days`: working days that its clock stood still so far.
    `days`: working days that it lasted without them. `answer_*`: the letter of the committee or outside body.
    """

    __tablename__ = "challenge_stays"
    __table_args__ = (
        one_of("level", ChallengeLevel),
        one_of("body", EscalationBody),
        one_of("decision", LevelDecision),
        ForeignKeyConstraint(["challenge_id", "entity_id"], ["challenges.id", "challenges.entity_id"]),
        Index(
            "uq_challenge_stays_one_open",
            "challenge_id",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(level in ('committee', 'body')) = (body is not null)", name="body_of_level"),
        CheckConstraint("level = 'office' or route_id is not null", name="by_route"),
        CheckConstraint("limit_days between 1 and 120 and paused_days >= 0 and days >= 0", name="days"),
        CheckConstraint(
            "(paused_at is null) = (pause_reason is null) and (paused_at is null or ended_at is null)",
            name="paused",
        ),
        CheckConstraint("ended_at >= opened_at", name="forwards"),
        CheckConstraint(
            "num_nonnulls(ended_at, decision, decided_by_id, days, decision_reason) in (0, 5)", name="decided"
        ),
        CheckConstraint("num_nonnulls(answer_from, answer_letter, answer_on) in (0, 3)", name="answer"),
        CheckConstraint(
            "ended_at is null or (level in ('committee', 'body')) = (answer_from is not null)",
            name="answered",
        ),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    entity_id: Mapped[uuid.UUID]
    level: Mapped[str]
    body: Mapped[str | None]
    route_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("escalation_routes.id"))
    holders: Mapped[list[str]]
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[UserRef]
    instruction: Mapped[str | None]
    limit_days: Mapped[int] = mapped_column(SmallInteger)
    due: Mapped[date]
    paused_days: Mapped[int] = mapped_column(server_default=text("0"))
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    days: Mapped[int | None]
    decision: Mapped[str | None]
    decision_reason: Mapped[str | None]
    decided_by_id: Mapped[UserRef | None]
    decision_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("decisions.id"))
    answer_from: Mapped[str | None]
    answer_letter: Mapped[str | None]
    answer_on: Mapped[date | None]
