"""The life of a contribution, and when a shared indicator's result can be certified (Guide I-3, I-4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.enums import ContributionState, Frequency, IndicatorLevel, IndicatorState, PartState, Role
from app.errors import Conflict, FieldError, Text, invalid
from app.parties import party_key
from app.services.results.rules import IndicatorNotActive
from app.services.transitions import Awaited, Transition
from app.words import FREQUENCIES

_INVITED = frozenset({ContributionState.INVITED.value})
_ACCEPTED = frozenset({ContributionState.ACCEPTED.value})
_STANDING = frozenset({IndicatorState.DRAFT.value, IndicatorState.ACTIVE.value})

INVITE = Transition("contributions.invite", _STANDING, IndicatorState.ACTIVE)
"""Of the indicator that is shared: it stays what it is."""

EDIT = Transition("contributions.edit", _INVITED, ContributionState.INVITED)
ACCEPT = Transition("contributions.accept", _INVITED, ContributionState.ACCEPTED)
REFUSE = Transition("contributions.refuse", _INVITED, ContributionState.REFUSED, reason=True)
WITHDRAW = Transition(
    "contributions.withdraw", _INVITED | _ACCEPTED, ContributionState.WITHDRAWN, reason=True
)
LEAVE = Transition("contributions.leave", _ACCEPTED, ContributionState.LEFT, reason=True)
EXPLAIN = Transition("contributions.explain", _ACCEPTED, ContributionState.ACCEPTED, reason=True)

TRANSITIONS = (EDIT, ACCEPT, REFUSE, WITHDRAW, LEAVE, EXPLAIN)

ANSWER = "answer"
AWAITED: dict[str, Awaited] = {ContributionState.INVITED: Awaited(ANSWER, ACCEPT.action)}
"""Whom each state waits for; a state that is not here waits for nobody."""

WHOLE = Decimal(100)
"""The weights of all parts, the owner's own included, in percent."""

CERTIFIABLE = (PartState.APPROVED, PartState.EXPLAINED)
"""How far each part must have come, so that the owner can approve the result of the whole."""

_FINEST_FIRST = (
    Frequency.MONTHLY,
    Frequency.QUARTERLY,
    Frequency.SEMIANNUAL,
    Frequency.ANNUAL,
    Frequency.BIENNIAL,
)


class Circle(Conflict):
    code = "circle"
    title = Text(
        "The indicator would be a part of itself, by way of other contributions",
        "يصبح المؤشر جزءًا من نفسه عبر إسهامات أخرى",
    )


class PartNotMissing(Conflict):
    code = "part_not_missing"
    title = Text(
        "The contributor's figure of this period is there or under review; nothing is to be explained",
        "قيمة الجهة المسهمة في هذه الفترة موجودة أو قيد المراجعة، فلا حاجة إلى بيان سبب",
    )


class FrequencyDoesNotFit(Conflict):
    code = "frequency_does_not_fit"
    title = Text(
        "A part would be measured less often than the whole it contributes to",
        "ستصبح دورية مؤشر مسهم أطول من دورية المؤشر المشترك",
    )


class WeightsBeyond100(Conflict):
    code = "weights_beyond_100"
    title = Text(
        "The weights of the contributors come to more than 100 percent",
        "مجموع أوزان الجهات المسهمة يتجاوز 100 بالمئة",
    )


class PartsMissing(Conflict):
    code = "parts_missing"
    title = Text(
        "Parts of contributors are missing and nobody has explained why",
        "تنقص قيم جهات مسهمة دون بيان السبب",
    )


@dataclass(frozen=True, slots=True)
class Part:
    """How far a contributor's part of one result of the whole has come. `weight` in percent; `period`: of
    the whole."""

    contributor: Text
    period: str
    weight: Decimal
    state: PartState


def steps(owner: UUID, contributor: UUID) -> dict[str, tuple[str, ...]]:
    """Who answers an invitation, and who explains a missing part."""
    office = (Role.MANAGER, Role.SPECIALIST)
    return {
        ANSWER: (party_key(Role.MANAGER, contributor),),
        "explain": tuple(party_key(role, side) for side in (owner, contributor) for role in office),
    }


def part(row: Mapping[str, Any]) -> Part:
    """A part as the query of the parts of a result reads it."""
    contributor = Text(row["name_en"], row["name_ar"])
    return Part(contributor, row["period"], Decimal(row["weight"]), PartState(row["state"]))


