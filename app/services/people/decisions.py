"""The head's decisions, as the head's office records them: ministers do not sign in (Guide O-6)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, insert, literal_column, select

from app import clock, ids, permissions
from app.db import Query, Writer
from app.enums import Role, SubjectKind
from app.errors import FourEyes, invalid
from app.models import Decision, Membership
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle, sql

_m = Membership.__table__
_POST = Query(
    lambda: (
        select(_m.c.starts_at)
        .where(
            _m.c.user_id == bindparam("user_id", type_=Uuid),
            _m.c.entity_id == bindparam("entity_id", type_=Uuid),
            _m.c.role == sql.const(Role.HEAD),
            sql.in_force(_m),
        )
        .order_by(_m.c.starts_at)
        .limit(literal_column("1"))
        .with_for_update(read=True)
    )  # the post holds until the decision is committed
)


@dataclass(frozen=True)
class Letter:
    """What the office says of the decision that it records."""

    decided_by_id: UUID
    letter_number: str
    letter_date: date


@dataclass(frozen=True)
class Decided:
    """In whose name a step is taken, and by which recorded decision (None: they took it themselves)."""

    person_id: UUID
    decision_id: UUID | None = None

    @property
    def acting_for_id(self) -> UUID | None:
        """The head for whom the actor records it; None: they took it themselves."""
        return None if self.decision_id is None else self.person_id


def check_reason(entitlement: Entitlement, reason: str | None) -> None:
    """Raise Invalid for a head who decides because four eyes leaves nobody, and does not say why."""
    if entitlement.exceptional and not reason:
        raise invalid(
            "#/reason",
            "missing",
            "Four eyes leaves nobody: the head decides with a reason.",
            "لا يوجد من يتولى الرقابة غيره، فيقرر رئيس الوحدة مع بيان السبب.",
        )


async def decided(
    writer: Writer,
    actor: Actor,
    entitlement: Entitlement,
    action: str,
    facts: Facts,
    letter: Letter | None,
    now: datetime,
    *,
    pointer: str = "#/decision",
    control: bool = True,
) -> Decided:
    """Who decides: the actor, or the head whose decision the actor's office records now.

    Raises Invalid when a letter is missing, out of place, dated in the future or before the post, or
    names somebody who is not the (acting) head; FourEyes when the head entered or already controlled the revision.
    """
    if not entitlement.records:
        if letter is not None:
            raise invalid(
                pointer,
                "not_recorded",
                "Only the head's office records a decision of the head.",
                "لا يسجل قرار رئيس الوحدة إلا مكتبه.",
            )
        return Decided(actor.person_id)
    if letter is None:
        raise invalid(
            pointer,
            "missing",
            "The head's office says who decided, and by which letter.",
            "يذكر مكتب رئيس الوحدة من قرر ورقم الكتاب وتاريخه.",
        )
    if letter.letter_date > clock.day(now):
        raise invalid(
            f"{pointer}/letter_date",
            "in_the_future",
            "The letter is dated in the future.",
            "تاريخ الكتاب في المستقبل.",
        )
    holder = await writer.row(
        _POST, {"user_id": letter.decided_by_id, "entity_id": facts.entity_id, "now": now}
    )
    if holder is None:
        raise invalid(
            f"{pointer}/decided_by_id",
            "not_the_head",
            "This person is not the head or acting head of the entity.",
            "هذا الشخص ليس رئيس الوحدة ولا القائم بأعماله.",
        )
    if letter.letter_date < clock.day(holder["starts_at"]):
        raise invalid(
            f"{pointer}/letter_date",
            "before_the_post",
            "The letter is older than the post of who decided.",
            "تاريخ الكتاب سابق لشغل صاحب القرار للمنصب.",
        )
    if control and not permissions.may_decide(
        letter.decided_by_id, facts, exceptional=entitlement.exceptional
    ):
        raise FourEyes()
    decision_id = ids.new()
    await lifecycle.begin(
        writer,
        "decisions.record",
        Facts(SubjectKind.DECISION, decision_id, facts.entity_id),
        actor=actor,
        at=now,
        acting_for_id=letter.decided_by_id,
        changes={
            "action": action,
            "subject_id": str(facts.id),
            "letter_number": letter.letter_number,
            "letter_date": letter.letter_date.isoformat(),
        },
    )
    await writer.execute(
        insert(Decision).values(
            id=decision_id,
            entity_id=facts.entity_id,
            action=action,
            decided_by_id=letter.decided_by_id,
            recorded_by_id=actor.person_id,
            letter_number=letter.letter_number,
            letter_date=letter.letter_date,
            recorded_at=now,
        )
    )
    return Decided(letter.decided_by_id, decision_id)
