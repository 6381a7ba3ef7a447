"""The columns that a query selects are the fields that its model promises, in both directions."""

from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy import Join, Select, Subquery

from app.db import Query
from app.schemas.actions import ActionItem, ActionRead, ActionStatistics
from app.schemas.challenge_threads import ChallengeStatistics, ChallengeThread
from app.schemas.challenges import ChallengeItem, ChallengeRead
from app.schemas.contributions import ContributionItem, ContributionRead
from app.schemas.curves import CurveRead
from app.schemas.dashboard import DashboardRead
from app.schemas.definitions import DefinitionItem, DefinitionRead
from app.schemas.escalation_routes import EscalationRoutesItem, EscalationRoutesRead
from app.schemas.evaluations import EvaluationItem, EvaluationRead
from app.schemas.evidence import EvidenceItem, EvidenceRead
from app.schemas.holidays import HolidayItem, HolidayRead
from app.schemas.inbox import InboxItem
from app.schemas.indicators import IndicatorCard, IndicatorItem, IndicatorRead
from app.schemas.initiatives import InitiativeItem, InitiativeRead
from app.schemas.meeting_decisions import MeetingDecisionItem, MeetingDecisionRead
from app.schemas.meeting_series import MeetingSeriesItem, MeetingSeriesRead
from app.schemas.meetings import AgendaProposals, MeetingItem, MeetingRead
from app.schemas.obligations import ObligationItem, ObligationRead
from app.schemas.programmes import ParticipantItem, ParticipantRead, ProgrammePartsRead
from app.schemas.progress_reports import ProgressReportItem, ProgressReportRead
from app.schemas.reopenings import ReopeningItem, ReopeningRead
from app.schemas.results import HistoryItem, ResultItem, ResultRead
from app.schemas.risk_matrix import RiskLesson
from app.schemas.risk_settings import RiskSettingsRead
from app.schemas.risks import RiskItem, RiskRead
from app.schemas.schedules import ScheduleRead
from app.schemas.series import SeriesRead
from app.schemas.site_checks import SiteCheckItem, SiteCheckRead
from app.schemas.swot_entries import SwotEntryItem, SwotEntryRead
from app.services.actions import queries as actions
from app.services.actions import statistics as action_statistics
from app.services.challenges import queries as challenges
from app.services.challenges import statistics, thread
from app.services.contributions import queries as contributions
from app.services.dashboard import queries as dashboard
from app.services.definitions import queries as definitions
from app.services.escalation_routes import queries as escalation_routes
from app.services.evaluations import queries as evaluations
from app.services.evidence import queries as evidence
from app.services.holidays import queries as holidays
from app.services.inbox import queries as inbox
from app.services.indicators import card
from app.services.indicators import queries as indicators
from app.services.initiatives import curve
from app.services.initiatives import queries as initiatives
from app.services.meetings import decisions_queries as meeting_decisions
from app.services.meetings import proposals as meeting_proposals
from app.services.meetings import queries as meetings
from app.services.meetings import series_queries as meeting_series
from app.services.obligations import queries as obligations
from app.services.programmes import queries as programmes
from app.services.progress_reports import queries as progress_reports
from app.services.reopenings import queries as reopenings
from app.services.results import history
from app.services.results import queries as results
from app.services.risk_settings import queries as risk_settings
from app.services.risks import queries as risks
from app.services.schedules import queries as schedules
from app.services.series import queries as series
from app.services.site_checks import queries as site_checks
from app.services.swot_entries import queries as swot_entries

