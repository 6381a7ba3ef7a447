"""Which transitions of a plan or a scorecard a path may fire, by whom and in which order (Guide P-9, I-5).

The role rules say who takes each of them; here stands the same in the words of a template, so that a stage that
nobody could ever end is refused when the template is saved.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.enums.paths import CONTROL_STAGES, RunsOn, StageKind, StageOutcome, StageParty
from app.enums.plans import PlanState
from app.enums.scorecards import ScorecardState
from app.errors import FieldError, fault_at
from app.services.path_templates.content import Groups, Stage

_ANY_WORK = frozenset(StageKind) - CONTROL_STAGES
_OFFICE = frozenset({StageParty.OFFICE, StageParty.MANAGER, StageParty.SPECIALIST})
_VERIFYING = _OFFICE | {StageParty.TECHNICAL_REPRESENTATIVE}
_HEAD = frozenset({StageParty.HEAD})


@dataclass(frozen=True, slots=True)
class Fireable:
    """An action that a stage may fire.

    `parties`: who may have such a stage, and nobody else beside them, since whoever ends it fires it. `kinds`: of
    which kind it is. `needs`: actions that an earlier group fires in any case. `follows`: actions that, where the
    path fires them at all, an earlier group fires. `final`: without it the thing would never be in force.
    `of_the_approved`: it is about what is approved for good, so no later group approves again. `to`: the state that the
    thing comes to by it; None: it stays where it is.
    """

    parties: frozenset[StageParty]
    kinds: frozenset[StageKind]
    needs: frozenset[str] = field(default_factory=frozenset)
    follows: frozenset[str] = field(default_factory=frozenset)
    final: bool = False
    of_the_approved: bool = False
    to: str | None = None


_APPROVE, _REVISE, _CONFIRM = "plans.approve", "plans.revise", "plans.confirm"

FIREABLE: Mapping[RunsOn, Mapping[str, Fireable]] = {
    RunsOn.PLAN: {
        "plans.verify": Fireable(_VERIFYING, frozenset({StageKind.VERIFY})),
        "plans.approve_preliminarily": Fireable(
            _HEAD,
            frozenset({StageKind.APPROVE_PRELIMINARILY}),
            follows=frozenset({"plans.verify"}),
            to=PlanState.PRELIMINARY,
        ),
        "plans.cut": Fireable(
            frozenset({StageParty.PLANNING, StageParty.FINANCE, StageParty.ENTERER}),
            _ANY_WORK,
            needs=frozenset({"plans.approve_preliminarily"}),
        ),
        _APPROVE: Fireable(
            _HEAD,
            frozenset({StageKind.APPROVE}),
            follows=frozenset({"plans.verify", "plans.approve_preliminarily", "plans.cut"}),
            final=True,
            to=PlanState.APPROVED,
        ),
        _REVISE: Fireable(
            frozenset({StageParty.HEAD_OFFICE, StageParty.HEAD}),
            _ANY_WORK,
            needs=frozenset({_APPROVE}),
            to=PlanState.PRELIMINARY,
        ),
        _CONFIRM: Fireable(
            frozenset({StageParty.HEAD_OFFICE}),
            _ANY_WORK,
            needs=frozenset({_APPROVE}),
            follows=frozenset({_REVISE}),
            of_the_approved=True,
            to=PlanState.CONFIRMED,
        ),
        "plans.record_platform_entry": Fireable(
            _OFFICE,
            _ANY_WORK,
            needs=frozenset({_APPROVE}),
            follows=frozenset({_REVISE, _CONFIRM}),
            of_the_approved=True,
        ),
    },
    RunsOn.SCORECARD: {
        "scorecards.align": Fireable(_VERIFYING, frozenset({StageKind.VERIFY}), to=ScorecardState.ALIGNED),
        "scorecards.approve": Fireable(
            _HEAD,
            frozenset({StageKind.APPROVE}),
            needs=frozenset({"scorecards.align"}),
            final=True,
            to=ScorecardState.APPROVED,
        ),
        "scorecards.agree": Fireable(
            frozenset({StageParty.UNIT}),
            frozenset({StageKind.APPROVE}),
            needs=frozenset({"scorecards.approve"}),
            final=True,
            to=ScorecardState.IN_FORCE,
        ),
    },
    RunsOn.ENTITY: {},
}
"""By what walks the path. An entity's year as a whole has no transitions."""

