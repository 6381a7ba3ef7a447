"""The life of a scorecard, and what one must be so that it can be agreed (Guide I-2, I-4, I-5, I-6, I-9)."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from app.enums import IndicatorLevel, IndicatorState, Role, TargetKind
from app.enums.scorecards import ScorecardState
from app.errors import Conflict, FieldError, Invalid, Text, WrongState, fault_at, unknown_reference
from app.parties import Facts, party_key
from app.services.transitions import Transition

_DRAFT = frozenset({ScorecardState.DRAFT.value})
_ALIGNED = frozenset({ScorecardState.ALIGNED.value})
_APPROVED = frozenset({ScorecardState.APPROVED.value})
_IN_FORCE = frozenset({ScorecardState.IN_FORCE.value})

EDIT = Transition("scorecards.edit", _DRAFT, ScorecardState.DRAFT)
DISCARD = Transition("scorecards.discard", _DRAFT, ScorecardState.DISCARDED)
NEW_VERSION = Transition("scorecards.new_version", _IN_FORCE, ScorecardState.IN_FORCE)
ALIGN = Transition("scorecards.align", _DRAFT, ScorecardState.ALIGNED)
APPROVE = Transition("scorecards.approve", _ALIGNED, ScorecardState.APPROVED)
AGREE = Transition("scorecards.agree", _APPROVED, ScorecardState.IN_FORCE)

DIRECT = (EDIT, DISCARD, NEW_VERSION)
"""What people do to the scorecard itself; the rest its path fires."""

TRANSITIONS = (*DIRECT, ALIGN, APPROVE, AGREE)

RETURN = Transition("scorecards.return", _ALIGNED | _APPROVED, ScorecardState.DRAFT, reason=True)
RETURN_TO_ALIGNED = Transition("scorecards.return_to_aligned", _APPROVED, ScorecardState.ALIGNED, reason=True)
"""What a return on the path does to the scorecard. Whoever may return a stage, the path says: no rule names these."""

ENTER = Transition(
    "indicators.enter_scorecard", frozenset({IndicatorState.ACTIVE.value}), IndicatorState.ACTIVE
)
LEAVE = Transition(
    "indicators.leave_scorecard", frozenset({IndicatorState.ACTIVE.value}), IndicatorState.ACTIVE
)
"""What agreeing on a scorecard does to indicators; nobody does that by itself, so no rule names it."""

OPEN = _DRAFT | _ALIGNED | _APPROVED
"""The states in which somebody still works on a version; an entity and year has one such version at most."""

CONTROLLED = OPEN
"""The states in which a control step is due, so that four eyes has a meaning: a draft waits to be aligned."""

STANDS = _IN_FORCE | {ScorecardState.SUPERSEDED.value}
"""What is, or was, agreed."""

ALIGNMENT = "align"
"""The step on a scorecard's way whose parties depend on who is assigned to it."""

FULL = Decimal(100)
"""What the weights come to, in percent."""

Lines = Sequence[Mapping[str, Any]]


class Known(Protocol):
    """What the catalogue says of an indicator: entity_id, level, state, and `part_code`, the entity's own indicator that
    contributes to it, if one does."""

    def __getitem__(self, column: str, /) -> Any: ...


def steps(entity_id: UUID, scorecard_id: UUID, *, represented: bool) -> dict[str, tuple[str, ...]]:
    """Who aligns a scorecard: the technical representative assigned to it, the specialists, the manager
    (Guide O-3, P-7). `represented`: whether one is assigned now."""
    representative = (party_key(Role.TECHNICAL_REPRESENTATIVE, scorecard_id),) if represented else ()
    office = (party_key(Role.SPECIALIST, entity_id), party_key(Role.MANAGER, entity_id))
    return {ALIGNMENT: (*representative, *office)}


def check_state(transition: Transition, facts: Facts) -> None:
    """Raise WrongState for a transition that a stage fires when the scorecard is not where it begins."""
    if facts.state not in transition.sources:
        raise WrongState(
            Text(
                f"In the state '{facts.state}' the step '{transition.action}' is not possible.",
                f"الخطوة «{transition.action}» غير ممكنة في الحالة «{facts.state}».",
            )
        )


def check_free(transition: Transition, row: Mapping[str, Any]) -> None:
    """Raise UnderControl for an edit while somebody controls the scorecard, OnPath for discarding one whose path
    still runs."""
    if transition is EDIT and row["held"]:
        raise UnderControl()
    if transition is DISCARD and row["on_path"]:
        raise OnPath()


