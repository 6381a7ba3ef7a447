"""Path templates: the versions of the way that a plan, a scorecard or an entity's year goes (Guide P-3, P-4, P-8)."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.enums import Chain
from app.enums.paths import PathTemplateState, RunsOn
from app.models.base import Base, EntityRef, Persons, SubjectId, UserRef, Version, one_of


class PathTemplate(Base):
    """One version. It can change only while it is a draft, and a trigger holds that too: a run keeps the version
    that it began with.

    `entity_id` is empty for the models that ship, which are copied and never run themselves. `groups`: the stages,
    as `services/path_templates/content.py` reads them. `chain`: the chain of the role plan that the stages'
    enterer, reviewer and approver are of (Guide P-13).
    """

    __tablename__ = "path_templates"
    __table_args__ = (
        one_of("state", PathTemplateState),
        one_of("runs_on", RunsOn),
        one_of("chain", Chain),
        UniqueConstraint("entity_id", "code", "number", postgresql_nulls_not_distinct=True),
        UniqueConstraint("id", "entity_id"),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        Index(
            "uq_path_templates_one_open",
            "entity_id",
            "code",
            unique=True,
            postgresql_where=text("state in ('draft', 'submitted')"),
        ),
        Index(
            "uq_path_templates_one_approved",
            "entity_id",
            "code",
            unique=True,
            postgresql_where=text("state = 'approved'"),
        ),
        Index("uq_path_templates_one_model", "code", unique=True, postgresql_where=text("state = 'model'")),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint(
            "case when entity_id is null then state in ('model', 'superseded') else state <> 'model' end",
            name="entity",
        ),
        CheckConstraint("jsonb_typeof(groups) = 'array'", name="groups"),
        CheckConstraint("(entity_id is null) = (drafted_by_id is null)", name="drafted"),
        CheckConstraint(
            "approved_by_id is null or not (approved_by_id = any(edited_by))", name="approved_by_another"
        ),
        CheckConstraint(
            "(approved_by_id is null) = (approved_at is null) and "
            "(entity_id is null or (state in ('approved', 'superseded')) = (approved_at is not null))",
            name="approved",
        ),
        CheckConstraint("copied_from_id <> id", name="copied_from_another"),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef | None]
    code: Mapped[str]
    number: Mapped[int]
    state: Mapped[str]
    version: Mapped[Version]
    runs_on: Mapped[str]
    chain: Mapped[str]
    title_ar: Mapped[str]
    title_en: Mapped[str]
    note: Mapped[str | None]
    groups: Mapped[list[Any]] = mapped_column(JSONB)
    copied_from_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("path_templates.id"))

    edited_by: Mapped[Persons]
    recorded_at: Mapped[datetime]
    drafted_by_id: Mapped[UserRef | None]
    submitted_by_id: Mapped[UserRef | None]
    submitted_at: Mapped[datetime | None]
    approved_by_id: Mapped[UserRef | None]
    approved_at: Mapped[datetime | None]
    returned_by_id: Mapped[UserRef | None]
    returned_at: Mapped[datetime | None]
    return_reason: Mapped[str | None]
