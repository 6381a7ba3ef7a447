"""Evidence of the activities of communication plans."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    func,
    null,
)
from sqlalchemy.dialects.postgresql import array

from app.enums import (
    Role,
    Step,
    SubjectKind,
)
from app.models import (
    CommunicationActivity,
    CommunicationPlan,
)
from app.services import sql
from app.services.communications import rules as communications
from app.services.communications import visibility as communication_visibility
from app.services.evidence.kinds import Evidenced, media, representative, row
from app.services.evidence.visibility import Sight


def _of_activity(id_: ColumnElement[Any]) -> Select[Any]:
    a, p = sql.alias(CommunicationActivity), sql.alias(CommunicationPlan)
    at_work = communication_visibility.at_work(p)
    return (
        row(
            SubjectKind.COMMUNICATION_ACTIVITY,
            state=a.c.state,
            attach=func.array_cat(
                p.c.parties_enter,
                func.array_remove(array([media(p.c.about_id), media(p.c.id)]), null()),
            ),
            verify=array([representative(p.c.about_id), sql.party_key(Role.SPECIALIST, a.c.entity_id)]),
            edited_by=a.c.edited_by,
            attach_due=null(),
            verify_due=null(),
            sight=Sight(
                at_work=at_work,
                named=at_work,
                disclosed=communication_visibility.disclosed(p),
            ),
            called=(a.c.name_ar, a.c.name_en),
            period=null(),
        )
        .select_from(a.join(p, p.c.id == a.c.plan_id))
        .where(a.c.id == id_)
    )


EVIDENCED = (
    Evidenced(
        SubjectKind.COMMUNICATION_ACTIVITY,
        CommunicationActivity,
        Step.ENTER,
        communications.EVIDENCED,
        communications.EVIDENCED,
        _of_activity,
    ),
)
