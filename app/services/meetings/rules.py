"""The life of a meeting, its series and its decisions, and what may be said of them (Guide M-1, M-2, X-1). Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from app.enums import Classification, Role
from app.enums.meetings import MeetingDecisionState, MeetingRole, MeetingState, SeriesState
from app.errors import Conflict, FieldError, Invalid, Text, fault_at, invalid
from app.parties import PERSON, party_key
from app.services.transitions import Awaited, Transition

PLANNED = frozenset({MeetingState.PLANNED.value})
HELD = frozenset({MeetingState.HELD.value})
WRITTEN = PLANNED | HELD
"""The states in which something of a meeting is still written."""

DOCUMENTED = HELD | {MeetingState.CONFIRMED.value}
"""The states in which evidence of a meeting (its signed minutes) is brought."""

_RUNNING = frozenset({SeriesState.RUNNING.value})
_RECORDED = frozenset({MeetingDecisionState.RECORDED.value})

PLAN = "meetings.plan"
PLAN_SERIES = "meeting_series.plan"

EDIT = Transition("meetings.edit", WRITTEN, MeetingState.PLANNED)
SET_AGENDA = Transition("meetings.set_agenda", WRITTEN, MeetingState.PLANNED)
CANCEL = Transition("meetings.cancel", PLANNED, MeetingState.CANCELLED, reason=True)
HOLD = Transition("meetings.hold", PLANNED, MeetingState.HELD)
DECIDE = Transition("meetings.record_decision", HELD, MeetingState.HELD)
CONFIRM = Transition("meetings.confirm", HELD, MeetingState.CONFIRMED)
TRANSITIONS = (EDIT, SET_AGENDA, CANCEL, HOLD, DECIDE, CONFIRM)

END_SERIES = Transition("meeting_series.end", _RUNNING, SeriesState.ENDED, reason=True)
SERIES_TRANSITIONS = (END_SERIES,)

EDIT_DECISION = Transition("meeting_decisions.edit", _RECORDED, MeetingDecisionState.RECORDED)
WITHDRAW_DECISION = Transition(
    "meeting_decisions.withdraw", _RECORDED, MeetingDecisionState.WITHDRAWN, reason=True
)
DECISION_TRANSITIONS = (EDIT_DECISION, WITHDRAW_DECISION)

CONFIRMING, DOCUMENT = "confirm", "document"
"""The steps as the role rules name them: who confirms the minutes, who brings evidence of the meeting."""

AWAITED: dict[str, Awaited] = {MeetingState.HELD: Awaited(CONFIRMING, CONFIRM.action)}
"""Whom each state waits for: minutes that are not confirmed wait for another person of the office."""

TELLING = frozenset({PLAN, PLAN_SERIES, EDIT.action, CANCEL.action, END_SERIES.action})
"""What everybody who is invited is told of."""

ARRANGED = ("title_ar", "title_en", "starts_at", "ends_at", "place", "link")
"""What calendars show of a meeting: each change of it raises its `sequence`."""

PLANNING = (*ARRANGED, "classification", "people")
"""What may be changed while a meeting is planned."""

RECORDING = ("minutes", "attended")
"""What may be written once it was held, until the minutes are confirmed."""

MOST_PEOPLE, MOST_ITEMS, MOST_DECISIONS = 100, 50, 100
_LONGEST = timedelta(hours=24)
_ONLY_ONE = (MeetingRole.CHAIR.value, MeetingRole.SECRETARY.value)


def staying(transition: Transition, state: str) -> Transition:
    """The same step, leaving the meeting in the state that it is in."""
    return replace(transition, target=state, sources=frozenset({state}))


def steps(entity_id: UUID, classification: str, planned_by_id: UUID) -> dict[str, tuple[str, ...]]:
    """Who takes which step: the office. Not every specialist may read a restricted meeting: the manager alone confirms its
    minutes, and whoever planned it brings their copy too."""
    manager, specialist = party_key(Role.MANAGER, entity_id), party_key(Role.SPECIALIST, entity_id)
    restricted = classification == Classification.RESTRICTED
    return {
        CONFIRMING: (manager,) if restricted else (manager, specialist),
        DOCUMENT: (manager, party_key(PERSON, planned_by_id) if restricted else specialist),
    }


def open_now(transition: Transition, row: Mapping[str, Any], now: datetime) -> bool:
    """What else than the state a step asks: that the meeting has begun, or that there are minutes."""
    if transition is HOLD:
        return bool(row["starts_at"] <= now)
    if transition is CONFIRM:
        return row["minutes"] is not None
    return True


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    """Raise Invalid for a meeting that ends before it begins, or lasts longer than a day."""
    if ends_at <= starts_at:
        raise invalid(
            "#/ends_at",
            "ends_before_start",
            "The meeting ends before it begins.",
            "ينتهي الاجتماع قبل أن يبدأ.",
        )
    if ends_at - starts_at > _LONGEST:
        raise invalid("#/ends_at", "too_long", "It lasts longer than a day.", "مدة الاجتماع أطول من يوم.")


def check_fields(patch: Collection[str], state: str) -> None:
    """Raise NotNow for what is not written in this state: the arrangements of what was held, the minutes of what was
    not."""
    allowed = PLANNING if state in PLANNED else RECORDING
    faults = tuple(
        fault_at(
            f"#/{name}",
            "not_now",
            "Not in this state of the meeting.",
            "لا يُكتب هذا في الحالة الراهنة للاجتماع.",
        )
        for name in sorted(patch)
        if name not in allowed
    )
    if faults:
        raise NotNow(errors=faults)


def check_people(people: Sequence[Mapping[str, Any]]) -> None:
    """Raise Invalid for who is neither a person nor an outsider or both, for the same one twice, for a second chair or
    secretary."""
    faults = tuple(_faults_of_people(people))
    if faults:
        raise Invalid(errors=faults)


def _faults_of_people(people: Sequence[Mapping[str, Any]]) -> Iterator[FieldError]:
    seen: set[tuple[Any, ...]] = set()
    taken: set[str] = set()
    for index, each in enumerate(people):
        pointer = f"#/people/{index}"
        outsider = (each["name"], each["organisation"])
        missing = outsider.count(None)
        if missing != (0 if each["user_id"] is None else len(outsider)):
            yield fault_at(
                pointer,
                "who",
                "Either a person by user_id, or an outsider by name and organisation.",
                "إما شخص بمعرّفه user_id أو ضيف من خارج النظام باسمه وجهته.",
            )
            continue
        key = (each["user_id"], *outsider)
        if key in seen:
            yield fault_at(pointer, "twice", "The same person is named twice.", "ذُكر الشخص نفسه مرتين.")
        seen.add(key)
        if each["role"] in _ONLY_ONE and each["role"] in taken:
            yield fault_at(
                f"{pointer}/role",
                "taken",
                "A meeting has one chair and one secretary.",
                "للاجتماع رئيس واحد ومقرر واحد.",
            )
        taken.add(each["role"])


def check_known(people: Sequence[Mapping[str, Any]], known: Collection[UUID]) -> None:
    """Raise Invalid for persons who may not be invited: without a role in the entity, or in UNIT where it meets it."""
    faults = tuple(
        fault_at(
            f"#/people/{index}/user_id",
            "unknown_reference",
            "No active person of the entity, nor of the follow-up unit where the meeting is with it.",
            "ليس من موظفي الجهة الفاعلين، ولا من وحدة المتابعة إن كان الاجتماع معها.",
        )
        for index, each in enumerate(people)
        if each["user_id"] is not None and each["user_id"] not in known
    )
    if faults:
        raise Invalid(errors=faults)


def check_attended(attended: Sequence[int], people: Collection[int]) -> None:
    """Raise Invalid for a number that nobody invited has."""
    faults = tuple(
        fault_at(
            f"#/attended/{index}",
            "unknown_reference",
            "Nobody who is invited has this number.",
            "لا يوجد مدعو بهذا الرقم.",
        )
        for index, number in enumerate(attended)
        if number not in people
    )
    if faults:
        raise Invalid(errors=faults)


def check_agenda(items: Sequence[Mapping[str, Any]], known: Collection[UUID]) -> None:
    """Raise Invalid for the same thing twice, and for what is unknown, another entity's or not visible."""
    seen: set[UUID] = set()
    faults = []
    for index, item in enumerate(items):
        about, pointer = item["about_id"], f"#/items/{index}/about_id"
        if about is None:
            continue
        if about in seen:
            faults.append(
                fault_at(pointer, "twice", "It stands on the agenda twice.", "ورد في جدول الأعمال مرتين.")
            )
        elif about not in known:
            faults.append(
                fault_at(
                    pointer,
                    "unknown_reference",
                    "Names a thing that does not exist or is not visible to you.",
                    "يشير إلى عنصر غير موجود أو غير متاح لك.",
                )
            )
        seen.add(about)
    if faults:
        raise Invalid(errors=tuple(faults))


