"""What a challenge or a risk can be about (Guide X-6, K-1): one line for each kind of thing, and what is told of one."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    Uuid,
    case,
    exists,
    false,
    func,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.sql.selectable import FromClause, LateralFromClause

from app.enums import Classification, Party, SubjectKind
from app.enums.scorecards import ImprovementPlanState
from app.models import (
    Definition,
    ImprovementAction,
    ImprovementPlan,
    Indicator,
    Initiative,
    PathRun,
    PathStage,
    Plan,
    Programme,
    ProgrammeParticipant,
    Result,
    Risk,
    Scorecard,
)
from app.parties import PROJECT_MANAGER, UNIT
from app.services import sql
from app.services.path_runs import subjects as walked
from app.services.people import visibility

NOBODY = literal_column("'{}'::text[]", ARRAY(Text))
"""No party."""

Told = Callable[[ColumnElement[Any]], Select[Any]]
"""What `told` tells of one thing of a kind, by its id."""


def told(
    kind: SubjectKind,
    named: FromClause,
    *,
    code: ColumnElement[Any] | None = None,
    name: tuple[ColumnElement[Any], ColumnElement[Any]] | None = None,
    period: ColumnElement[Any] | None = None,
    restricted: ColumnElement[bool] | None = None,
    parties: ColumnElement[Any] | None = None,
    division_id: ColumnElement[Any] | None = None,
    priority_id: ColumnElement[Any] | None = None,
) -> Select[Any]:
    """`named`: what has its code and its names, where `code` and `name` (Arabic, English) do not say them. `parties`: party
    keys of the thing's own that work on it beside the division in charge."""
    name_ar, name_en = name or (named.c.name_ar, named.c.name_en)
    return select(
        sql.const(kind).label("kind"),
        (named.c.code if code is None else code).cast(Text).label("code"),
        name_ar.cast(Text).label("name_ar"),
        name_en.cast(Text).label("name_en"),
        (null() if period is None else period).cast(Text).label("period"),
        (null() if division_id is None else division_id).cast(Uuid).label("division_id"),
        (null() if priority_id is None else priority_id).cast(Uuid).label("priority_id"),
        (false() if restricted is None else restricted).label("restricted"),
        (NOBODY if parties is None else parties).cast(ARRAY(Text)).label("parties"),
    )


def _of_indicator(
    kind: SubjectKind,
    i: FromClause,
    *,
    period: ColumnElement[Any] | None = None,
    restricted: ColumnElement[bool] | None = None,
    parties: ColumnElement[Any] | None = None,
) -> Select[Any]:
    """The same, of an indicator or of something that goes by its name."""
    return told(
        kind,
        i,
        period=period,
        restricted=restricted,
        parties=parties,
        division_id=i.c.division_id,
        priority_id=i.c.priority_id,
    )


def _indicator(id_: ColumnElement[Any]) -> Select[Any]:
    i = sql.alias(Indicator)
    return _of_indicator(SubjectKind.INDICATOR, i).where(i.c.id == id_)


def _result(id_: ColumnElement[Any]) -> Select[Any]:
    r, i = sql.alias(Result), sql.alias(Indicator)
    return (
        _of_indicator(SubjectKind.RESULT, i, period=r.c.period, restricted=restricted(r))
        .select_from(r.join(i, i.c.id == r.c.indicator_id))
        .where(r.c.id == id_)
    )


def _definition(id_: ColumnElement[Any]) -> Select[Any]:
    d, i = sql.alias(Definition), sql.alias(Indicator)
    return (
        _of_indicator(SubjectKind.DEFINITION, i)
        .select_from(d.join(i, i.c.id == d.c.indicator_id))
        .where(d.c.id == id_)
    )


def _improvement_plan(id_: ColumnElement[Any]) -> Select[Any]:
    p, i = sql.alias(ImprovementPlan), sql.alias(Indicator)
    a = sql.alias(ImprovementAction)
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
        _of_indicator(SubjectKind.IMPROVEMENT_PLAN, i, parties=func.coalesce(divisions, NOBODY))
        .select_from(p.join(i, i.c.id == p.c.indicator_id))
        .where(p.c.id == id_)
    )


def _initiative(id_: ColumnElement[Any]) -> Select[Any]:
    i = sql.alias(Initiative)
    manager = case(
        (i.c.manager_id.is_not(None), array([sql.party_key(PROJECT_MANAGER, i.c.id)])), else_=NOBODY
    )
    return told(
        SubjectKind.INITIATIVE, i, restricted=restricted(i), parties=manager, division_id=i.c.division_id
    ).where(i.c.id == id_)


def _programme(id_: ColumnElement[Any]) -> Select[Any]:
    p, g = sql.alias(ProgrammeParticipant), sql.alias(Programme)
    return (
        told(SubjectKind.PROGRAMME_PARTICIPANT, g, priority_id=g.c.priority_id)
        .select_from(p.join(g, g.c.id == p.c.programme_id))
        .where(p.c.id == id_)
    )


