"""Tables and their constraints. Importing this package registers all of them."""

from app.models.auth import IdempotencyKey, Invitation, RefreshToken, ServiceAccount, Session, SignInBrake
from app.models.base import Base
from app.models.catalogue import Holiday, Pillar, Priority, Programme, Source
from app.models.contributions import Absence, Contribution, ResultPart
from app.models.definitions import Definition, Target
from app.models.entities import Division, Entity
from app.models.evidence import Evidence, EvidenceRule
from app.models.indicators import Indicator
from app.models.notifications import Chore, Delivery, Mail, Notification, Outbox
from app.models.obligations import Obligation, Schedule
from app.models.people import Assignment, Decision, Delegation, Membership, User
from app.models.reopenings import Reopening
from app.models.results import Result
from app.models.role_plans import RolePlan, RolePlanStep
from app.models.scores import Score, Standing
from app.models.subjects import Event, Subject, Wait
from app.models.uploads import Upload

__all__ = [
    "Absence",
    "Assignment",
    "Base",
    "Chore",
    "Contribution",
    "Decision",
    "Definition",
    "Delegation",
    "Delivery",
    "Division",
    "Entity",
    "Event",
    "Evidence",
    "EvidenceRule",
    "Holiday",
    "IdempotencyKey",
    "Indicator",
    "Invitation",
    "Mail",
    "Membership",
    "Notification",
    "Obligation",
    "Outbox",
    "Pillar",
    "Priority",
    "Programme",
    "RefreshToken",
    "Reopening",
    "Result",
    "ResultPart",
    "RolePlan",
    "RolePlanStep",
    "Schedule",
    "Score",
    "ServiceAccount",
    "Session",
    "SignInBrake",
    "Source",
    "Standing",
    "Subject",
    "Target",
    "Upload",
    "User",
    "Wait",
]
