"""The transitions of a subject that the stages of its path fire, by the kind of subject. An area whose things walk
paths offers them in its `walking.py`, and has a line here."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import permissions
from app.db import Lane, Writer
from app.enums import SubjectKind
from app.errors import Forbidden, Text
from app.parties import Actor, Entitlement, Facts
from app.services.path_runs import rules
from app.services.people.steps import Said
from app.services.plans import facts as plan_facts
from app.services.plans import walking as plans
from app.services.scorecards import queries as scorecard_queries
from app.services.scorecards import walking as scorecards
from app.services.transitions import Fire

_Load = Callable[[Lane, Actor, UUID, datetime], Awaitable[Facts | None]]


@dataclass(frozen=True)
class Walking:
    """How things of one kind walk. `load`: the facts of one, through its area's own visibility. `fires`: by the action
    that a stage names. `returns`: by the state that a thing goes back to."""

    load: _Load
    fires: Mapping[str, Fire]
    returns: Mapping[str, Fire]


WALKING: Mapping[str, Walking] = {
    SubjectKind.PLAN: Walking(plan_facts.one, plans.FIRES, plans.RETURNS),
    SubjectKind.SCORECARD: Walking(scorecard_queries.facts, scorecards.FIRES, scorecards.RETURNS),
}


@dataclass(frozen=True)
class Shot:
    """A transition of the subject that is about to be taken, by the right `entitlement`."""

    fire: Fire
    facts: Facts
    entitlement: Entitlement

    async def run(self, writer: Writer, actor: Actor, said: Said, now: datetime) -> None:
        """Take it. A letter counts only where the right is to record what a head decided."""
        letter = said.letter if self.entitlement.records else None
        await self.fire.run(writer, actor, self.facts, self.entitlement, Said(said.reason, letter), now)


async def load(lane: Lane, actor: Actor, kind: str, subject_id: UUID, now: datetime) -> Facts | None:
    """The facts of a thing that walks a path, if the actor may see it."""
    return await WALKING[kind].load(lane, actor, subject_id, now)


def aimed(actor: Actor, fire: Fire, facts: Facts | None) -> Shot:
    """The transition, if the actor may take it on the subject now. Whatever a template names as the parties of a stage,
    the role rules of the subject hold. Raises Forbidden, FourEyes, SubjectNotReady."""
    if facts is None:
        raise Forbidden(_UNSEEN)
    entitlement = permissions.entitlement(actor, fire.transition.action, facts)
    _check_state(fire, facts)
    return Shot(fire, facts, entitlement)


def sent_back(fire: Fire, facts: Facts | None, entitlement: Entitlement) -> Shot:
    """The transition by which the subject goes back, for who had the right to return the stage. Raises Forbidden where
    they do not see the subject, SubjectNotReady."""
    if facts is None:
        raise Forbidden(_UNSEEN)
    _check_state(fire, facts)
    return Shot(fire, facts, entitlement)


def _check_state(fire: Fire, facts: Facts) -> None:
    if facts.state not in fire.transition.sources:
        raise rules.SubjectNotReady(
            Text(
                f"In the state '{facts.state}' the step '{fire.transition.action}' is not possible.",
                f"الخطوة «{fire.transition.action}» غير ممكنة في الحالة «{facts.state}».",
            )
        )


def of_stage(kind: str, action: str) -> Fire:
    """The transition that a stage fires by this action."""
    return WALKING[kind].fires[action]


def back_to(kind: str, state: str) -> Fire:
    """The transition by which a subject goes back to a state."""
    return WALKING[kind].returns[state]


_UNSEEN = Text("What the path is of is not visible to you.", "موضوع المسار غير متاح لك.")
