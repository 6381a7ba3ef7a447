"""Evidence: files that prove what a subject says (Guide V-1, V-2), and what a result must carry of it."""

import uuid
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.enums import Classification, EvidenceKind, EvidenceState
from app.models.base import Base, EntityRef, Flag, Persons, SubjectId, UserRef, Version, one_of


class Evidence(Base):
    """One file about one subject, from the intention to bring it to its verification.

    The file lies in the store under `sha256`; once it is there nothing of it changes, and once the subject
    is approved nothing here changes at all: a trigger holds that too. `edited_by` are the persons who made,
    described or uploaded it (four eyes). `supersedes_id`: the one whose place it takes.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        one_of("kind", EvidenceKind),
        one_of("classification", Classification),
        one_of("state", EvidenceState),
        UniqueConstraint("id", "entity_id"),
        UniqueConstraint("id", "subject_id"),
        ForeignKeyConstraint(["id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["subject_id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ForeignKeyConstraint(["supersedes_id", "subject_id"], ["evidence.id", "evidence.subject_id"]),
        Index(
            "uq_evidence_one_successor",
            "supersedes_id",
            unique=True,
            postgresql_where=text("state not in ('withdrawn', 'infected')"),
        ),
        Index("ix_evidence_subject_id", "subject_id", "id"),
        Index("ix_evidence_sha256", "sha256", postgresql_where=text("sha256 is not null")),
        CheckConstraint(
            "num_nonnulls(sha256, size, media_type, uploaded_by_id, uploaded_at) in (0, 5)"
            " and (file_name is null or sha256 is not null)",
            name="file",
        ),
        CheckConstraint(
            "state in ('awaiting_file', 'withdrawn') or sha256 is not null", name="file_is_there"
        ),
        CheckConstraint("state <> 'awaiting_file' or sha256 is null", name="file_is_awaited"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint(
            "(decided_by_id is null) = (decided_at is null)"
            " and (state not in ('verified', 'rejected') or decided_at is not null)"
            " and (state <> 'rejected' or decision_reason is not null)",
            name="decided",
        ),
        CheckConstraint(
            "decided_by_id is null or not (decided_by_id = any(edited_by))", name="decided_by_another"
        ),
        CheckConstraint("supersedes_id <> id", name="supersedes_another"),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    subject_id: Mapped[uuid.UUID]
    kind: Mapped[str]
    title: Mapped[str]
    note: Mapped[str | None]
    classification: Mapped[str]
    state: Mapped[str]
    version: Mapped[Version]
    file_name: Mapped[str | None]
    media_type: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None]
    created_by_id: Mapped[UserRef]
    created_at: Mapped[datetime]
    uploaded_by_id: Mapped[UserRef | None]
    uploaded_at: Mapped[datetime | None]
    decided_by_id: Mapped[UserRef | None]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    exceptional: Mapped[Flag]
    edited_by: Mapped[Persons]
    supersedes_id: Mapped[uuid.UUID | None]


class EvidenceRule(Base):
    """What each result of an indicator must carry: at least `minimum` of `kind`, null for any kind.

    `subject_id` is the thing that asks for it: today an indicator.
    """

    __tablename__ = "evidence_rules"
    __table_args__ = (
        one_of("kind", EvidenceKind),
        CheckConstraint("minimum between 1 and 20", name="minimum"),
        UniqueConstraint("subject_id", "kind", postgresql_nulls_not_distinct=True),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subjects.id"))
    kind: Mapped[str | None]
    minimum: Mapped[int] = mapped_column(SmallInteger)
