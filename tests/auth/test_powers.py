"""What the rules give a person where, without a database."""

from uuid import UUID, uuid4

import pytest

from app import parties
from app.enums import Chain, DivisionFunction, Role
from app.parties import Actor, Delegated, party_key
from app.permissions import RULES
from app.services.people import powers
from app.services.people.powers import Place
from app.services.role_plans import chains

HERE, THERE, DIVISION = uuid4(), uuid4(), uuid4()
EVERYBODY = {
    "calendar_feeds.make",
    "calendar_feeds.read",
    "calendar_feeds.revoke",
    "actions.read",
    "catalogue.read",
    "communication_activities.read",
    "communication_plans.read",
    "challenges.read",
    "meeting_decisions.read",
    "meeting_series.read",
    "meetings.read",
    "contributions.read",
    "dashboard.read",
    "detailed_plans.read",
    "definitions.read",
    "escalation_routes.read",
    "evaluations.read",
    "evidence.read",
    "improvement_plans.read",
    "indicators.read",
    "inbox.read",
    "initiatives.read",
    "me.edit",
    "me.read",
    "notifications.mark",
    "notifications.read",
    "obligations.read",
    "path_templates.read",
    "path_runs.read",
    "programme_participants.read",
    "programmes.read_parts",
    "progress_reports.read",
    "plans.read",
    "proposals.read",
    "results.decide_many",
    "results.read",
    "risk_settings.read",
    "risks.read",
    "role_rules.read",
    "scoreboard.read",
    "scorecards.read",
    "service_accounts.create",
    "site_checks.read",
    "swot_entries.read",
}
OTHERS = (Chain.PLANS, Chain.COMMUNICATION, Chain.DETAILED_PLANS)
ON_ONES_OWN = {
    "assignments.read",
    "decisions.read",
    "delegations.read",
    "memberships.read",
    "proposals.withdraw",
    "service_accounts.end",
    "service_accounts.read",
}


def actor(
    role: Role | None = None,
    function: DivisionFunction | None = None,
    *,
    of_unit: bool = False,
    only: frozenset[str] | None = None,
    delegated: tuple[Delegated, ...] = (),
) -> Actor:
    keys = (
        []
        if role is None
        else parties.membership_parties(
            role,
            None if role is Role.ADMINISTRATOR else HERE,
            DIVISION if function else None,
            function,
            of_unit=of_unit,
        )
    )
    return Actor(uuid4(), uuid4(), frozenset(keys), frozenset({HERE}), delegated, national=of_unit, only=only)


def default_steps(entity_id: UUID = HERE, in_charge: UUID | None = None) -> powers.Steps:
    return chains.keys(Chain.RESULTS, None, entity_id, in_charge)


def place(
    entity_id: UUID = HERE,
    steps: powers.Steps | None = None,
    *,
    is_unit: bool = False,
    assigned: tuple[UUID, ...] = (),
) -> Place:
    plans = chains.keys(Chain.DETAILED_PLANS, None, entity_id, None)
    others = {chain: chains.keys(chain, None, entity_id, entity_id) for chain in OTHERS}
    return Place(entity_id, is_unit, steps or default_steps(entity_id), plans, others, assigned)


def here(who: Actor, steps: powers.Steps | None = None) -> set[str]:
    return set(powers.of(who, [place(steps=steps)]).by_entity[HERE])


def test_everybody_and_nobody_else() -> None:
    held = powers.of(actor(), [])
    assert set(held.national) == EVERYBODY
    assert set(held.own) == ON_ONES_OWN
    assert held.by_entity == {}


def test_an_administrator_has_no_right_on_data() -> None:
    held = powers.of(actor(Role.ADMINISTRATOR), [])
    assert {"entities.create", "users.create", "memberships.appoint_head"} <= set(held.national)
    assert not {
        action for action in held.anywhere() - EVERYBODY if action.startswith(("results.", "role_plans."))
    }


def test_a_manager_approves_and_does_not_enter() -> None:
    held = here(actor(Role.MANAGER))
    assert {"results.approve", "results.return", "reopenings.ask", "role_plans.create"} <= held
    assert not {"results.create", "results.review", "role_plans.approve", "reopenings.grant"} & held


@pytest.mark.parametrize("role", [Role.HEAD, Role.HEAD_OFFICE])
def test_the_heads_office_records_what_the_head_decides(role: Role) -> None:
    assert {"role_plans.approve", "reopenings.grant", "memberships.appoint_office"} <= here(actor(role))


def test_the_head_ends_delegations_and_the_heads_office_records_it() -> None:
    assert "delegations.end" in here(actor(Role.HEAD))
    assert "delegations.end" in here(actor(Role.HEAD_OFFICE))
    assert "delegations.end" not in here(actor(Role.HEAD_OFFICE, only=frozenset({"delegations.end"})))
    assert "delegations.end" not in here(actor(Role.SPECIALIST))


def test_the_planning_directorate_reviews_and_may_return() -> None:
    held = here(actor(Role.DIVISION_MEMBER, DivisionFunction.PLANNING))
    assert {"results.review", "results.return"} <= held
    assert not {"results.create", "results.approve"} & held


def test_a_division_enters_where_it_is_in_charge() -> None:
    executing = actor(Role.DIVISION_MEMBER, DivisionFunction.EXECUTING)
    other = actor(Role.DIVISION_MEMBER, DivisionFunction.FINANCE)
    assert "results.create" not in here(executing)
    assert "results.create" not in here(other)
    assert "results.create" in here(executing, default_steps(in_charge=DIVISION))


