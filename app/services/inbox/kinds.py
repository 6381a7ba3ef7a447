"""What the inbox says of each kind of thing that waits for somebody: one function for each."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    Uuid,
    and_,
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
    Action,
    Challenge,
    CommunicationActivity,
    CommunicationPlan,
    Contribution,
    Definition,
    DetailedPlan,
    Entity,
    Evaluation,
    Evidence,
    ImprovementPlan,
    Indicator,
    Initiative,
    Meeting,
    MeetingSeries,
    Obligation,
    PathStage,
    PathTemplate,
    ProgressReport,
    Proposal,
    Reopening,
    Result,
    Risk,
    RiskSettings,
    RolePlan,
)
from app.services import sql
from app.services.actions import visibility as actions
from app.services.challenges import subjects as challenge_subjects
from app.services.challenges import visibility as challenges
from app.services.communications import visibility as communications
from app.services.definitions import visibility as definitions
from app.services.detailed_plans import visibility as detailed_plans
from app.services.evaluations import visibility as evaluations
from app.services.evidence import subjects
from app.services.evidence import visibility as evidence
from app.services.improvement_plans import visibility as improvement_plans
from app.services.initiatives import visibility as initiatives
from app.services.meetings import visibility as meetings
from app.services.obligations import awaiting as obligations
from app.services.obligations import state as due
from app.services.path_runs import visibility as path_runs
from app.services.people import visibility
from app.services.progress_reports import visibility as progress_reports
from app.services.proposals import visibility as proposals
from app.services.results import visibility as results
from app.services.risks import visibility as risks

_NOBODY = literal_column("'{}'::uuid[]", ARRAY(Uuid))


TITLE = ("title_ar", "title_en", "period")
_STANDING = ("barred", "acted")


def about(w: FromClause, s: FromClause, *, leads: bool = True) -> LateralFromClause:
    """What a wait `w` on the subject `s` is about, to be joined on true.

    `title_ar`, `title_en`, `period`; `barred`: who four eyes keeps from its control steps; `acted`: who
    has done their part of what others are still awaited for; `nobody_left`: four eyes
    leaves nobody, which is asked only for who leads the entity and would decide then, and not at all where nobody
    that asks `leads` one.
    """
    return _union(w, s, (*TITLE, *_STANDING, "nobody_left") if leads else (*TITLE, *_STANDING))


def called(w: FromClause, s: FromClause) -> LateralFromClause:
    """Of the same only how it is called."""
    return _union(w, s, TITLE)


def _union(w: FromClause, s: FromClause, columns: Collection[str]) -> LateralFromClause:
    kinds = [
        sql.only(of(w), columns).where(s.c.kind == sql.const(kind)).correlate(w, s)
        for kind, of in sorted(KINDS.items())
    ]
    return union_all(*kinds).lateral("about")


def _said(
    w: FromClause,
    named: FromClause,
    *,
    name: str = "name",
    period: ColumnElement[Any] | None = None,
    barred: ColumnElement[Any] = _NOBODY,
    acted: ColumnElement[Any] = _NOBODY,
    nobody_left: ColumnElement[bool] | None = None,
    before: ColumnElement[Any] | None = None,
) -> Select[Any]:
    """A line. `named`: what has the names of it in both languages, in `<name>_ar` and `<name>_en`; `before`: what stands
    before them."""

    def title(said: ColumnElement[Any]) -> ColumnElement[Any]:
        if before is None:
            return said
        whole = func.concat(before, literal_column("' · '"), said)
        return func.left(whole, literal_column("300"))  # no longer than a name

    leads = w.c.entity_id == any_(visibility.LEADS)
    return select(
        title(named.c[f"{name}_ar"]).cast(Text).label("title_ar"),
        title(named.c[f"{name}_en"]).cast(Text).label("title_en"),
        (null() if period is None else period).cast(Text).label("period"),
        barred.cast(ARRAY(Uuid)).label("barred"),
        acted.cast(ARRAY(Uuid)).label("acted"),
        (false() if nobody_left is None else case((leads, nobody_left), else_=false())).label("nobody_left"),
    )


def _result(w: FromClause) -> Select[Any]:
    r, i = sql.alias(Result), sql.alias(Indicator)
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


def _obligation(w: FromClause) -> Select[Any]:
    o, i = sql.alias(Obligation), sql.alias(Indicator)
    f = due.figure(o)
    return (
        _said(w, i, period=o.c.period)
        .select_from(o.join(i, i.c.id == o.c.indicator_id).join(f, true()))
        # Somebody may have begun a revision since the clock last looked.
        .where(o.c.id == w.c.subject_id, obligations.awaited(o, f))
    )


def _definition(w: FromClause) -> Select[Any]:
    d, i = sql.alias(Definition), sql.alias(Indicator)
    return (
        _said(w, i, barred=d.c.edited_by + d.c.controlled_by, nobody_left=definitions.nobody_left(d, i))
        .select_from(d.join(i, i.c.id == d.c.indicator_id))
        .where(d.c.id == w.c.subject_id)
    )


def _contribution(w: FromClause) -> Select[Any]:
    c, i = sql.alias(Contribution), sql.alias(Indicator)
    return _said(w, i).select_from(c.join(i, i.c.id == c.c.indicator_id)).where(c.c.id == w.c.subject_id)


def _reopening(w: FromClause) -> Select[Any]:
    o, r = sql.alias(Reopening), sql.alias(Result)
    b, i = sql.alias(Obligation), sql.alias(Indicator)
    of = o.outerjoin(r, r.c.id == o.c.result_id).outerjoin(b, b.c.id == o.c.obligation_id)
    return (
        _said(w, i, period=b.c.period, barred=array([o.c.asked_by_id]))
        .select_from(of.join(i, i.c.id == func.coalesce(r.c.indicator_id, b.c.indicator_id)))
        .where(o.c.id == w.c.subject_id)
    )


def _role_plan(w: FromClause) -> Select[Any]:
    p, e = sql.alias(RolePlan), sql.alias(Entity)
    return (
        _said(w, e, barred=p.c.edited_by)
        .select_from(p.join(e, e.c.id == p.c.entity_id))
        .where(p.c.id == w.c.subject_id)
    )


def _evidence(w: FromClause) -> Select[Any]:
    f = sql.alias(Evidence)
    s = subjects.row_of(f, ["name_ar", "name_en", "period", "edited_by", "verify"])
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


def _path_template(w: FromClause) -> Select[Any]:
    t = sql.alias(PathTemplate)
    return _said(w, t, name="title", barred=t.c.edited_by).select_from(t).where(t.c.id == w.c.subject_id)


def _path_stage(w: FromClause) -> Select[Any]:
    s = sql.alias(PathStage)
    leads = w.c.entity_id == any_(visibility.LEADS)
    return (
        _said(
            w,
            s,
            name="title",
            # Who leads the entity may decide once more where nobody is left.
            barred=case((leads, path_runs.barred_for_good(s)), else_=path_runs.barred(s)),
            acted=path_runs.acted(s),
            nobody_left=path_runs.nobody_left(s),
        )
        .select_from(s)
        .where(s.c.id == w.c.subject_id)
    )


def _improvement_plan(w: FromClause) -> Select[Any]:
    p, i = sql.alias(ImprovementPlan), sql.alias(Indicator)
    return (
        _said(w, i, barred=p.c.edited_by + p.c.controlled_by, nobody_left=improvement_plans.nobody_left(p))
        .select_from(p.join(i, i.c.id == p.c.indicator_id))
        .where(p.c.id == w.c.subject_id)
    )


def _initiative(w: FromClause) -> Select[Any]:
    n = sql.alias(Initiative)
    return (
        _said(w, n, barred=n.c.edited_by + n.c.controlled_by, nobody_left=initiatives.nobody_left(n))
        .select_from(n)
        .where(n.c.id == w.c.subject_id)
    )


def _progress_report(w: FromClause) -> Select[Any]:
    g, n = sql.alias(ProgressReport), sql.alias(Initiative)
    return (
        _said(w, n, barred=g.c.edited_by + g.c.controlled_by, nobody_left=progress_reports.nobody_left(g))
        .select_from(g.join(n, n.c.id == g.c.initiative_id))
        .where(g.c.id == w.c.subject_id)
    )


def _communication_plan(w: FromClause) -> Select[Any]:
    p = sql.alias(CommunicationPlan)
    return (
        _said(w, p, barred=p.c.edited_by + p.c.controlled_by, nobody_left=communications.nobody_left(p))
        .select_from(p)
        .where(p.c.id == w.c.subject_id)
    )


def _communication_activity(w: FromClause) -> Select[Any]:
    a = sql.alias(CommunicationActivity)
    return _said(w, a).select_from(a).where(a.c.id == w.c.subject_id)


def _detailed_plan(w: FromClause) -> Select[Any]:
    d = sql.alias(DetailedPlan)
    return (
        _said(w, d, barred=d.c.edited_by + d.c.controlled_by, nobody_left=detailed_plans.nobody_left(d))
        .select_from(d)
        .where(d.c.id == w.c.subject_id)
    )


def _proposal(w: FromClause) -> Select[Any]:
    x = sql.alias(Proposal)
    e = sql.alias(Entity)
    return (
        _said(
            w,
            e,
            before=x.c.title,
            barred=array([x.c.proposed_by_id]),
            nobody_left=proposals.nobody_left(x),
        )
        .select_from(x.join(e, e.c.id == x.c.entity_id))
        .where(x.c.id == w.c.subject_id)
    )


def _challenge(w: FromClause) -> Select[Any]:
    c = sql.alias(Challenge)
    whole = challenge_subjects.about(c, ["name_ar", "name_en", "period"])
    return (
        _said(
            w,
            whole,
            period=whole.c.period,
            barred=c.c.barred,
            nobody_left=challenges.nobody_left(c),
            before=c.c.title,
        )
        .select_from(c.join(whole, true()))
        .where(c.c.id == w.c.subject_id)
    )


def _risk(w: FromClause) -> Select[Any]:
    r, s, e = sql.alias(Risk), sql.alias(RiskSettings), sql.alias(Entity)
    risk = r.join(s, s.c.id == r.c.settings_id).join(e, e.c.id == r.c.entity_id)
    nobody = risks.nobody_left(r, s.c.head_from)
    # Who leads the entity and brought it there decides all the same where nobody else is left.
    asked = and_(w.c.entity_id == any_(visibility.LEADS), risks.with_head(r))
    barred = case((~asked, r.c.barred), (nobody, _NOBODY), else_=r.c.barred)
    return (
        _said(w, e, barred=barred, nobody_left=nobody, before=r.c.title)
        .select_from(risk)
        .where(r.c.id == w.c.subject_id)
    )


def _action(w: FromClause) -> Select[Any]:
    a, e = sql.alias(Action), sql.alias(Entity)
    return (
        _said(w, e, barred=a.c.edited_by, nobody_left=actions.nobody_left(a), before=a.c.title)
        .select_from(a.join(e, e.c.id == a.c.entity_id))
        .where(a.c.id == w.c.subject_id)
    )


def _evaluation(w: FromClause) -> Select[Any]:
    v, e = sql.alias(Evaluation), sql.alias(Entity)
    return (
        _said(w, e, barred=v.c.edited_by, nobody_left=evaluations.nobody_left(v), before=v.c.title)
        .select_from(v.join(e, e.c.id == v.c.entity_id))
        .where(v.c.id == w.c.subject_id)
    )


def _meeting(w: FromClause) -> Select[Any]:
    m = sql.alias(Meeting)
    return (
        _said(w, m, name="title", barred=m.c.edited_by, nobody_left=meetings.nobody_left(m))
        .select_from(m)
        .where(m.c.id == w.c.subject_id)
    )


def _meeting_series(w: FromClause) -> Select[Any]:
    s = sql.alias(MeetingSeries)
    return _said(w, s, name="title").select_from(s).where(s.c.id == w.c.subject_id)


KINDS: Mapping[SubjectKind, Callable[[FromClause], Select[Any]]] = {
    SubjectKind.RESULT: _result,
    SubjectKind.OBLIGATION: _obligation,
    SubjectKind.DEFINITION: _definition,
    SubjectKind.CONTRIBUTION: _contribution,
    SubjectKind.REOPENING: _reopening,
    SubjectKind.ROLE_PLAN: _role_plan,
    SubjectKind.EVIDENCE: _evidence,
    SubjectKind.PATH_TEMPLATE: _path_template,
    SubjectKind.PATH_STAGE: _path_stage,
    SubjectKind.IMPROVEMENT_PLAN: _improvement_plan,
    SubjectKind.INITIATIVE: _initiative,
    SubjectKind.PROGRESS_REPORT: _progress_report,
    SubjectKind.COMMUNICATION_PLAN: _communication_plan,
    SubjectKind.COMMUNICATION_ACTIVITY: _communication_activity,
    SubjectKind.DETAILED_PLAN: _detailed_plan,
    SubjectKind.PROPOSAL: _proposal,
    SubjectKind.CHALLENGE: _challenge,
    SubjectKind.RISK: _risk,
    SubjectKind.ACTION: _action,
    SubjectKind.EVALUATION: _evaluation,
    SubjectKind.MEETING: _meeting,
    SubjectKind.MEETING_SERIES: _meeting_series,
}
