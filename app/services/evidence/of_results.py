"""Evidence of results and of definitions."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    any_,
    case,
    null,
    or_,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.sql.selectable import FromClause

from app.enums import (
    ChainState,
    Classification,
    DefinitionState,
    IndicatorLevel,
    Role,
    Step,
    SubjectKind,
)
from app.models import (
    Definition,
    Indicator,
    Result,
)
from app.parties import UNIT, UNIT_EDITOR
from app.services import approval, sql
from app.services.definitions import rules as definitions
from app.services.definitions import visibility as definition_visibility
from app.services.evidence.kinds import Evidenced, representative, row
from app.services.evidence.visibility import Sight
from app.services.people import visibility
from app.services.results import facts as result_facts
from app.services.results import rules as results
from app.services.results import visibility as result_visibility


def sight_of_result(r: FromClause) -> Sight:
    """How the reader stands to the result `r`. The specialists verify its evidence, so they see all of it."""
    return Sight(
        at_work=result_visibility.at_work(r),
        named=or_(
            result_visibility.named(r), sql.party_key(Role.SPECIALIST, r.c.entity_id) == any_(visibility.KEYS)
        ),
        disclosed=and_(
            visibility.NATIONAL,
            r.c.state == sql.const(ChainState.APPROVED),
            r.c.classification != sql.const(Classification.RESTRICTED),
        ),
    )


def _of_result(id_: ColumnElement[Any]) -> Select[Any]:
    r, i = sql.alias(Result), sql.alias(Indicator)
    days = result_facts.days(r)
    return (
        row(
            SubjectKind.RESULT,
            state=r.c.state,
            attach=r.c.parties_enter,
            verify=array(
                [
                    representative(r.c.id),
                    representative(i.c.id),
                    sql.party_key(Role.SPECIALIST, r.c.entity_id),
                ]
            ),
            edited_by=r.c.edited_by,
            attach_due=days[2],
            verify_due=days[3],
            sight=sight_of_result(r),
            called=(i.c.name_ar, i.c.name_en),
            period=r.c.period,
        )
        .select_from(r.join(i, i.c.id == r.c.indicator_id))
        .where(r.c.id == id_)
    )


def _of_definition(id_: ColumnElement[Any]) -> Select[Any]:
    d, i = sql.alias(Definition), sql.alias(Indicator)
    of_unit = i.c.level == sql.const(IndicatorLevel.VISION)
    specialist = sql.party_key(Role.SPECIALIST, d.c.entity_id)
    return (
        row(
            SubjectKind.DEFINITION,
            state=d.c.state,
            attach=case((of_unit, array([sql.const(UNIT_EDITOR)])), else_=array([specialist])),
            verify=case(
                (of_unit, array([sql.const(UNIT)])),
                else_=array([representative(d.c.id), representative(i.c.id), specialist]),
            ),
            edited_by=d.c.edited_by,
            attach_due=null(),
            verify_due=null(),
            sight=Sight(
                at_work=or_(definition_visibility.at_work(i), d.c.id == any_(visibility.ASSIGNED)),
                named=or_(
                    i.c.entity_id == any_(visibility.OFFICE),
                    i.c.id == any_(visibility.ASSIGNED),
                    d.c.id == any_(visibility.ASSIGNED),
                    and_(of_unit, visibility.NATIONAL),
                ),
                disclosed=and_(
                    visibility.NATIONAL,
                    or_(
                        d.c.state == sql.const(DefinitionState.ACTIVE),
                        d.c.state == sql.const(DefinitionState.SUPERSEDED),
                    ),
                ),
            ),
            called=(i.c.name_ar, i.c.name_en),
            period=null(),
        )
        .select_from(d.join(i, i.c.id == d.c.indicator_id))
        .where(d.c.id == id_)
    )


EVIDENCED = (
    Evidenced(
        SubjectKind.RESULT,
        Result,
        Step.ENTER,
        results.EDIT.sources,
        frozenset({ChainState.DRAFT.value, *approval.CONTROLLED}),
        _of_result,
    ),
    Evidenced(
        SubjectKind.DEFINITION,
        Definition,
        definitions.DEFINE,
        definitions.EDIT.sources,
        definitions.OPEN,
        _of_definition,
    ),
)
