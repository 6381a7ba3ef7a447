"""How a risk is registered, said otherwise, and assessed (Guide K-1, K-2, K-5).

Each runs in the caller's transaction and changes state only by `lifecycle`; what is decided about it stands in
`commands`.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, insert, select

from app import clock, errors, ids, permissions
from app.db import Query, Row, Writer
from app.enums import Classification, Role, SubjectKind
from app.enums.risks import RiskState
from app.models import Risk, RiskAssessment
from app.parties import Actor, Entitlement, Facts, party_key
from app.services import finding, lifecycle, numbering, records
from app.services.challenges import subjects
from app.services.risk_settings.rules import Settings
from app.services.risks import assessment_rules, rules
from app.services.risks import facts as risks
from app.services.risks.assessment_rules import Levels
from app.services.risks.taking import take, then

_table = Risk.__table__
_EDITED = lifecycle.with_who_acts(_table.c.edited_by)
_found = finding.finder(subjects.WORK)

_NUMBERED = Query(
    lambda: select(
        select(func.count())
        .select_from(_table)
        .where(_table.c.entity_id == bindparam("entity_id", type_=Uuid))
        .scalar_subquery()
        .label("count"),
        *risks.in_force(),
    )
)


async def register(
    writer: Writer,
    actor: Actor,
    about_id: UUID | None,
    entity_id: UUID | None,
    said: Mapping[str, Any],
    levels: Levels,
    now: datetime,
) -> UUID:
    """Register a risk with its first assessment: of a thing that the actor may see, or of the office of an entity. `said`:
    of `rules.TOLD`; owner and classification are those of the thing where it does not say them.

    Raises Invalid for a thing that is unknown, not visible, or of a kind that has no risks, for references that are
    unknown in its entity, and for levels outside of the matrix; Forbidden.
    """
    about: Row | None = None
    if about_id is not None:
        found = await _found(writer, actor, about_id, now)
        if found is None:
            raise errors.unknown_reference("#/about_id")
        about = found[0]
    entity_id = rules.check_place(None if about is None else about["entity_id"], entity_id)
    risk_id = ids.new()
    told = _told(about, said)
    in_charge = (None, ()) if about is None else (about["division_id"], about["parties"])
    working = {
        rules.WORK: rules.steps(entity_id, in_charge[0], RiskState.OPEN, 1, 1, in_charge[1])[rules.WORK]
    }
    permissions.entitlement(
        actor, rules.REGISTERED, Facts(SubjectKind.RISK, risk_id, entity_id, steps=working)
    )
    rules.check_closed_enough(told["classification"], restricted=about is not None and about["restricted"])
    told["owner_id"] = told["owner_id"] or (actor.person_id if told["division_id"] is None else None)
    await finding.check_references(writer, entity_id, told, now)
    await numbering.hold(writer, "RK", entity_id)
    today = clock.day(now)
    numbered = await writer.row(_NUMBERED, {"entity_id": entity_id, "today": today})
    if numbered is None:  # a select without a table answers one row
        raise RuntimeError("the settings of risks cannot be read")
    by = risks.now_in_force(numbered)
    settings = by["settings"]
    assessment_rules.check_levels(levels, settings.probabilities, settings.impacts)
    review_on = assessment_rules.review_on(settings.scale, levels.score, today, by["holidays"])
    code = numbering.code("RK", today.year, numbered["count"])
    manager = party_key(Role.MANAGER, entity_id)
    await lifecycle.begin(
        writer,
        rules.REGISTERED,
        Facts(
            SubjectKind.RISK,
            risk_id,
            entity_id,
            state=RiskState.OPEN.value,
            steps={rules.MANAGE: (manager,)},
            due={rules.MANAGE: review_on},
        ),
        actor=actor,
        at=now,
        awaited=rules.AWAITED[RiskState.OPEN],
        changes={
            **({} if about_id is None else {"about_id": str(about_id)}),
            **records.made({"code": code, **told, **asdict(levels)}, "code", *told, *assessment_rules.LEVELS),
        },
    )
    await writer.execute(
        insert(Risk).values(
            id=risk_id,
            entity_id=entity_id,
            code=code,
            about_id=about_id,
            about_kind=None if about is None else about["kind"],
            state=RiskState.OPEN.value,
            settings_id=settings.id,
            assessed_at=now,
            assessed_by_id=actor.person_id,
            review_on=review_on,
            addressed=[manager],
            barred=[],
            registered_by_id=actor.person_id,
            registered_at=now,
            held_since=now,
            edited_by=[actor.person_id],
            **asdict(levels),
            **told,
        )
    )
    await _keep(writer, actor, risk_id, entity_id, 1, settings.id, levels, None, now)
    return risk_id


def _told(about: Row | None, said: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that a new risk says."""
    owned = said.get("division_id") or said.get("owner_id")
    restricted = about is not None and about["restricted"]
    defaults = {
        "division_id": None if owned or about is None else about["division_id"],
        "classification": (Classification.RESTRICTED if restricted else Classification.INTERNAL).value,
    }
    return {name: said[name] if said.get(name) is not None else defaults.get(name) for name in rules.TOLD}


