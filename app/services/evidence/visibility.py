"""The one rule of which evidence a person sees, and when four eyes leaves nobody to verify it (Guide V-3)."""

from sqlalchemy import ColumnElement, and_, any_, case, false, or_
from sqlalchemy.sql.selectable import FromClause

from app.enums import Classification, EvidenceState
from app.services import sql
from app.services.evidence import rules
from app.services.people import four_eyes, visibility


def visible(e: FromClause, s: FromClause) -> ColumnElement[bool]:
    """The one visibility rule of evidence. `s`: the thing that it is about, of `subjects.row_of`.

    It follows the thing and its own classification: whoever works on the thing; if it is restricted only who
    is named there, who verifies it and who brought it. UNIT sees what was verified of what is approved. That a
    figure is published, or shared with another entity, does not show its evidence.
    """
    return or_(
        inside(e, s),
        and_(
            e.c.classification != sql.const(Classification.RESTRICTED),
            e.c.state == sql.const(EvidenceState.VERIFIED),
            s.c.disclosed,
        ),
    )


def inside(e: FromClause, s: FromClause) -> ColumnElement[bool]:
    """Who sees evidence from its beginning, and who brought it."""
    brought = and_(
        any_(e.c.edited_by) == visibility.PERSON,
        or_(e.c.entity_id == any_(visibility.ENTITIES), visibility.NATIONAL),
    )
    return or_(
        and_(e.c.classification != sql.const(Classification.RESTRICTED), s.c.at_work), s.c.named, brought
    )


def nobody_left(e: FromClause, s: FromClause) -> ColumnElement[bool]:
    """Four eyes leaves nobody who could verify it, so that the head decides."""
    nobody = four_eyes.nobody_left(s.c.verify, rules.VERIFY.action, e.c.edited_by, s.c.edited_by)
    return case((e.c.state == sql.const(EvidenceState.SUBMITTED), nobody), else_=false())
