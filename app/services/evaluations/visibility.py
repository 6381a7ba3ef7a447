"""The one rule of which evaluations a person sees, and when four eyes leaves nobody to approve one."""

from sqlalchemy import ColumnElement, and_, any_, case, false, or_
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.sql.selectable import FromClause

from app.enums import Classification, Role
from app.enums.evaluations import EvaluationState
from app.services import sql
from app.services.evaluations import rules
from app.services.people import four_eyes, visibility


def named(v: FromClause) -> ColumnElement[bool]:
    """Who sees an evaluation whatever its classification: the head and who records for them, the manager, who drafted it,
    and who is assigned to what it is about."""
    return or_(
        v.c.entity_id == any_(visibility.LEADS),
        sql.party_key(Role.MANAGER, v.c.entity_id) == any_(visibility.KEYS),
        v.c.about_id == any_(visibility.ASSIGNED),
        and_(v.c.drafted_by_id == visibility.PERSON, v.c.entity_id == any_(visibility.ENTITIES)),
    )


def visible(v: FromClause) -> ColumnElement[bool]:
    """The one visibility rule of evaluations: who is `named`; unless it is restricted the office, and of what was approved
    the entity's people."""
    approved = v.c.state == sql.const(EvaluationState.APPROVED)
    return or_(
        named(v),
        and_(
            v.c.classification != sql.const(Classification.RESTRICTED),
            or_(
                v.c.entity_id == any_(visibility.OFFICE),
                and_(approved, v.c.entity_id == any_(visibility.ENTITIES)),
            ),
        ),
    )


def nobody_left(v: FromClause) -> ColumnElement[bool]:
    """Four eyes leaves no manager who could approve it, so that the head does."""
    nobody = four_eyes.nobody_left(
        array([sql.party_key(Role.MANAGER, v.c.entity_id)]), sql.const(rules.APPROVE.action), v.c.edited_by
    )
    return case((v.c.state == sql.const(EvaluationState.DRAFT), nobody), else_=false())
