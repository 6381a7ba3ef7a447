"""The life of a path run and of its stages, and what ending a stage asks for: pure guards (Guide P-3, P-8, P-9)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.enums import Role
from app.enums.paths import (
    CONTROL_STAGES,
    PathRunState,
    QuorumOf,
    StageKind,
    StageOutcome,
    StageState,
)
from app.errors import Conflict, FieldError, Invalid, Text, fault_at, invalid
from app.parties import UNIT, Facts, party_key
from app.services.path_templates.content import Question, Quorum, Stage
from app.services.transitions import Awaited, Transition

_OPEN = frozenset({StageState.OPEN.value})
_PENDING = frozenset({StageState.PENDING.value})
_RUNNING = frozenset({PathRunState.RUNNING.value})

COMPLETE = Transition("path_stages.complete", _OPEN, StageState.DONE)
APPROVE = Transition("path_stages.approve", _OPEN, StageState.APPROVED)
RETURN = Transition("path_stages.return", _OPEN, StageState.RETURNED, reason=True)
SKIP = Transition("path_stages.skip", _OPEN, StageState.NOT_APPLICABLE, reason=True)
REASSIGN = Transition("path_stages.reassign", _OPEN | _PENDING, StageState.OPEN, reason=True)
STAGE_TRANSITIONS = (COMPLETE, APPROVE, RETURN, SKIP, REASSIGN)

STOP = Transition("path_runs.stop", _RUNNING, PathRunState.STOPPED, reason=True)
RUN_TRANSITIONS = (STOP,)

START = "path_runs.create"

OPEN_STAGE = Transition("path_stages.open", _PENDING, StageState.OPEN)
VOID_STAGE = Transition("path_stages.void", _OPEN | _PENDING, StageState.VOIDED)
STOP_STAGE = Transition("path_stages.stop", _OPEN | _PENDING, StageState.STOPPED)
FINISH = Transition("path_runs.finish", _RUNNING, PathRunState.FINISHED)
"""What follows from what people do: nobody takes these by themselves, so no role rule names them."""

OUTCOMES: Mapping[str, StageOutcome] = {
    COMPLETE.action: StageOutcome.DONE,
    APPROVE.action: StageOutcome.APPROVED,
    RETURN.action: StageOutcome.RETURNED,
    SKIP.action: StageOutcome.NOT_APPLICABLE,
}
"""What each act says of a stage."""

ACTS = (COMPLETE, APPROVE, RETURN, SKIP)
DECIDING = frozenset(transition.action for transition in ACTS)
"""The actions that are due in an open stage."""

WELL = frozenset({StageOutcome.DONE, StageOutcome.APPROVED})
"""How a stage ends well: what it asks for must be there, and what it fires takes place."""

BEGUN = frozenset(state.value for state in StageState) - _PENDING
"""The states of a stage that has been open: what was attached to it may be verified also when it is over."""

APPROVING = frozenset({StageKind.APPROVE, StageKind.APPROVE_PRELIMINARILY})

ACT, DOCUMENT = "act", "document"
"""The steps of a stage, as the role rules name them: who takes it, who brings evidence of it."""


def steps(parties: Sequence[str], entity_id: UUID) -> dict[str, tuple[str, ...]]:
    """Who takes which step of a stage of these parties. Whoever takes it brings its evidence; of one that the head takes
    the head's office too, which records what the head decides, with the scan of the letter."""
    takes = tuple(dict.fromkeys(parties))
    recorders = (party_key(Role.HEAD_OFFICE, entity_id),) if party_key(Role.HEAD, entity_id) in takes else ()
    return {ACT: takes, DOCUMENT: tuple(dict.fromkeys((*takes, *recorders)))}


def awaited(kind: str) -> Awaited:
    """Whom an open stage of this kind waits for, and for what."""
    return Awaited(ACT, APPROVE.action if kind in APPROVING else COMPLETE.action)


def partly(transition: Transition) -> Transition:
    """The same act where others must follow: the stage stays open."""
    return Transition(transition.action, _OPEN, StageState.OPEN, transition.reason)


def reassigned_in(state: str) -> Transition:
    """A reassignment leaves the state as it is."""
    return Transition(REASSIGN.action, frozenset({state}), state, reason=True)