async def edit(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    patch: Mapping[str, Any],
    now: datetime,
) -> None:
    """Say it otherwise while it may still happen. A patch that changes nothing writes nothing. Raises Invalid."""
    old = {name: facts.row[name] for name in rules.TOLD}
    new = {**old, **patch}
    changed = {name: value for name, value in new.items() if value != old[name]}
    if not changed:
        return
    rules.check_owned(new["division_id"], new["owner_id"])
    rules.check_closed_enough(new["classification"], restricted=facts.row["restricted"])
    await finding.check_references(writer, facts.entity_id, changed, now)
    await take(
        writer,
        rules.leading(rules.EDIT, str(facts.state), str(facts.state)),
        actor,
        facts,
        entitlement,
        now,
        columns={**changed, "edited_by": _EDITED},
        changes=records.became(old, changed),
    )


async def assess(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    levels: Levels,
    note: str | None,
    now: datetime,
) -> None:
    """Assess a risk anew, by the settings in force: until when it is to be assessed again follows from its grade. What was
    accepted and is not provably `assessment_rules.no_worse` is to be accepted anew.

    Raises Invalid for levels outside of the matrix, or for a treated risk without what remains; TooMany.
    """
    row, state = facts.row, str(facts.state)
    settings: Settings = row["settings"]
    rules.check_room(row["assessments"] + 1, assessment_rules.MOST_ASSESSMENTS)
    assessment_rules.check_levels(levels, settings.probabilities, settings.impacts)
    assessment_rules.check_remainder(state, levels)
    old = Levels(**{name: row[name] for name in assessment_rules.LEVELS})
    target = assessment_rules.after_assessment(state, old, row["assessed_with"], levels, settings)
    review_on = assessment_rules.review_on(settings.scale, levels.score, clock.day(now), row["holidays"])
    moved = {name: value for name, value in asdict(levels).items() if value != row[name]}
    assessed = {
        **asdict(levels),
        "settings_id": settings.id,
        "assessments": row["assessments"] + 1,
        "assessed_at": now,
        "assessed_by_id": actor.person_id,
        "review_on": review_on,
        "barred": rules.barred_in(target, assessed_by_id=actor.person_id),
        "edited_by": _EDITED,
    }
    await take(
        writer,
        rules.leading(rules.ASSESS, state, target),
        actor,
        then(facts, target, score=levels.score, head_from=settings.scale.head_from, due=review_on),
        entitlement,
        now,
        columns=assessed if target == state else {**assessed, "held_since": now},
        changes=records.became(row, moved),
    )
    number = row["assessments"] + 1
    await _keep(writer, actor, facts.id, facts.entity_id, number, settings.id, levels, note, now)


async def _keep(
    writer: Writer,
    actor: Actor,
    risk_id: UUID,
    entity_id: UUID | None,
    number: int,
    settings_id: UUID,
    levels: Levels,
    note: str | None,
    now: datetime,
) -> None:
    await writer.execute(
        insert(RiskAssessment).values(
            risk_id=risk_id,
            number=number,
            entity_id=entity_id,
            settings_id=settings_id,
            note=note,
            assessed_by_id=actor.person_id,
            assessed_at=now,
            **asdict(levels),
        )
    )
