"""The life of a communication plan and of its activities, and what a plan must say to be approved (Guide O-4, C-1,
C-2)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.enums import Role, Step
from app.enums.communications import CommunicationActivityState, CommunicationPlanState
from app.errors import Conflict, FieldError, Invalid, Text, invalid
from app.parties import UNIT, party_key
from app.services.transitions import Awaited, Transition

_DRAFT = frozenset({CommunicationPlanState.DRAFT.value})
_SUBMITTED = frozenset({CommunicationPlanState.SUBMITTED.value})
_APPROVED = frozenset({CommunicationPlanState.APPROVED.value})

STANDING = _DRAFT | _SUBMITTED | _APPROVED
"""The states of a version that is in work or in force."""

EDIT = Transition("communication_plans.edit", _DRAFT, CommunicationPlanState.DRAFT)
DISCARD = Transition("communication_plans.discard", _DRAFT, CommunicationPlanState.DISCARDED)
SUBMIT = Transition("communication_plans.submit", _DRAFT, CommunicationPlanState.SUBMITTED)
WITHDRAW = Transition("communication_plans.withdraw", _SUBMITTED, CommunicationPlanState.DRAFT)
RETURN = Transition("communication_plans.return", _SUBMITTED, CommunicationPlanState.DRAFT, reason=True)
APPROVE = Transition("communication_plans.approve", _SUBMITTED, CommunicationPlanState.APPROVED)
REVISE = Transition("communication_plans.revise", _APPROVED, CommunicationPlanState.APPROVED, reason=True)
ASK_SUPPORT = Transition("communication_plans.ask_support", _APPROVED, CommunicationPlanState.APPROVED)
ANSWER_SUPPORT = Transition("communication_plans.answer_support", _APPROVED, CommunicationPlanState.APPROVED)
ADD_ACTIVITY = Transition("communication_activities.create", _DRAFT | _APPROVED, CommunicationPlanState.DRAFT)
"""Of the plan, which stays what it is."""

SUPERSEDE = Transition("communication_plans.supersede", _APPROVED, CommunicationPlanState.SUPERSEDED)
"""What the approval of a new version does to the one before; nobody does that by itself, so no rule names it."""

TRANSITIONS = (
    EDIT,
    DISCARD,
    SUBMIT,
    WITHDRAW,
    RETURN,
    APPROVE,
    REVISE,
    ASK_SUPPORT,
    ANSWER_SUPPORT,
    ADD_ACTIVITY,
)

SUPPORT = "support"
"""The step of who answers what was asked of UNIT."""

AWAITED: Mapping[str, Awaited] = {
    CommunicationPlanState.DRAFT: Awaited(Step.ENTER, SUBMIT.action),
    CommunicationPlanState.SUBMITTED: Awaited(Step.APPROVE, APPROVE.action),
}
"""Whom each state waits for; an approved plan waits for UNIT while its support is asked for, else for nobody."""

SUPPORT_AWAITED = Awaited(SUPPORT, ANSWER_SUPPORT.action)

DUE: Mapping[str, frozenset[str]] = {
    CommunicationPlanState.SUBMITTED: frozenset({APPROVE.action, RETURN.action}),
}
"""The control actions that are due in a state."""

_DRAFTED = frozenset({CommunicationActivityState.DRAFTED.value})
_PLANNED = frozenset({CommunicationActivityState.PLANNED.value})
_DONE = frozenset({CommunicationActivityState.DONE.value})

EDIT_ACTIVITY = Transition("communication_activities.edit", _DRAFTED, CommunicationActivityState.DRAFTED)
REPORT = Transition("communication_activities.report", _PLANNED, CommunicationActivityState.DONE)
CANCEL = Transition(
    "communication_activities.cancel", _DRAFTED | _PLANNED, CommunicationActivityState.CANCELLED, reason=True
)
ACTIVITY_TRANSITIONS = (EDIT_ACTIVITY, REPORT, CANCEL)

START = Transition("communication_activities.start", _DRAFTED, CommunicationActivityState.PLANNED)
END = Transition("communication_activities.end", _DRAFTED, CommunicationActivityState.CANCELLED)
"""What becomes of the activities of a draft that is approved or discarded; no rule names these."""

ACTIVITY_AWAITED: Mapping[str, Awaited] = {
    CommunicationActivityState.PLANNED: Awaited(Step.ENTER, REPORT.action),
}

EVIDENCED = _PLANNED | _DONE
"""The states in which an activity takes evidence of having been held."""

LISTS = ("audiences", "messages", "channels")
TEXTS = ("name_ar", "name_en", "note")
CONTENT = (*TEXTS, *LISTS)
ACTIVITY = (
    "name_ar",
    "name_en",
    "scope",
    "audience",
    "channel",
    "division_id",
    "owner",
    "starts_on",
    "ends_on",
    "stage_id",
)
"""What an activity is, before it is held."""

MOST_ACTIVITIES = 200
"""Of the versions of a plan that stand, the cancelled included; those that are cancelled stay with their version."""


def media_representative(subject_id: UUID) -> str:
    """The party key of the media representatives who are assigned to a subject."""
    return party_key(Role.MEDIA_REPRESENTATIVE, subject_id)


def assigned_to_a_version(enter: Sequence[str], about_id: UUID) -> list[str]:
    """Of those who enter a plan, the media representatives assigned to a version of it, not to what it is about."""
    of_about = media_representative(about_id)
    return [key for key in enter if key.startswith(f"{Role.MEDIA_REPRESENTATIVE}:") and key != of_about]


def steps(
    enter: Sequence[str], approve: Sequence[str], representatives: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Who drafts and runs a plan, who approves it, and who answers what is asked of UNIT. `enter`, `approve`: whom the role
    plan named; `representatives`: the keys of the media representatives assigned."""
    return {
        Step.ENTER.value: (*enter, *representatives),
        Step.APPROVE.value: tuple(approve),
        SUPPORT: (UNIT,),
    }


