"""Every write of evidence. Each runs in the caller's transaction, changes state only by `lifecycle`, and raises
the version of what the evidence is about: whoever decides about that decides about what they saw."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, func, insert, select
from sqlalchemy.sql.selectable import ScalarSelect

from app import errors, ids, permissions
from app.db import Query, Writer
from app.enums import EvidenceState, SubjectKind
from app.files import FileStore
from app.models import Evidence, Subject
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle, loaders, records
from app.services.evidence import keeping, names, rules, subjects
from app.services.evidence.receiving import Received
from app.services.lifecycle import GIVEN, Case
from app.services.people import decisions
from app.services.people.decisions import Letter
from app.services.transitions import Transition

_table = Evidence.__table__
_EDITED = lifecycle.with_who_acts(_table.c.edited_by)
_KIND = Query(lambda: select(Subject.kind).where(Subject.id == bindparam("id", type_=Uuid)))
DESCRIPTION = ("kind", "title", "note", "classification")

_END = Transition(rules.WITHDRAW.action, rules.UNDECIDED, EvidenceState.WITHDRAWN)
"""What becomes of evidence when what it is about ends undecided; nobody does that by itself, so no rule names it."""


async def create(
    writer: Writer, actor: Actor, subject_id: UUID, columns: Mapping[str, Any], now: datetime
) -> UUID:
    """Say that a file will prove something about a thing; the file itself comes afterwards.

    Raises Invalid for a thing that is unknown, not visible or takes no evidence at all, Forbidden for who may
    not edit it, SubjectDecided when it is no draft any more, TooMuchEvidence.
    """
    found = await writer.row(_KIND, {"id": subject_id})
    evidenced = None if found is None else subjects.KINDS.get(found["kind"])
    subject = (
        None if evidenced is None else await loaders.load(writer, actor, evidenced.kind, subject_id, now)
    )
    if evidenced is None or subject is None:
        raise errors.unknown_reference("#/subject_id")
    steps = {rules.ATTACH: subject.steps[evidenced.step]}
    permissions.entitlement(
        actor, "evidence.create", Facts(SubjectKind.EVIDENCE, subject_id, subject.entity_id, steps=steps)
    )
    if not await subjects.raise_version(writer, evidenced.kind, subject_id, evidenced.takes, actor.person_id):
        raise rules.SubjectDecided()
    due = {} if evidenced.step not in subject.due else {rules.ATTACH: subject.due[evidenced.step]}
    facts = Facts(SubjectKind.EVIDENCE, ids.new(), subject.entity_id, steps=steps, due=due)
    await _begin(writer, actor, "evidence.create", facts, subject_id, columns, now)
    return facts.id


async def supersede(writer: Writer, actor: Actor, facts: Facts, reason: str, now: datetime) -> UUID:
    """Begin the evidence that is to take the place of this one, described like it. This one stands until the
    file of the other is there.

    Raises SubjectDecided, Succeeded, Stale, TooMuchEvidence.
    """
    rules.check_subject(rules.SUPERSEDE, facts.row)
    if facts.row["successor_id"] is not None:
        raise rules.Succeeded()
    await _raise_subject(writer, actor, facts, rules.SUPERSEDE)
    await records.raise_version(writer, Evidence, facts)  # so that of two who ask, one comes first
    new = Facts(SubjectKind.EVIDENCE, ids.new(), facts.entity_id, steps=facts.steps, due=facts.due)
    said = {name: facts.row[name] for name in DESCRIPTION}
    # Whoever described the old one describes the new one too.
    others = func.array_remove(_table.c.edited_by, actor.person_id)
    described = func.array_append(others, actor.person_id)
    before = select(described).where(_table.c.id == facts.id).scalar_subquery()
    columns = {**said, "supersedes_id": facts.id}
    await _begin(
        writer, actor, rules.SUPERSEDE.action, new, facts.row["subject_id"], columns, now, reason, before
    )
    return new.id


async def _begin(
    writer: Writer,
    actor: Actor,
    action: str,
    facts: Facts,
    subject_id: UUID,
    columns: Mapping[str, Any],
    now: datetime,
    reason: str | None = None,
    edited_by: ScalarSelect[Any] | None = None,
) -> None:
    # Whoever raised the version of the subject holds it: nobody else counts meanwhile.
    pieces = await writer.execute(select(func.count()).where(_table.c.subject_id == subject_id))
    rules.check_room(pieces.scalar_one())
    state = EvidenceState.AWAITING_FILE.value
    await lifecycle.begin(
        writer,
        action,
        Facts(facts.kind, facts.id, facts.entity_id, state=state, steps=facts.steps, due=facts.due),
        actor=actor,
        at=now,
        awaited=rules.AWAITED[state],
        changes={"subject_id": str(subject_id), **records.made(columns, *columns)},
        reason=reason,
    )
    await writer.execute(
        insert(Evidence).values(
            id=facts.id,
            entity_id=facts.entity_id,
            subject_id=subject_id,
            state=state,
            created_by_id=actor.person_id,
            created_at=now,
            edited_by=[actor.person_id] if edited_by is None else edited_by,
            **columns,
        )
    )


async def edit(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    patch: Mapping[str, Any],
    now: datetime,
) -> None:
    """Describe it otherwise, while nobody has decided. Whoever does never verifies it.

    A patch that changes nothing writes nothing. Raises SubjectDecided.
    """
    rules.check_subject(rules.EDIT, facts.row)
    changed = {name: value for name, value in patch.items() if value != facts.row[name]}
    if not changed:
        return
    fields = {name: [records.said(facts.row[name]), records.said(value)] for name, value in changed.items()}
    await _move(
        writer,
        rules.edit_in(str(facts.state)),
        actor,
        Case(facts, entitlement, changes={"fields": fields}),
        now,
        {**changed, "edited_by": _EDITED},
    )


async def attach(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    received: Received,
    file_name: str | None,
    now: datetime,
    *,
    files: FileStore,
    scans: bool,
) -> None:
    """The file is there: the evidence is put before those who verify it, and what it supersedes is superseded.
    Where there is a scanner (`scans`), that comes after it has passed the file.

    `file_name`: as the client called it, for display only. Raises SubjectDecided, Stale, and Unavailable in the
    rare case that the file is gone already (`keeping`).
    """
    rules.check_subject(rules.UPLOAD, facts.row)
    stored = received.stored
    await keeping.hold(writer, files, stored)
    columns = {
        "file_name": names.displayed(file_name, received.media_type),
        "media_type": received.media_type,
        "size": stored.size,
        "sha256": stored.sha256,
    }
    await _move(
        writer,
        rules.upload_to(scans=scans),
        actor,
        Case(facts, entitlement, changes=records.made(columns, *columns)),
        now,
        {
            **columns,
            "uploaded_by_id": actor.person_id,
            "uploaded_at": now,
            "edited_by": _EDITED,
        },
    )
    if not scans:
        await _take_place(writer, actor, facts, now)


async def passed(writer: Writer, facts: Facts, now: datetime) -> None:
    """The scanner found nothing in the file. Raises Stale when the evidence, or its subject, is no longer open."""
    await _move(writer, rules.PASS, None, Case(facts, Entitlement("")), now, {})
    await _take_place(writer, None, facts, now)


async def infected(writer: Writer, facts: Facts, signature: str, now: datetime) -> None:
    """The scanner found malware, whose name the event keeps: nobody ever reads the file. Raises Stale."""
    case = Case(facts, Entitlement(""), changes={"signature": signature})
    await _move(writer, rules.INFECT, None, case, now, {})


async def _take_place(writer: Writer, actor: Actor | None, facts: Facts, now: datetime) -> None:
    """Mark what this evidence supersedes, if anything, as superseded. Raises Stale when that changed meanwhile."""
    row = facts.row
    if row["superseded_state"] not in rules.SUPERSEDE.sources:
        return
    old = Facts(
        SubjectKind.EVIDENCE,
        row["supersedes_id"],
        facts.entity_id,
        state=row["superseded_state"],
        version=row["superseded_version"],
    )
    by = Case(old, Entitlement(""), changes={"superseded_by": str(facts.id)})
    await _apply(writer, rules.SUPERSEDE, actor, by, now, {})


async def withdraw(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> None:
    """Take it back while nobody has decided. It stays readable to who worked on it. Raises SubjectDecided."""
    rules.check_subject(rules.WITHDRAW, facts.row)
    await _move(writer, rules.WITHDRAW, actor, Case(facts, entitlement), now, {})


async def end_open(writer: Writer, actor: Actor, subject: Facts, now: datetime) -> None:
    """Withdraw what nobody has decided about of a thing that has ended undecided: a draft that is discarded, work that is
    stopped, a check that is taken back. Nobody could decide about it any more."""
    found = await writer.execute(
        select(_table.c.id, _table.c.state, _table.c.version)
        .where(_table.c.subject_id == subject.id, _table.c.state.in_(rules.UNDECIDED))
        .order_by(_table.c.id)
    )
    cases = [
        Case(
            Facts(SubjectKind.EVIDENCE, row.id, subject.entity_id, state=row.state, version=row.version),
            Entitlement(""),
        )
        for row in found
    ]
    if not cases:
        return
    moved = await lifecycle.apply(
        writer, Evidence, _END, cases, actor=actor, at=now, columns={}, awaited=None
    )
    if len(moved) < len(cases):
        raise lifecycle.lost_race()


async def verify(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    reason: str | None,
    letter: Letter | None,
    now: datetime,
) -> None:
    """It proves what it is brought for (Guide V-2). Raises SubjectDecided."""
    await _decide(writer, rules.VERIFY, actor, facts, entitlement, reason, letter, now)


async def reject(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    reason: str,
    letter: Letter | None,
    now: datetime,
) -> None:
    """It does not, with the reason (Guide V-2). Raises SubjectDecided."""
    await _decide(writer, rules.REJECT, actor, facts, entitlement, reason, letter, now)


async def _decide(
    writer: Writer,
    transition: Transition,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    reason: str | None,
    letter: Letter | None,
    now: datetime,
) -> None:
    rules.check_subject(transition, facts.row)
    decisions.check_reason(entitlement, reason)
    decided = await decisions.decided(writer, actor, entitlement, transition.action, facts, letter, now)
    await _move(
        writer,
        transition,
        actor,
        Case(facts, entitlement, reason),
        now,
        {
            "decided_by_id": decided.person_id,
            "decided_at": now,
            "decision_reason": GIVEN.c.reason,
            "exceptional": GIVEN.c.exceptional,
        },
        acting_for_id=decided.acting_for_id,
    )


async def _move(
    writer: Writer,
    transition: Transition,
    actor: Actor | None,
    case: Case,
    now: datetime,
    columns: Mapping[str, Any],
    *,
    acting_for_id: UUID | None = None,
) -> None:
    """One transition, and the new version of the subject in the same statement."""
    row = case.facts.row
    edits = actor is not None and transition.action in rules.OF_WHO_BRINGS
    raised = subjects.raised(row["subject_kind"], _subject_states(row, transition), edits=edits)
    await _apply(
        writer,
        transition,
        actor,
        case,
        now,
        columns,
        conditions=(raised,),
        params={"raised_id": row["subject_id"]},
        acting_for_id=acting_for_id,
    )


async def _apply(
    writer: Writer,
    transition: Transition,
    actor: Actor | None,
    case: Case,
    now: datetime,
    columns: Mapping[str, Any],
    *,
    conditions: tuple[ColumnElement[bool], ...] = (),
    params: Mapping[str, Any] | None = None,
    acting_for_id: UUID | None = None,
) -> None:
    await lifecycle.apply_one(
        writer,
        Evidence,
        transition,
        case,
        actor=actor,
        at=now,
        columns=columns,
        awaited=rules.AWAITED.get(transition.target),
        acting_for_id=acting_for_id,
        conditions=conditions,
        params=params,
    )


async def _raise_subject(writer: Writer, actor: Actor, facts: Facts, transition: Transition) -> None:
    row = facts.row
    states = _subject_states(row, transition)
    if not await subjects.raise_version(
        writer, row["subject_kind"], row["subject_id"], states, actor.person_id
    ):
        raise lifecycle.lost_race()


def _subject_states(row: Mapping[str, Any], transition: Transition) -> frozenset[str]:
    evidenced = subjects.KINDS[row["subject_kind"]]
    return evidenced.undecided if transition in rules.OF_THE_VERIFIER else evidenced.takes
