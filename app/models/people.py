"""Users and their dated memberships, assignments and delegations, and recorded decisions."""

import uuid
from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.enums import DIVISION_ROLES, POSTS, Language, Role, Tenure
from app.enums.notifications import MailPace
from app.models.base import Base, EntityRef, SubjectId, UserRef, Version, one_of

_posts = ", ".join(f"'{post.value}'" for post in POSTS)
_division_roles = ", ".join(f"'{role.value}'" for role in DIVISION_ROLES)


class User(Base):
    """A person. `password_hash` is empty until the invitation is accepted, and for who never signs in. `mail`: how
    they want to hear by e-mail of what is new."""

    __tablename__ = "users"
    __table_args__ = (
        one_of("language", Language),
        one_of("mail", MailPace),
        Index("uq_users_email", func.lower(text("email")), unique=True),
    )

    id: Mapped[SubjectId]
    email: Mapped[str]
    name_ar: Mapped[str]
    name_en: Mapped[str]
    language: Mapped[str] = mapped_column(server_default=text("'ar'"))
    password_hash: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    mail: Mapped[str] = mapped_column(server_default=text("'daily'"))
    version: Mapped[Version]


class Membership(Base):
    """A role that a person holds in an entity (and division) for a time: [starts_at, ends_at).

    `parties` are the party keys that the holder answers to, written once from role, entity and the
    division's function by `parties.membership_parties`.
    """

    __tablename__ = "memberships"
    __table_args__ = (
        one_of("role", Role),
        one_of("tenure", Tenure),
        CheckConstraint("ends_at is null or ends_at >= starts_at", name="interval"),
        CheckConstraint("(role = 'administrator') = (entity_id is null)", name="administrator"),
        CheckConstraint(f"(role in ({_division_roles})) = (division_id is not null)", name="division"),
        CheckConstraint(
            f"tenure = 'substantive' or (role in ({_posts}) and ends_at is not null)", name="acting"
        ),
        ForeignKeyConstraint(["division_id", "entity_id"], ["divisions.id", "divisions.entity_id"]),
        ExcludeConstraint(
            ("entity_id", "="),
            ("role", "="),
            (func.tstzrange(text("starts_at"), text("ends_at")), "&&"),
            where=text(f"role in ({_posts}) and tenure = 'substantive'"),
            name="ex_memberships_one_holder_of_a_post",
        ),
        ExcludeConstraint(
            ("user_id", "="),
            (func.coalesce(text("entity_id"), text("user_id")), "="),
            ("role", "="),
            (func.coalesce(text("division_id"), text("user_id")), "="),
            (func.tstzrange(text("starts_at"), text("ends_at")), "&&"),
            name="ex_memberships_once_at_a_time",
        ),
        Index("ix_memberships_parties", "parties", postgresql_using="gin"),
        Index("ix_memberships_user_id", "user_id"),
        Index("ix_memberships_entity_id", "entity_id"),
    )

    id: Mapped[SubjectId]
    user_id: Mapped[UserRef]
    entity_id: Mapped[EntityRef | None]
    division_id: Mapped[uuid.UUID | None]
    role: Mapped[str]
    tenure: Mapped[str] = mapped_column(server_default=text("'substantive'"))
    parties: Mapped[list[str]]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    decision_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("decisions.id"))
    version: Mapped[Version]


class Assignment(Base):
    """A person is put to work on one subject for a time (Guide O-3, O-4)."""

    __tablename__ = "assignments"
    __table_args__ = (
        CheckConstraint("ends_at is null or ends_at >= starts_at", name="interval"),
        ForeignKeyConstraint(["subject_id", "entity_id"], ["subjects.id", "subjects.entity_id"]),
        ExcludeConstraint(
            ("user_id", "="),
            ("subject_id", "="),
            (func.tstzrange(text("starts_at"), text("ends_at")), "&&"),
            name="ex_assignments_once_at_a_time",
        ),
        Index("ix_assignments_subject_id", "subject_id"),
        Index("ix_assignments_entity_id", "entity_id"),
    )

    id: Mapped[SubjectId]
    user_id: Mapped[UserRef]
    subject_id: Mapped[uuid.UUID]
    entity_id: Mapped[uuid.UUID]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    version: Mapped[Version]


class Delegation(Base):
    """The holder of a post lets somebody else take one of its actions for a time."""

    __tablename__ = "delegations"
    __table_args__ = (
        CheckConstraint("ends_at >= starts_at", name="interval"),
        CheckConstraint("delegate_id <> delegator_id", name="somebody_else"),
        Index("ix_delegations_delegate_id", "delegate_id"),
        Index("ix_delegations_entity_id", "entity_id"),
    )

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    delegator_id: Mapped[UserRef]
    delegate_id: Mapped[UserRef]
    action: Mapped[str]
    party: Mapped[str]
    reason: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    version: Mapped[Version]


class Decision(Base):
    """A decision of the head that the head's office recorded: ministers do not sign in.

    Its own subject, so that the scan of the letter is evidence of it.
    """

    __tablename__ = "decisions"
    __table_args__ = (Index("ix_decisions_entity_id", "entity_id"),)

    id: Mapped[SubjectId]
    entity_id: Mapped[EntityRef]
    action: Mapped[str]
    decided_by_id: Mapped[UserRef]
    recorded_by_id: Mapped[UserRef]
    letter_number: Mapped[str]
    letter_date: Mapped[date]
    recorded_at: Mapped[datetime]
