"""Whether what is said of an initiative can be: dates, milestones and their order, weights, money. Pure; every fault
has its pointer (Guide N-1, N-4, P-10)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from typing import Any

from app.errors import FieldError, Invalid, fault_at, invalid
from app.services.initiatives.rules import IncompleteInitiative

Milestones = Sequence[Mapping[str, Any]]

FIELDS = (
    "kind",
    "classification",
    "name_ar",
    "name_en",
    "goal",
    "programme_id",
    "programme_weight",
    "sectors",
    "starts_on",
    "ends_on",
    "people_count",
)
"""What a draft says of itself, beside its milestones and effects."""

MILESTONE = ("title_ar", "title_en", "weight", "starts_on", "due_on", "acceptance", "depends_on")
EFFECT = ("expected", "by_year", "note")

WHOLE = Decimal(100)


def check(new: Mapping[str, Any], budget: Sequence[Mapping[str, Any]] = ()) -> None:
    """Whether dates, programme, milestones and effects fit each other, and the dates the money that is asked for already
    (`budget`). Raises Invalid with every fault."""
    faults = (*_faults(new, whole=False), *_budget_faults(new, budget))
    if faults:
        raise Invalid(errors=faults)


def check_complete(new: Mapping[str, Any]) -> None:
    """Whether a draft says enough to be approved: a division in charge, milestones, weights that come to 100. Raises
    IncompleteInitiative with a pointer for each fault."""
    faults = []
    if new["division_id"] is None:
        faults.append(
            fault_at(
                "#/division_id",
                "missing",
                "No division is in charge of it yet.",
                "لم يُسمَّ التقسيم المنفذ بعد.",
            )
        )
    if not new["milestones"]:
        faults.append(
            fault_at("#/milestones", "missing", "It has no milestone yet.", "لا توجد مرحلة رئيسية بعد.")
        )
    faults += _faults(new, bool(new["milestones"]))
    if faults:
        raise IncompleteInitiative(errors=tuple(faults))


def _faults(new: Mapping[str, Any], whole: bool) -> Iterator[FieldError]:
    if new["ends_on"] < new["starts_on"]:
        yield fault_at("#/ends_on", "wrong_order", "It ends before it begins.", "تاريخ النهاية يسبق البداية.")
        return
    if new["programme_weight"] is not None and new["programme_id"] is None:
        yield fault_at(
            "#/programme_weight",
            "out_of_place",
            "It is part of no national programme.",
            "ليست جزءًا من برنامج وطني.",
        )
    if len(set(new["sectors"])) < len(new["sectors"]):
        yield fault_at("#/sectors", "repeated", "A sector stands twice.", "تكرر أحد القطاعات.")
    yield from milestone_faults(new["milestones"], new["starts_on"], new["ends_on"])
    total = sum((Decimal(each["weight"]) for each in new["milestones"]), Decimal(0))
    if total > WHOLE or (whole and total != WHOLE):
        yield fault_at(
            "#/milestones",
            "weights",
            f"The weights come to {total.normalize():f}, not to 100.",
            f"مجموع الأوزان {total.normalize():f} وليس 100.",
        )
    seen = set()
    for place, effect in enumerate(new["effects"]):
        if effect["indicator_id"] in seen:
            yield fault_at(
                f"#/effects/{place}/indicator_id", "repeated", "The indicator stands twice.", "تكرر المؤشر."
            )
        seen.add(effect["indicator_id"])
        if effect["by_year"] is not None and effect["by_year"] < new["starts_on"].year:
            yield fault_at(
                f"#/effects/{place}/by_year",
                "too_small",
                "No effect comes before the start.",
                "لا أثر قبل البداية.",
            )


def milestone_faults(milestones: Milestones, starts_on: date, ends_on: date) -> Iterator[FieldError]:
    """Every fault of the milestones of an initiative from `starts_on` to `ends_on`."""
    by_number: dict[int, Mapping[str, Any]] = {}
    for place, each in enumerate(milestones):
        if each["number"] in by_number:
            yield fault_at(
                f"#/milestones/{place}/number", "repeated", "The number stands twice.", "تكرر الرقم."
            )
        by_number.setdefault(each["number"], each)
    for place, each in enumerate(milestones):
        at = f"#/milestones/{place}"
        if each["due_on"] < each["starts_on"]:
            yield fault_at(
                f"{at}/due_on", "wrong_order", "It is due before it begins.", "تستحق قبل أن تبدأ المرحلة."
            )
        for name in ("starts_on", "due_on"):
            if not starts_on <= each[name] <= ends_on:
                yield fault_at(
                    f"{at}/{name}",
                    "outside",
                    "The day lies outside the dates of the initiative.",
                    "اليوم خارج مدة المبادرة.",
                )
        for position, number in enumerate(each["depends_on"]):
            where = f"{at}/depends_on/{position}"
            before = by_number.get(number)
            if before is None:
                yield fault_at(
                    where, "unknown_reference", "There is no such milestone.", "لا توجد مرحلة بهذا الرقم."
                )
            elif before["due_on"] > each["due_on"]:
                yield fault_at(
                    where,
                    "wrong_order",
                    "What it depends on is due later than itself.",
                    "المرحلة التي تعتمد عليها تستحق بعدها.",
                )
    yield from _circle(milestones)


def _circle(milestones: Milestones) -> Iterator[FieldError]:
    """The first circle of dependencies, if there is one."""
    try:
        TopologicalSorter({each["number"]: each["depends_on"] for each in milestones}).prepare()
    except CycleError as error:
        numbers = [str(number) for number in error.args[1]]
        last = next(place for place, each in enumerate(milestones) if str(each["number"]) == numbers[0])
        yield fault_at(
            f"#/milestones/{last}/depends_on",
            "circle",
            f"The milestones depend on each other in a circle: {' - '.join(numbers)}.",
            f"تعتمد المراحل بعضها على بعض في حلقة: {' - '.join(numbers)}.",
        )


def check_revision(old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Whether an approved initiative can be changed so: it stays whole, what is reached is not taken out, no number
    of a milestone that was taken out is given again, and no money falls outside its years. Raises Invalid."""
    faults = list(_faults(new, True))
    kept = {each["number"] for each in new["milestones"]}
    faults += [
        fault_at(
            "#/milestones",
            "reached",
            f"Milestone {each['number']} is reached and stays.",
            f"المرحلة {each['number']} أُنجزت فلا تُزال.",
        )
        for each in old["milestones"]
        if each["done_on"] is not None and each["number"] not in kept
    ]
    # Its status would be told by the dates of the one that bore the number first.
    gone = old["baseline_numbers"] - {each["number"] for each in old["milestones"]}
    faults += [
        fault_at(
            f"#/milestones/{place}/number",
            "taken_out",
            "The number was that of a milestone that is taken out: give it another one.",
            "كان هذا الرقم لمرحلة أُزيلت من الخطة، فاختر رقمًا آخر.",
        )
        for place, each in enumerate(new["milestones"])
        if each["number"] in gone
    ]
    faults += _budget_faults(new, old["budget"])
    if faults:
        raise Invalid(errors=tuple(faults))


