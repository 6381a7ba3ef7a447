"""The life of a detailed execution plan, and what it must say (Guide N-3, P-8 annex B, D-1)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.enums import ChainState, Role
from app.enums.detailed_plans import DetailedPlanState
from app.errors import Conflict, FieldError, Invalid, Text, fault_at
from app.parties import party_key
from app.services import approval
from app.services.transitions import Awaited, Transition

APPROVAL = approval.of("detailed_plans")
EDIT, DISCARD, SUBMIT, WITHDRAW = APPROVAL.edit, APPROVAL.discard, APPROVAL.submit, APPROVAL.withdraw
REVIEW, RETURN, APPROVE = APPROVAL.review, APPROVAL.send_back, APPROVAL.approve
PRESENT = Transition("detailed_plans.present", approval.DRAFT, ChainState.DRAFT)
ENDORSE = Transition("detailed_plans.endorse", approval.DRAFT, ChainState.DRAFT)

TRANSITIONS = (EDIT, DISCARD, PRESENT, ENDORSE, SUBMIT, WITHDRAW, REVIEW, RETURN, APPROVE)

SUPERSEDE = Transition("detailed_plans.supersede", approval.APPROVED, DetailedPlanState.SUPERSEDED)
DROP = Transition(
    "detailed_plans.drop",
    approval.DRAFT | approval.CONTROLLED | approval.APPROVED,
    DetailedPlanState.DROPPED,
    reason=True,
)
"""What the approval of a later version does, and the loss of the funding; nobody takes these by themselves, so no rule
names them."""

ENDORSEMENT, CONTROL = "endorse", "control"
"""The steps beside those of the chain."""

AWAITED = APPROVAL.awaited
ENTER_AWAITED = AWAITED[ChainState.DRAFT]
ENDORSE_AWAITED = Awaited(ENDORSEMENT, ENDORSE.action)
"""Whom a draft waits for: who enters it; once it is presented, the head of the division."""

DUE: Mapping[str, frozenset[str]] = {ChainState.DRAFT: frozenset({ENDORSE.action}), **APPROVAL.due}
"""The control actions that are due in a state."""

TEXTS = ("name_ar", "name_en", "note")
TASK = (
    "title_ar",
    "title_en",
    "output",
    "owner",
    "starts_on",
    "ends_on",
    "weight",
    "indicator_id",
    "milestone",
)
WHOLE = Decimal(100)
"""Percent that the weights of the tasks sum to."""


def steps(parties: Mapping[str, Sequence[str]], division_id: UUID | None) -> dict[str, tuple[str, ...]]:
    """Who takes each step: those that the chain names, and the head of the division, if there is one (annex B 10)."""
    endorse = () if division_id is None else (party_key(Role.DIVISION_HEAD, division_id),)
    return {**{step: tuple(keys) for step, keys in parties.items()}, ENDORSEMENT: endorse}


def control_parties(state: str, steps: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Who may return a plan: the parties of the step that is due."""
    return approval.control_parties(state, steps)


def open_now(transition: Transition, row: Mapping[str, Any]) -> bool:
    """What else than the state a transition asks: that the plan is complete before it is presented, presented before it is
    endorsed, endorsed before it is submitted."""
    if transition is PRESENT:
        return not row["presented"] and is_complete(row["tasks"])
    if transition is ENDORSE:
        return row["presented"] and not row["endorsed"]
    return transition is not SUBMIT or row["endorsed"]


def is_complete(tasks: Sequence[Mapping[str, Any]]) -> bool:
    """Whether there are tasks, and their weights make the whole."""
    return bool(tasks) and sum(task["weight"] for task in tasks) == WHOLE


def check_complete(tasks: Sequence[Mapping[str, Any]]) -> None:
    """Raise IncompleteDetailedPlan unless `is_complete`."""
    if not tasks:
        fault = fault_at(
            "#/tasks", "missing", "At least one task is required.", "يلزم ذكر مهمة واحدة على الأقل."
        )
    elif not is_complete(tasks):
        total = format(sum(task["weight"] for task in tasks), "f")
        fault = fault_at(
            "#/tasks",
            "weights",
            f"The weights of the tasks sum to {total}, not to 100.",
            f"مجموع أوزان المهام {total} وليس 100.",
        )
    else:
        return
    raise IncompleteDetailedPlan(errors=(fault,))


def check_tasks(
    tasks: Sequence[Mapping[str, Any]],
    year: int,
    bounds: tuple[date, date] | None,
    milestones: Sequence[int],
) -> None:
    """Whether the tasks lie within the year, and within the dates of the initiative where it is about one, and name
    milestones that it has. Raises Invalid with every fault."""
    faults = tuple(
        fault
        for place, task in enumerate(tasks)
        for fault in _task_faults(task, f"#/tasks/{place}", year, bounds, milestones)
    )
    if faults:
        raise Invalid(errors=faults)


def _task_faults(
    task: Mapping[str, Any],
    at: str,
    year: int,
    bounds: tuple[date, date] | None,
    milestones: Sequence[int],
) -> Iterator[FieldError]:
    if task["ends_on"] < task["starts_on"]:
        yield fault_at(
            f"{at}/ends_on", "before_start", "The end comes after the start.", "النهاية بعد البداية."
        )
    first, last = date(year, 1, 1), date(year, 12, 31)
    if bounds is not None:
        first, last = max(first, bounds[0]), min(last, bounds[1])
    for name in ("starts_on", "ends_on"):
        if not first <= task[name] <= last:
            yield fault_at(
                f"{at}/{name}",
                "out_of_range",
                f"A task lies between {first} and {last}.",
                f"تقع المهمة بين {first} و{last}.",
            )
    if task["milestone"] is not None and task["milestone"] not in milestones:
        yield fault_at(
            f"{at}/milestone",
            "unknown_reference",
            "The initiative has no such milestone.",
            "لا يوجد في المبادرة معلم بهذا الرقم.",
        )


class IncompleteDetailedPlan(Conflict):
    code = "incomplete_detailed_plan"
    title = Text(
        "The plan is not complete enough to be presented", "الخطة التفصيلية غير مكتملة للعرض على رئيس التقسيم"
    )


class NotPresented(Conflict):
    code = "not_presented"
    title = Text(
        "The draft was not put before the head of the division, or was changed since",
        "لم تُعرض المسودة على رئيس التقسيم، أو عُدّلت بعد عرضها",
    )


class AlreadyEndorsed(Conflict):
    code = "already_endorsed"
    title = Text("The draft is presented or endorsed already", "عُرضت المسودة أو أقرها رئيس التقسيم من قبل")


class NotEndorsed(Conflict):
    code = "not_endorsed"
    title = Text(
        "The head of the division has not approved the draft as it stands",
        "لم يعتمد رئيس التقسيم المسودة بصيغتها الحالية",
    )
