"""Which transitions of a plan or a scorecard a path may fire, by whom and in which order (Guide P-9, I-5).

The role rules say who takes each of them; here stands the same in the words of a template, so that a stage that
nobody could ever end is refused when the template is saved.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.enums.paths import CONTROL_STAGES, RunsOn, StageKind, StageOutcome, StageParty
from app.errors import FieldError, Text
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
    `of_the_approved`: it is about what is approved for good, so no later group approves again.
    """

    parties: frozenset[StageParty]
    kinds: frozenset[StageKind]
    needs: frozenset[str] = field(default_factory=frozenset)
    follows: frozenset[str] = field(default_factory=frozenset)
    final: bool = False
    of_the_approved: bool = False


_APPROVE, _REVISE = "plans.approve", "plans.revise"

FIREABLE: Mapping[RunsOn, Mapping[str, Fireable]] = {
    RunsOn.PLAN: {
        "plans.verify": Fireable(_VERIFYING, frozenset({StageKind.VERIFY})),
        "plans.approve_preliminarily": Fireable(
            _HEAD, frozenset({StageKind.APPROVE_PRELIMINARILY}), follows=frozenset({"plans.verify"})
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
        ),
        _REVISE: Fireable(
            frozenset({StageParty.HEAD_OFFICE, StageParty.HEAD}), _ANY_WORK, needs=frozenset({_APPROVE})
        ),
        "plans.confirm": Fireable(
            frozenset({StageParty.HEAD_OFFICE}),
            _ANY_WORK,
            needs=frozenset({_APPROVE}),
            follows=frozenset({_REVISE}),
            of_the_approved=True,
        ),
        "plans.record_platform_entry": Fireable(
            _OFFICE,
            _ANY_WORK,
            needs=frozenset({_APPROVE}),
            follows=frozenset({_REVISE, "plans.confirm"}),
            of_the_approved=True,
        ),
    },
    RunsOn.SCORECARD: {
        "scorecards.align": Fireable(_VERIFYING, frozenset({StageKind.VERIFY})),
        "scorecards.approve": Fireable(
            _HEAD, frozenset({StageKind.APPROVE}), needs=frozenset({"scorecards.align"}), final=True
        ),
        "scorecards.agree": Fireable(
            frozenset({StageParty.UNIT}),
            frozenset({StageKind.APPROVE}),
            needs=frozenset({"scorecards.approve"}),
            final=True,
        ),
    },
    RunsOn.ENTITY: {},
}
"""By what walks the path. An entity's year as a whole has no transitions."""


@dataclass(frozen=True, slots=True)
class _Fired:
    """One stage that fires: in which group, and where it stands in the body."""

    group: int
    place: str
    stage: Stage
    action: str


def faults(groups: Groups, runs_on: RunsOn, at: str) -> Iterator[FieldError]:
    """Every fault of what the stages fire. `at`: the pointer of the groups."""
    known = FIREABLE[runs_on]
    fired: list[_Fired] = []
    for number, group in enumerate(groups):
        for position, stage in enumerate(group):
            if stage.fires is None:
                continue
            place = f"{at}/{number}/{position}"
            if stage.fires not in known:
                yield _fault(
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


def _of_the_stage(place: str, stage: Stage, fireable: Fireable) -> Iterator[FieldError]:
    for position, responsible in enumerate(stage.responsible):
        if responsible.party not in fireable.parties:
            yield _fault(
                f"{place}/responsible/{position}/party",
                "not_entitled",
                "This party may not take the transition that the stage fires.",
                "لا يملك هذا الطرف صلاحية الانتقال الذي تُحدثه المرحلة.",
            )
    if stage.kind not in fireable.kinds:
        yield _fault(
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
            yield _fault(
                f"{each.place}/fires",
                "repeated",
                "An earlier stage fires this; only a plan that is revised is approved again.",
                "تُحدث مرحلة سابقة هذا الانتقال، ولا تُعتمد الخطة ثانية إلا بعد مراجعتها.",
            )
            continue
        before = known[each.action]
        for action in sorted(before.needs | before.follows):
            if first[action] >= each.group if action in first else action in before.needs:
                yield _fault(
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
            yield _fault(
                at,
                "unreachable",
                f"No stage fires '{action}', so that what walks the path would never be in force.",
                f"لا تُحدث أي مرحلة «{action}»، فلا يدخل ما يسلك المسار حيز العمل أبدًا.",
            )
        if fireable.final and stages and StageOutcome.NOT_APPLICABLE in stages[0].stage.outcomes:
            outcome = stages[0].stage.outcomes.index(StageOutcome.NOT_APPLICABLE)
            yield _fault(
                f"{stages[0].place}/outcomes/{outcome}",
                "unreachable",
                "Without this stage what walks the path would never be in force.",
                "لا يدخل ما يسلك المسار حيز العمل دون هذه المرحلة.",
            )
    for each in fired:
        if each.action == _REVISE and not any(
            later.action == _APPROVE and later.group > each.group for later in fired
        ):
            yield _fault(
                f"{each.place}/fires",
                "unreachable",
                "A plan that is opened again is approved again in a later group.",
                "تُعتمد الخطة المعاد فتحها ثانية في مجموعة لاحقة.",
            )
        if known[each.action].of_the_approved and any(
            later.action == _APPROVE and later.group >= each.group for later in fired
        ):
            yield _fault(
                f"{each.place}/fires",
                "wrong_order",
                "This comes after the last approval of the path.",
                "تأتي هذه المرحلة بعد آخر اعتماد في المسار.",
            )


def _fault(pointer: str, code: str, en: str, ar: str) -> FieldError:
    return FieldError(code, Text(en, ar), pointer=pointer)
