"""Tables and their constraints. Importing this package registers all of them."""

from app.models.actions import Action, ActionNote, ActionPostponement
from app.models.auth import IdempotencyKey, Invitation, RefreshToken, ServiceAccount, Session, SignInBrake
from app.models.base import Base
from app.models.calendar_feeds import CalendarFeed
from app.models.catalogue import Holiday, Pillar, Priority, Programme, Source
from app.models.challenges import Challenge, ChallengeAttempt, ChallengeSolution, ChallengeStay
from app.models.communications import CommunicationActivity, CommunicationPlan
from app.models.contributions import Absence, Contribution, ResultPart
from app.models.definitions import Definition, Target
from app.models.detailed_plans import DetailedPlan, DetailedPlanTask
from app.models.entities import Division, Entity
from app.models.escalation_routes import EscalationRoute, EscalationTable
from app.models.evaluations import Evaluation
from app.models.evidence import Evidence, EvidenceRule
from app.models.improvement_plans import ImprovementAction, ImprovementPlan
from app.models.indicators import Indicator
from app.models.initiatives import BudgetLine, Initiative, InitiativeEffect, Milestone, MilestoneBaseline
from app.models.meetings import AgendaItem, Meeting, MeetingDecision, MeetingPerson, MeetingSeries
from app.models.notifications import Chore, Delivery, Mail, Notification, Outbox
from app.models.obligations import Obligation, Schedule
from app.models.path_runs import PathRun, PathStage, PathStageAct
from app.models.path_templates import PathTemplate
from app.models.people import Assignment, Decision, Delegation, Membership, User
from app.models.plans import DevelopmentPlan, JobPlanLink, Plan, PlanCheck, PlanItem
from app.models.programmes import ProgrammeParticipant
from app.models.progress_reports import ProgressReport
from app.models.proposals import Proposal
from app.models.reopenings import Reopening
from app.models.results import Result
from app.models.risks import Risk, RiskAssessment, RiskRaising, RiskResource, RiskSettings, SwotEntry
from app.models.role_plans import RolePlan, RolePlanStep
from app.models.scorecards import Scorecard, ScorecardLine
from app.models.scores import Score, Standing
from app.models.site_checks import SiteCheck
from app.models.subjects import Event, Subject, Wait
from app.models.uploads import Upload

__all__ = [
    "Absence",
    "Action",
    "ActionNote",
    "ActionPostponement",
    "AgendaItem",
    "Assignment",
    "Base",
    "BudgetLine",
    "CalendarFeed",
    "Challenge",
    "ChallengeAttempt",
    "ChallengeSolution",
    "ChallengeStay",
    "Chore",
    "CommunicationActivity",
    "CommunicationPlan",
    "Contribution",
    "Decision",
    "Definition",
    "Delegation",
    "Delivery",
    "DetailedPlan",
    "DetailedPlanTask",
    "DevelopmentPlan",
    "Division",
    "Entity",
    "EscalationRoute",
    "EscalationTable",
    "Evaluation",
    "Event",
    "Evidence",
    "EvidenceRule",
    "Holiday",
    "IdempotencyKey",
    "ImprovementAction",
    "ImprovementPlan",
    "Indicator",
    "Initiative",
    "InitiativeEffect",
    "Invitation",
    "JobPlanLink",
    "Mail",
    "Meeting",
    "MeetingDecision",
    "MeetingPerson",
    "MeetingSeries",
    "Membership",
    "Milestone",
    "MilestoneBaseline",
    "Notification",
    "Obligation",
    "Outbox",
    "PathRun",
    "PathStage",
    "PathStageAct",
    "PathTemplate",
    "Pillar",
    "Plan",
    "PlanCheck",
    "PlanItem",
    "Priority",
    "Programme",
    "ProgrammeParticipant",
    "ProgressReport",
    "Proposal",
    "RefreshToken",
    "Reopening",
    "Result",
    "ResultPart",
    "Risk",
    "RiskAssessment",
    "RiskRaising",
    "RiskResource",
    "RiskSettings",
    "RolePlan",
    "RolePlanStep",
    "Schedule",
    "Score",
    "Scorecard",
    "ScorecardLine",
    "ServiceAccount",
    "Session",
    "SignInBrake",
    "SiteCheck",
    "Source",
    "Standing",
    "Subject",
    "SwotEntry",
    "Target",
    "Upload",
    "User",
    "Wait",
]
