"""The life of an indicator, and who of what it is called, measures and owes: pure guards (Guide I-1 to I-4)."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from app.enums import DivisionFunction, IndicatorLevel, IndicatorState, Role
from app.errors import Conflict, FieldError, Forbidden, Text, invalid, unknown_reference
from app.parties import UNIT_EDITOR, Actor, party_key
from app.services.definitions import rules as definitions
from app.services.transitions import Transition

_DRAFT = frozenset({IndicatorState.DRAFT.value})
_ACTIVE = frozenset({IndicatorState.ACTIVE.value})
_STANDING = _DRAFT | _ACTIVE

EDIT = Transition("indicators.edit", _STANDING, IndicatorState.ACTIVE)
PUT_IN_CHARGE = Transition("indicators.put_in_charge", _STANDING, IndicatorState.ACTIVE)
NAME_ENTERER = Transition("indicators.name_enterer", _STANDING, IndicatorState.ACTIVE)
DECLARE_CONTRIBUTORS = Transition("indicators.declare_contributors", _STANDING, IndicatorState.ACTIVE)
RETIRE = Transition("indicators.retire", _STANDING, IndicatorState.RETIRED, reason=True)
OPEN_DEFINITION = Transition("definitions.create", _STANDING, IndicatorState.ACTIVE)

TRANSITIONS = (EDIT, PUT_IN_CHARGE, NAME_ENTERER, DECLARE_CONTRIBUTORS, RETIRE, OPEN_DEFINITION)

PUT_IN_FORCE = Transition("indicators.put_in_force", _STANDING, IndicatorState.ACTIVE)
"""What activating a definition does to its indicator; nobody does that by itself, so no rule names it."""

BEGUN_HERE: Mapping[str, frozenset[str]] = {"results.create": _ACTIVE, "assignments.create": _STANDING}
"""What is made under an indicator without a line in a transition table, and in which of its states."""

CALLED = ("name_ar", "name_en", "priority_id", "programme_id", "publisher", "note")
MEASURED = ("unit_ar", "unit_en", "polarity", "measure", "frequency")
"""What never changes once somebody has confirmed it: another measure is another indicator."""


def steps(level: str, state: str, entity_id: UUID, *, in_scorecard: bool) -> dict[str, tuple[str, ...]]:
    """Who edits, schedules and retires an indicator, and says who enters it. An active one is of the national catalogue: there UNIT
    alone corrects what it is called."""
    vision = level == IndicatorLevel.VISION
    manager = (party_key(Role.MANAGER, entity_id),)
    national = vision or state != IndicatorState.DRAFT
    return {
        "define": (UNIT_EDITOR,) if national else (party_key(Role.SPECIALIST, entity_id),),
        # Only the figures of a vision indicator may be UNIT's to enter: an international index.
        "name_enterer": (UNIT_EDITOR,) if vision else (),
        "schedule": (UNIT_EDITOR,) if vision or in_scorecard else manager,
        "retire": (UNIT_EDITOR,) if vision else manager,
    }


def open_now(transition: Transition, row: Mapping[str, Any]) -> bool:
    """What else than the state a transition asks of the indicator."""
    if transition is OPEN_DEFINITION:
        return row["open_id"] is None
    return True


def check_drafter(actor: Actor, level: IndicatorLevel, entity_id: UUID) -> None:
    """Raise Forbidden for who may draft indicators, but none of this level."""
    vision = level is IndicatorLevel.VISION
    if not (actor.holds(UNIT_EDITOR) if vision else actor.holds(Role.SPECIALIST, entity_id)):
        raise Forbidden(_OF_UNIT if vision else _OF_THE_OFFICE)


def check_measured(changed: Iterable[str], state: str, open_state: str | None) -> None:
    """Raise FixedOnceConfirmed for a change of what an indicator measures when it is not a draft any more, or
    its definition lies with those who confirm it."""
    fixed = [name for name in MEASURED if name in set(changed)]
    if fixed and (state != IndicatorState.DRAFT or open_state in definitions.CONTROLLED):
        raise FixedOnceConfirmed(
            errors=tuple(FieldError("fixed", FixedOnceConfirmed.title, pointer=f"#/{name}") for name in fixed)
        )


def check_shared(shared: bool, *, has_contributors: bool) -> None:
    """Raise ContributionsStand when none is said to contribute while somebody is invited or does."""
    if not shared and has_contributors:
        raise ContributionsStand()


def check_in_charge(function: DivisionFunction | None) -> None:
    """Raise Invalid for a division that the owner entity does not have (None), or that does not execute."""
    if function is None:
        raise unknown_reference("#/division_id")
    if function is not DivisionFunction.EXECUTING:
        raise invalid(
            "#/division_id",
            "not_executing",
            "Only an executing division can be in charge of an indicator.",
            "لا يتولى المسؤولية عن المؤشر إلا تقسيم منفّذ.",
        )


class FixedOnceConfirmed(Conflict):
    code = "fixed_once_confirmed"
    title = Text(
        "What an indicator measures changes only while it is a draft that nobody is confirming",
        "لا يتغير ما يقيسه المؤشر إلا وهو مسودة لم تُرفع للتحقق",
    )


class ContributionsStand(Conflict):
    code = "contributions_stand"
    title = Text(
        "Entities are invited to contribute, or do: withdraw that first",
        "توجد جهات مدعوة للإسهام أو مسهمة، فاسحب ذلك أولًا",
    )


_OF_UNIT = Text("UNIT's editors draft vision indicators.", "مؤشرات الرؤية يعدّها محررو وحدة المتابعة.")
_OF_THE_OFFICE = Text(
    "The owner's specialists draft main, special and excellence indicators.",
    "المؤشرات الرئيسية والخاصة ومؤشرات الإجادة يعدّها أخصائيو الجهة المالكة.",
)
