"""Evidence of meetings: their signed minutes."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, any_, case, null, or_
from sqlalchemy.dialects.postgresql import array

from app.enums import Classification, Role, SubjectKind
from app.models import Meeting
from app.parties import PERSON
from app.services import sql
from app.services.evidence.kinds import Evidenced, representative, row
from app.services.evidence.visibility import Sight
from app.services.meetings import rules as meetings
from app.services.meetings import visibility as meeting_visibility
from app.services.people import visibility


def _of_meeting(id_: ColumnElement[Any]) -> Select[Any]:
    m = sql.alias(Meeting)
    manager, specialist = (
        sql.party_key(Role.MANAGER, m.c.entity_id),
        sql.party_key(Role.SPECIALIST, m.c.entity_id),
    )
    restricted = m.c.classification == sql.const(Classification.RESTRICTED)
    # Not every specialist may read what is restricted, so that the manager verifies, who confirms its minutes too.
    verifier = case((restricted, manager), else_=specialist)
    planner = sql.party_key(PERSON, m.c.planned_by_id)
    within = m.c.entity_id == any_(visibility.ENTITIES)
    # Signed minutes say what the minutes say.
    seen = meeting_visibility.minutes_visible(m)
    names_them = and_(meeting_visibility.named(m), meeting_visibility.minutes_told(m))
    return (
        row(
            SubjectKind.MEETING,
            state=m.c.state,
            attach=array([manager, case((restricted, planner), else_=specialist)]),
            verify=array([representative(m.c.id), verifier]),
            edited_by=m.c.edited_by,
            attach_due=null(),
            verify_due=null(),
            sight=Sight(
                at_work=and_(within, seen),
                named=and_(within, or_(names_them, verifier == any_(visibility.KEYS))),
                disclosed=and_(visibility.NATIONAL, seen),
            ),
            called=(m.c.title_ar, m.c.title_en),
            period=null(),
        )
        .select_from(m)
        .where(m.c.id == id_)
    )


EVIDENCED = (
    Evidenced(
        SubjectKind.MEETING,
        Meeting,
        meetings.DOCUMENT,
        meetings.DOCUMENTED,
        meetings.DOCUMENTED,
        _of_meeting,
    ),
)
