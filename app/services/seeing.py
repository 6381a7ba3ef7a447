"""Whether the reader sees a thing that another one names, or that waits for others: each kind of thing by its area's own
visibility rule, within one statement."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, any_, case, exists, false, literal_column, select, true
from sqlalchemy.sql.selectable import FromClause

from app.enums import SubjectKind
from app.models import (
    Action,
    Challenge,
    CommunicationActivity,
    CommunicationPlan,
    Contribution,
    Definition,
    DetailedPlan,
    Evaluation,
    Evidence,
    ImprovementPlan,
    Indicator,
    Initiative,
    Meeting,
    MeetingSeries,
    Obligation,
    PathRun,
    PathStage,
    PathTemplate,
    Plan,
    ProgrammeParticipant,
    ProgressReport,
    Proposal,
    Reopening,
    Result,
    Risk,
    RolePlan,
    Scorecard,
)
from app.services import sql
from app.services.actions import visibility as actions
from app.services.challenges import visibility as challenges
from app.services.communications import visibility as communications
from app.services.contributions import queries as contributions
from app.services.definitions import visibility as definitions
from app.services.detailed_plans import visibility as detailed_plans
from app.services.evaluations import visibility as evaluations
from app.services.evidence import subjects
from app.services.evidence import visibility as evidence
from app.services.evidence.visibility import Sight
from app.services.improvement_plans import visibility as improvement_plans
from app.services.indicators import visibility as indicators
from app.services.initiatives import visibility as initiatives
from app.services.meetings import visibility as meetings
from app.services.obligations import queries as obligations
from app.services.path_runs import visibility as path_runs
from app.services.path_templates import visibility as path_templates
from app.services.people import visibility
from app.services.plans import visibility as plans
from app.services.progress_reports import visibility as progress_reports
from app.services.proposals import visibility as proposals
from app.services.reopenings import queries as reopenings
from app.services.results import visibility as results
from app.services.risks import visibility as risks
from app.services.scorecards import visibility as scorecards


def seen(
    id_: ColumnElement[Any], kind: ColumnElement[Any], beside: FromClause, kinds: Iterable[str]
) -> ColumnElement[bool]:
    """Whether the reader sees the thing of one of these kinds by this id, a column of `beside`; of any other kind and of
    nothing not. It takes the parameters of `people.visibility.of`, `now` and `today`."""
    rules = [(kind == sql.const(each), KINDS[each](id_, beside)) for each in sorted(kinds)]
    return case(*rules, else_=false())


_Sees = Callable[[ColumnElement[Any], FromClause], ColumnElement[bool]]


def _there(
    id_: ColumnElement[Any],
    beside: FromClause,
    t: FromClause,
    visible: ColumnElement[bool],
    joined: FromClause | None = None,
) -> ColumnElement[bool]:
    source = t if joined is None else joined
    found: Select[Any] = select(literal_column("1")).select_from(source).where(t.c.id == id_, visible)
    return exists(found.correlate(beside))


def _plain(model: Any, visible: Callable[[FromClause], ColumnElement[bool]]) -> _Sees:
    """Of a kind whose rule asks its own row alone."""

    def of(id_: ColumnElement[Any], beside: FromClause) -> ColumnElement[bool]:
        t = sql.alias(model)
        return _there(id_, beside, t, visible(t))

    return of


def _definition(id_: ColumnElement[Any], beside: FromClause) -> ColumnElement[bool]:
    d, i = sql.alias(Definition), sql.alias(Indicator)
    return _there(id_, beside, d, definitions.visible(d, i), d.join(i, i.c.id == d.c.indicator_id))


def _contribution(id_: ColumnElement[Any], beside: FromClause) -> ColumnElement[bool]:
    c, i = sql.alias(Contribution), sql.alias(Indicator)
    return _there(id_, beside, c, contributions.visible(c, i), c.join(i, i.c.id == c.c.indicator_id))


def _role_plan(p: FromClause) -> ColumnElement[bool]:
    # What waits is still worked on, and so the entity's own.
    return p.c.entity_id == any_(visibility.ENTITIES)


def _evidence(id_: ColumnElement[Any], beside: FromClause) -> ColumnElement[bool]:
    e = sql.alias(Evidence)
    s = subjects.row_of(e, Sight._fields)
    return _there(id_, beside, e, evidence.visible(e, Sight.of(s)), e.join(s, true()))


def _path_stage(id_: ColumnElement[Any], beside: FromClause) -> ColumnElement[bool]:
    s, r = sql.alias(PathStage), sql.alias(PathRun)
    return _there(id_, beside, s, path_runs.visible(r), s.join(r, r.c.id == s.c.run_id))


def _progress_report(id_: ColumnElement[Any], beside: FromClause) -> ColumnElement[bool]:
    r, i = sql.alias(ProgressReport), sql.alias(Initiative)
    return _there(id_, beside, r, progress_reports.visible(r, i), r.join(i, i.c.id == r.c.initiative_id))


def _communication_activity(id_: ColumnElement[Any], beside: FromClause) -> ColumnElement[bool]:
    a, p = sql.alias(CommunicationActivity), sql.alias(CommunicationPlan)
    return _there(id_, beside, a, communications.visible(p), a.join(p, p.c.id == a.c.plan_id))


KINDS: Mapping[str, _Sees] = {
    SubjectKind.INDICATOR: _plain(Indicator, indicators.visible),
    SubjectKind.PLAN: _plain(Plan, plans.visible),
    SubjectKind.SCORECARD: _plain(Scorecard, scorecards.visible),
    SubjectKind.PROGRAMME_PARTICIPANT: _plain(ProgrammeParticipant, lambda _: true()),  # told to all
    SubjectKind.RESULT: _plain(Result, results.visible),
    SubjectKind.OBLIGATION: _plain(Obligation, obligations.visible),
    SubjectKind.DEFINITION: _definition,
    SubjectKind.CONTRIBUTION: _contribution,
    SubjectKind.REOPENING: _plain(Reopening, reopenings.visible),
    SubjectKind.ROLE_PLAN: _plain(RolePlan, _role_plan),
    SubjectKind.EVIDENCE: _evidence,
    SubjectKind.PATH_TEMPLATE: _plain(PathTemplate, path_templates.visible),
    SubjectKind.PATH_STAGE: _path_stage,
    SubjectKind.IMPROVEMENT_PLAN: _plain(ImprovementPlan, improvement_plans.visible),
    SubjectKind.INITIATIVE: _plain(Initiative, initiatives.visible),
    SubjectKind.PROGRESS_REPORT: _progress_report,
    SubjectKind.COMMUNICATION_PLAN: _plain(CommunicationPlan, communications.visible),
    SubjectKind.COMMUNICATION_ACTIVITY: _communication_activity,
    SubjectKind.DETAILED_PLAN: _plain(DetailedPlan, detailed_plans.visible),
    SubjectKind.PROPOSAL: _plain(Proposal, proposals.visible),
    SubjectKind.CHALLENGE: _plain(Challenge, challenges.visible),
    SubjectKind.RISK: _plain(Risk, risks.visible),
    SubjectKind.ACTION: _plain(Action, actions.visible),
    SubjectKind.EVALUATION: _plain(Evaluation, evaluations.visible),
    SubjectKind.MEETING: _plain(Meeting, meetings.visible),
    SubjectKind.MEETING_SERIES: _plain(MeetingSeries, meetings.series_visible),
}
