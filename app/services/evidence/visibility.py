"""The one rule of which evidence a person sees, and when four eyes leaves nobody to verify it (Guide V-3)."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, any_, case, false, or_
from sqlalchemy.sql.selectable import FromClause

from app.enums import Classification, EvidenceState
from app.parties import UNIT
from app.services import sql
from app.services.evidence import rules
from app.services.people import four_eyes, visibility


class Sight(NamedTuple):
    """How the reader stands to the thing that evidence is about.

    `at_work`: works on it; `named`: also where it is restricted, being named on its way or verifying its evidence;
    `disclosed`: is of UNIT, and it is approved.
    """

    at_work: ColumnElement[bool]
    named: ColumnElement[bool]
    disclosed: ColumnElement[bool]

    @classmethod
    def of(cls, s: FromClause) -> "Sight":
        """The same as columns of `subjects.row_of`."""
        return cls(s.c.at_work, s.c.named, s.c.disclosed)


def visible(e: FromClause, sight: Sight) -> ColumnElement[bool]:
    """The one visibility rule of evidence.

    It follows the thing and its own classification: whoever works on the thing; if it is restricted only who
    is named there, who verifies it and who brought it. UNIT sees what was verified of what is approved. That a
    figure is published, or shared with another entity, does not show its evidence.
    """
    return or_(
        inside(e, sight),
        and_(
            e.c.classification != sql.const(Classification.RESTRICTED),
            e.c.state == sql.const(EvidenceState.VERIFIED),
            sight.disclosed,
        ),
    )


def inside(e: FromClause, sight: Sight) -> ColumnElement[bool]:
    """Who sees evidence from its beginning, and who brought it."""
    brought = and_(
        any_(e.c.edited_by) == visibility.PERSON,
        or_(e.c.entity_id == any_(visibility.ENTITIES), visibility.NATIONAL),
    )
    return or_(
        and_(e.c.classification != sql.const(Classification.RESTRICTED), sight.at_work), sight.named, brought
    )


def nobody_left(e: FromClause, s: FromClause) -> ColumnElement[bool]:
    """Four eyes leaves nobody who could verify it, so that the head decides. `s`: of `subjects.row_of`. What UNIT
    verifies is UNIT's alone."""
    of_unit = sql.const(UNIT) == any_(s.c.verify)
    nobody = four_eyes.nobody_left(s.c.verify, sql.const(rules.VERIFY.action), e.c.edited_by, s.c.edited_by)
    return case((of_unit, false()), (e.c.state == sql.const(EvidenceState.SUBMITTED), nobody), else_=false())
