"""The life of an annual plan, and what it must be at each step (Guide P-2, P-5 to P-11)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from app.enums import Role, Step
from app.enums.plans import PlanItemKind, PlanItemState, PlanState, Question
from app.errors import Conflict, FieldError, Invalid, Text, invalid
from app.parties import party_key
from app.services.transitions import Transition

_DRAFT = frozenset({PlanState.DRAFT.value})
_PRELIMINARY = frozenset({PlanState.PRELIMINARY.value})
_APPROVED = frozenset({PlanState.APPROVED.value})
_CONFIRMED = frozenset({PlanState.CONFIRMED.value})

OPEN = _DRAFT | _PRELIMINARY
"""The states in which a version is worked on; of a year there is one such version at most."""

IN_FORCE = _APPROVED | _CONFIRMED
"""The states in which a version is in force."""

FROZEN = IN_FORCE | {PlanState.SUPERSEDED.value}
"""The states in which a version says what was approved of it."""

EDIT = Transition("plans.edit", OPEN, PlanState.DRAFT)
DISCARD = Transition("plans.discard", _DRAFT, PlanState.DISCARDED)
OPEN_PROPOSALS = Transition("plans.open_proposals", _DRAFT, PlanState.DRAFT)
CLOSE_PROPOSALS = Transition("plans.close_proposals", _DRAFT, PlanState.DRAFT)
CHECK = Transition("plans.check", OPEN, PlanState.DRAFT)
OPEN_VERSION = Transition("plans.open_version", IN_FORCE, PlanState.APPROVED)
RECORD_LINK = Transition("plans.record_link", IN_FORCE, PlanState.APPROVED)
VERIFY_LINK = Transition("plans.verify_link", IN_FORCE, PlanState.APPROVED)

VERIFY = Transition("plans.verify", OPEN, PlanState.DRAFT)
APPROVE_PRELIMINARILY = Transition("plans.approve_preliminarily", _DRAFT, PlanState.PRELIMINARY)
CUT = Transition("plans.cut", _PRELIMINARY, PlanState.PRELIMINARY)
APPROVE = Transition("plans.approve", OPEN, PlanState.APPROVED)
REVISE = Transition("plans.revise", _APPROVED, PlanState.PRELIMINARY, reason=True)
CONFIRM = Transition("plans.confirm", _APPROVED, PlanState.CONFIRMED)
RECORD_ENTRY = Transition("plans.record_platform_entry", IN_FORCE, PlanState.APPROVED)

BY_PEOPLE = (
    EDIT,
    DISCARD,
    OPEN_PROPOSALS,
    CLOSE_PROPOSALS,
    CHECK,
    OPEN_VERSION,
    RECORD_ENTRY,
    RECORD_LINK,
    VERIFY_LINK,
)
"""What has a route of its own. All else is fired by the stages of the plan's path."""

TRANSITIONS = (
    *BY_PEOPLE,
    VERIFY,
    APPROVE_PRELIMINARILY,
    CUT,
    APPROVE,
    REVISE,
    CONFIRM,
)

RETURN = Transition("plans.return", OPEN, PlanState.DRAFT, reason=True)
"""What a return at a stage of its path does to a plan: who may return the stage may do so, which no further rule asks."""

SUPERSEDE = Transition("plans.supersede", IN_FORCE, PlanState.SUPERSEDED)
"""What becomes of the version in force when the next one is approved; nobody does that by itself."""

VERIFICATION = "verify"
"""The step of who verifies and checks, as the role rules name it."""

MOST_ITEMS = 500
"""Items of one plan, dropped ones included."""


def steps(chain: Mapping[str, tuple[str, ...]], entity_id: UUID, plan_id: UUID) -> dict[str, tuple[str, ...]]:
    """Who takes which step of a plan: its chain's parties, and a specialist beside who enters; and who verifies: the
    office, or the technical representative assigned to it (Guide P-6, P-7)."""
    specialist = party_key(Role.SPECIALIST, entity_id)
    representative = party_key(Role.TECHNICAL_REPRESENTATIVE, plan_id)
    enter = chain[Step.ENTER]
    return {
        **chain,
        Step.ENTER: enter if specialist in enter else (*enter, specialist),
        VERIFICATION: (party_key(Role.MANAGER, entity_id), specialist, representative),
    }


def staying(transition: Transition, state: str | None) -> Transition:
    """A transition that leaves the plan in the state it is in."""
    return Transition(transition.action, frozenset({str(state)}), str(state), transition.reason)


