"""Nothing of the service is left out of the tables: no rule, no route, no person."""

from app import permissions
from app.contract import permissions_by_route
from app.main import create_app
from tests.role_matrix.expectation import FOLDER, group_of, table, tables

ROUTES = table("routes", "routes").lines


def test_every_route_is_written_down() -> None:
    """A new route, or another permission of an old one, fails until the tables say who may use it."""
    served = {
        (f"{method.upper()} {path}", str(permission))
        for (path, method), permission in permissions_by_route(create_app())
    }
    written = {(line["route"], line["permission"]) for line in ROUTES}
    assert served == written


def test_every_route_is_in_the_table_that_it_names() -> None:
    """The file named beside a route has a table, or a column, for its action."""
    missing = [
        f"{line['route']}: {line['file']} says nothing of {line['permission']}"
        for line in ROUTES
        if line["permission"] != permissions.PUBLIC and line["permission"] not in _said_in(line["file"])
    ]
    assert not missing, "\n".join(missing)


def test_every_rule_is_expected() -> None:
    """Each action of the service's own role rules occurs in the expectation."""
    said = set().union(*(_said_in(path.stem) for path in FOLDER.glob("*.md")))
    said |= {line["permission"] for line in table("routes", "rules without a route").lines}
    assert set(permissions.RULES) <= said


def test_each_person_is_answered_once_everywhere() -> None:
    """Every table that speaks of the cast speaks of all of it; `answer` fails on a gap or a contradiction."""
    for area in ("results", "office", "reads"):
        for each in tables(area).values():
            if "who" not in each.keys or "said" in each.keys:
                continue
            for who in group_of():
                for state in each.states:
                    if "classification" not in each.keys:
                        assert each.cell(state, who=who)
                        continue
                    for classification in ("open", "internal", "restricted"):
                        assert each.cell(state, who=who, classification=classification)


def _said_in(area: str) -> set[str]:
    """The actions that a file has a table or a column for."""
    found = tables(area).values()
    return {name for each in found for name in (each.name.partition(" ")[0], *each.states)}
