"""When four eyes leaves nobody who could take the control step that is due (design, role rules)."""

from typing import Any

from sqlalchemy import ColumnElement, Select, any_, exists, literal_column, or_, select

from app.enums import Role
from app.models import Assignment, Delegation, Membership
from app.services import sql

_ONE: ColumnElement[int] = literal_column("1")


def nobody_left(
    parties: ColumnElement[Any], action: ColumnElement[str], *barred: ColumnElement[Any]
) -> ColumnElement[bool]:
    """Whether every present holder of `parties`, everybody to whom one of them delegated `action`, and every
    technical representative assigned to a subject that they name, is one of `barred` (arrays of persons)."""

    def free(user_id: ColumnElement[Any]) -> ColumnElement[bool]:
        return ~or_(*[user_id == any_(persons) for persons in barred])

    m, d, t = sql.alias(Membership), sql.alias(Delegation), sql.alias(Assignment)
    holders: Select[Any] = select(_ONE).where(
        m.c.parties.overlap(parties), sql.in_force(m), sql.is_active(m.c.user_id), free(m.c.user_id)
    )
    delegates: Select[Any] = select(_ONE).where(
        d.c.action == action,
        d.c.party == any_(parties),
        sql.delegation_stands(d),
        free(d.c.delegate_id),
    )
    assigned: Select[Any] = select(_ONE).where(
        sql.party_key(Role.TECHNICAL_REPRESENTATIVE, t.c.subject_id) == any_(parties),
        represents(t),
        free(t.c.user_id),
    )
    # Named: what is asked of is not found through two levels of subqueries.
    return ~or_(
        exists(holders.correlate_except(m)),
        exists(delegates.correlate_except(d)),
        exists(assigned.correlate_except(t)),
    )


def represented(
    subject_id: ColumnElement[Any], role: Role = Role.TECHNICAL_REPRESENTATIVE
) -> ColumnElement[bool]:
    """Whether a representative of this role is assigned to the subject now."""
    t = sql.alias(Assignment)
    found: Select[Any] = select(_ONE).where(t.c.subject_id == subject_id, represents(t, role))
    return exists(found.correlate_except(t))


def represents(t: Any, role: Role = Role.TECHNICAL_REPRESENTATIVE) -> ColumnElement[bool]:
    """Whether an assignment makes its holder answer for the subject now: they are a representative of this role in
    its entity. `people.actor` asks the same of the person who makes a request."""
    m = sql.alias(Membership)
    post: Select[Any] = select(_ONE).where(
        m.c.user_id == t.c.user_id,
        m.c.entity_id == t.c.entity_id,
        m.c.role == sql.const(role),
        sql.in_force(m),
    )
    return sql.in_force(t) & sql.is_active(t.c.user_id) & exists(post)
