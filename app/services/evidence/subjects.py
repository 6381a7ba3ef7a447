"""What evidence can be about: one line for each kind of thing, from the file of its area.

Who may edit a thing may attach evidence to it, in the states in which it is edited. Its evidence is verified
until the thing is approved, and never changes afterwards.
"""

from collections.abc import Collection, Mapping
from functools import cache
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Uuid,
    bindparam,
    exists,
    literal_column,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.sql.selectable import FromClause

from app.db import Writer
from app.services import lifecycle, sql
from app.services.evidence import (
    of_actions,
    of_challenges,
    of_communications,
    of_improvement_plans,
    of_initiatives,
    of_meetings,
    of_paths,
    of_results,
    of_risks,
)
from app.services.evidence.kinds import Evidenced

KINDS: Mapping[str, Evidenced] = {
    each.kind: each
    for each in (
        *of_results.EVIDENCED,
        *of_paths.EVIDENCED,
        *of_improvement_plans.EVIDENCED,
        *of_initiatives.EVIDENCED,
        *of_communications.EVIDENCED,
        *of_challenges.EVIDENCED,
        *of_risks.EVIDENCED,
        *of_actions.EVIDENCED,
        *of_meetings.EVIDENCED,
    )
}


def row_of(e: FromClause, only: Collection[str] = ()) -> FromClause:
    """The thing that the evidence `e` is about, to be joined on true: the columns of `kinds.row`, those of a Sight among
    them, or `only` these of them."""
    rows = [sql.only(each.row(e.c.subject_id), only).correlate(e) for each in KINDS.values()]
    return union_all(*rows).lateral("subject")


@cache
def raised(kind: str, states: frozenset[str], *, edits: bool) -> ColumnElement[bool]:
    """A condition that raises the version of the thing `raised_id`, and holds when it is in one of `states`: whoever
    decides about it decides about what they saw, its evidence included. `edits`: who acts counts as its editor from
    now on, having brought proof of it."""
    model = KINDS[kind].model
    table: FromClause = model.__table__
    within = or_(*(table.c.state == sql.const(state) for state in sorted(states)))
    edited = {"edited_by": lifecycle.with_who_acts(table.c.edited_by)} if edits else {}
    moved = (
        update(model)
        .where(table.c.id == bindparam("raised_id", type_=Uuid), within)
        .values(version=table.c.version + 1, **edited)
        .returning(table.c.id)
        .cte("subject")
    )
    return exists(select(literal_column("1")).select_from(moved))


async def raise_version(
    writer: Writer, kind: str, subject_id: UUID, states: frozenset[str], editor_id: UUID
) -> bool:
    """The same as a statement of its own: whether the thing was in one of `states`."""
    found = await writer.execute(
        select(raised(kind, states, edits=True)), {"raised_id": subject_id, "by_id": editor_id}
    )
    return bool(found.scalar_one())
