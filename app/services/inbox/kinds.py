"""What the inbox says of each kind of thing that waits for somebody: one function for each."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    Uuid,
    any_,
    case,
    false,
    func,
    literal_column,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.sql.selectable import FromClause, LateralFromClause

from app.enums import SubjectKind
from app.models import (
    Challenge,
    Contribution,
    Definition,
    Entity,
    Evidence,
    Indicator,
    Initiative,
    Obligation,
    ProgressReport,
    Reopening,
    Result,
    RolePlan,
)
from app.services import sql
from app.services.challenges import subjects as challenge_subjects
from app.services.challenges import visibility as challenges
from app.services.definitions import visibility as definitions
from app.services.evidence import subjects
from app.services.evidence import visibility as evidence
from app.services.initiatives import visibility as initiatives
from app.services.people import visibility
from app.services.progress_reports import visibility as progress_reports
from app.services.results import visibility as results

_NOBODY = literal_column("'{}'::uuid[]", ARRAY(Uuid))


def about(w: FromClause, s: FromClause) -> LateralFromClause:
    """What a wait `w` on the subject `s` is about, to be joined on true.

    `title_ar`, `title_en`, `period`; `barred`: who four eyes keeps from its control steps; `nobody_left`: four eyes
    leaves nobody, which is asked only for who leads the entity and would decide then.
    """
    kinds = [of(w).where(s.c.kind == sql.const(kind)).correlate(w, s) for kind, of in sorted(KINDS.items())]
    return union_all(*kinds).lateral("about")


def _said(
    w: FromClause,
    named: FromClause,
    *,
    period: ColumnElement[Any] | None = None,
    barred: ColumnElement[Any] = _NOBODY,
    nobody_left: ColumnElement[bool] | None = None,
    before: ColumnElement[Any] | None = None,
) -> Select[Any]:
    """A line. `named`: what has the names of it in both languages; `before`: what stands before them."""

    def title(name: ColumnElement[Any]) -> ColumnElement[Any]:
        if before is None:
            return name
        whole = func.concat(before, literal_column("' · '"), name)
        return func.left(whole, literal_column("300"))  # no longer than a name

    leads = w.c.entity_id == any_(visibility.LEADS)
    return select(
        title(named.c.name_ar).cast(Text).label("title_ar"),
        title(named.c.name_en).cast(Text).label("title_en"),
        (null() if period is None else period).cast(Text).label("period"),
        barred.cast(ARRAY(Uuid)).label("barred"),
        (false() if nobody_left is None else case((leads, nobody_left), else_=false())).label("nobody_left"),
    )


def _result(w: FromClause) -> Select[Any]:
    r, i = Result.__table__.alias(), Indicator.__table__.alias()
    return (
        _said(
            w,
            i,
            period=r.c.period,
            barred=r.c.edited_by + r.c.controlled_by,
            nobody_left=results.nobody_left(r),
        )
        .select_from(r.join(i, i.c.id == r.c.indicator_id))
        .where(r.c.id == w.c.subject_id)
    )


def _definition(w: FromClause) -> Select[Any]:
    d, i = Definition.__table__.alias(), Indicator.__table__.alias()
    return (
        _said(w, i, barred=d.c.edited_by + d.c.controlled_by, nobody_left=definitions.nobody_left(d, i))
        .select_from(d.join(i, i.c.id == d.c.indicator_id))
        .where(d.c.id == w.c.subject_id)
    )


def _contribution(w: FromClause) -> Select[Any]:
    c, i = Contribution.__table__.alias(), Indicator.__table__.alias()
    return _said(w, i).select_from(c.join(i, i.c.id == c.c.indicator_id)).where(c.c.id == w.c.subject_id)


def _reopening(w: FromClause) -> Select[Any]:
    o, r = Reopening.__table__.alias(), Result.__table__.alias()
    b, i = Obligation.__table__.alias(), Indicator.__table__.alias()
    of = o.outerjoin(r, r.c.id == o.c.result_id).outerjoin(b, b.c.id == o.c.obligation_id)
    return (
        _said(w, i, period=b.c.period, barred=array([o.c.asked_by_id]))
        .select_from(of.join(i, i.c.id == func.coalesce(r.c.indicator_id, b.c.indicator_id)))
        .where(o.c.id == w.c.subject_id)
    )


def _role_plan(w: FromClause) -> Select[Any]:
    p, e = RolePlan.__table__.alias(), Entity.__table__.alias()
    return (
        _said(w, e, barred=p.c.edited_by)
        .select_from(p.join(e, e.c.id == p.c.entity_id))
        .where(p.c.id == w.c.subject_id)
    )


def _evidence(w: FromClause) -> Select[Any]:
    f = Evidence.__table__.alias()
    s = subjects.row_of(f)
    return (
        _said(
            w,
            s,
            period=s.c.period,
            barred=f.c.edited_by + s.c.edited_by,
            nobody_left=evidence.nobody_left(f, s),
            before=f.c.title,
        )
        .select_from(f.join(s, true()))
        .where(f.c.id == w.c.subject_id)
    )


def _initiative(w: FromClause) -> Select[Any]:
    i = Initiative.__table__.alias()
    return _said(
        w, i, barred=i.c.edited_by + i.c.controlled_by, nobody_left=initiatives.nobody_left(i)
    ).where(i.c.id == w.c.subject_id)


def _progress_report(w: FromClause) -> Select[Any]:
    r, i = ProgressReport.__table__.alias(), Initiative.__table__.alias()
    return (
        _said(w, i, barred=r.c.edited_by + r.c.controlled_by, nobody_left=progress_reports.nobody_left(r))
        .select_from(r.join(i, i.c.id == r.c.initiative_id))
        .where(r.c.id == w.c.subject_id)
    )


def _challenge(w: FromClause) -> Select[Any]:
    c = Challenge.__table__.alias()
    about = challenge_subjects.about(c)
    return (
        _said(
            w,
            about,
            period=about.c.period,
            barred=c.c.barred,
            nobody_left=challenges.nobody_left(c),
            before=c.c.title,
        )
        .select_from(c.join(about, true()))
        .where(c.c.id == w.c.subject_id)
    )


KINDS: Mapping[SubjectKind, Callable[[FromClause], Select[Any]]] = {
    SubjectKind.RESULT: _result,
    SubjectKind.DEFINITION: _definition,
    SubjectKind.CONTRIBUTION: _contribution,
    SubjectKind.REOPENING: _reopening,
    SubjectKind.ROLE_PLAN: _role_plan,
    SubjectKind.EVIDENCE: _evidence,
    SubjectKind.INITIATIVE: _initiative,
    SubjectKind.PROGRESS_REPORT: _progress_report,
    SubjectKind.CHALLENGE: _challenge,
}