def _plan(id_: ColumnElement[Any]) -> Select[Any]:
    p = sql.alias(Plan)
    return told(
        SubjectKind.PLAN,
        p,
        code=_numbered("AP", p),
        period=p.c.year,
        restricted=restricted(p),
        parties=p.c.parties_enter,
    ).where(p.c.id == id_)


def _scorecard(id_: ColumnElement[Any]) -> Select[Any]:
    s = sql.alias(Scorecard)
    return told(
        SubjectKind.SCORECARD,
        s,
        code=_numbered("SC", s),
        name=(_said("بطاقة المؤشرات"), _said("Scorecard")),
        period=s.c.year,
    ).where(s.c.id == id_)


def _path_stage(id_: ColumnElement[Any]) -> Select[Any]:
    s, r = sql.alias(PathStage), sql.alias(PathRun)
    return (
        told(
            SubjectKind.PATH_STAGE,
            s,
            code=s.c.key,
            name=(s.c.title_ar, s.c.title_en),
            period=r.c.year,
            restricted=walked.restricted(s.c.subject_id),
            parties=func.array_remove(s.c.parties, sql.const(UNIT)),
        )
        .select_from(s.join(r, r.c.id == s.c.run_id))
        .where(s.c.id == id_)
    )


def _risk(id_: ColumnElement[Any]) -> Select[Any]:
    r = sql.alias(Risk)
    its = named(r.c.about_id, r, WORK, "threatened", kind=r.c.about_kind, only=["parties"])
    parties: ColumnElement[Any] = select(its.c.parties).correlate(r).scalar_subquery()
    return told(
        SubjectKind.RISK,
        r,
        name=(r.c.title, r.c.title),
        restricted=restricted(r),
        parties=func.coalesce(parties, NOBODY),
        division_id=r.c.division_id,
    ).where(r.c.id == id_)


def restricted(of: FromClause) -> ColumnElement[bool]:
    """Whether only those named see the thing."""
    return of.c.classification == sql.const(Classification.RESTRICTED)


def _said(words: str) -> ColumnElement[str]:
    return literal_column(f"'{words}'", Text)


def _numbered(what: str, of: FromClause) -> ColumnElement[Any]:
    """The code of a version of what an entity has one of in a year."""
    return func.concat(_said(f"{what}-"), of.c.year, _said("-"), of.c.number)


WORK: Mapping[str, Told] = {
    SubjectKind.INDICATOR: _indicator,
    SubjectKind.RESULT: _result,
    SubjectKind.DEFINITION: _definition,
    SubjectKind.IMPROVEMENT_PLAN: _improvement_plan,
    SubjectKind.INITIATIVE: _initiative,
    SubjectKind.PROGRAMME_PARTICIPANT: _programme,
    SubjectKind.PLAN: _plan,
    SubjectKind.SCORECARD: _scorecard,
    SubjectKind.PATH_STAGE: _path_stage,
}
"""What is planned, measured and executed: a risk can be about it."""

KINDS: Mapping[str, Told] = {**WORK, SubjectKind.RISK: _risk}
"""What a challenge can be about; about a risk once that has happened (`rules.check_happened`)."""


def named(
    id_: ColumnElement[Any],
    beside: FromClause,
    kinds: Mapping[str, Told] = KINDS,
    name: str = "about",
    *,
    kind: ColumnElement[Any],
    only: Collection[str] = (),
) -> LateralFromClause:
    """What is told of the thing of one of these kinds by its id and kind, columns of `beside`, to be joined on true: the
    columns of `told`, or `only` these of them. Only the table of its own kind is looked into."""
    rows = [sql.only(tell(id_), only).where(kind == sql.const(of)) for of, tell in kinds.items()]
    return union_all(*(row.correlate(beside) for row in rows)).lateral(name)


def shown(id_: ColumnElement[Any], its: FromClause) -> ColumnElement[Any]:
    """The thing `its`, which `named` tells of, as an answer shows it; null where an outer join found none."""
    said = {name: its.c[name] for name in ("kind", "code", "name_ar", "name_en", "period")}
    return case((its.c.kind.is_not(None), sql.obj(id=id_, **said)))


def about(c: FromClause, only: Collection[str] = ()) -> LateralFromClause:
    """What the challenge, risk or evaluation `c` is about."""
    return named(c.c.about_id, c, kind=c.c.about_kind, only=only)


def worked_on(c: FromClause, its: FromClause | None = None) -> ColumnElement[bool]:
    """Whether the reader is one of the parties that work on what the challenge or risk `c` is about. `its`: what is told
    of that, where it is joined already."""
    if its is not None:
        return func.coalesce(its.c.parties.overlap(visibility.KEYS), false())
    its = about(c, ["parties"])
    theirs: Select[Any] = select(literal_column("1")).where(its.c.parties.overlap(visibility.KEYS))
    return exists(theirs.correlate(c))
