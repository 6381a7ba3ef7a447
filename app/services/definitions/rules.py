"""The life of a definition, and what one must be so that results can be measured by it (Guide I-6, I-7)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from app.enums import DefinitionState, IndicatorLevel, Measure, Role, TargetKind
from app.errors import Conflict, FieldError, Invalid, Text, fault_at
from app.parties import UNIT, UNIT_EDITOR, party_key
from app.services.evidence import rules as evidence
from app.services.transitions import Awaited, Transition

_DRAFT = frozenset({DefinitionState.DRAFT.value})
_SUBMITTED = frozenset({DefinitionState.SUBMITTED.value})
_CONFIRMED = frozenset({DefinitionState.CONFIRMED.value})

EDIT = Transition("definitions.edit", _DRAFT, DefinitionState.DRAFT)
DISCARD = Transition("definitions.discard", _DRAFT, DefinitionState.DISCARDED)
SUBMIT = Transition("definitions.submit", _DRAFT, DefinitionState.SUBMITTED)
WITHDRAW = Transition("definitions.withdraw", _SUBMITTED, DefinitionState.DRAFT)
CONFIRM = Transition("definitions.confirm", _SUBMITTED, DefinitionState.CONFIRMED)
RETURN = Transition("definitions.return", _SUBMITTED | _CONFIRMED, DefinitionState.DRAFT, reason=True)
ACTIVATE = Transition("definitions.activate", _CONFIRMED, DefinitionState.ACTIVE)

TRANSITIONS = (EDIT, DISCARD, SUBMIT, WITHDRAW, CONFIRM, RETURN, ACTIVATE)

OPEN = _DRAFT | _SUBMITTED | _CONFIRMED
"""The states in which somebody still works on a version; an indicator has one such version at most."""

CONTROLLED = _SUBMITTED | _CONFIRMED
"""The states in which a control step is due, so that four eyes has a meaning."""

DEFINE, CONFIRMATION, ACTIVATION, CONTROL = "define", "confirm", "activate", "control"
"""The steps on a definition's way, as the role rules name them."""

AWAITED: dict[str, Awaited] = {
    DefinitionState.DRAFT: Awaited(DEFINE, SUBMIT.action),
    DefinitionState.SUBMITTED: Awaited(CONFIRMATION, CONFIRM.action),
    DefinitionState.CONFIRMED: Awaited(ACTIVATION, ACTIVATE.action),
}
"""Whom each state waits for; a state that is not here waits for nobody."""

DUE: dict[str, frozenset[str]] = {
    DefinitionState.SUBMITTED: frozenset({CONFIRM.action, RETURN.action}),
    DefinitionState.CONFIRMED: frozenset({ACTIVATE.action, RETURN.action}),
}
"""The control actions that are due in a state."""

TEXTS = (
    "method_ar",
    "method_en",
    "formula_ar",
    "formula_en",
    "numerator_ar",
    "numerator_en",
    "denominator_ar",
    "denominator_en",
    "source",
)
BASELINE = ("baseline_value", "baseline_rank", "baseline_rank_of", "baseline_year")
FIELDS = (*TEXTS, "decimals", "aggregation", "green_at", "amber_at", "tolerance", *BASELINE)
"""How a version measures, beside its targets."""

TARGET = (
    "kind",
    "value",
    "value_max",
    "outer_min",
    "outer_max",
    "rank",
    "window_start",
    "window_end",
    "source",
)
"""What a target says of its year."""

_NEEDED = ("method_ar", "method_en", "formula_ar", "formula_en", "source")
_RANKED = (TargetKind.TOP_RANK, TargetKind.MINIMUM_AND_TOP_RANK)
_TWO_ENDED = (TargetKind.BAND, TargetKind.RANGE)


def steps(
    level: str, entity_id: UUID, indicator_id: UUID, *, represented: bool
) -> dict[str, tuple[str, ...]]:
    """Who defines, confirms and activates, by the indicator's level.

    `represented`: whether a technical representative is assigned to the indicator now.
    """
    if level == IndicatorLevel.VISION:
        return {DEFINE: (UNIT_EDITOR,), CONFIRMATION: (UNIT,), ACTIVATION: (UNIT,)}
    representative = (party_key(Role.TECHNICAL_REPRESENTATIVE, indicator_id),) if represented else ()
    specialist = party_key(Role.SPECIALIST, entity_id)
    return {
        DEFINE: (specialist,),
        CONFIRMATION: (*representative, specialist),
        ACTIVATION: (party_key(Role.MANAGER, entity_id),),
    }


