"""The life of an annual plan (Guide P-2, P-5 to P-11); what its items must be stands in `items_rules`."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.enums import Role, Step
from app.enums.plans import PlanState
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
                FieldError(
                    "repeated",
                    Text("The key stands twice.", "تكرر الرمز."),
                    pointer=f"#/criteria/{number}/key",
                )
            )
        seen.add(criterion["key"])
    if faults:
        raise Invalid(errors=tuple(faults))


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