def is_certifiable(parts: Sequence[Part]) -> bool:
    """Whether `check_certifiable` would pass."""
    return sum(each.weight for each in parts) <= WHOLE and all(each.state in CERTIFIABLE for each in parts)


def check_certifiable(parts: Sequence[Part]) -> None:
    """Whether the owner may approve a result that is composed of these accepted parts (Guide I-4).

    Raises WeightsBeyond100, or PartsMissing with one error for each part that is neither approved nor
    explained.
    """
    if is_certifiable(parts):
        return
    total = sum(each.weight for each in parts)
    if total > WHOLE:
        raise WeightsBeyond100(
            Text(
                f"The accepted weights come to {total:f} percent.",
                f"مجموع الأوزان المقبولة {total:f} بالمئة.",
            )
        )
    raise PartsMissing(errors=tuple(_missing(each) for each in parts if each.state not in CERTIFIABLE))


def _missing(part: Part) -> FieldError:
    if part.state is PartState.PENDING:
        return FieldError(
            "part_pending",
            Text(
                f"{part.contributor.en}: the figure of {part.period} is not approved yet.",
                f"{part.contributor.ar}: قيمة الفترة {part.period} لم تُعتمد بعد.",
            ),
        )
    return FieldError(
        "part_missing",
        Text(
            f"{part.contributor.en}: the figure of {part.period} is missing, and not explained.",
            f"{part.contributor.ar}: قيمة الفترة {part.period} غير متوفرة ولم يُبيَّن السبب.",
        ),
    )


def check_to_be_explained(state: str) -> None:
    """Raise PartNotMissing unless the part is missing, or explained already."""
    if state not in (PartState.MISSING, PartState.EXPLAINED):
        raise PartNotMissing()


def check_contributor(owner: object, contributor: object) -> None:
    """Raise Invalid when an entity would be invited to its own indicator."""
    if owner == contributor:
        raise invalid(
            "#/contributor_id",
            "own_entity",
            "The owner is not a contributor: what the weights leave of 100 is its own part.",
            "الجهة المالكة ليست جهة مسهمة: ما تبقى من 100 بعد الأوزان هو جزؤها.",
        )


def check_whole(state: str) -> None:
    """Raise IndicatorNotActive when the indicator contributed to is retired."""
    if state == IndicatorState.RETIRED:
        raise IndicatorNotActive(
            Text(
                "The indicator contributed to is retired.",
                "أُنهي العمل بالمؤشر المراد الإسهام فيه.",
            )
        )


def check_part(*, level: str, state: str, frequency: str, whole_frequency: str) -> None:
    """Whether the contributor's own indicator can be a part of the whole: a special indicator (else
    Invalid), measured at least as often as the whole (else Invalid), and active (else IndicatorNotActive)."""
    if level != IndicatorLevel.SPECIAL:
        raise invalid(
            "#/indicator_id",
            "not_special",
            "A contribution is measured by a special indicator of the contributor.",
            "يُقاس الإسهام بمؤشر خاص بالجهة المسهمة.",
        )
    if not is_as_fine(frequency, whole_frequency):
        raise invalid(
            "#/indicator_id",
            "too_coarse",
            f"The part is measured '{frequency}', less often than the whole ('{whole_frequency}').",
            f"دورية المؤشر المسهم «{FREQUENCIES[frequency]}» أطول من دورية المؤشر المشترك"
            f" «{FREQUENCIES[whole_frequency]}».",
        )
    if state != IndicatorState.ACTIVE:
        raise IndicatorNotActive(
            Text("The contributor's indicator is not active.", "مؤشر الجهة المسهمة غير مفعّل."),
        )


def is_as_fine(part: str, whole: str) -> bool:
    """Whether `part` is a frequency at least as fine as `whole`; an irregular one fits any."""
    if Frequency.IRREGULAR in (part, whole):
        return True
    return _FINEST_FIRST.index(Frequency(part)) <= _FINEST_FIRST.index(Frequency(whole))


def open_now(transition: Transition, row: Mapping[str, Any]) -> bool:
    """What else than the state a transition asks: nobody contributes to a retired indicator."""
    return transition is not ACCEPT or row["whole_state"] != IndicatorState.RETIRED
