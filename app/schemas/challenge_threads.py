"""The thread of a challenge, and how challenges stand."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from app.enums import EvidenceKind, EvidenceState
from app.enums.challenges import ChallengeKind, ChallengeLevel, ChallengeState
from app.schemas.actions import FollowUps
from app.schemas.base import Code, Count, Name, Number, PersonRef, Ref, View, Words
from app.schemas.challenges import Attempt, ChallengeSubject, Solution, Stay
from app.schemas.meeting_decisions import DecisionAbout

_Action = Annotated[str, Field(max_length=60, pattern=r"^[a-z_]+\.[a-z_]+$")]
_StateName = Annotated[str, Field(max_length=40, pattern=r"^[a-z_]+$")]
_Number = Annotated[int, Field(ge=0, le=1_000_000_000)]
_Days = Annotated[Number | None, Field(description="In working days; null: there is nothing to measure.")]


class ThreadWait(View):
    """Whom a challenge waited for after a step."""

    party: Annotated[str, Field(max_length=40, pattern=r"^[a-z_]+$", description="The party.")]
    division: Annotated[Ref | None, Field(description="The division, where one is named.")]
    action: Annotated[_Action, Field(description="What was awaited.")]
    substitute: Annotated[bool, Field(description="A stand-in for the party that is named first.")]
    until: Annotated[datetime | None, Field(description="Until when; null: it still waits.")]


class ThreadStep(View):
    """One step in the history of a challenge."""

    at: Annotated[datetime, Field(description="When.")]
    action: Annotated[_Action, Field(description="What was done.")]
    stay: Annotated[Count, Field(description="During which stay at a level.")]
    from_state: Annotated[_StateName | None, Field(description="The state before; null: it was opened.")]
    to_state: Annotated[_StateName | None, Field(description="The state after.")]
    actor: Annotated[PersonRef | None, Field(description="Who did it.")]
    acting_for: Annotated[PersonRef | None, Field(description="In whose name, where in another's.")]
    reason: Annotated[Words | None, Field(description="Why.")]
    exceptional: Annotated[bool, Field(description="The head acted because four eyes left nobody.")]
    changes: Annotated[dict[str, Any], Field(description="What it changed.")]
    awaiting: Annotated[list[ThreadWait], Field(max_length=20, description="Whom it waited for since.")]


class ThreadEvidence(View):
    """Evidence of a challenge that you may see."""

    id: Annotated[UUID, Field(description="Its id.")]
    title: Annotated[Name, Field(description="Its title.")]
    kind: Annotated[EvidenceKind, Field(description="What it is.")]
    state: Annotated[EvidenceState, Field(description="Where it stands.")]
    created_at: Annotated[datetime, Field(description="When it was announced.")]


class ChallengeThread(View):
    """A challenge from its opening to now, on one page."""

    id: Annotated[UUID, Field(description="The challenge's id.")]
    code: Annotated[Code, Field(description="Its code.")]
    title: Annotated[Name, Field(description="What blocks.")]
    entity: Annotated[Ref, Field(description="The entity.")]
    about: Annotated[ChallengeSubject, Field(description="What it is about.")]
    state: Annotated[ChallengeState, Field(description="Where it stands.")]
    level: Annotated[ChallengeLevel | None, Field(description="The level that holds it.")]
    due: Annotated[date | None, Field(description="The last day of that level.")]
    overdue: Annotated[bool, Field(description="That day has passed.")]
    stays: Annotated[list[Stay], Field(max_length=201, description="Its stays at the levels.")]
    attempts: Annotated[list[Attempt], Field(max_length=100, description="What was tried.")]
    solutions: Annotated[list[Solution], Field(max_length=20, description="What was proposed.")]
    evidence: Annotated[list[ThreadEvidence], Field(max_length=200, description="What proves it.")]
    follow_up: FollowUps
    decisions: Annotated[
        list[DecisionAbout],
        Field(max_length=1000, description="What meetings that you may see decided about it (Guide X-1)."),
    ]
    steps: Annotated[list[ThreadStep], Field(max_length=1000, description="Every step, the first first.")]
    older: Annotated[bool, Field(description="There are earlier steps than these thousand.")]


class _Counts(View):
    total: Annotated[_Number, Field(description="All that you may see.")]
    open: Annotated[_Number, Field(description="Held by some level.")]
    overdue: Annotated[_Number, Field(description="Past the last day of the level that holds it.")]
    closed: Annotated[_Number, Field(description="Solved.")]
    accepted: Annotated[_Number, Field(description="Knowingly left as they are.")]


class LevelCounts(View):
    """How a level stands."""

    level: Annotated[ChallengeLevel, Field(description="The level.")]
    open: Annotated[_Number, Field(description="What it holds now.")]
    overdue: Annotated[_Number, Field(description="Of that, past its last day.")]
    ended: Annotated[_Number, Field(description="Stays that it has ended.")]
    median_days: Annotated[_Days, Field(description="The median of what they lasted.")]


class _Group(_Counts):
    median_days: Annotated[_Days, Field(description="The median of whole lives, of those that have ended.")]


class KindCounts(_Group):
    """How the challenges of a kind stand."""

    kind: Annotated[ChallengeKind, Field(description="The kind.")]


class EntityCounts(_Group):
    """How the challenges of an entity stand."""

    entity: Annotated[Ref, Field(description="The entity.")]


class PriorityCounts(_Group):
    """How the challenges of a national priority stand."""

    priority: Annotated[Ref | None, Field(description="The priority; null: tied to none.")]


class ChallengeStatistics(_Counts):
    """How the challenges stand that you may see."""

    levels: Annotated[list[LevelCounts], Field(max_length=5, description="By level, from the office up.")]
    by_kind: Annotated[list[KindCounts], Field(max_length=8, description="By kind, most open first.")]
    by_entity: Annotated[list[EntityCounts], Field(max_length=200, description="By entity, most open first.")]
    by_priority: Annotated[list[PriorityCounts], Field(max_length=200, description="By national priority.")]
