"""Evidence of challenges."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    any_,
    case,
    func,
    null,
    or_,
    true,
)
from sqlalchemy.dialects.postgresql import array

from app.enums import Classification, Party, Role, SubjectKind
from app.models import Challenge
from app.parties import PERSON
from app.services import sql
from app.services.challenges import rules as challenges
from app.services.challenges import subjects as challenge_subjects
from app.services.challenges import visibility as challenge_visibility
from app.services.evidence.kinds import Evidenced, representative, row
from app.services.evidence.visibility import Sight
from app.services.people import visibility


def _of_challenge(id_: ColumnElement[Any]) -> Select[Any]:
    c = sql.alias(Challenge)
    about = challenge_subjects.about(c, ["parties", "period"])
    manager, specialist = (
        sql.party_key(Role.MANAGER, c.c.entity_id),
        sql.party_key(Role.SPECIALIST, c.c.entity_id),
    )
    restricted = c.c.classification == sql.const(Classification.RESTRICTED)
    # The specialists of the office do not read what is restricted, so that its manager verifies.
    verifier = case((restricted, manager), else_=specialist)
    opener = sql.party_key(PERSON, c.c.opened_by_id)
    within = c.c.entity_id == any_(visibility.ENTITIES)
    seen = challenge_visibility.visible(c, about)
    division = case((c.c.division_id.is_not(None), sql.party_key(Party.DIVISION, c.c.division_id)))
    attach = array(
        [
            manager,
            case((restricted, opener), else_=specialist),
            sql.party_key(Role.HEAD_OFFICE, c.c.entity_id),
            division,
        ]
    )
    return (
        row(
            SubjectKind.CHALLENGE,
            state=c.c.state,
            attach=func.array_remove(attach, null()) + about.c.parties,
            verify=array([representative(c.c.id), representative(c.c.about_id), verifier]),
            edited_by=c.c.edited_by,
            attach_due=null(),
            verify_due=null(),
            sight=Sight(
                at_work=and_(within, seen),
                named=and_(
                    within, or_(challenge_visibility.named(c, about), verifier == any_(visibility.KEYS))
                ),
                disclosed=and_(visibility.NATIONAL, seen),
            ),
            called=(c.c.title, c.c.title),  # its one title stands for both
            period=about.c.period,
        )
        .select_from(c.join(about, true()))
        .where(c.c.id == id_)
    )


EVIDENCED = (
    Evidenced(
        SubjectKind.CHALLENGE,
        Challenge,
        challenges.DOCUMENT,
        challenges.HELD,
        challenges.HELD,
        _of_challenge,
    ),
)
