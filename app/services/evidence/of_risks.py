"""Evidence of risks."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, any_, case, func, null, true
from sqlalchemy.dialects.postgresql import array

from app.enums import Classification, Party, Role, SubjectKind
from app.models import Risk
from app.parties import PERSON
from app.services import sql
from app.services.challenges import subjects
from app.services.evidence.kinds import Evidenced, representative, row
from app.services.evidence.visibility import Sight
from app.services.people import visibility
from app.services.risks import rules as risks
from app.services.risks import visibility as risk_visibility


def _of_risk(id_: ColumnElement[Any]) -> Select[Any]:
    r = sql.alias(Risk)
    about = subjects.named(r.c.about_id, r, subjects.WORK, kind=r.c.about_kind, only=["parties"])
    manager, specialist = (
        sql.party_key(Role.MANAGER, r.c.entity_id),
        sql.party_key(Role.SPECIALIST, r.c.entity_id),
    )
    restricted = r.c.classification == sql.const(Classification.RESTRICTED)
    # The specialists of the office do not read what is restricted, so that its manager verifies.
    verifier = case((restricted, manager), else_=specialist)
    registrar = sql.party_key(PERSON, r.c.registered_by_id)
    within = r.c.entity_id == any_(visibility.ENTITIES)
    seen = risk_visibility.visible(r, about)
    division = case((r.c.division_id.is_not(None), sql.party_key(Party.DIVISION, r.c.division_id)))
    # The head's office brings the scan of what the head decides about it.
    head_office = sql.party_key(Role.HEAD_OFFICE, r.c.entity_id)
    attach = array([manager, case((restricted, registrar), else_=specialist), head_office, division])
    return (
        row(
            SubjectKind.RISK,
            state=r.c.state,
            attach=func.array_remove(attach, null()) + func.coalesce(about.c.parties, subjects.NOBODY),
            verify=array([representative(r.c.id), representative(r.c.about_id), verifier]),
            edited_by=r.c.edited_by,
            attach_due=null(),
            verify_due=null(),
            sight=Sight(
                at_work=and_(within, seen),
                named=and_(within, risk_visibility.named(r, about) | (verifier == any_(visibility.KEYS))),
                disclosed=and_(visibility.NATIONAL, seen),
            ),
            called=(r.c.title, r.c.title),  # its one title stands for both
            period=null(),
        )
        .select_from(r.outerjoin(about, true()))
        .where(r.c.id == id_)
    )


EVIDENCED = (
    Evidenced(
        SubjectKind.RISK,
        Risk,
        risks.DOCUMENT,
        risks.RUNNING,
        risks.RUNNING,
        _of_risk,
    ),
)
