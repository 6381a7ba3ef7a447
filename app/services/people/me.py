"""Who I am, and what I may do: the person behind the session, read and changed by themselves."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Table,
    Text,
    Uuid,
    any_,
    bindparam,
    exists,
    func,
    literal_column,
    select,
    update,
)

from app.db import Lane, Query, Writer
from app.enums import Chain, Language, Step, SubjectKind
from app.models import (
    Assignment,
    Delegation,
    Division,
    Entity,
    Indicator,
    Initiative,
    Membership,
    ServiceAccount,
    Session,
    User,
)
from app.parties import PROJECT_MANAGER, Actor, Facts, party_key
from app.services import lifecycle, sql
from app.services.documents import Document, with_actions
from app.services.people import powers, visibility
from app.services.people.powers import Place, Powers
from app.services.role_plans import chains
from app.services.transitions import Transition

_ACTIVE = "active"
EDIT = Transition("me.edit", frozenset({_ACTIVE}), _ACTIVE)

_user = cast(Table, User.__table__)
_ONE: ColumnElement[int] = literal_column("1")
_SESSION_ID = bindparam("session_id", type_=Uuid)
_CHAINS = (Chain.PLANS, Chain.COMMUNICATION, Chain.DETAILED_PLANS)
"""The chains beside that of results by which something is entered and approved."""


def _memberships() -> ColumnElement[Any]:
    m, e, d = sql.alias(Membership), sql.alias(Entity), sql.alias(Division)
    item = sql.obj(
        id=m.c.id,
        role=m.c.role,
        tenure=m.c.tenure,
        entity=sql.ref(e),
        division=sql.ref(d),
        starts_at=m.c.starts_at,
        ends_at=m.c.ends_at,
    )
    return (
        select(sql.listed(item, m.c.starts_at, m.c.id))
        .select_from(m.outerjoin(e, e.c.id == m.c.entity_id).outerjoin(d, d.c.id == m.c.division_id))
        .where(m.c.user_id == visibility.PERSON, sql.in_force(m))
        .scalar_subquery()
    )


def _delegations() -> ColumnElement[Any]:
    """Delegations received that hold now."""
    d, e = sql.alias(Delegation), sql.alias(Entity)
    item = sql.obj(
        id=d.c.id,
        action=d.c.action,
        entity=sql.ref(e),
        delegator=sql.person(d.c.delegator_id),
        reason=d.c.reason,
        starts_at=d.c.starts_at,
        ends_at=d.c.ends_at,
    )
    return (
        select(sql.listed(item, d.c.ends_at, d.c.id))
        .select_from(d.join(e, e.c.id == d.c.entity_id))
        .where(d.c.delegate_id == visibility.PERSON, sql.delegation_stands(d))
        .scalar_subquery()
    )


def _assignments_count() -> ColumnElement[Any]:
    a = sql.alias(Assignment)
    return (
        select(func.count())
        .select_from(a)
        .where(a.c.user_id == visibility.PERSON, sql.in_force(a))
        .scalar_subquery()
    )


def _session() -> ColumnElement[Any]:
    s, account = sql.alias(Session), sql.alias(ServiceAccount)
    return (
        select(
            sql.obj(
                id=s.c.id,
                created_at=s.c.created_at,
                expires_at=s.c.expires_at,
                service_account_id=account.c.id,
                service_account_name=account.c.name,
            )
        )
        .select_from(s.outerjoin(account, account.c.id == s.c.service_account_id))
        .where(s.c.id == _SESSION_ID)
        .scalar_subquery()
    )


def _entities() -> ColumnElement[Any]:
    """The actor's entities, each with the chains of results and of detailed plans in force, the actor's divisions in
    charge of an indicator and of an initiative there, the initiatives that the actor manages, the chains of `_CHAINS`, and
    what the actor is assigned to:
    [[ref, is UNIT, [steps, [division id, ...]], [steps, [division id, ...]], [initiative id, ...], {chain: steps},
    [subject id, ...]], ...]."""
    e, m, managed = (sql.alias(model) for model in (Entity, Membership, Initiative))
    t = sql.alias(Assignment)
    assigned = (
        select(sql.listed(t.c.subject_id, t.c.subject_id))
        .where(t.c.entity_id == e.c.id, t.c.user_id == visibility.PERSON, sql.in_force(t))
        .correlate(e)
        .scalar_subquery()
    )

    def in_charge(model: type[Indicator | Initiative]) -> ColumnElement[Any]:
        i = sql.alias(model)
        return (
            select(func.coalesce(func.json_agg(i.c.division_id.distinct()), literal_column("'[]'::json")))
            .where(
                i.c.entity_id == e.c.id,
                exists(
                    select(_ONE).where(
                        m.c.user_id == visibility.PERSON, m.c.division_id == i.c.division_id, sql.in_force(m)
                    )
                ),
            )
            .correlate(e)
            .scalar_subquery()
        )

    def chain(chain: Chain, model: type[Indicator | Initiative]) -> ColumnElement[Any]:
        return func.json_build_array(chains.steps_in_force(chain, e.c.id), in_charge(model))

    of_mine = (
        select(sql.listed(managed.c.id, managed.c.id))
        .where(managed.c.entity_id == e.c.id, managed.c.manager_id == visibility.PERSON)
        .correlate(e)
        .scalar_subquery()
    )
    item = func.json_build_array(
        sql.ref(e),
        e.c.is_unit,
        chain(Chain.RESULTS, Indicator),
        chain(Chain.DETAILED_PLANS, Initiative),
        of_mine,
        sql.obj(**{chain.value: chains.steps_in_force(chain, e.c.id) for chain in _CHAINS}),
        assigned,
    )
    return select(sql.listed(item, e.c.id)).where(e.c.id == any_(visibility.ENTITIES)).scalar_subquery()


_ME = Query(
    lambda: sql.as_json(
        select(
            _user.c.id,
            _user.c.email,
            _user.c.name_ar,
            _user.c.name_en,
            _user.c.language,
            _session().label("session"),
            _memberships().label("memberships"),
            _delegations().label("delegations"),
            _assignments_count().label("assignments_count"),
            _user.c.version,
            _user.c.version.label("_version"),
            _entities().cast(Text).label("_entities"),
        ).where(_user.c.id == visibility.PERSON),
        "_version",
        "_entities",
    )
)
_ENTITIES = Query(lambda: select(_entities().cast(Text).label("entities")))


async def one(lane: Lane, actor: Actor, now: datetime) -> Document | None:
    """The person behind the session, with memberships in force and powers."""
    params = {**visibility.of(actor), "now": now, "session_id": actor.session_id}
    row = await lane.row(_ME, params)
    if row is None:
        return None
    entities = json.loads(row["entities"])
    mine = _powers(actor, entities)
    said = json.dumps(
        {
            "national": mine.national,
            "own": mine.own,
            "entities": [{"entity": ref, "actions": mine.by_entity[UUID(ref["id"])]} for ref, *_ in entities],
        },
        ensure_ascii=False,
    )
    facts = facts_of(actor.person_id, row["version"])
    actions = [EDIT.action] if lifecycle.possible(actor, EDIT, facts) else []
    return Document(with_actions(f'{row["json"][:-1]},"powers":{said}}}', actions), facts.version)


async def powers_of(lane: Lane, actor: Actor, now: datetime) -> Powers:
    """What the actor may do anywhere, as the rules and the chains in force say now."""
    row = await lane.row(_ENTITIES, {**visibility.of(actor), "now": now})
    return _powers(actor, [] if row is None else json.loads(row["entities"]))


async def held(lane: Writer, user_id: UUID) -> Facts | None:
    """The person's own row, held against others until the transaction ends; None for a blocked person.

    Taken before the actor is loaded (which shares the row), so that two changes never wait for each other.
    """
    found = await lane.execute(
        select(_user.c.version)
        .where(_user.c.id == user_id, _user.c.is_active)
        .with_for_update(key_share=True)
    )
    version = found.scalar_one_or_none()
    return None if version is None else facts_of(user_id, version)


async def edit(lane: Writer, actor: Actor, facts: Facts, language: Language | None, now: datetime) -> None:
    """Change the person's own language; None leaves it as it is."""
    if language is None:
        return
    changed = await lane.execute(
        update(_user)
        .where(_user.c.id == facts.id, _user.c.version == facts.version)
        .values(language=language.value, version=_user.c.version + 1)
        .returning(_user.c.id)
    )
    if changed.one_or_none() is None:
        raise lifecycle.lost_race()
    await lifecycle.note(
        lane, EDIT.action, facts, actor=actor, at=now, changes={"fields": {"language": language.value}}
    )