WAYS_BACK: Mapping[RunsOn, Mapping[str, frozenset[str]]] = {
    RunsOn.PLAN: {
        PlanState.DRAFT: frozenset({PlanState.DRAFT, PlanState.PRELIMINARY}),
        PlanState.PRELIMINARY: frozenset({PlanState.APPROVED}),
    },
    RunsOn.SCORECARD: {
        ScorecardState.DRAFT: frozenset({ScorecardState.ALIGNED, ScorecardState.APPROVED}),
        ScorecardState.ALIGNED: frozenset({ScorecardState.APPROVED}),
    },
    RunsOn.ENTITY: {},
}
"""From which states the thing goes back to a state when a stage is returned."""

_BEGINS: Mapping[RunsOn, str] = {RunsOn.PLAN: PlanState.DRAFT, RunsOn.SCORECARD: ScorecardState.DRAFT}
"""Where it stands when its path begins."""


@dataclass(frozen=True, slots=True)
class _Fired:
    """One stage that fires: in which group, and where it stands in the body."""

    group: int
    place: str
    stage: Stage
    action: str


def faults(groups: Groups, runs_on: RunsOn, at: str) -> Iterator[FieldError]:
    """Every fault of what the stages fire; and of where they return to, once that is sound. `at`: the pointer of the
    groups."""
    found = tuple(_of_what_they_fire(groups, runs_on, at))
    yield from found or _ways_back(groups, runs_on, at)


def _of_what_they_fire(groups: Groups, runs_on: RunsOn, at: str) -> Iterator[FieldError]:
    known = FIREABLE[runs_on]
    fired: list[_Fired] = []
    for number, group in enumerate(groups):
        for position, stage in enumerate(group):
            if stage.fires is None:
                continue
            place = f"{at}/{number}/{position}"
            if stage.fires not in known:
                yield fault_at(
                    f"{place}/fires",
                    "not_fireable",
                    "What walks this path has no such transition that a stage fires.",
                    "لا يملك ما يسلك هذا المسار انتقالًا كهذا تُحدثه مرحلة.",
                )
                continue
            fired.append(_Fired(number, place, stage, stage.fires))
            yield from _of_the_stage(place, stage, known[stage.fires])
    yield from _in_order(fired, known)
    yield from _to_the_end(fired, known, at)
    yield from _controlled(fired, known)


def _of_the_stage(place: str, stage: Stage, fireable: Fireable) -> Iterator[FieldError]:
    for position, responsible in enumerate(stage.responsible):
        if responsible.party not in fireable.parties:
            yield fault_at(
                f"{place}/responsible/{position}/party",
                "not_entitled",
                "This party may not take the transition that the stage fires.",
                "لا يملك هذا الطرف صلاحية الانتقال الذي تُحدثه المرحلة.",
            )
    if stage.kind not in fireable.kinds:
        yield fault_at(
            f"{place}/kind",
            "not_of_the_kind",
            "A stage of this kind cannot fire this transition.",
            "لا تُحدث مرحلة من هذا النوع هذا الانتقال.",
        )


def _in_order(fired: list[_Fired], known: Mapping[str, Fireable]) -> Iterator[FieldError]:
    first: dict[str, int] = {}
    for each in fired:
        first.setdefault(each.action, each.group)
    seen: set[str] = set()
    for each in fired:
        again = each.action in seen
        seen.add(each.action)
        if again and not (each.action == _APPROVE and _revised_before(each, fired)):
            yield fault_at(
                f"{each.place}/fires",
                "repeated",
                "An earlier stage fires this; only a plan that is revised is approved again.",
                "تُحدث مرحلة سابقة هذا الانتقال، ولا تُعتمد الخطة ثانية إلا بعد مراجعتها.",
            )
            continue
        before = known[each.action]
        for action in sorted(before.needs | before.follows):
            if first[action] >= each.group if action in first else action in before.needs:
                yield fault_at(
                    f"{each.place}/fires",
                    "wrong_order",
                    f"'{action}' comes in an earlier group.",
                    f"يسبقه «{action}» في مجموعة سابقة.",
                )


def _revised_before(approval: _Fired, fired: list[_Fired]) -> bool:
    """Whether the plan is opened again between this approval and the one before it."""
    before = [each.group for each in fired if each.action == _APPROVE and each.group < approval.group]
    return any(
        each.action == _REVISE and max(before, default=-1) < each.group < approval.group for each in fired
    )


