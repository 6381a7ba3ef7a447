"""Evidence of improvement plans."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    func,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import array

from app.enums import Party, Role, SubjectKind
from app.enums.scorecards import ImprovementPlanState
from app.models import (
    ImprovementAction,
    ImprovementPlan,
    Indicator,
)
from app.services import sql
from app.services.evidence.kinds import Evidenced, representative, row
from app.services.evidence.visibility import Sight
from app.services.improvement_plans import rules as plans
from app.services.improvement_plans import visibility as plan_visibility
from app.services.people import visibility


def _of_improvement_plan(id_: ColumnElement[Any]) -> Select[Any]:
    p, i = sql.alias(ImprovementPlan), sql.alias(Indicator)
    a = sql.alias(ImprovementAction)
    specialist = sql.party_key(Role.SPECIALIST, p.c.entity_id)
    carried_out = p.c.state == sql.const(ImprovementPlanState.APPROVED)
    divisions = (
        select(func.array_agg(sql.party_key(Party.DIVISION, a.c.division_id)))
        .where(
            a.c.plan_id == p.c.id,
            a.c.division_id.is_not(None),
            p.c.state != sql.const(ImprovementPlanState.DRAFT),
        )
        .correlate_except(a)
        .scalar_subquery()
    )
    return (
        row(
            SubjectKind.IMPROVEMENT_PLAN,
            state=p.c.state,
            attach=func.array_append(divisions, specialist),
            verify=array([representative(p.c.id), representative(i.c.id), specialist]),
            edited_by=p.c.edited_by,
            attach_due=case((carried_out, p.c.due)),
            verify_due=case((carried_out, p.c.due)),
            sight=Sight(
                at_work=plan_visibility.at_work(p),
                named=plan_visibility.named(p),
                disclosed=and_(visibility.NATIONAL, plan_visibility.stands(p)),
            ),
            called=(i.c.name_ar, i.c.name_en),
            period=null(),
        )
        .select_from(p.join(i, i.c.id == p.c.indicator_id))
        .where(p.c.id == id_)
    )


EVIDENCED = (
    Evidenced(
        SubjectKind.IMPROVEMENT_PLAN,
        ImprovementPlan,
        plans.ATTACH,
        plans.TAKES_EVIDENCE,
        plans.OPEN,
        _of_improvement_plan,
    ),
)
