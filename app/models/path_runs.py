"""Path runs: paths that a subject walks, their stages round by round, and who took them (Guide P-3, P-8, P-9)."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.enums import SubjectKind
from app.enums.paths import DueFrom, PathRunState, StageKind, StageOutcome, StageState
from app.models.base import Base, EntityRef, Flag, Persons, SubjectId, UserRef, Version, one_of

WALKED = (SubjectKind.ENTITY, SubjectKind.PLAN, SubjectKind.SCORECARD)
"""The kinds of things that walk paths."""

ENDED = "('done', 'approved', 'returned', 'not_applicable', 'voided', 'stopped')"


class PathRun(Base):
    """A path that a subject walks: it keeps the version of the template that it began with.

    `code`: that of the template. `year`: the one that due dates count from. `kept_dates`: due dates are not moved to
    working days (history that is replayed). `parties`: whom its stages name, UNIT apart; `unit_sees`: a stage of UNIT
    has opened.
    """

    __tablename__ = "path_runs"
    __table_args__ = (
        one_of("state", PathRunState),
        one_of("subject_kind", WALKED),
        UniqueConstraint("id", "entity_id"),
        UniqueConstraint("id", "entity_id", "subject_id"),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["subject_id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["template_id", "entity_id"], ["path_templates.id", "path_templates.entity_id"]),
        Index(
            "uq_path_runs_one_running",
            "subject_id",
            unique=True,
            postgresql_where=text("state = 'running' and subject_kind <> 'entity'"),
        ),
        Index(
            "uq_path_runs_one_running_in_year",
            "subject_id",
            "code",
            "year",
            unique=True,
            postgresql_where=text("state = 'running' and subject_kind = 'entity'"),
        ),
        Index("ix_path_runs_entity_id_state", "entity_id", "state"),
        Index("ix_path_runs_subject_id", "subject_id"),
        CheckConstraint("year between 2000 and 2100", name="year"),
        CheckConstraint("(state = 'running') = (ended_at is null)", name="ended"),
        CheckConstraint(
            "(state = 'stopped') = (stop_reason is not null)"
            " and (stopped_by_id is not null) = (state = 'stopped')",
            name="stopped",
        ),
        CheckConstraint("(subject_kind = 'entity') = (subject_id = entity_id)", name="of_the_entity"),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    subject_id: Mapped[uuid.UUID]
    subject_kind: Mapped[str]
    template_id: Mapped[uuid.UUID]
    code: Mapped[str]
    year: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str]
    version: Mapped[Version]
    kept_dates: Mapped[Flag]
    parties: Mapped[list[str]]
    unit_sees: Mapped[Flag]
    started_by_id: Mapped[UserRef]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    stopped_by_id: Mapped[UserRef | None]
    stop_reason: Mapped[str | None]


class PathStage(Base):
    """One round of one stage of a run; of a stage that recurs, one of its occasions.

    `group_number` and `position` (both from 0) say where the template's `groups` have it; `number` counts the stages of
    the template from 1. `parties`: who may take it, in order, and beside each in `seats` which of the parties that the
    template names it belongs to (an office's manager and specialists have one seat). `controls`: the stages whose people never take
    it. `fires`: the action of the subject that takes place when it ends well. `due_since`, `due_days`: working
    days that its due date is counted by. `state_at_open`: where the subject stood when it opened. `edited_by`: who
    brought evidence of it. `superseded_at`: since when a later round counts, and not this one.
    """

    __tablename__ = "path_stages"
    __table_args__ = (
        one_of("state", StageState),
        one_of("kind", StageKind),
        one_of("due_since", DueFrom),
        UniqueConstraint("id", "entity_id"),
        UniqueConstraint("run_id", "key", "occasion", "round"),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(
            ["run_id", "entity_id", "subject_id"],
            ["path_runs.id", "path_runs.entity_id", "path_runs.subject_id"],
        ),
        Index("ix_path_stages_run_id", "run_id"),
        Index("ix_path_stages_open", "subject_id", postgresql_where=text("state = 'open'")),
        CheckConstraint("group_number >= 0 and position >= 0 and number >= 1", name="place"),
        CheckConstraint("occasion >= 1 and round >= 1", name="counts"),
        CheckConstraint(
            "cardinality(parties) >= 1 and cardinality(parties) = cardinality(seats)", name="parties"
        ),
        CheckConstraint("due_from <= due", name="due"),
        CheckConstraint("(due_since is null) = (due_days is null)", name="due_rule"),
        CheckConstraint(f"(state in {ENDED}) = (ended_at is not null)", name="ended"),
        CheckConstraint("state <> 'open' or opened_at is not null", name="opened"),
        CheckConstraint("state <> 'pending' or opened_at is null", name="pending"),
        CheckConstraint("(state = 'returned') = (returned_to is not null)", name="returned"),
        CheckConstraint(
            "state not in ('returned', 'not_applicable') or reason is not null", name="with_a_reason"
        ),
        CheckConstraint("superseded_at is null or ended_at is not null", name="superseded"),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    run_id: Mapped[uuid.UUID]
    subject_id: Mapped[uuid.UUID]
    group_number: Mapped[int] = mapped_column(SmallInteger)
    position: Mapped[int] = mapped_column(SmallInteger)
    number: Mapped[int] = mapped_column(SmallInteger)
    key: Mapped[str]
    occasion: Mapped[int] = mapped_column(SmallInteger)
    round: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str]
    version: Mapped[Version]
    kind: Mapped[str]
    title_ar: Mapped[str]
    title_en: Mapped[str]
    parties: Mapped[list[str]]
    seats: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    controls: Mapped[list[str]]
    fires: Mapped[str | None]
    due_from: Mapped[date | None]
    due: Mapped[date | None]
    due_since: Mapped[str | None]
    due_days: Mapped[int | None] = mapped_column(SmallInteger)
    state_at_open: Mapped[str | None]
    opened_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    returned_to: Mapped[str | None]
    edited_by: Mapped[Persons]
    superseded_at: Mapped[datetime | None]


class PathStageAct(Base):
    """What one person did in a stage, append-only. `parties`: which of the stage's parties they answered to.
    `exceptional`: as the head, because nobody was left; that may come after an act of their own.

    `person_id`: in whose name it is done; `recorded_by_id`: who wrote it down, where that is another. `outside_letter`:
    the answer of a body outside, by number, date and sender.
    """

    __tablename__ = "path_stage_acts"
    __table_args__ = (
        one_of("outcome", StageOutcome),
        ForeignKeyConstraint(["stage_id", "entity_id"], ["path_stages.id", "path_stages.entity_id"]),
        UniqueConstraint("stage_id", "person_id", "exceptional"),
        CheckConstraint("cardinality(parties) >= 1", name="parties"),
        CheckConstraint(
            "outcome not in ('returned', 'not_applicable') or reason is not null", name="with_a_reason"
        ),
        CheckConstraint("recorded_by_id <> person_id", name="recorded_by_another"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    entity_id: Mapped[EntityRef]
    stage_id: Mapped[uuid.UUID]
    person_id: Mapped[UserRef]
    parties: Mapped[list[str]]
    outcome: Mapped[str]
    reason: Mapped[str | None]
    answers: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    outside_letter: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    exceptional: Mapped[Flag]
    acting_for_id: Mapped[UserRef | None]
    recorded_by_id: Mapped[UserRef | None]
    decision_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("decisions.id"))
    at: Mapped[datetime]
