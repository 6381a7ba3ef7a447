"""The transitions of a subject that the stages of its path fire, by the kind of subject. An area whose things walk
paths offers them in its `walking.py`, and has a line here."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app import permissions
from app.db import Writer
from app.enums import Step, SubjectKind
from app.errors import Forbidden, Text
from app.parties import Actor, Entitlement, Facts
from app.services.path_runs import rules
from app.services.people.steps import Said
from app.services.plans import walking as plans
from app.services.scorecards import walking as scorecards
from app.services.transitions import Fire

_Begin = Callable[[Writer, UUID, Mapping[Step, Sequence[str]]], Awaitable[None]]


@dataclass(frozen=True)
class Walking:
    """How things of one kind walk. `fires`: by the action that a stage names. `returns`: by the state that a thing goes
    back to. `begin`: what becomes of it when its path starts, given who takes the steps of the chain of plans."""

    fires: Mapping[str, Fire]
    returns: Mapping[str, Fire]
    begin: _Begin | None = None


WALKING: Mapping[str, Walking] = {
    SubjectKind.PLAN: Walking(plans.FIRES, plans.RETURNS, plans.begin),
    SubjectKind.SCORECARD: Walking(scorecards.FIRES, scorecards.RETURNS),
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


async def begin(writer: Writer, kind: str, subject_id: UUID, parties: Mapping[Step, Sequence[str]]) -> None:
    """Do to a thing what is done when its path starts. `parties`: who takes the steps of the chain of plans."""
    walking = WALKING.get(kind)
    if walking is not None and walking.begin is not None:
        await walking.begin(writer, subject_id, parties)


def aimed(actor: Actor, fire: Fire, facts: Facts | None, of_the_stage: Entitlement) -> Shot:
    """The transition, if the actor may take it on the subject now. Whatever a template names as the parties of a stage,
    the role rules of the subject hold. Where the head takes the stage because nobody is left, nobody is left for its
    transition either: who that is, is asked once. Raises Forbidden, FourEyes, SubjectNotReady."""
    if facts is None:
        raise Forbidden(_UNSEEN)
    action = fire.transition.action
    if of_the_stage.exceptional:
        # The stage bars whoever edited the subject; and who controlled it before, unless as the head by exception.
        entitlement = of_the_stage
        facts = replace(facts, excepted=facts.controlled_by - facts.edited_by)
    else:
        entitlement = permissions.entitlement(actor, action, facts)
    if facts.state not in fire.transition.sources:
        raise rules.SubjectNotReady(
            Text(
                f"In the state '{facts.state}' the step '{action}' is not possible.",
                f"الخطوة «{action}» غير ممكنة في الحالة «{facts.state}».",
            )
        )
    return Shot(fire, facts, entitlement)


def goes_back(kind: str, state: str, facts: Facts | None) -> bool:
    """Whether the subject has a way back to a state from where it is now."""
    fire = WALKING[kind].returns.get(state)
    return fire is not None and facts is not None and facts.state in fire.transition.sources


def sent_back(kind: str, state: str, facts: Facts | None, entitlement: Entitlement) -> Shot:
    """The transition by which the subject goes back to a state, for who had the right to return the stage. Raises
    Forbidden where they do not see the subject, SubjectNotReady where it has no such way."""
    if facts is None:
        raise Forbidden(_UNSEEN)
    if not goes_back(kind, state, facts):
        raise rules.SubjectNotReady(
            Text(
                f"From the state '{facts.state}' there is no way back to '{state}'.",
                f"لا عودة من الحالة «{facts.state}» إلى الحالة «{state}».",
            )
        )
    return Shot(WALKING[kind].returns[state], facts, entitlement)


def of_stage(kind: str, action: str) -> Fire:
    """The transition that a stage fires by this action."""
    return WALKING[kind].fires[action]


_UNSEEN = Text("What the path is of is not visible to you.", "موضوع المسار غير متاح لك.")
