"""Nothing that waits for somebody is left out of the inbox."""

import importlib.util
import pkgutil

import app.services
from app.services import transition_tables
from app.services.inbox.kinds import KINDS
from app.services.transitions import Awaited


def test_each_kind_that_waits_is_known_to_the_inbox() -> None:
    awaited = {action for action in _awaited_actions() if transition_tables.find(action) is not None}
    assert "results.submit" in awaited
    waiting = {found[0] for action in awaited if (found := transition_tables.find(action)) is not None}
    assert waiting - KINDS.keys() == set()


def _awaited_actions() -> set[str]:
    """What the areas' rules say that somebody is awaited to do."""
    found: set[str] = set()
    for area in pkgutil.iter_modules(app.services.__path__):
        if not area.ispkg or importlib.util.find_spec(f"app.services.{area.name}.rules") is None:
            continue
        said = getattr(importlib.import_module(f"app.services.{area.name}.rules"), "AWAITED", {})
        values = said.values() if isinstance(said, dict) else [said]
        found |= {each.action for each in values if isinstance(each, Awaited)}
    return found
