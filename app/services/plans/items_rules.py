"""What the items of an annual plan must be, one by one and before it is approved (Guide P-2, P-6, P-9)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from app.enums.plans import PlanItemKind, PlanItemState, Question
from app.errors import Conflict, FieldError, Invalid, Text, fault_at, invalid

MOST_ITEMS = 500
"""Items of one plan, dropped ones included."""


class AlreadyDropped(Conflict):
    code = "already_dropped"
    title = Text("The item is not in the plan any more", "لم يعد البند ضمن الخطة")


class TooManyItems(Conflict):
    code = "too_many_items"
    title = Text(f"A plan holds at most {MOST_ITEMS} items", f"الحد الأقصى {MOST_ITEMS} بند في الخطة")


class EmptyPlan(Conflict):
    code = "empty_plan"
    title = Text("The plan holds nothing yet", "الخطة خالية من البنود")


class UncheckedItems(Conflict):
    code = "unchecked_items"
    title = Text(
        "Each item is first checked by all five questions of quality",
        "يلزم أولًا فحص كل بند بأسئلة الجودة الخمسة",
    )


class PlanUnverified(Conflict):
    code = "plan_unverified"
    title = Text(
        "Each item must have passed all five questions of quality since it was last edited",
        "يجب أن يجتاز كل بند أسئلة الجودة الخمسة منذ آخر تعديل له",
    )


class UnansweredBudgets(Conflict):
    code = "unanswered_budgets"
    title = Text("Money was asked for and nobody has answered yet", "طُلبت موازنات ولم يرد الجواب عنها بعد")


class UnfundedItems(Conflict):
    code = "unfunded_items"
    title = Text(
        "Some items asked for money and were granted none: only funded ones stay in the plan",
        "طُلب تمويل لبعض البنود ولم يُمنح، ولا يبقى في الخطة إلا الممول منها",
    )


class UnfitItems(Conflict):
    code = "unfit_items"
    title = Text(
        "Some items cannot stay in the plan as they are: drop them, or put right what they name",
        "لا يصح بقاء بعض البنود في الخطة على حالها، فاستبعدها أو صحح ما تشير إليه",
    )


def check_kept(item: Mapping[str, Any]) -> None:
    """Raise AlreadyDropped for an item that left the plan."""
    if item["state"] != PlanItemState.KEPT:
        raise AlreadyDropped()


def check_texts(kind: str, item: Mapping[str, Any]) -> None:
    """Whether only a goal has words of its own, and an Arabic title. Raises Invalid with every fault."""
    named = dict.fromkeys(("indicator_id", "initiative_id"))
    if kind != PlanItemKind.GOAL:
        named[_NEEDS[PlanItemKind(kind)]] = item["id"]
    check_item({**item, **named, "kind": kind})


def check_answers(answers: Sequence[Mapping[str, Any]]) -> None:
    """Whether each question is answered once, and a `no` says why. Raises Invalid with every fault."""
    faults = []
    for number, answer in enumerate(answers):
        if any(answer["question"] == other["question"] for other in answers[:number]):
            faults.append(
                fault_at(
                    f"#/answers/{number}/question", "repeated", "Answered twice.", "أُجيب عن السؤال مرتين."
                )
            )
        if not answer["passed"] and not answer["remark"]:
            faults.append(
                fault_at(
                    f"#/answers/{number}/remark",
                    "missing",
                    "A question that is not passed needs a remark.",
                    "عدم الاجتياز يتطلب ملاحظة.",
                )
            )
    if faults:
        raise Invalid(errors=tuple(faults))


def check_item(item: Mapping[str, Any]) -> None:
    """Whether an item says what its kind needs, and nothing else. Raises Invalid with every fault."""
    faults = tuple(_item_faults(item))
    if faults:
        raise Invalid(errors=faults)


_NEEDS = {
    PlanItemKind.GOAL: "title_ar",
    PlanItemKind.INDICATOR: "indicator_id",
    PlanItemKind.INITIATIVE: "initiative_id",
}


_OF_GOALS = ("title_ar", "title_en", "priority_id")


def _item_faults(item: Mapping[str, Any]) -> Iterator[FieldError]:
    kind = item["kind"]
    needed = _NEEDS[kind]
    allowed = set(_OF_GOALS) if kind == PlanItemKind.GOAL else {needed}
    if item[needed] is None:
        yield fault_at(f"#/{needed}", "missing", "This kind of item needs it.", "هذا النوع من البنود يتطلبه.")
    for name in (*_OF_GOALS, "indicator_id", "initiative_id"):
        if name not in allowed and item[name] is not None:
            yield fault_at(
                f"#/{name}",
                "out_of_place",
                "This kind of item has none.",
                "لا محل له في هذا النوع من البنود.",
            )


def check_year(starts_on: date, ends_on: date, year: int) -> None:
    """Whether an initiative lies in the plan's calendar year, or crosses it (Guide P-2). Raises Invalid."""
    if starts_on.year > year or ends_on.year < year:
        raise invalid(
            "#/initiative_id",
            "outside_the_year",
            f"The initiative runs from {starts_on} to {ends_on}, not in {year}.",
            f"المبادرة من {starts_on} إلى {ends_on} وليست ضمن سنة {year}.",
        )