def facts_of(user_id: UUID, version: int) -> Facts:
    """What the rules need to know of a person who changes what is their own."""
    return Facts(SubjectKind.USER, user_id, None, state=_ACTIVE, version=version, own=True)


def _powers(actor: Actor, entities: list[Any]) -> Powers:
    """`entities`: what `_entities` read."""
    return powers.of(actor, [_place(*entity) for entity in entities])


def _place(
    ref: Any,
    is_unit: bool,
    of_results: Any,
    of_plans: Any,
    managed: list[str],
    others: Mapping[str, str | None],
    assigned: list[str],
) -> Place:
    entity_id = UUID(ref["id"])
    # The entity stands for whichever of its divisions carries something out.
    chain_steps = {
        chain: chains.keys(Chain(chain), named, entity_id, entity_id) for chain, named in others.items()
    }
    plan_steps = dict(_steps(Chain.DETAILED_PLANS, entity_id, *of_plans))
    plan_steps[Step.ENTER] |= {party_key(PROJECT_MANAGER, UUID(initiative_id)) for initiative_id in managed}
    return Place(
        entity_id,
        is_unit,
        _steps(Chain.RESULTS, entity_id, *of_results),
        plan_steps,
        chain_steps,
        [UUID(subject_id) for subject_id in assigned],
    )


def _steps(
    chain: Chain, entity_id: UUID, steps: str | None, in_charge: list[str]
) -> Mapping[str, frozenset[str]]:
    """The party keys of the chain, whichever of `in_charge` a subject names (or none)."""
    divisions = [None, *map(UUID, in_charge)]
    by_subject = [chains.keys(chain, steps, entity_id, division) for division in divisions]
    return {step: frozenset(key for keys in by_subject for key in keys[step]) for step in by_subject[0]}