def check_decided_on(day: date, first: date, today: date) -> None:
    """Raise Invalid for a day before the meeting, or yet to come."""
    if day < first:
        raise invalid(
            "#/decided_on",
            "before_the_meeting",
            "The day is before the meeting.",
            "التاريخ سابق لتاريخ الاجتماع.",
        )
    if day > max(first, today):
        raise invalid("#/decided_on", "in_the_future", "The day is yet to come.", "التاريخ لم يحن بعد.")


def check_begun(starts_at: datetime, now: datetime) -> None:
    """Raise NotBegun before the meeting."""
    if now < starts_at:
        raise NotBegun()


def check_minuted(minutes: str | None) -> None:
    """Raise NoMinutes where nothing is there to be confirmed."""
    if minutes is None:
        raise NoMinutes()


def check_room(count: int) -> None:
    """Raise TooManyDecisions when there is no room for one more."""
    if count >= MOST_DECISIONS:
        raise TooManyDecisions()


class NotNow(Conflict):
    code = "not_now"
    title = Text("This is not written in the present state", "لا يُكتب هذا في الحالة الراهنة")


class NotBegun(Conflict):
    code = "not_begun"
    title = Text("The meeting has not begun", "لم يبدأ الاجتماع بعد")


class NoMinutes(Conflict):
    code = "no_minutes"
    title = Text("There are no minutes to confirm", "لا يوجد محضر لاعتماده")


class TooManyDecisions(Conflict):
    code = "too_many_decisions"
    title = Text(
        f"A meeting has at most {MOST_DECISIONS} decisions", f"لا تزيد قرارات الاجتماع على {MOST_DECISIONS}"
    )
