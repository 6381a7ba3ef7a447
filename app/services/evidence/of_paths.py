"""Evidence of the stages of paths."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    any_,
    case,
    func,
    null,
    or_,
)
from sqlalchemy.dialects.postgresql import array

from app.enums import Role, SubjectKind
from app.models import (
    PathRun,
    PathStage,
)
from app.services import sql
from app.services.evidence.kinds import Evidenced, representative, row
from app.services.evidence.visibility import Sight
from app.services.path_runs import rules as path_runs
from app.services.path_runs import visibility as path_run_visibility
from app.services.people import visibility


def _of_stage(id_: ColumnElement[Any]) -> Select[Any]:
    s, r = sql.alias(PathStage), sql.alias(PathRun)
    at_work = path_run_visibility.at_work(r)
    head, head_office = (
        sql.party_key(Role.HEAD, s.c.entity_id),
        sql.party_key(Role.HEAD_OFFICE, s.c.entity_id),
    )
    # The head's office records what the head decides, and brings the scan of the letter.
    recorded = case(
        (head == any_(s.c.parties), func.array_append(s.c.parties, head_office)), else_=s.c.parties
    )
    return (
        row(
            SubjectKind.PATH_STAGE,
            state=s.c.state,
            attach=recorded,
            verify=array(
                [
                    representative(s.c.subject_id),
                    sql.party_key(Role.SPECIALIST, s.c.entity_id),
                ]
            ),
            edited_by=s.c.edited_by,
            attach_due=s.c.due,
            verify_due=null(),
            sight=Sight(
                at_work=at_work,
                named=or_(
                    s.c.parties.overlap(visibility.CHAIN),
                    s.c.entity_id == any_(visibility.LEADS),
                    sql.party_key(Role.SPECIALIST, s.c.entity_id) == any_(visibility.KEYS),
                ),
                disclosed=path_run_visibility.visible(r),
            ),
            called=(s.c.title_ar, s.c.title_en),
            period=null(),
        )
        .select_from(s.join(r, r.c.id == s.c.run_id))
        .where(s.c.id == id_)
    )


EVIDENCED = (
    Evidenced(
        SubjectKind.PATH_STAGE,
        PathStage,
        path_runs.DOCUMENT,
        path_runs.COMPLETE.sources,
        path_runs.BEGUN,
        _of_stage,
    ),
)