def _budget_faults(new: Mapping[str, Any], budget: Sequence[Mapping[str, Any]]) -> Iterator[FieldError]:
    if any(not new["starts_on"].year <= line["year"] <= new["ends_on"].year for line in budget):
        yield fault_at(
            "#/ends_on",
            "budget_outside",
            "Money is asked for a year outside these dates.",
            "توجد موازنة مطلوبة لسنة خارج هذه المدة.",
        )


def check_year(year: int, starts_on: date, ends_on: date) -> None:
    """Whether money can be asked for a year: one of those in which the initiative runs. Raises Invalid."""
    if not starts_on.year <= year <= ends_on.year:
        raise invalid(
            "#/year",
            "outside",
            "The year lies outside the dates of the initiative.",
            "السنة خارج مدة المبادرة.",
        )


def check_answer(requested: Decimal, granted: bool, approved: Decimal | None) -> None:
    """Whether an answer fits the request: what is granted says how much, and no more than was asked; what is refused
    says nothing. Raises Invalid."""
    fault = None
    if granted and approved is None:
        fault = ("missing", "Say how much is granted.", "اذكر المبلغ الممنوح.")
    elif not granted and approved is not None:
        fault = ("out_of_place", "What is refused has no amount.", "لا مبلغ مع الرفض.")
    elif approved is not None and approved > requested:
        fault = ("too_large", "More than was requested.", "أكبر من المبلغ المطلوب.")
    if fault is not None:
        code, en, ar = fault
        raise invalid("#/approved", code, en, ar)


def check_spent(spent: Decimal, approved: Decimal | None, reason: str | None) -> None:
    """More is spent than approved only with a reason. Raises Invalid."""
    if spent > (approved or Decimal(0)) and reason is None:
        raise invalid(
            "#/reason",
            "missing",
            "More is spent than was approved: say why.",
            "المصروف أكبر من المعتمد، فاذكر السبب.",
        )
