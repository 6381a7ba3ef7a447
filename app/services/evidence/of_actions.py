"""Evidence of actions: what proves that they are done."""

from typing import Any

from sqlalchemy import ColumnElement, Select, any_, case, false, null, or_
from sqlalchemy.dialects.postgresql import array

from app.enums import Classification, Party, Role, SubjectKind
from app.models import Action
from app.parties import PERSON
from app.services import sql
from app.services.actions import rules as actions
from app.services.actions import visibility as action_visibility
from app.services.evidence.kinds import Evidenced, representative, row
from app.services.evidence.visibility import Sight
from app.services.people import visibility


def _of_action(id_: ColumnElement[Any]) -> Select[Any]:
    a = sql.alias(Action)
    owner = case(
        (
            a.c.owner_id.is_not(None),
            sql.party_key(PERSON, a.c.owner_id),
        ),
        else_=sql.party_key(Party.DIVISION, a.c.division_id),
    )
    restricted = a.c.classification == sql.const(Classification.RESTRICTED)
    # The specialists of the office do not read what is restricted, so that its manager verifies.
    verifier = case(
        (restricted, sql.party_key(Role.MANAGER, a.c.entity_id)),
        else_=sql.party_key(Role.SPECIALIST, a.c.entity_id),
    )
    return (
        row(
            SubjectKind.ACTION,
            state=a.c.state,
            attach=array([owner]),
            verify=array([representative(a.c.about_id), verifier]),
            edited_by=a.c.edited_by,
            attach_due=a.c.due,
            verify_due=null(),
            sight=Sight(
                at_work=action_visibility.visible(a),
                named=or_(action_visibility.named(a), verifier == any_(visibility.KEYS)),
                disclosed=false(),
            ),
            called=(a.c.title, a.c.title),  # it has one, in the language in which it was written
            period=null(),
        )
        .select_from(a)
        .where(a.c.id == id_)
    )


EVIDENCED = (
    Evidenced(
        SubjectKind.ACTION,
        Action,
        actions.CARRY_OUT,
        actions.TAKES_EVIDENCE,
        actions.UNDECIDED,
        _of_action,
    ),
)
