"""What can be done to an indicator: pure guards (Guide D-2)."""

from app.enums import DivisionFunction
from app.errors import invalid, unknown_reference
from app.services.transitions import Transition

STANDING = "standing"
"""The only state of an indicator: its definition is of the catalogue, and nothing awaits a decision."""

EDIT = Transition("indicators.edit", frozenset({STANDING}), STANDING)

BEGUN_HERE = ("results.create", "assignments.create")
"""What is made under an indicator, in the order in which it is listed."""


def check_in_charge(function: DivisionFunction | None) -> None:
    """Raise Invalid for a division that the owner entity does not have (None), or that does not execute."""
    if function is None:
        raise unknown_reference("#/division_id")
    if function is not DivisionFunction.EXECUTING:
        raise invalid(
            "#/division_id",
            "not_executing",
            "Only an executing division can be in charge of an indicator.",
            "لا يتولى المسؤولية عن المؤشر إلا تقسيم منفّذ.",
        )