def open_now(transition: Transition, row: Mapping[str, Any]) -> bool:
    """What else than the state a transition asks."""
    if transition is NEW_VERSION:
        return row["open_id"] is None
    if transition is EDIT:
        return not row["held"]
    return transition is not DISCARD or not row["on_path"]


def check_lines(entity_id: UUID, lines: Lines, known: Mapping[UUID, Known]) -> None:
    """Whether these indicators may stand in the entity's scorecard.

    `known`: each of them that there is. Raises Invalid with every fault.
    """
    faults = tuple(_line_faults(entity_id, lines, known))
    if faults:
        raise Invalid(errors=faults)


def _line_faults(entity_id: UUID, lines: Lines, known: Mapping[UUID, Known]) -> Iterator[FieldError]:
    seen: set[UUID] = set()
    for number, line in enumerate(lines):
        place = f"#/lines/{number}/indicator_id"
        if line["indicator_id"] in seen:
            yield fault_at(place, "repeated", "The indicator stands twice.", "تكرر المؤشر.")
        seen.add(line["indicator_id"])
        indicator = known.get(line["indicator_id"])
        if indicator is None:
            yield from unknown_reference(place).errors
        elif indicator["entity_id"] != entity_id:
            yield _of_another(place, indicator["part_code"])
        elif indicator["level"] == IndicatorLevel.EXCELLENCE:
            yield fault_at(
                place,
                "beside_the_scorecard",
                "Excellence indicators are followed beside the scorecard, not in it.",
                "مؤشرات الإجادة المؤسسية تُتابع بجانب البطاقة ولا تدخل فيها.",
            )
        elif indicator["state"] != IndicatorState.ACTIVE:
            yield fault_at(place, "not_active", "The indicator is not active.", "المؤشر غير مفعّل.")


def _of_another(place: str, part_code: str | None) -> FieldError:
    if part_code is None:
        return fault_at(
            place,
            "of_another_entity",
            "The indicator is another entity's, and yours has no accepted contribution to it.",
            "المؤشر لجهة أخرى وليس لجهتك إسهام مقبول فيه.",
        )
    return fault_at(
        place,
        "part_instead",
        f"Of another entity's indicator, your own that contributes to it stands in the scorecard: '{part_code}'.",
        f"المؤشر لجهة أخرى، ويدخل البطاقة مؤشركم المسهم فيه: «{part_code}».",
    )


def check_complete(lines: Lines) -> None:
    """Whether a draft can be approved: it has lines, the weights come to 100, and each indicator is still active,
    as it was defined when the line was written, and has a target of the year (Guide I-6). Raises
    IncompleteScorecard with a pointer for each fault."""
    faults = tuple(_missing(lines))
    if faults:
        raise IncompleteScorecard(errors=faults)


def _missing(lines: Lines) -> Iterator[FieldError]:
    total = sum((line["weight"] for line in lines), Decimal(0))
    if not lines:
        yield fault_at("#/lines", "too_few", "There is no indicator in it.", "لا مؤشر في البطاقة.")
    elif total != FULL:
        said = format(total.normalize(), "f")
        yield fault_at(
            "#/lines",
            "weights",
            f"The weights come to {said}, not to 100.",
            f"مجموع الأوزان {said} وليس 100.",
        )
    for number, line in enumerate(lines):
        place, target = f"#/lines/{number}", line["target"]
        if line["indicator_state"] != IndicatorState.ACTIVE:
            yield fault_at(
                f"{place}/indicator_id", "not_active", "The indicator is not active.", "المؤشر غير مفعّل."
            )
        elif line["definition_id"] != line["defined_by"]:
            yield fault_at(
                f"{place}/indicator_id",
                "redefined",
                "The indicator has been defined anew since: write the lines again.",
                "تغيّر تعريف المؤشر منذ كتابة السطر، فأعد كتابة الأسطر.",
            )
        if target is None or target["kind"] == TargetKind.BLANK:
            yield fault_at(
                f"{place}/target",
                "no_target",
                "The indicator's definition has no target of this year.",
                "لا مستهدف لهذه السنة في تعريف المؤشر.",
            )


class UnderControl(Conflict):
    code = "under_control"
    title = Text(
        "A stage of its path that controls it is open: it changes only when that returns it",
        "مرحلة رقابة مفتوحة في مسارها، فلا تُعدّل حتى تعاد",
    )


class OnPath(Conflict):
    code = "on_path"
    title = Text("It walks a path: stop that first", "للبطاقة مسار جارٍ، فأوقفه أولًا")


class IncompleteScorecard(Conflict):
    code = "incomplete_scorecard"
    title = Text("The scorecard is not complete enough to be approved", "البطاقة غير مكتملة للاعتماد")
