"""The items of an annual plan: entered, edited, dropped; and what quality control says of them (Guide P-2, P-6, P-9)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, func, insert, literal_column, select, update
from sqlalchemy.orm import aliased

from app import errors, ids
from app.db import Writer
from app.enums import Classification, IndicatorState
from app.enums.initiatives import InitiativeState
from app.enums.plans import PlanItemKind, PlanItemState
from app.models import Indicator, Initiative, PlanCheck, PlanItem, Priority
from app.parties import Actor, Entitlement, Facts
from app.services import records
from app.services.lifecycle import Case
from app.services.plans import columns, commands, items_rules, rules

_items = cast(Table, PlanItem.__table__)
EDITABLE = ("title_ar", "title_en", "priority_id", "note")
_SEEN = columns.fingerprint(_items)
_SAID = (*EDITABLE, "kind", "indicator_id", "initiative_id")


async def add(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    item: Mapping[str, Any],
    now: datetime,
) -> None:
    """Enter an item: a goal in its own words, an indicator or an initiative of the entity.

    Raises UnderControl, Invalid for what does not fit its kind, the entity or the year, TooManyItems; an indicator or
    initiative that is in the plan already is refused by the schema (AlreadyExists).
    """
    rules.check_not_held(facts.row)
    items_rules.check_item(item)
    await _require(writer, facts, item)
    number = await _next_number(writer, facts.id)
    told = {f"items.{number}.{name}": change for name, change in records.made(item, *_SAID)["fields"].items()}
    await commands.revise_content(writer, actor, facts, entitlement, {"fields": told}, now)
    await writer.execute(
        insert(PlanItem).values(
            id=ids.new(),
            entity_id=facts.entity_id,
            plan_id=facts.id,
            number=number,
            state=PlanItemState.KEPT.value,
            edited_by=[actor.person_id],
            **{name: item[name] for name in _SAID},
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
    """Change what an item says; what was checked of it no longer counts, and who edits never checks it. A patch that
    changes nothing writes nothing. `facts` carry the item. Raises UnderControl, AlreadyDropped, Invalid."""
    rules.check_not_held(facts.row)
    old = facts.row["child"]
    items_rules.check_kept(old)
    items_rules.check_texts(old["kind"], {**old, **patch})
    changed = {name: value for name, value in patch.items() if _plain(value) != old[name]}
    if not changed:
        return
    if changed.get("priority_id") is not None:
        await _require_priority(writer, changed["priority_id"])
    told = {
        f"items.{old['number']}.{name}": [records.said(old[name]), records.said(value)]
        for name, value in changed.items()
    }
    await commands.revise_content(writer, actor, facts, entitlement, {"fields": told}, now)
    persons = func.array_remove(_items.c.edited_by, actor.person_id)
    await _update(
        writer,
        [old["id"]],
        **changed,
        revision=_items.c.revision + literal_column("1"),
        edited_by=func.array_append(persons, actor.person_id),
    )


async def drop(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, reason: str, now: datetime
) -> None:
    """Take an item out of the plan, with a reason. `facts` carry the item. Raises UnderControl, AlreadyDropped."""
    rules.check_not_held(facts.row)
    item = facts.row["child"]
    items_rules.check_kept(item)
    await commands.revise_content(
        writer, actor, facts, entitlement, {"dropped": [item["number"]]}, now, reason=reason
    )
    await leave(writer, actor, [item["id"]], reason, now)


async def leave(
    writer: Writer, actor: Actor, item_ids: Sequence[UUID | str], reason: str, now: datetime
) -> None:
    """The one way in which items leave a plan, whose change is recorded already."""
    await _update(
        writer,
        item_ids,
        state=PlanItemState.DROPPED.value,
        drop_reason=reason,
        dropped_by_id=actor.person_id,
        dropped_at=now,
    )


async def check(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    item_id: UUID,
    answers: Sequence[Mapping[str, Any]],
    now: datetime,
) -> None:
    """Say what quality control finds of an item (Guide P-6). An answer counts until the item, or what it names, says
    something else, or the same question is answered anew.

    Raises Invalid for an unknown item, a question answered twice, or a `no` without a remark; AlreadyDropped; FourEyes
    for who wrote the item.
    """
    items_rules.check_answers(answers)
    found = await writer.execute(
        select(
            *[_items.c[name] for name in ("number", "state", "revision", "edited_by")], _SEEN.label("seen")
        ).where(_items.c.id == item_id, _items.c.plan_id == facts.id)
    )
    seen = found.mappings().one_or_none()
    if seen is None:
        raise errors.unknown_reference("#/item_id")
    item = dict(seen)
    items_rules.check_kept(item)
    if actor.person_id in item["edited_by"]:
        raise errors.FourEyes()
    told = {answer["question"]: answer["passed"] for answer in answers}
    await commands.stay(
        writer,
        rules.CHECK,
        actor,
        Case(facts, entitlement, changes={"item": item["number"], "passed": told}),
        now,
        {},
    )
    await writer.execute(
        insert(PlanCheck).values(
            [
                {
                    "id": ids.new(),
                    "entity_id": facts.entity_id,
                    "plan_id": facts.id,
                    "item_id": item_id,
                    "revision": item["revision"],
                    "seen": item["seen"],
                    "checked_by_id": actor.person_id,
                    "checked_at": now,
                    **answer,
                }
                for answer in answers
            ]
        )
    )


async def left_out(writer: Writer, plan_id: UUID) -> list[UUID]:
    """The initiatives that were in a plan and are not any more."""
    there = aliased(PlanItem)
    kept = select(there.initiative_id).where(
        there.plan_id == plan_id,
        there.state == PlanItemState.KEPT.value,
        there.initiative_id.is_not(None),
    )
    found = await writer.execute(
        select(_items.c.initiative_id)
        .distinct()
        .where(
            _items.c.plan_id == plan_id,
            _items.c.state == PlanItemState.DROPPED.value,
            _items.c.initiative_id.not_in(kept),
        )
    )
    return list(found.scalars())


async def kept_in(writer: Writer, plan_id: UUID) -> set[UUID]:
    """The initiatives that a plan holds."""
    found = await writer.execute(
        select(_items.c.initiative_id).where(
            _items.c.plan_id == plan_id,
            _items.c.state == PlanItemState.KEPT.value,
            _items.c.initiative_id.is_not(None),
        )
    )
    return set(found.scalars())


async def hold_still(writer: Writer, plan_id: UUID) -> None:
    """Let nobody change the kept initiatives of a plan until the transaction ends: what is frozen is what was checked."""
    await writer.execute(
        select(Initiative.id)
        .where(
            Initiative.id.in_(
                select(_items.c.initiative_id).where(
                    _items.c.plan_id == plan_id, _items.c.state == PlanItemState.KEPT.value
                )
            )
        )
        .order_by(Initiative.id)
        .with_for_update(read=True)
    )


async def _next_number(writer: Writer, plan_id: UUID) -> int:
    found = await writer.execute(
        select(func.coalesce(func.max(_items.c.number), 0).label("latest"), func.count().label("many")).where(
            _items.c.plan_id == plan_id
        )
    )
    held = found.mappings().one()
    if held["many"] >= items_rules.MOST_ITEMS:
        raise items_rules.TooManyItems()
    return int(held["latest"]) + 1


async def _require(writer: Writer, facts: Facts, item: Mapping[str, Any]) -> None:
    """Raise Invalid for a thing that is unknown, another entity's, or does not fit the plan."""
    match item["kind"]:
        case PlanItemKind.INDICATOR:
            await _require_indicator(writer, facts, item["indicator_id"])
        case PlanItemKind.INITIATIVE:
            await _require_initiative(writer, facts, item["initiative_id"])
        case _ if item["priority_id"] is not None:
            await _require_priority(writer, item["priority_id"])