NOTHING = frozenset[str]()
CASES: list[tuple[Query, type[BaseModel]]] = [
    (results._ONE, ResultRead),
    (results._AS_OF, ResultRead),
    (results._list(NOTHING, after=False), ResultItem),
    (results._list(frozenset({"as_of", "state"}), after=True), ResultItem),
    (history._HISTORY, HistoryItem),
    (history._HISTORY_AFTER, HistoryItem),
    (obligations._ONE, ObligationRead),
    (obligations._list(NOTHING, after=False), ObligationItem),
    (obligations._list(frozenset({"mine", "late", "state"}), after=True), ObligationItem),
    (reopenings._ONE, ReopeningRead),
    (reopenings._list(NOTHING, after=False), ReopeningItem),
    (indicators._ONE, IndicatorRead),
    (indicators._list("sort_ar", NOTHING, after=False), IndicatorItem),
    (card._CARD, IndicatorCard),
    (series._series(NOTHING), SeriesRead),
    (series._series(frozenset({"as_of", "from_period"})), SeriesRead),
    (definitions._ONE, DefinitionRead),
    (definitions._list(NOTHING, after=False), DefinitionItem),
    (contributions._ONE, ContributionRead),
    (contributions._list(NOTHING, after=False), ContributionItem),
    (schedules._ONE, ScheduleRead),
    (schedules._list(NOTHING, after=True), ScheduleRead),
    (evidence._ONE, EvidenceRead),
    (evidence._list(frozenset({"subject_id"}), after=False), EvidenceItem),
    (evidence._list(frozenset({"subject_id", "kind", "state"}), after=True), EvidenceItem),
    (holidays._ONE, HolidayRead),
    (holidays._LIST, HolidayItem),
    (dashboard._dashboard("ar", national=False, leads=False), DashboardRead),
    (dashboard._dashboard("en", national=True, leads=True), DashboardRead),
    (challenges._ONE, ChallengeRead),
    (challenges._list(NOTHING, after=False), ChallengeItem),
    (challenges._list(frozenset({"overdue", "q"}), after=True), ChallengeItem),
    (actions._ONE, ActionRead),
    (actions._list(NOTHING, after=False), ActionItem),
    (actions._list(frozenset({"owner", "overdue", "q"}), after=True), ActionItem),
    (action_statistics._query(NOTHING), ActionStatistics),
    (evaluations._ONE, EvaluationRead),
    (evaluations._list(frozenset({"since"}), after=True), EvaluationItem),
    (thread._THREAD, ChallengeThread),
    (statistics._query(NOTHING), ChallengeStatistics),
    (escalation_routes._ONE, EscalationRoutesRead),
    (escalation_routes._list(NOTHING, after=True), EscalationRoutesItem),
    (risks._ONE, RiskRead),
    (risks._list(NOTHING, after=False), RiskItem),
    (risks._list(frozenset({"grade", "overdue", "q"}), after=True), RiskItem),
    (risks._lessons(frozenset({"kind"}), after=True), RiskLesson),
    (risk_settings._ONE, RiskSettingsRead),
    (risk_settings._list(NOTHING, after=True), RiskSettingsRead),
    (swot_entries._ONE, SwotEntryRead),
    (swot_entries._list(NOTHING, after=True), SwotEntryItem),
    (inbox._list(NOTHING, after=False, leads=False), InboxItem),
    (inbox._list(NOTHING, after=True, leads=True), InboxItem),
    (inbox._list(frozenset({"of", "due", "entity_id", "kind"}), after=True, leads=False), InboxItem),
    (meetings._ONE, MeetingRead),
    (meetings._list(NOTHING, after=False), MeetingItem),
    (meetings._list(frozenset({"about_id", "mine", "q"}), after=True), MeetingItem),
    (meeting_series._ONE, MeetingSeriesRead),
    (meeting_series._list(NOTHING, after=True), MeetingSeriesItem),
    (meeting_decisions._ONE, MeetingDecisionRead),
    (meeting_decisions._list(NOTHING, after=False), MeetingDecisionItem),
    (meeting_proposals.PROPOSED, AgendaProposals),
    (initiatives._ONE, InitiativeRead),
    (initiatives._list("sort_ar", NOTHING, after=False), InitiativeItem),
    (initiatives._list("sort_en", frozenset({"status", "q", "sector"}), after=True), InitiativeItem),
    (curve._CURVE, CurveRead),
    (progress_reports._ONE, ProgressReportRead),
    (progress_reports._list(NOTHING, after=False), ProgressReportItem),
    (progress_reports._list(frozenset({"state"}), after=True), ProgressReportItem),
    (site_checks._ONE, SiteCheckRead),
    (site_checks._list(NOTHING, after=True), SiteCheckItem),
    (programmes._PARTS, ProgrammePartsRead),
    (programmes._ONE, ParticipantRead),
    (programmes._list(NOTHING, after=True), ParticipantItem),
]


ADDED = {"actions", "difference", "score", "corrective", "planned", "revised"}
"""What differs by person, compares two versions, or is computed where it is not kept, is added to the bytes."""


@pytest.mark.parametrize(
    ("query", "model"), CASES, ids=[f"{n} {model.__name__}" for n, (_, model) in enumerate(CASES)]
)
def test_the_selected_columns_are_the_fields_of_the_model(query: Query, model: type[BaseModel]) -> None:
    members = _members(query)
    assert len(members) == len(set(members))
    assert set(members) - ADDED == set(model.model_fields) - ADDED


def _members(query: Query) -> list[str]:
    """The columns of the subquery that `sql.as_json` makes JSON of, without those that are kept for ourselves."""
    statement = query.make()
    pending: list[Any] = list(statement.get_final_froms()) if isinstance(statement, Select) else []
    while pending:
        part = pending.pop()
        if isinstance(part, Join):
            pending += [part.left, part.right]
        elif isinstance(part, Subquery) and part.name == "row":
            return [str(column.key) for column in part.c if not str(column.key).startswith("_")]
        elif isinstance(part, Subquery) and isinstance(part.element, Select):
            pending += part.element.get_final_froms()
    raise AssertionError("no JSON is made of a row")


def test_no_answer_has_a_default() -> None:
    """What is empty is said to be null; a default would hide a column that is missing."""
    for _, model in CASES:
        for name, field in model.model_fields.items():
            assert field.is_required(), f"{model.__name__}.{name}"
        assert model.model_config.get("extra") == "forbid"
