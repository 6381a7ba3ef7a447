"""Tables and their constraints. Importing this package registers all of them."""

from app.models.auth import IdempotencyKey, Invitation, RefreshToken, ServiceAccount, Session, SignInBrake
from app.models.base import Base
from app.models.catalogue import Holiday, Pillar, Priority, Programme, Source
from app.models.challenges import Challenge, ChallengeAttempt, ChallengeSolution, ChallengeStay
from app.models.contributions import Absence, Contribution, ResultPart
from app.models.definitions import Definition, Target
from app.models.entities import Division, Entity
from app.models.escalation_routes import EscalationRoute, EscalationTable
from app.models.evidence import Evidence, EvidenceRule
from app.models.indicators import Indicator
from app.models.initiatives import BudgetLine, Initiative, InitiativeEffect, Milestone, MilestoneBaseline
from app.models.obligations import Obligation, Schedule
from app.models.people import Assignment, Decision, Delegation, Membership, User
from app.models.programmes import ProgrammeParticipant
from app.models.progress_reports import ProgressReport
from app.models.reopenings import Reopening
from app.models.results import Result
from app.models.role_plans import RolePlan, RolePlanStep
from app.models.scores import Score, Standing
from app.models.site_checks import SiteCheck
from app.models.subjects import Event, Subject, Wait
from app.models.uploads import Upload

__all__ = [
    "Absence",
    "Assignment",
    "Base",
    "BudgetLine",
    "Challenge",
    "ChallengeAttempt",
    "ChallengeSolution",
    "ChallengeStay",
    "Contribution",
    "Decision",
    "Definition",
    "Delegation",
    "Division",
    "Entity",
    "EscalationRoute",
    "EscalationTable",
    "Event",
    "Evidence",
    "EvidenceRule",
    "Holiday",
    "IdempotencyKey",
    "Indicator",
    "Initiative",
    "InitiativeEffect",
    "Invitation",
    "Membership",
    "Milestone",
    "MilestoneBaseline",
    "Obligation",
    "Pillar",
    "Priority",
    "Programme",
    "ProgrammeParticipant",
    "ProgressReport",
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
    "SiteCheck",
    "Source",
    "Standing",
    "Subject",
    "Target",
    "Upload",
    "User",
    "Wait",
]