def test_the_chain_in_force_counts() -> None:
    approved = chains.keys(
        Chain.RESULTS,
        '[["enter", "manager", null], ["review", "specialist", null], ["approve", "head", null]]',
        HERE,
        None,
    )
    assert "results.create" in here(actor(Role.MANAGER), approved)
    assert "results.approve" not in here(actor(Role.MANAGER), approved)
    assert "results.review" in here(actor(Role.SPECIALIST), approved)
    assert "results.approve" in here(actor(Role.HEAD), approved)


def test_unit_grants_nationally() -> None:
    held = powers.of(actor(Role.UNIT_SPECIALIST, of_unit=True), [place()])
    assert {"reopenings.grant", "reopenings.refuse", "reopenings.read"} <= set(held.national)
    assert "reopenings.grant" not in held.by_entity[HERE]


def test_a_delegation_counts_where_it_was_given() -> None:
    given = Delegated("results.approve", party_key(Role.MANAGER, HERE), uuid4())
    held = powers.of(
        actor(Role.SPECIALIST, delegated=(given,)),
        [place(), place(THERE)],
    )
    assert "results.approve" in held.by_entity[HERE]
    assert "results.approve" not in held.by_entity[THERE]


def test_a_service_account_has_no_more_than_it_was_made_with() -> None:
    held = powers.of(
        actor(Role.MANAGER, only=frozenset({"results.approve", "results.review", "me.read"})),
        [place()],
    )
    assert held.anywhere() == {"results.approve", "me.read"}


def test_whoever_appoints_ends_memberships() -> None:
    assert "memberships.end" in powers.of(actor(Role.ADMINISTRATOR), []).national
    for role, ends in (
        (Role.HEAD, True),
        (Role.HEAD_OFFICE, True),
        (Role.MANAGER, True),
        (Role.SPECIALIST, False),
    ):
        assert ("memberships.end" in here(actor(role))) is ends


def test_a_media_representative_writes_what_they_are_assigned() -> None:
    subject = uuid4()
    media = actor(Role.MEDIA_REPRESENTATIVE)
    assert "communication_plans.create" not in powers.of(media, [place()]).by_entity[HERE]
    key = party_key(Role.MEDIA_REPRESENTATIVE, subject)
    assigned = Actor(uuid4(), uuid4(), frozenset({key}), frozenset({HERE}), assigned=frozenset({subject}))
    held = powers.of(assigned, [place(assigned=(subject,))]).by_entity[HERE]
    assert {"communication_plans.create", "communication_activities.report", "evidence.create"} <= set(held)
    assert {action.partition(".")[0] for action in held} <= {
        "communication_plans",
        "communication_activities",
        "evidence",
        "proposals",
    }


def test_a_division_enters_detailed_plans_and_its_head_endorses() -> None:
    member = here(actor(Role.DIVISION_MEMBER, DivisionFunction.EXECUTING))
    head = here(actor(Role.DIVISION_HEAD, DivisionFunction.EXECUTING))
    assert {"detailed_plans.create", "detailed_plans.submit"} <= member
    assert "detailed_plans.endorse" in head - member
    assert "detailed_plans.review" in here(actor(Role.DIVISION_MEMBER, DivisionFunction.PLANNING))
    assert "detailed_plans.approve" in here(actor(Role.MANAGER))


def test_units_people_are_appointed_in_unit() -> None:
    head = actor(Role.HEAD, of_unit=True)
    assert "memberships.appoint_unit" in powers.of(head, [place(is_unit=True)]).by_entity[HERE]
    assert "memberships.appoint_unit" not in here(actor(Role.HEAD))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nothing_is_held_elsewhere(role: Role) -> None:
    who = actor(role, DivisionFunction.EXECUTING if role.value.startswith("division") else None)
    held = powers.of(who, [place(THERE)])
    assert held.by_entity[THERE] == ()
    assert held.anywhere() == EVERYBODY | ON_ONES_OWN
    assert held.within(HERE) == held.within(THERE)


def test_every_action_is_held_by_somebody() -> None:
    held: set[str] = set()
    for role in Role:
        for function in DivisionFunction if role.value.startswith("division") else (None,):
            for of_unit in (False, True):
                who = actor(role, function, of_unit=of_unit)
                held |= powers.of(who, [place(is_unit=of_unit)]).anywhere()
    assert held == set(RULES)


def test_the_office_aligns_the_head_approves_and_unit_agrees() -> None:
    for role in (Role.MANAGER, Role.SPECIALIST, Role.TECHNICAL_REPRESENTATIVE):
        assert "scorecards.align" in here(actor(role))
    assert "scorecards.approve" in here(actor(Role.HEAD))
    assert "scorecards.approve" not in here(actor(Role.MANAGER))
    assert "scorecards.agree" in powers.of(actor(Role.UNIT_SPECIALIST, of_unit=True), [place()]).national


def test_a_division_carries_improvement_plans_out() -> None:
    held = here(actor(Role.DIVISION_MEMBER, DivisionFunction.FINANCE))
    assert {"improvement_plans.report", "evidence.create"} <= held
    assert not {"improvement_plans.create", "improvement_plans.assure", "improvement_plans.approve"} & held
