"""How each kind of thing is loaded for who asks: one line for each, from its area."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from uuid import UUID

from app.db import Lane
from app.enums import SubjectKind
from app.parties import Actor, Facts
from app.services.actions import facts as actions
from app.services.challenges import facts as challenges
from app.services.communications import activities_queries as communication_activities
from app.services.communications import queries as communications
from app.services.contributions import queries as contributions
from app.services.definitions import queries as definitions
from app.services.detailed_plans import queries as detailed_plans
from app.services.evaluations import queries as evaluations
from app.services.evidence import facts as evidence
from app.services.improvement_plans import queries as improvement_plans
from app.services.indicators import queries as indicators
from app.services.initiatives import facts as initiatives
from app.services.meetings import facts as meetings
from app.services.obligations import queries as obligations
from app.services.path_runs import facts as path_runs
from app.services.path_templates import queries as path_templates
from app.services.plans import facts as plans
from app.services.programmes import queries as programmes
from app.services.progress_reports import facts as progress_reports
from app.services.proposals import queries as proposals
from app.services.reopenings import queries as reopenings
from app.services.results import facts as results
from app.services.risks import facts as risks
from app.services.role_plans import queries as role_plans
from app.services.scorecards import queries as scorecards
from app.services.site_checks import queries as site_checks

Loader = Callable[[Lane, Actor, UUID, datetime], Awaitable[Facts | None]]
"""An area's function that loads the facts of a subject which the actor may see (None: not visible)."""

LOADS: Mapping[str, Loader] = {
    SubjectKind.INDICATOR: indicators.entry_facts,
    SubjectKind.DEFINITION: definitions.facts,
    SubjectKind.CONTRIBUTION: contributions.facts,
    SubjectKind.RESULT: results.one,
    SubjectKind.OBLIGATION: obligations.facts,
    SubjectKind.REOPENING: reopenings.facts,
    SubjectKind.IMPROVEMENT_PLAN: improvement_plans.facts,
    SubjectKind.SCORECARD: scorecards.facts,
    SubjectKind.ROLE_PLAN: role_plans.facts,
    SubjectKind.EVIDENCE: evidence.one,
    SubjectKind.PATH_TEMPLATE: path_templates.facts,
    SubjectKind.PATH_RUN: path_runs.run,
    SubjectKind.PATH_STAGE: path_runs.stage,
    SubjectKind.PLAN: plans.one,
    SubjectKind.PROPOSAL: proposals.facts,
    SubjectKind.DETAILED_PLAN: detailed_plans.facts,
    SubjectKind.INITIATIVE: initiatives.one,
    SubjectKind.PROGRESS_REPORT: progress_reports.one,
    SubjectKind.PROGRAMME_PARTICIPANT: programmes.facts,
    SubjectKind.SITE_CHECK: site_checks.facts,
    SubjectKind.COMMUNICATION_PLAN: communications.facts,
    SubjectKind.COMMUNICATION_ACTIVITY: communication_activities.facts,
    SubjectKind.CHALLENGE: challenges.one,
    SubjectKind.RISK: risks.one,
    SubjectKind.ACTION: actions.one,
    SubjectKind.EVALUATION: evaluations.facts,
    SubjectKind.MEETING: meetings.one,
    SubjectKind.MEETING_SERIES: meetings.series,
    SubjectKind.MEETING_DECISION: meetings.decision,
}
"""Each through its area's own visibility: what is awaited, evidenced, assigned, challenged or told of is in it."""


async def load(lane: Lane, actor: Actor, kind: str, subject_id: UUID, now: datetime) -> Facts | None:
    """The facts of the thing of this kind by this id; None unless the actor may see it and its kind is loaded here."""
    found = LOADS.get(kind)
    return None if found is None else await found(lane, actor, subject_id, now)