def is_control(kind: str) -> bool:
    """Whether four eyes speaks of stages of this kind."""
    return kind in CONTROL_STAGES


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did in a stage: which of its parties they answered to, and what they said."""

    person_id: str
    parties: tuple[str, ...]
    outcome: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to an item of a checklist; a `no` says why."""

    answer: str
    remark: str | None


@dataclass(frozen=True, slots=True)
class OutsideLetter:
    """The answer of a body outside, by its letter."""

    number: str
    date: date
    sender: str


class Table:
    """Who sits at a stage: its parties, each in its seat, and the acts so far.

    An office's manager and specialists share a seat. One person takes one seat at most, and which of several that
    they could take is left open as long as it can be: so that a person of two parties never takes the place of
    somebody who has only one.
    """

    def __init__(self, parties: Sequence[str], seats: Sequence[int], acts: Sequence[Act]) -> None:
        self._seats: dict[str, set[int]] = {}
        for party, seat in zip(parties, seats, strict=True):
            self._seats.setdefault(party, set()).add(seat)
        self._acts = acts

    def full(self, quorum: Quorum | None, held: Sequence[str]) -> bool:
        """Whether the stage ends with one more act, by who holds these parties."""
        if quorum is None:
            return True
        if quorum.of is QuorumOf.PEOPLE:
            return len(self._acts) + 1 >= quorum.count
        return _matched([*self._taken(), self._of(held)]) >= quorum.count

    def takes(self, quorum: Quorum | None, held: Sequence[str]) -> bool:
        """Whether an act of who holds these parties adds to what was done."""
        if quorum is None or quorum.of is QuorumOf.PEOPLE:
            return True
        taken = self._taken()
        return _matched([*taken, self._of(held)]) > _matched(taken)

    def awaited(self, quorum: Quorum | None) -> tuple[str, ...]:
        """The parties that the stage still waits for, in order."""
        return tuple(party for party in self._seats if self.takes(quorum, (party,)))

    def _taken(self) -> list[frozenset[int]]:
        return [self._of(act.parties) for act in self._acts]

    def _of(self, held: Sequence[str]) -> frozenset[int]:
        return frozenset().union(*(self._seats.get(party, ()) for party in held))


def _matched(people: Sequence[frozenset[int]]) -> int:
    """How many of these people can sit at the same time, each in one of the seats that they could take."""
    sits: dict[int, int] = {}

    def seat(person: int, tried: set[int]) -> bool:
        for place in people[person] - tried:
            tried.add(place)
            if place not in sits or seat(sits[place], tried):
                sits[place] = person
                return True
        return False

    return sum(seat(person, set()) for person in range(len(people)))


def outcome_open(transition: Transition, stage: Stage) -> bool:
    """Whether the template lets the stage end so."""
    return transition is REASSIGN or OUTCOMES[transition.action] in stage.outcomes


def check_outcome(transition: Transition, stage: Stage, acts: Sequence[Act]) -> None:
    """Raises OutcomeNotAllowed where the template does not let the stage end so, OthersSaidOtherwise where those who
    acted before said something else."""
    outcome = OUTCOMES[transition.action]
    if outcome not in stage.outcomes:
        raise OutcomeNotAllowed()
    if outcome is not StageOutcome.RETURNED and any(act.outcome != outcome for act in acts):
        raise OthersSaidOtherwise()


def check_target(to: str | None, stage: Stage) -> None:
    """Raises Invalid unless the stage may be returned to `to`."""
    if to not in stage.returns_to:
        keys = "، ".join(stage.returns_to), ", ".join(stage.returns_to)
        raise invalid(
            "#/to",
            "not_a_target",
            f"The stage is returned to one of these: {keys[1]}.",
            f"تُعاد هذه المرحلة إلى إحدى المراحل الآتية: {keys[0]}.",
        )


def check_said(
    stage: Stage,
    outcome: StageOutcome,
    answers: Mapping[str, Answer],
    letter: OutsideLetter | None,
    today: date,
) -> None:
    """Whether the answers and the letter fit the stage, and are all there where it ends well. Raises Invalid with
    every fault."""
    faults = (
        *_answer_faults(stage.checklist, answers, complete=outcome in WELL),
        *_letter_faults(stage.kind, letter, today, needed=outcome in WELL),
    )
    if faults:
        raise Invalid(errors=faults)


