"""What each step of `approval`'s table writes on the thing that takes it: who did what, when; and when four eyes
leaves nobody to take the step that is due.

The thing's table has the columns `edited_by`, `controlled_by`, `exceptional`, `return_reason`, and
`submitted_by_id`, `submitted_at` and so on for submitting, reviewing, approving and returning.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, case, false, or_
from sqlalchemy.sql.selectable import FromClause

from app.enums import ChainState
from app.services import lifecycle, sql
from app.services.approval import Approval
from app.services.lifecycle import GIVEN
from app.services.people import four_eyes
from app.services.transitions import Transition


class Stamps:
    """The columns of each step. One for each table, made with the module, since statements are compiled by it."""

    def __init__(self, approval: Approval, table: Table) -> None:
        self._approval = approval
        self._controls = lifecycle.controls(table)

    def of(self, transition: Transition, person_id: UUID, now: datetime) -> dict[str, Any]:
        """The columns of `transition`. `person_id`: in whose name it is decided."""
        if transition.action == self._approval.submit.action:
            return {"submitted_by_id": person_id, "submitted_at": now}
        if transition is self._approval.withdraw:
            return {"submitted_by_id": None, "submitted_at": None}
        if transition is self._approval.review:
            return {"reviewed_by_id": person_id, "reviewed_at": now, **self._controls}
        if transition is self._approval.approve:
            return {
                "approved_by_id": person_id,
                "approved_at": now,
                **self._controls,
                "returned_by_id": None,
                "returned_at": None,
                "return_reason": None,
            }
        if transition is self._approval.send_back:
            # A return voids the control steps of this round; who edited stays barred for good.
            return {
                "returned_by_id": person_id,
                "returned_at": now,
                "return_reason": GIVEN.c.reason,
                "submitted_by_id": None,
                "submitted_at": None,
                "reviewed_by_id": None,
                "reviewed_at": None,
                "controlled_by": [],
                "exceptional": False,
            }
        return {}


def nobody_left(approval: Approval, t: FromClause) -> ColumnElement[bool]:
    """Four eyes leaves nobody who could take the control step that is due. `t` names the parties of its steps in
    `parties_review` and `parties_approve`."""
    submitted = t.c.state == sql.const(ChainState.SUBMITTED)
    # Said once for both steps: each time it stands in a statement costs more than what it finds.
    nobody = four_eyes.nobody_left(
        case((submitted, t.c.parties_review), else_=t.c.parties_approve),
        case((submitted, sql.const(approval.review.action)), else_=sql.const(approval.approve.action)),
        t.c.edited_by,
        t.c.controlled_by,
    )
    return case((or_(submitted, t.c.state == sql.const(ChainState.REVIEWED)), nobody), else_=false())