def kept(items: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The items that are in the plan."""
    return [item for item in items if item["state"] == PlanItemState.KEPT]


def check_checked(items: Sequence[Mapping[str, Any]]) -> None:
    """Whether all five questions about every kept item are answered, whatever the answer (Guide P-6). Raises EmptyPlan,
    UncheckedItems with the items."""
    check_not_empty(items)
    faults = tuple(
        _told(item, "unchecked", _missing(item), _missing(item)) for item in kept(items) if _missing(item)
    )
    if faults:
        raise UncheckedItems(errors=faults)


def check_approvable(items: Sequence[Mapping[str, Any]], *, cut: bool) -> None:
    """Whether every kept item passed all five questions as it stands, fits the plan, and none lacks money that it asked
    for and was refused; after the funded-only cut (`cut`) also none whose request nobody has answered (Guide P-6, P-9).
    Raises EmptyPlan, UnfitItems, PlanUnverified, UnfundedItems with the items."""
    check_not_empty(items)
    unfit = tuple(_about(item, item["unfit"]) for item in kept(items) if item["unfit"] is not None)
    if unfit:
        raise UnfitItems(errors=unfit)
    faults = []
    for item in kept(items):
        failed = [check["question"] for check in item["checks"] if check["counts"] and not check["passed"]]
        if _missing(item):
            faults.append(_told(item, "unchecked", _missing(item), _missing(item)))
        if failed:
            faults.append(_told(item, "not_passed", failed, failed))
    if faults:
        raise PlanUnverified(errors=tuple(faults))
    lacking = (REFUSED, UNANSWERED) if cut else (REFUSED,)
    unfunded = tuple(_about(item, item["funding"]) for item in kept(items) if item["funding"] in lacking)
    if unfunded:
        raise UnfundedItems(errors=unfunded)


def check_not_empty(items: Sequence[Mapping[str, Any]]) -> None:
    """Raise EmptyPlan for a plan without a kept item."""
    if not kept(items):
        raise EmptyPlan()


NONE_ASKED, UNANSWERED, REFUSED, GRANTED = "none_asked", "unanswered", "refused", "granted"
"""How the money of an item stands in the plan's year: granted as soon as some of it is."""


RESTRICTED, ENDED, OUTSIDE, RETIRED = (
    "restricted",
    "initiative_ended",
    "outside_the_year",
    "indicator_not_active",
)
"""Why an item cannot stay in the plan as it is."""


def to_cut(items: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The kept items that asked for money and got none (Guide P-9). Raises UnansweredBudgets with the items whose
    request nobody has answered."""
    unanswered = tuple(_about(item, "unanswered") for item in kept(items) if item["funding"] == UNANSWERED)
    if unanswered:
        raise UnansweredBudgets(errors=unanswered)
    return [item for item in kept(items) if item["funding"] == REFUSED]


CUT_REASON = "طُلب له تمويل ولم يُمنح / money was asked for and refused"
"""Why an item leaves the plan with the funded-only cut."""


def _missing(item: Mapping[str, Any]) -> list[str]:
    answered = {check["question"] for check in item["checks"] if check["counts"]}
    return [question.value for question in Question if question not in answered]


def _told(item: Mapping[str, Any], code: str, en: Sequence[str], ar: Sequence[str]) -> FieldError:
    return FieldError(
        code,
        Text(
            f"Item {item['number']} ({name(item)[1]}): {', '.join(en)}.",
            f"البند {item['number']} ({name(item)[0]}): {'، '.join(ar)}.",
        ),
    )


def _about(item: Mapping[str, Any], code: str) -> FieldError:
    ar, en = name(item)
    return FieldError(code, Text(f"Item {item['number']}: {en}", f"البند {item['number']}: {ar}"))


def name(item: Mapping[str, Any]) -> tuple[str, str]:
    """What an item is called, in Arabic and English; an initiative that the plan may not tell of by no name."""
    about = item["indicator"] or item["initiative"]
    if about is None and item["kind"] == PlanItemKind.INITIATIVE:
        return "مبادرة مقيدة الاطلاع", "A restricted initiative"
    if about is None:
        return item["title_ar"], item["title_en"] or item["title_ar"]
    return about["name_ar"], about["name_en"]
