"""The transition tables of all areas in one place: from which state each action is possible, and where
it leads. The role rules say who; an area's rules.py alone says when, and this reads it from there."""

from dataclasses import dataclass

from app.enums import SubjectKind
from app.services.actions import rules as actions
from app.services.challenges import rules as challenges
from app.services.communications import rules as communications
from app.services.contributions import rules as contributions
from app.services.definitions import rules as definitions
from app.services.detailed_plans import rules as detailed_plans
from app.services.entities import rules as entities
from app.services.evaluations import rules as evaluations
from app.services.evidence import rules as evidence
from app.services.holidays import rules as holidays
from app.services.improvement_plans import rules as improvement_plans
from app.services.indicators import rules as indicators
from app.services.initiatives import rules as initiatives
from app.services.meetings import rules as meetings
from app.services.obligations import rules as obligations
from app.services.path_runs import rules as path_runs
from app.services.path_templates import rules as path_templates
from app.services.people import rules as people
from app.services.plans import rules as plans
from app.services.programmes import rules as programmes
from app.services.progress_reports import rules as progress_reports
from app.services.proposals import rules as proposals
from app.services.reopenings import rules as reopenings
from app.services.results import rules as results
from app.services.risks import rules as risks
from app.services.role_plans import rules as role_plans
from app.services.schedules import rules as schedules
from app.services.scorecards import rules as scorecards
from app.services.service_accounts import rules as service_accounts
from app.services.site_checks import rules as site_checks
from app.services.swot_entries import rules as swot_entries
from app.services.transitions import Transition


@dataclass(frozen=True)
class TransitionTable:
    """The transitions of one kind of subject. An action is a line of one table only."""

    subject: SubjectKind
    transitions: tuple[Transition, ...]


TABLES = (
    TransitionTable(SubjectKind.ENTITY, (entities.EDIT,)),
    TransitionTable(SubjectKind.DIVISION, (entities.EDIT_DIVISION,)),
    TransitionTable(
        SubjectKind.INDICATOR,
        (*indicators.TRANSITIONS, schedules.SET, evidence.REQUIRE, contributions.INVITE),
    ),
    TransitionTable(SubjectKind.DEFINITION, definitions.TRANSITIONS),
    TransitionTable(SubjectKind.USER, people.USER_TRANSITIONS),
    TransitionTable(SubjectKind.MEMBERSHIP, (people.END_MEMBERSHIP,)),
    TransitionTable(SubjectKind.ASSIGNMENT, (people.END_ASSIGNMENT,)),
    TransitionTable(SubjectKind.DELEGATION, (people.END_DELEGATION,)),
    TransitionTable(SubjectKind.SERVICE_ACCOUNT, (service_accounts.END,)),
    TransitionTable(SubjectKind.ROLE_PLAN, role_plans.TRANSITIONS),
    TransitionTable(SubjectKind.PATH_TEMPLATE, path_templates.TRANSITIONS),
    TransitionTable(SubjectKind.OBLIGATION, obligations.TRANSITIONS),
    TransitionTable(SubjectKind.RESULT, results.TRANSITIONS),
    TransitionTable(SubjectKind.EVIDENCE, evidence.TRANSITIONS),
    TransitionTable(SubjectKind.REOPENING, reopenings.TRANSITIONS),
    TransitionTable(SubjectKind.CONTRIBUTION, contributions.TRANSITIONS),
    TransitionTable(SubjectKind.COMMUNICATION_PLAN, communications.TRANSITIONS),
    TransitionTable(SubjectKind.COMMUNICATION_ACTIVITY, communications.ACTIVITY_TRANSITIONS),
    TransitionTable(SubjectKind.PLAN, plans.TRANSITIONS),
    TransitionTable(SubjectKind.PROPOSAL, proposals.TRANSITIONS),
    TransitionTable(SubjectKind.PATH_RUN, path_runs.RUN_TRANSITIONS),
    TransitionTable(SubjectKind.PATH_STAGE, path_runs.STAGE_TRANSITIONS),
    TransitionTable(SubjectKind.CHALLENGE, challenges.TRANSITIONS),
    TransitionTable(SubjectKind.RISK, risks.TRANSITIONS),
    TransitionTable(SubjectKind.SWOT_ENTRY, swot_entries.TRANSITIONS),
    TransitionTable(SubjectKind.ACTION, actions.TRANSITIONS),
    TransitionTable(SubjectKind.EVALUATION, evaluations.TRANSITIONS),
    TransitionTable(SubjectKind.MEETING, meetings.TRANSITIONS),
    TransitionTable(SubjectKind.MEETING_SERIES, meetings.SERIES_TRANSITIONS),
    TransitionTable(SubjectKind.MEETING_DECISION, meetings.DECISION_TRANSITIONS),
    TransitionTable(SubjectKind.HOLIDAY, holidays.TRANSITIONS),
    TransitionTable(SubjectKind.SCORECARD, scorecards.TRANSITIONS),
    TransitionTable(SubjectKind.IMPROVEMENT_PLAN, improvement_plans.TRANSITIONS),
    TransitionTable(SubjectKind.DETAILED_PLAN, detailed_plans.TRANSITIONS),
    TransitionTable(SubjectKind.INITIATIVE, initiatives.TRANSITIONS),
    TransitionTable(SubjectKind.PROGRESS_REPORT, progress_reports.TRANSITIONS),
    TransitionTable(SubjectKind.SITE_CHECK, site_checks.TRANSITIONS),
    TransitionTable(SubjectKind.PROGRAMME_PARTICIPANT, programmes.TRANSITIONS),
)


def find(action: str) -> tuple[SubjectKind, Transition] | None:
    """The kind of subject and the transition of an action; None: it changes no state."""
    for table in TABLES:
        for transition in table.transitions:
            if transition.action == action:
                return table.subject, transition
    return None