def open_now(transition: Transition, row: Mapping[str, Any]) -> bool:
    """What else than the state a transition asks, as far as it is shown in `actions`."""
    if transition is EDIT:
        return not row["held"]
    if transition is DISCARD:
        return not row["walks"]
    if transition is OPEN_PROPOSALS:
        return not row["proposals_open"] and bool(row["criteria"])
    if transition is CLOSE_PROPOSALS:
        return bool(row["proposals_open"])
    if transition is CHECK:
        return bool(row["has_items"])
    if transition is OPEN_VERSION:
        return not row["has_open"] and not row["walks"]
    if transition is VERIFY_LINK:
        return bool(row["has_unverified_links"])
    return True


class UnderControl(Conflict):
    code = "under_control"
    title = Text(
        "The plan is being verified or approved: its content does not change until that is over",
        "الخطة قيد التحقق أو الاعتماد، فلا يتغير محتواها حتى ينتهي ذلك",
    )


class PathRunning(Conflict):
    code = "path_running"
    title = Text("The plan walks a path: stop that first", "للخطة مسار اعتماد قائم، فأوقفه أولًا")


class PathUnfinished(Conflict):
    code = "path_unfinished"
    title = Text(
        "The version in force still walks its path: a new version is opened when that has ended",
        "لم ينته مسار النسخة المعتمدة بعد، ولا تُفتح نسخة جديدة إلا بعد انتهائه",
    )


class OverlappingPlan(Conflict):
    code = "overlapping_plan"
    title = Text(
        "The entity has a plan of this year already: go on with it, or open a new version of what is in force",
        "لدى الجهة خطة لهذه السنة، فتابع العمل عليها أو افتح نسخة جديدة من الخطة المعتمدة",
    )


class NoCriteria(Conflict):
    code = "no_criteria"
    title = Text(
        "First the criteria are set by which programmes and initiatives enter the plan",
        "يلزم أولًا وضع معايير إدراج البرامج والمبادرات في الخطة",
    )


class ProposalsOpen(Conflict):
    code = "proposals_open"
    title = Text(
        "Proposals are open: the criteria they are made by stay as they are",
        "باب المقترحات مفتوح، فلا تتغير معاييرها",
    )


class ProposalsClosed(Conflict):
    code = "proposals_closed"
    title = Text("The plan takes no proposals now", "لا تستقبل الخطة مقترحات الآن")


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


class NamesRestricted(Conflict):
    code = "names_restricted"
    title = Text(
        "The plan holds a restricted initiative, whose name whoever reads the plan would read",
        "تضم الخطة مبادرة مقيدة الاطلاع، وكل من يطلع على الخطة يطلع على اسمها",
    )


class LinkVerified(Conflict):
    code = "link_verified"
    title = Text("The link of this half is verified already", "سبق التحقق من الربط لهذا النصف")


def check_not_held(row: Mapping[str, Any]) -> None:
    """Raise UnderControl while a control stage of the plan's path is open."""
    if row["held"]:
        raise UnderControl()


def check_criteria(criteria: Sequence[Mapping[str, Any]]) -> None:
    """Whether each criterion has a key of its own. Raises Invalid."""
    seen: set[str] = set()
    faults = []
    for number, criterion in enumerate(criteria):
        if criterion["key"] in seen:
            faults.append(
                _fault(f"#/criteria/{number}/key", "repeated", "The key stands twice.", "تكرر الرمز.")
            )
        seen.add(criterion["key"])
    if faults:
        raise Invalid(errors=tuple(faults))


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
                _fault(f"#/answers/{number}/question", "repeated", "Answered twice.", "أُجيب عن السؤال مرتين.")
            )
        if not answer["passed"] and not answer["remark"]:
            faults.append(
                _fault(
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
        yield _fault(f"#/{needed}", "missing", "This kind of item needs it.", "هذا النوع من البنود يتطلبه.")
    for name in (*_OF_GOALS, "indicator_id", "initiative_id"):
        if name not in allowed and item[name] is not None:
            yield _fault(
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


LEFT_REASON = "خرجت المبادرة من الخطة المعتمدة / the approved plan does not hold the initiative any more"
"""Why a detailed plan ends with the approval of a version that leaves its initiative out."""


def check_link(staff: int, linked: int) -> None:
    """Whether no more employees are linked than there are. Raises Invalid."""
    if linked > staff:
        raise invalid(
            "#/linked",
            "too_large",
            "More are linked than there are employees.",
            "عدد المرتبطين أكبر من عدد الموظفين.",
        )


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


def _fault(pointer: str, code: str, en: str, ar: str) -> FieldError:
    return FieldError(code, Text(en, ar), pointer=pointer)
