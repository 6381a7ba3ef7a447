"""Evidence of initiatives, of their progress, and of checks on the ground."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    any_,
    case,
    func,
    literal_column,
    null,
    or_,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.sql.selectable import FromClause

from app.enums import (
    Chain,
    ChainState,
    Role,
    Step,
    SubjectKind,
)
from app.models import (
    Initiative,
    ProgressReport,
    SiteCheck,
)
from app.parties import PROJECT_MANAGER
from app.services import approval, sql
from app.services.evidence.kinds import Evidenced, representative, row
from app.services.evidence.visibility import Sight
from app.services.initiatives import rules as initiatives
from app.services.initiatives import visibility as initiative_visibility
from app.services.people import visibility
from app.services.progress_reports import rules as progress_reports
from app.services.progress_reports import visibility as report_visibility
from app.services.role_plans import chains
from app.services.site_checks import rules as site_checks


def _sight_of_initiative(i: FromClause) -> Sight:
    """How the reader stands to the initiative `i`. The specialists verify its evidence, so they see all of it."""
    return Sight(
        at_work=initiative_visibility.at_work(i),
        named=or_(
            initiative_visibility.named(i),
            sql.party_key(Role.SPECIALIST, i.c.entity_id) == any_(visibility.KEYS),
        ),
        disclosed=and_(visibility.NATIONAL, initiative_visibility.disclosed(i)),
    )


def _of_initiative(id_: ColumnElement[Any]) -> Select[Any]:
    i = sql.alias(Initiative)
    manager = case(
        (
            i.c.manager_id.is_not(None),
            array([sql.party_key(PROJECT_MANAGER, i.c.id)]),
        ),
        else_=literal_column("'{}'::text[]"),
    )
    return (
        row(
            SubjectKind.INITIATIVE,
            state=i.c.state,
            attach=func.array_cat(manager, chains.keys_of(Chain.DETAILED_PLANS, Step.ENTER, i)),
            verify=array([representative(i.c.id), sql.party_key(Role.SPECIALIST, i.c.entity_id)]),
            # Who edited the plan may well verify what proves its end; who says that it has ended does not.
            edited_by=func.array_remove(array([i.c.closing_by_id]), null()),
            attach_due=null(),
            verify_due=null(),
            sight=_sight_of_initiative(i),
            called=(i.c.name_ar, i.c.name_en),
            period=null(),
        )
        .select_from(i)
        .where(i.c.id == id_)
    )


def _of_progress_report(id_: ColumnElement[Any]) -> Select[Any]:
    r, i = sql.alias(ProgressReport), sql.alias(Initiative)
    sight = _sight_of_initiative(i)
    return (
        row(
            SubjectKind.PROGRESS_REPORT,
            state=r.c.state,
            attach=r.c.parties_enter,
            verify=array([representative(i.c.id), sql.party_key(Role.SPECIALIST, r.c.entity_id)]),
            edited_by=r.c.edited_by,
            attach_due=null(),
            verify_due=null(),
            sight=Sight(
                at_work=report_visibility.at_work(r, i),
                named=or_(sight.named, report_visibility.named(r, i)),
                disclosed=and_(visibility.NATIONAL, report_visibility.disclosed(r, i)),
            ),
            called=(i.c.name_ar, i.c.name_en),
            period=null(),
        )
        .select_from(r.join(i, i.c.id == r.c.initiative_id))
        .where(r.c.id == id_)
    )


def _of_site_check(id_: ColumnElement[Any]) -> Select[Any]:
    c, i = sql.alias(SiteCheck), sql.alias(Initiative)
    assigned = sql.party_key(Role.TECHNICAL_REPRESENTATIVE, i.c.id)
    specialist = sql.party_key(Role.SPECIALIST, i.c.entity_id)
    return (
        row(
            SubjectKind.SITE_CHECK,
            state=c.c.state,
            attach=array([assigned, specialist, sql.party_key(Role.MANAGER, i.c.entity_id)]),
            verify=array([representative(i.c.id), specialist]),
            edited_by=c.c.edited_by,
            attach_due=null(),
            verify_due=null(),
            sight=_sight_of_initiative(i),
            called=(i.c.name_ar, i.c.name_en),
            period=null(),
        )
        .select_from(c.join(i, i.c.id == c.c.initiative_id))
        .where(c.c.id == id_)
    )


EVIDENCED = (
    Evidenced(
        SubjectKind.INITIATIVE,
        Initiative,
        Step.ENTER,
        initiatives.EDIT.sources | initiatives.RUNNING,
        initiatives.STANDING,
        _of_initiative,
    ),
    Evidenced(
        SubjectKind.PROGRESS_REPORT,
        ProgressReport,
        Step.ENTER,
        progress_reports.EDIT.sources,
        frozenset({ChainState.DRAFT.value, *approval.CONTROLLED}),
        _of_progress_report,
    ),
    Evidenced(
        SubjectKind.SITE_CHECK,
        SiteCheck,
        initiatives.CHECK,
        site_checks.RECORDED,
        site_checks.RECORDED,
        _of_site_check,
    ),
)
