"""Tables and their constraints. Importing this package registers all of them."""

from app.models.auth import IdempotencyKey, Invitation, RefreshToken, ServiceAccount, Session, SignInBrake
from app.models.base import Base
from app.models.catalogue import Holiday, Pillar, Priority, Programme, Source
from app.models.entities import Division, Entity
from app.models.indicators import Indicator, IndicatorTarget
from app.models.people import Assignment, Decision, Delegation, Membership, User
from app.models.reopenings import Reopening
from app.models.results import Result
from app.models.role_plans import RolePlan, RolePlanStep
from app.models.subjects import Event, Subject, Wait

__all__ = [
    "Assignment",
    "Base",
    "Decision",
    "Delegation",
    "Division",
    "Entity",
    "Event",
    "Holiday",
    "IdempotencyKey",
    "Indicator",
    "IndicatorTarget",
    "Invitation",
    "Membership",
    "Pillar",
    "Priority",
    "Programme",
    "RefreshToken",
    "Reopening",
    "Result",
    "RolePlan",
    "RolePlanStep",
    "ServiceAccount",
    "Session",
    "SignInBrake",
    "Source",
    "Subject",
    "User",
    "Wait",
]
