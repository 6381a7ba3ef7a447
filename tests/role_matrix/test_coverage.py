"""Nothing of the service is left out of the tables: no rule, no route, no person."""

from itertools import product

from app import permissions
from app.contract import permission_of, routes_of
from app.main import create_app
from tests.role_matrix.expectation import FOLDER, group_of, table, tables
from tests.role_matrix.results import CLASSIFICATIONS

ROUTES = table("routes", "routes").lines
LEVELS = ("main", "vision")
SCORECARD = ("scorecard", "vision")
OF_SOME = ("results.read of a whole", "results.read of a part")
"""Tables that speak of some people only."""


def test_every_route_is_written_down() -> None:
    """A new route, or another permission of an old one, fails until the tables say who may use it."""
    served = {
        (f"{method.upper()} {path}", str(permission_of(route)))
        for (path, method), route in routes_of(create_app())
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
    areas = (
        "results",
        "office",
        "reads",
        "indicators",
        "definitions",
        "contributions",
        "obligations",
        "evidence",
        "path_templates",
        "path_runs",
        "communications",
        "detailed_plans",
        "challenges",
        "risks",
        "actions",
        "evaluations",
        "meetings",
        "initiatives",
        "scorecards",
        "improvement_plans",
        "notifications",
    )
    for area in areas:
        for name, each in tables(area).items():
            if "who" not in each.keys or "said" in each.keys or name in OF_SOME:
                continue
            levels = SCORECARD if "scorecard" in {line.get("level") for line in each.lines} else LEVELS
            values = {"who": group_of(), "classification": CLASSIFICATIONS, "level": levels}
            for asked in product(*(values[key] for key in each.keys)):
                for state in each.states:
                    assert each.cell(state, **dict(zip(each.keys, asked, strict=True)))


def _said_in(area: str) -> set[str]:
    """The actions that a file has a table or a column for."""
    found = tables(area).values()
    return {name for each in found for name in (each.name.partition(" ")[0], *each.states)}
