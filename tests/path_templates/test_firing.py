"""What a template may fire, what its subjects offer, and who the role rules name for it: one and the same thing, told in
three places."""

from collections.abc import Mapping
from uuid import UUID

import pytest

from app.enums import Role, SubjectKind
from app.enums.paths import CONTROL_STAGES, RunsOn, StageParty
from app.parties import party_key
from app.role_table import TABLE
from app.role_table.rule import Rule
from app.services.path_runs.firing import WALKING
from app.services.path_templates.firing import FIREABLE
from app.services.plans import rules as plan_rules
from app.services.plans import walking as plans
from app.services.scorecards import rules as scorecard_rules
from app.services.scorecards import walking as scorecards
from app.services.transitions import Fire

ENTITY, SUBJECT = UUID(int=1), UUID(int=2)
CHAIN = {step: (party_key(Role.SPECIALIST, ENTITY),) for step in ("enter", "review", "approve")}
OFFERED: Mapping[RunsOn, Mapping[str, Fire]] = {
    RunsOn.PLAN: plans.FIRES,
    RunsOn.SCORECARD: scorecards.FIRES,
    RunsOn.ENTITY: {},
}
STEPS = {
    RunsOn.PLAN: plan_rules.steps(CHAIN, ENTITY, SUBJECT),
    RunsOn.SCORECARD: scorecard_rules.steps(ENTITY, SUBJECT, represented=True),
}
"""Whom the words `step:` of the role rules stand for."""
RULES: Mapping[str, Rule] = {rule.action: rule for rule in TABLE}
FIRED = [(runs_on, action) for runs_on, actions in FIREABLE.items() for action in actions]


@pytest.mark.parametrize("runs_on", list(RunsOn))
def test_a_stage_may_fire_exactly_what_its_subject_offers(runs_on: RunsOn) -> None:
    assert FIREABLE[runs_on].keys() == OFFERED[runs_on].keys()
    for action, fire in OFFERED[runs_on].items():
        assert fire.transition.action == action


def test_the_engine_fires_what_the_areas_offer() -> None:
    assert {kind: walking.fires for kind, walking in WALKING.items()} == {
        SubjectKind.PLAN: plans.FIRES,
        SubjectKind.SCORECARD: scorecards.FIRES,
    }


@pytest.mark.parametrize(("runs_on", "action"), FIRED)
def test_who_may_have_the_stage_is_whom_the_role_rules_name(runs_on: RunsOn, action: str) -> None:
    """Read both ways: nobody who could end the stage is refused what it fires, and nobody whom the rule names is kept
    from having it."""
    assert _of_the_template(FIREABLE[runs_on][action].parties) == _of_the_rule(runs_on, RULES[action])


@pytest.mark.parametrize(("runs_on", "action"), FIRED)
def test_what_decides_is_a_control_stage_and_nothing_else_is(runs_on: RunsOn, action: str) -> None:
    kinds = FIREABLE[runs_on][action].kinds
    assert (kinds <= CONTROL_STAGES) is RULES[action].control
    assert kinds <= CONTROL_STAGES or not kinds & CONTROL_STAGES


@pytest.mark.parametrize(("runs_on", "action"), FIRED)
def test_what_the_head_alone_decides_may_be_recorded(runs_on: RunsOn, action: str) -> None:
    alone = FIREABLE[runs_on][action].parties == {StageParty.HEAD}
    assert RULES[action].recordable is alone


@pytest.mark.parametrize(("runs_on", "action"), FIRED)
def test_what_comes_before_leads_to_where_it_begins(runs_on: RunsOn, action: str) -> None:
    """A state in which a transition begins is one that a transition needed before it, or the start, leaves behind."""
    offered, needed = OFFERED[runs_on], FIREABLE[runs_on][action].needs
    sources = offered[action].transition.sources
    if needed:
        assert {str(offered[before].transition.target) for before in needed} & sources
    else:
        assert "draft" in sources


def test_a_plan_goes_back_to_where_it_was() -> None:
    """What a return leads to is a state that the subject's own life has, and needs a reason."""
    for walking in WALKING.values():
        for state, fire in walking.returns.items():
            assert (str(fire.transition.target), fire.transition.reason) == (state, True)


def _of_the_template(parties: frozenset[StageParty]) -> set[str]:
    standing = {
        StageParty.OFFICE: {Role.MANAGER.value, Role.SPECIALIST.value},
        StageParty.ENTERER: {key.partition(":")[0] for key in CHAIN["enter"]},
    }
    return {each for party in parties for each in standing.get(party, {str(party.value)})}


def _of_the_rule(runs_on: RunsOn, rule: Rule) -> set[str]:
    found: set[str] = set()
    for who in rule.who:
        kind, _, step = who.partition(":")
        found |= {key.partition(":")[0] for key in STEPS[runs_on][step]} if kind == "step" else {who}
    return found
