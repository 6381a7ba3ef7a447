"""What a person may be told of: what waits for them as their inbox has it, and what their area shows them.

Each is asked in the person's own context of row-level security, when they are told and again when a mail goes out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Uuid, any_, bindparam, column, text

from app.db import Lane, Query, Row
from app.enums import SubjectKind
from app.enums.notifications import Reason
from app.models import Wait
from app.parties import Actor
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
from app.services.inbox import queries as inbox
from app.services.initiatives import facts as initiatives
from app.services.loaders import Loader
from app.services.meetings import facts as meetings
from app.services.path_runs import facts as path_runs
from app.services.path_templates import queries as path_templates
from app.services.progress_reports import facts as progress_reports
from app.services.proposals import queries as proposals
from app.services.reopenings import queries as reopenings
from app.services.results import facts as results
from app.services.risks import facts as risks
from app.services.role_plans import queries as role_plans

LOADS: Mapping[SubjectKind, Loader] = {
    SubjectKind.RESULT: results.one,
    SubjectKind.DEFINITION: definitions.facts,
    SubjectKind.CONTRIBUTION: contributions.facts,
    SubjectKind.REOPENING: reopenings.facts,
    SubjectKind.ROLE_PLAN: role_plans.facts,
    SubjectKind.EVIDENCE: evidence.one,
    SubjectKind.PATH_TEMPLATE: path_templates.facts,
    SubjectKind.PATH_STAGE: path_runs.stage,
    SubjectKind.IMPROVEMENT_PLAN: improvement_plans.facts,
    SubjectKind.INITIATIVE: initiatives.one,
    SubjectKind.PROGRESS_REPORT: progress_reports.one,
    SubjectKind.COMMUNICATION_PLAN: communications.facts,
    SubjectKind.COMMUNICATION_ACTIVITY: communication_activities.facts,
    SubjectKind.DETAILED_PLAN: detailed_plans.facts,
    SubjectKind.PROPOSAL: proposals.facts,
    SubjectKind.CHALLENGE: challenges.one,
    SubjectKind.RISK: risks.one,
    SubjectKind.ACTION: actions.one,
    SubjectKind.EVALUATION: evaluations.facts,
    SubjectKind.MEETING: meetings.one,
    SubjectKind.MEETING_SERIES: meetings.series,
}
"""How each kind of thing that can wait for somebody is read through its area's own visibility."""

_SEEN = frozenset({Reason.TOLD, Reason.INVITED})
"""Why people are told of what does not wait for them: whether they may see it is all that counts."""

REACH = Query(
    lambda: text("select set_config('app.national', 'on', true) as national").columns(column("national"))
)
"""Lets the worker see the rows of every entity, until it looks as a person again."""

_WAITING = Query(
    lambda: inbox.waiting(
        Wait.subject_id == any_(bindparam("subject_ids", type_=ARRAY(Uuid))),
        Wait.opened_by_event == any_(bindparam("event_ids", type_=ARRAY(BigInteger))),
    )
)


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to tell one person: which event of it, why, and what is said. `action`: what is awaited of them, or
    was done."""

    reason: Reason
    kind: SubjectKind
    subject_id: UUID
    entity_id: UUID
    event_id: int
    action: str
    title_ar: str
    title_en: str
    period: str | None
    due: date | None

    @classmethod
    def of(cls, row: Row, reason: Reason, kind: SubjectKind) -> "Note":
        """What a row of `inbox.waiting`, or of the same columns, says."""
        names = ("subject_id", "entity_id", "event_id", "action", "title_ar", "title_en", "period", "due")
        return cls(reason, kind, **{name: row[name] for name in names})


async def waiting(
    lane: Lane, actor: Actor, subject_ids: Iterable[UUID], event_ids: Iterable[int], now: datetime
) -> Mapping[int, Row]:
    """What of these things waits for the person since one of these events, by the event."""
    params = {
        **inbox.params(actor, now),
        "subject_ids": list(subject_ids),
        "event_ids": list(event_ids),
    }
    return {row["event_id"]: row for row in await lane.rows(_WAITING, params)}


async def sees(lane: Lane, actor: Actor, kind: SubjectKind, subject_id: UUID, now: datetime) -> bool:
    """Whether the person may see the thing now."""
    load = LOADS.get(kind)
    return load is not None and await load(lane, actor, subject_id, now) is not None


async def still(lane: Lane, actor: Actor, notes: Iterable[Note], now: datetime) -> list[Note]:
    """Of what the person was told, what still holds: it waits for them, or they may see what was done."""
    notes = list(notes)
    open_ = [note for note in notes if note.reason not in _SEEN]
    found: Mapping[int, Row] = {}
    if open_:
        subject_ids, event_ids = {note.subject_id for note in open_}, {note.event_id for note in open_}
        found = await waiting(lane, actor, subject_ids, event_ids, now)
    seen = {
        (kind, subject_id): await sees(lane, actor, kind, subject_id, now)
        for kind, subject_id in {(n.kind, n.subject_id) for n in notes if n.reason in _SEEN}
    }
    return [
        note
        for note in notes
        if (seen[note.kind, note.subject_id] if note.reason in _SEEN else note.event_id in found)
    ]