async def _require_priority(writer: Writer, priority_id: UUID) -> None:
    found = await writer.execute(select(Priority.id).where(Priority.id == priority_id))
    if found.one_or_none() is None:
        raise errors.unknown_reference("#/priority_id")


async def _require_indicator(writer: Writer, facts: Facts, indicator_id: UUID) -> None:
    found = await writer.execute(
        select(Indicator.id).where(
            Indicator.id == indicator_id,
            Indicator.entity_id == facts.entity_id,
            Indicator.state == IndicatorState.ACTIVE.value,
        )
    )
    if found.one_or_none() is None:
        raise errors.unknown_reference("#/indicator_id")


_ENDED = (InitiativeState.DISCARDED.value, InitiativeState.STOPPED.value)


async def _require_initiative(writer: Writer, facts: Facts, initiative_id: UUID) -> None:
    """What is restricted enters only a plan that is: whoever reads the plan reads its name."""
    fitting = select(Initiative.starts_on, Initiative.ends_on).where(
        Initiative.id == initiative_id,
        Initiative.entity_id == facts.entity_id,
        Initiative.state.not_in(_ENDED),
    )
    if facts.row["classification"] != Classification.RESTRICTED:
        fitting = fitting.where(Initiative.classification != Classification.RESTRICTED.value)
    found = (await writer.execute(fitting)).one_or_none()
    if found is None:
        raise errors.unknown_reference("#/initiative_id")
    items_rules.check_year(found.starts_on, found.ends_on, facts.row["year"])


async def _update(writer: Writer, item_ids: Sequence[UUID | str], **columns: Any) -> None:
    await writer.execute(
        update(PlanItem)
        .where(_items.c.id.in_(item_ids))
        .values(**columns)
        .execution_options(synchronize_session=False)
    )


def _plain(value: object) -> object:
    """As the facts' JSON has it."""
    return str(value) if isinstance(value, UUID) else value