def open_now(transition: Transition, row: Mapping[str, Any]) -> bool:
    """What else than the state a transition of a plan asks: that it says enough, that what it is about may be told, that no
    later version is in work, that UNIT is asked, or is not."""
    if transition is SUBMIT:
        return not missing(row)
    if transition is APPROVE:
        return bool(row["is_told"])
    if transition is REVISE:
        return not row["has_open"]
    if transition in (ASK_SUPPORT, ANSWER_SUPPORT):
        return bool(row["support_open"]) is (transition is ANSWER_SUPPORT)
    return True


def activity_open_now(transition: Transition, row: Mapping[str, Any]) -> bool:
    """The same of an activity: while its plan is before who approves it, nothing of it changes."""
    return transition is REPORT or row["plan_state"] != CommunicationPlanState.SUBMITTED


def missing(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What a draft does not say yet: whom it reaches, what it says, by which means, and what is done for it. A later
    version may leave the activities as they are."""
    return tuple(
        name
        for name in (*LISTS, "activities")
        if not row[name] and not (name == "activities" and row["number_before"])
    )


def check_complete(row: Mapping[str, Any]) -> None:
    """Raise IncompleteCommunicationPlan with a pointer for everything that `missing` names."""
    faults = tuple(
        FieldError(
            "missing",
            Text("At least one is required.", "يلزم ذكر عنصر واحد على الأقل."),
            pointer=f"#/{name}",
        )
        for name in missing(row)
    )
    if faults:
        raise IncompleteCommunicationPlan(errors=faults)


def check_told(row: Mapping[str, Any]) -> None:
    """Raise NotToBeTold while not everybody of the entity may read what the plan is about."""
    if not row["is_told"]:
        raise NotToBeTold()


def check_activity(fields: Mapping[str, Any], year: int) -> None:
    """Whether dates and owner of an activity fit each other and the plan's year: planning for a year begins in the year
    before it, and what is held of it may end in the year after. Raises Invalid with every fault."""
    faults = []
    if fields["ends_on"] < fields["starts_on"]:
        faults.append(
            FieldError(
                "before_start",
                Text("The end comes after the start.", "النهاية بعد البداية."),
                pointer="#/ends_on",
            )
        )
    faults += [
        FieldError(
            "out_of_range",
            Text(
                f"An activity of the plan of {year} lies between {year - 1} and {year + 1}.",
                f"يقع نشاط خطة {year} بين عامي {year - 1} و{year + 1}.",
            ),
            pointer=f"#/{name}",
        )
        for name in ("starts_on", "ends_on")
        if not year - 1 <= fields[name].year <= year + 1
    ]
    if (fields["division_id"] is None) == (fields["owner"] is None):
        faults.append(
            FieldError(
                "one_owner",
                Text(
                    "Name the division that owns it, or else its owner in words.",
                    "اذكر التقسيم المسؤول عن النشاط أو المسؤول نصًا، أحدهما فقط.",
                ),
                pointer="#/owner",
            )
        )
    if faults:
        raise Invalid(errors=tuple(faults))


def check_done_on(done_on: date, created: date, today: date) -> None:
    """An activity was held by today, and no more than a year before it was planned here. Raises Invalid."""
    if not created - timedelta(days=366) <= done_on <= today:
        raise invalid(
            "#/done_on",
            "out_of_range",
            "An activity is told of once it was held, today at the latest.",
            "يُبلَّغ عن النشاط بعد تنفيذه، واليوم على الأكثر.",
        )


def check_reason_of_addition(reason: str | None, state: str | None) -> None:
    """What is added to an approved plan has a reason, and only that. Raises Invalid."""
    if (reason is not None) != (state == CommunicationPlanState.APPROVED):
        raise invalid(
            "#/reason",
            "missing" if reason is None else "out_of_place",
            "An activity that is added to an approved plan says why; one of a draft does not.",
            "يُذكر سبب إضافة النشاط إلى خطة معتمدة، ولا يُذكر في المسودة.",
        )


class IncompleteCommunicationPlan(Conflict):
    code = "incomplete_communication_plan"
    title = Text(
        "The plan is not complete enough to be submitted", "خطة التواصل غير مكتملة للرفع إلى الاعتماد"
    )


class NotToBeTold(Conflict):
    code = "not_to_be_told"
    title = Text(
        "What the plan is about is not approved yet, or is for a few alone",
        "ما تتناوله الخطة لم يُعتمد بعد أو هو مقيّد بأشخاص محددين",
    )


class SupportAsked(Conflict):
    code = "support_asked"
    title = Text(
        "Support was asked for, and UNIT has not answered yet", "طُلب الدعم ولم ترد وحدة المتابعة بعد"
    )


class NoSupportAsked(Conflict):
    code = "no_support_asked"
    title = Text("No support is asked for", "لا يوجد طلب دعم قائم")


class PlanUnderApproval(Conflict):
    code = "plan_under_approval"
    title = Text(
        "The plan is before who approves it: take it back first", "الخطة معروضة للاعتماد، فاسحبها أولًا"
    )


class TooManyActivities(Conflict):
    code = "too_many_activities"
    title = Text(
        f"A communication plan holds at most {MOST_ACTIVITIES} activities",
        f"لا تتجاوز أنشطة خطة التواصل {MOST_ACTIVITIES} نشاط",
    )