def _answer_faults(
    checklist: Sequence[Question], answers: Mapping[str, Answer], *, complete: bool
) -> Iterator[FieldError]:
    known = {question.key for question in checklist}
    for key, given in answers.items():
        if key not in known:
            yield fault_at(
                f"#/answers/{key}",
                "unknown_reference",
                "The checklist has no such item.",
                "لا يوجد بند كهذا في القائمة.",
            )
        elif given.answer == "no" and not given.remark:
            yield fault_at(
                f"#/answers/{key}/remark",
                "missing",
                "Whoever answers no says why.",
                "الإجابة بـ«لا» تتطلب ملاحظة.",
            )
    if complete:
        for question in checklist:
            if question.key not in answers:
                yield fault_at(
                    f"#/answers/{question.key}",
                    "missing",
                    f"This is still to be answered: {question.en}",
                    f"يلزم الإجابة عن: {question.ar}",
                )


def _letter_faults(
    kind: str, letter: OutsideLetter | None, today: date, *, needed: bool
) -> Iterator[FieldError]:
    if letter is None:
        if needed and kind == StageKind.RECORD_ANSWER:
            yield fault_at(
                "#/letter",
                "missing",
                "The answer of a body outside is recorded with its letter.",
                "يُسجل رد الجهة الخارجية مع بيانات كتابها.",
            )
    elif kind != StageKind.RECORD_ANSWER:
        yield fault_at(
            "#/letter", "out_of_place", "The stage records no answer.", "هذه المرحلة لا تسجل ردًّا خارجيًّا."
        )
    elif letter.date > today:
        yield fault_at(
            "#/letter/date",
            "in_the_future",
            "The letter is dated in the future.",
            "تاريخ الكتاب في المستقبل.",
        )


def check_reassignable(facts: Facts) -> None:
    """Raises NotReassignable for a stage whose parties no manager changes."""
    if not is_reassignable(facts):
        raise NotReassignable()


def is_reassignable(facts: Facts) -> bool:
    """Whether the manager may name other parties: not of a stage that approves, that records what a body outside
    answered, that fires a transition of the subject, or that is the head's, their office's or UNIT's."""
    row = facts.row
    theirs = {UNIT, *(party_key(role, facts.entity_id) for role in (Role.HEAD, Role.HEAD_OFFICE))}
    kept = row["kind"] in APPROVING or row["kind"] == StageKind.RECORD_ANSWER
    return row["fires"] is None and not kept and theirs.isdisjoint(row["parties"])


class OutcomeNotAllowed(Conflict):
    code = "outcome_not_allowed"
    title = Text(
        "The template does not let this stage end so", "لا يسمح نموذج المسار بإنهاء هذه المرحلة بهذه النتيجة"
    )


class OthersSaidOtherwise(Conflict):
    code = "others_said_otherwise"
    title = Text(
        "Others of this stage said something else: say the same, or return it",
        "أفاد غيرك في هذه المرحلة بنتيجة مختلفة، فأفد بمثلها أو أعد المرحلة",
    )


class AlreadyActed(Conflict):
    code = "already_acted"
    title = Text("This person has acted in this stage already", "سبق لهذا الشخص أن أنجز دوره في هذه المرحلة")


class PartyDone(Conflict):
    code = "party_done"
    title = Text(
        "Your party has taken this stage already; it waits for the others",
        "أنجز طرفك دوره في هذه المرحلة، وهي بانتظار بقية الأطراف",
    )


class SubjectNotReady(Conflict):
    code = "subject_not_ready"
    title = Text(
        "What the path is of is not in the state that this stage decides about",
        "موضوع المسار ليس في الحالة التي تبت فيها هذه المرحلة",
    )


class NotReassignable(Conflict):
    code = "not_reassignable"
    title = Text(
        "Not given to others: a stage that approves, decides about the subject or records an answer from outside,"
        " and one of the head, the head's office or UNIT",
        "لا تُسند إلى غير أصحابها مرحلة اعتماد أو بت في الموضوع أو تسجيل رد خارجي، ولا مرحلة لرئيس الوحدة أو مكتبه"
        " أو لوحدة المتابعة",
    )


class TemplateNotApproved(Conflict):
    code = "template_not_approved"
    title = Text("The path template is not approved", "نموذج المسار غير معتمد")