def control_parties(state: str, steps: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Who may return a definition: the parties of the step that is due.

    Where no control step is due, every controlling party: they are entitled, and learn that the state
    is wrong (409), not that they have no right (403).
    """
    if state in CONTROLLED:
        return steps[AWAITED[state].step]
    return (*steps[CONFIRMATION], *steps[ACTIVATION])


def contributors_stated(row: Mapping[str, Any]) -> bool:
    """Whether it is said if other entities contribute, and where they do, one has at least been invited."""
    return row["shared"] is False or (row["shared"] is True and row["has_contributors"])


def open_now(transition: Transition, row: Mapping[str, Any]) -> bool:
    """What else than the state a transition asks: who contributes is stated before a definition is in force, and
    its evidence is there before it is submitted, and decided about before it is in force."""
    if transition is SUBMIT:
        return evidence.is_submittable(row["proof"])
    return transition is not ACTIVATE or (contributors_stated(row) and evidence.is_approvable(row["proof"]))


def check(
    fields: Mapping[str, Any], targets: Sequence[Mapping[str, Any]], measure: str, *, at: str = "#"
) -> None:
    """Whether thresholds, baseline and targets are possible for what the indicator measures.

    `at`: the pointer of the definition in the body. Raises Invalid with every fault.
    """
    faults = tuple(_faults(fields, targets, measure, at))
    if faults:
        raise Invalid(errors=faults)


def check_complete(fields: Mapping[str, Any], targets: Sequence[Mapping[str, Any]], measure: str) -> None:
    """Whether a draft says enough to be confirmed: method and formula in both languages, the source, and a
    target. What the indicator measures may have changed since, so its shape is asked again. Raises
    IncompleteDefinition with a pointer for each fault."""
    faults = [
        fault_at(f"#/{name}", "missing", "This is required.", "هذا الحقل مطلوب.")
        for name in _NEEDED
        if not fields[name]
    ]
    if all(target["kind"] == TargetKind.BLANK for target in targets):
        faults.append(
            fault_at("#/targets", "missing", "At least one year has a target.", "لا بد من مستهدف لسنة واحدة.")
        )
    faults += _faults(fields, targets, measure, "#")
    if faults:
        raise IncompleteDefinition(errors=tuple(faults))


def _faults(
    fields: Mapping[str, Any], targets: Sequence[Mapping[str, Any]], measure: str, at: str
) -> Iterator[FieldError]:
    """Every fault of a definition's numbers."""
    if fields["amber_at"] > fields["green_at"]:
        yield fault_at(
            f"{at}/amber_at",
            "too_large",
            "Amber begins at or below green.",
            "حد اللون الأصفر لا يتجاوز حد الأخضر.",
        )
    yield from _baseline_faults(fields, measure, at)
    seen: set[int] = set()
    for number, target in enumerate(targets):
        place = f"{at}/targets/{number}"
        if target["year"] in seen:
            yield fault_at(f"{place}/year", "repeated", "The year stands twice.", "تكررت السنة.")
        seen.add(target["year"])
        yield from _target_faults(target, measure, place)


def _baseline_faults(fields: Mapping[str, Any], measure: str, at: str) -> Iterator[FieldError]:
    rank, rank_of = fields["baseline_rank"], fields["baseline_rank_of"]
    if measure == Measure.RANK and fields["baseline_value"] is not None:
        yield _not_valued(f"{at}/baseline_value")
    if measure == Measure.VALUE and rank is not None:
        yield _not_ranked(f"{at}/baseline_rank")
    if rank_of is not None and rank is None:
        yield fault_at(
            f"{at}/baseline_rank", "missing", "A number ranked needs a rank.", "عدد المصنفين يتطلب ترتيبًا."
        )
    if rank is not None and rank_of is not None and rank > rank_of:
        yield fault_at(
            f"{at}/baseline_rank",
            "too_large",
            "The rank exceeds the number ranked.",
            "الترتيب أكبر من عدد المصنفين.",
        )
    if fields["baseline_year"] is None and (fields["baseline_value"] is not None or rank is not None):
        yield fault_at(
            f"{at}/baseline_year", "missing", "A baseline is of a year.", "خط الأساس يتطلب ذكر سنته."
        )


def _target_faults(target: Mapping[str, Any], measure: str, place: str) -> Iterator[FieldError]:
    kind = target["kind"]
    has = {
        "value": kind not in (TargetKind.TOP_RANK, TargetKind.BLANK),
        "value_max": kind in _TWO_ENDED,
        "rank": kind in _RANKED,
        "window_start": kind == TargetKind.AVERAGE,
        "window_end": kind == TargetKind.AVERAGE,
    }
    for name, wanted in has.items():
        if wanted and target[name] is None:
            yield fault_at(
                f"{place}/{name}",
                "missing",
                "This kind of target needs it.",
                "هذا النوع من المستهدفات يتطلبه.",
            )
        if not wanted and target[name] is not None:
            yield _out_of_place(f"{place}/{name}")
    for name in ("outer_min", "outer_max"):
        if kind != TargetKind.BAND and target[name] is not None:
            yield _out_of_place(f"{place}/{name}")
    if measure == Measure.VALUE and target["rank"] is not None:
        yield _not_ranked(f"{place}/rank")
    if measure == Measure.RANK and target["value"] is not None:
        yield _not_valued(f"{place}/value")
    for lower, upper, apart in (
        ("value", "value_max", True),
        ("outer_min", "value", True),
        ("value_max", "outer_max", True),
        ("window_start", "window_end", False),
    ):
        low, high = target[lower], target[upper]
        if low is not None and high is not None and (low > high or (apart and low == high)):
            wrong = lower if lower == "outer_min" else upper
            yield fault_at(
                f"{place}/{wrong}",
                "wrong_order",
                "The ends are in the wrong order.",
                "ترتيب الحدود غير صحيح.",
            )


def _out_of_place(pointer: str) -> FieldError:
    return fault_at(
        pointer, "out_of_place", "This kind of target has none.", "لا محل له في هذا النوع من المستهدفات."
    )


def _not_ranked(pointer: str) -> FieldError:
    return fault_at(pointer, "not_measured", "The indicator has no rank.", "المؤشر لا يقاس بالترتيب.")


def _not_valued(pointer: str) -> FieldError:
    return fault_at(pointer, "not_measured", "The indicator is a rank.", "المؤشر يقاس بالترتيب.")


class IncompleteDefinition(Conflict):
    code = "incomplete_definition"
    title = Text("The definition is not complete enough to be submitted", "التعريف غير مكتمل للرفع")


class ContributorsNotStated(Conflict):
    code = "contributors_not_stated"
    title = Text(
        "First state whether other entities contribute, and invite those that do",
        "يلزم أولًا بيان ما إذا كانت جهات أخرى تسهم في المؤشر، ودعوة المسهمة منها",
    )