def _to_the_end(fired: list[_Fired], known: Mapping[str, Fireable], at: str) -> Iterator[FieldError]:
    for action, fireable in known.items():
        stages = [each for each in fired if each.action == action]
        if fireable.final and not stages:
            yield fault_at(
                at,
                "unreachable",
                f"No stage fires '{action}', so that what walks the path would never be in force.",
                f"لا تُحدث أي مرحلة «{action}»، فلا يدخل ما يسلك المسار حيز العمل أبدًا.",
            )
        for position, each in enumerate(stages):
            # What was opened again needs its approval too, unless a confirmation that nobody skips asks for it.
            if fireable.final and _skippable(each) and not (position and _confirmed_after(each, fired)):
                outcome = each.stage.outcomes.index(StageOutcome.NOT_APPLICABLE)
                yield fault_at(
                    f"{each.place}/outcomes/{outcome}",
                    "unreachable",
                    "Without this stage what walks the path would never be in force.",
                    "لا يدخل ما يسلك المسار حيز العمل دون هذه المرحلة.",
                )
    for each in fired:
        if each.action == _REVISE and not any(
            later.action == _APPROVE and later.group > each.group for later in fired
        ):
            yield fault_at(
                f"{each.place}/fires",
                "unreachable",
                "A plan that is opened again is approved again in a later group.",
                "تُعتمد الخطة المعاد فتحها ثانية في مجموعة لاحقة.",
            )
        if known[each.action].of_the_approved and any(
            later.action == _APPROVE and later.group >= each.group for later in fired
        ):
            yield fault_at(
                f"{each.place}/fires",
                "wrong_order",
                "This comes after the last approval of the path.",
                "تأتي هذه المرحلة بعد آخر اعتماد في المسار.",
            )


def _controlled(fired: list[_Fired], known: Mapping[str, Fireable]) -> Iterator[FieldError]:
    """The head who approves is another than who verified: the path says so itself, so that whoever is barred from the
    transition is barred from the stage, and where nobody is left that is known."""
    for each in fired:
        if each.stage.kind not in CONTROL_STAGES or known[each.action].parties != _HEAD:
            continue
        for before in fired:
            verifies = before.stage.kind is StageKind.VERIFY and before.group < each.group
            if verifies and before.stage.key not in each.stage.controls:
                yield fault_at(
                    f"{each.place}/controls",
                    "not_controlled",
                    f"Who verified is another person: the stage controls '{before.stage.key}' too.",
                    f"المتحقق شخص آخر، فلا بد أن تراقب المرحلة «{before.stage.key}» أيضًا.",
                )


def _ways_back(groups: Groups, runs_on: RunsOn, at: str) -> Iterator[FieldError]:
    """A return from which the thing could never go back to where it stood when the target's group opened."""
    where = {stage.key: number for number, group in enumerate(groups) for stage in group}
    for number, group in enumerate(groups):
        for position, stage in enumerate(group):
            for place, key in enumerate(stage.returns_to):
                target = where.get(key, number)
                if target < number and not _goes_back(groups, runs_on, target, number):
                    yield fault_at(
                        f"{at}/{number}/{position}/returns_to/{place}",
                        "no_way_back",
                        "What walks the path cannot go back to where it stood then: something is approved in between.",
                        "لا عودة لما يسلك المسار إلى حالته في تلك المرحلة، إذ يقع بينهما اعتماد.",
                    )


def _goes_back(groups: Groups, runs_on: RunsOn, target: int, number: int) -> bool:
    begins = _BEGINS.get(runs_on)
    if begins is None:
        return True
    at_target = frozenset({begins})
    for group in groups[:target]:
        at_target = _after(group, runs_on, at_target)
    back = WAYS_BACK[runs_on]
    for was in at_target:
        now = frozenset({was})
        for group in groups[target:number]:
            now = _after(group, runs_on, now)
        # What stands beside the stage that is returned may have fired, or not yet.
        now |= _after(groups[number], runs_on, now)
        if was in now or now & back.get(was, frozenset()):
            return True
    return False


def _after(group: Sequence[Stage], runs_on: RunsOn, states: frozenset[str]) -> frozenset[str]:
    """Where the thing may stand when a group is over, by where it may have stood when that opened."""
    for stage in group:
        fireable = FIREABLE[runs_on].get(stage.fires or "")
        if fireable is not None and fireable.to is not None:
            left = states if StageOutcome.NOT_APPLICABLE in stage.outcomes else frozenset()
            states = frozenset({str(fireable.to)}) | left
    return states


def _skippable(each: _Fired) -> bool:
    return StageOutcome.NOT_APPLICABLE in each.stage.outcomes


def _confirmed_after(approval: _Fired, fired: list[_Fired]) -> bool:
    """Whether a confirmation, which only an approved plan is given, follows in any case."""
    return any(
        each.action == _CONFIRM and each.group > approval.group and not _skippable(each) for each in fired
    )
