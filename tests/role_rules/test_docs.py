"""The role rules in words: complete, and the same in the code and on the page."""

import importlib
import pkgutil
from pathlib import Path

from app import permissions, role_rules, role_rules_words, services
from app.enums import Chain, Party, SubjectKind
from app.services import transition_tables
from app.services.transitions import Transition

PAGE = Path(__file__).resolve().parents[2] / "docs" / "role-rules.md"


def test_the_page_is_what_the_code_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == role_rules.markdown(), (
        "write it anew: python -m app.role_rules > docs/role-rules.md"
    )


def test_every_rule_is_there_in_its_order() -> None:
    assert [line.action for line in role_rules.table()] == list(permissions.RULES)


def test_every_party_has_words() -> None:
    named = {who for rule in permissions.RULES.values() for who in rule.who}
    assert named | {party.value for party in Party} <= {str(party) for party in role_rules_words.PARTIES}
    assert set(role_rules_words.CHAINS) == set(Chain)


def test_every_transition_that_a_person_takes_is_in_the_one_registry() -> None:
    """What follows by itself, such as a leave that lapses, has no rule of who may, and no line."""
    found = {
        transition
        for module in pkgutil.iter_modules(services.__path__)
        if module.ispkg and _has_rules(module.name)
        for transition in vars(importlib.import_module(f"app.services.{module.name}.rules")).values()
        if isinstance(transition, Transition) and transition.action in permissions.RULES
    }
    listed = [line for table in transition_tables.TABLES for line in table.transitions]
    assert set(listed) == found
    assert len({line.action for line in listed}) == len(listed), "an action stands in two tables"


def _has_rules(area: str) -> bool:
    return (Path(services.__path__[0]) / area / "rules.py").is_file()


def test_every_transition_has_a_rule_of_who_may_take_it() -> None:
    actions = {line.action for table in transition_tables.TABLES for line in table.transitions}
    assert actions <= set(permissions.RULES)


def test_where_an_action_leads_is_read_from_the_transition_tables() -> None:
    lines = {line.action: line for line in role_rules.table()}
    returned = lines["results.return"]
    assert (returned.subject, returned.from_states, returned.to_state) == (
        SubjectKind.RESULT,
        ("reviewed", "submitted"),
        "draft",
    )
    assert returned.reason
    edited = lines["results.edit"]
    assert (edited.from_states, edited.to_state) == (("draft",), None)
    read = lines["results.read"]
    assert (read.subject, read.from_states, read.to_state, read.reason) == (None, (), None, False)
