"""What the manager does with a run: give a stage to others, stop it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from app.db import Query, Writer
from app.enums.paths import OUTSIDE, StageParty, StageState
from app.errors import FieldError, Invalid, fault_at
from app.errors import Text as Sentence
from app.models import Division, PathRun, PathStage
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle
from app.services.lifecycle import Case
from app.services.path_runs import advancing, resolving, rules, starting
from app.services.path_runs.acting import run_of
from app.services.path_runs.advancing import Run
from app.services.path_runs.rules import Table
from app.services.path_templates.checking import most
from app.services.path_templates.content import Stage
from app.services.people.steps import Said

_r = PathRun.__table__
_d = Division.__table__

_SEE = Query(
    lambda: (
        update(PathRun)
        .where(_r.c.id == bindparam("id", type_=Uuid))
        .values(parties=func.array_cat(_r.c.parties, bindparam("added", type_=ARRAY(Text))))
        .returning(_r.c.id)
    )
)
_DIVISIONS = Query(
    lambda: select(_d.c.id).where(
        _d.c.entity_id == bindparam("entity_id", type_=Uuid),
        _d.c.id == func.any(bindparam("ids", type_=ARRAY(Uuid))),
    )
)


async def reassign(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    parties: Sequence[tuple[StageParty, UUID | None]],
    reason: str,
    now: datetime,
) -> None:
    """Give a stage to other parties, from now on and in later rounds. What was done in it so far counts as far as the
    parties are still the same. Raises NotReassignable; Invalid with every party that is nobody here, is outside or is
    named twice, or where a quorum could not be reached."""
    rules.check_reassignable(facts)
    assert facts.entity_id is not None  # noqa: S101  # a stage always has its entity
    setting = await starting.setting_of(writer, facts.entity_id, facts.row["subject_id"], facts.row["chain"])
    seated = await _named(writer, facts, parties, setting)
    stage: Stage = facts.row["template"]
    table = Table(seated.parties, seated.seats, facts.row["acts"])
    quorum = stage.quorum
    if quorum is not None and quorum.count > most(quorum, [party for party, _ in parties]):
        raise Invalid(
            errors=(
                FieldError(
                    "too_few",
                    Sentence(
                        f"The stage needs {quorum.count}, and these are not as many.",
                        f"تتطلب هذه المرحلة {quorum.count}، والمذكورون أقل من ذلك.",
                    ),
                    pointer="#/parties",
                ),
            )
        )
    state = facts.state or StageState.PENDING.value
    await lifecycle.apply_one(
        writer,
        PathStage,
        rules.reassigned_in(state),
        Case(
            facts,
            entitlement,
            reason,
            {"parties": [list(dict.fromkeys(facts.row["parties"])), list(dict.fromkeys(seated.parties))]},
        ),
        actor=actor,
        at=now,
        columns={"parties": list(seated.parties), "seats": list(seated.seats)},
        awaited=None,
    )
    if state == StageState.OPEN:
        given = Facts(
            facts.kind,
            facts.id,
            facts.entity_id,
            steps={rules.ACT: table.awaited(quorum)},
            due=facts.due,
        )
        await lifecycle.wait_for(writer, given, rules.awaited(facts.row["kind"]), at=now)
    run = run_of(facts)
    await writer.rows(_SEE, {"id": run.id, "added": sorted(set(seated.parties))})
    await advancing.touch(writer, run)


async def stop(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, reason: str, now: datetime
) -> None:
    """End a run before its end: nothing of it waits for anybody any more, and all that was done stays readable. What
    walked it goes back to its draft where it has a way there, so that it may walk a path anew; what is in force
    already stays so."""
    assert facts.entity_id is not None  # noqa: S101  # a run always has its entity
    run = Run(facts.id, facts.entity_id, facts.row["subject_id"], facts.row["subject_kind"], facts.version)
    # First, while the run is only held: whoever starts another path takes the subject before they ask for a run.
    await advancing.back_to_the_start(writer, actor, run, entitlement, Said(reason), now)
    await advancing.stop(writer, actor, run, entitlement, reason, now)


async def _named(
    writer: Writer,
    facts: Facts,
    parties: Sequence[tuple[StageParty, UUID | None]],
    setting: resolving.Setting,
) -> resolving.Seated:
    asked = [division_id for _, division_id in parties if division_id is not None]
    known: set[UUID] = set()
    if asked:
        found = await writer.rows(_DIVISIONS, {"entity_id": facts.entity_id, "ids": asked})
        known = {row["id"] for row in found}
    faults = []
    for position, (party, division_id) in enumerate(parties):
        at = f"#/parties/{position}"
        if (party is StageParty.DIVISION) != (division_id is not None):
            faults.append(fault_at(f"{at}/division_id", "out_of_place", *_ONLY_A_DIVISION))
        elif division_id is not None and division_id not in known:
            faults.append(fault_at(f"{at}/division_id", "unknown_reference", *_NO_SUCH_DIVISION))
        elif party in OUTSIDE:
            faults.append(fault_at(f"{at}/party", "outside", *_OUTSIDE))
        elif party is StageParty.UNIT:
            faults.append(fault_at(f"{at}/party", "of_unit", *_NOT_TO_UNIT))
        elif (party, division_id) in parties[:position]:
            faults.append(fault_at(at, "repeated", *_TWICE))
        elif not resolving.keys_of(party, division_id, setting):
            faults.append(fault_at(f"{at}/party", "nobody", *_NOBODY))
    if faults:
        raise Invalid(errors=tuple(faults))
    seated = resolving.seated(starting.responsible(parties), setting)
    assert seated is not None  # noqa: S101  # each party was found above
    return seated


_ONLY_A_DIVISION = (
    "A division is named where the party is one, and only there.",
    "يُذكر التقسيم إذا كان الطرف تقسيمًا بعينه، وفيما عدا ذلك لا يُذكر.",
)
_NO_SUCH_DIVISION = ("The entity has no such division.", "لا يوجد تقسيم كهذا في الجهة.")
_OUTSIDE = ("This party never takes a stage.", "لا يتولى هذا الطرف مراحل في المسار.")
_NOT_TO_UNIT = (
    "What the template does not put before the follow-up unit is not given to it.",
    "لا يُسند إلى وحدة المتابعة ما لم يعرضه عليها نموذج المسار.",
)
_TWICE = ("The party stands twice.", "تكرر ذكر الطرف.")
_NOBODY = ("This party is nobody in this entity.", "هذا الطرف غير موجود في هذه الجهة.")
