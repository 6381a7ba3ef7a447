"""What an annual plan holds, as JSON in SQL: the same members wherever a plan is shown, frozen or compared."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    case,
    distinct,
    exists,
    extract,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.enums import Classification, IndicatorState
from app.enums.initiatives import BudgetAnswer, InitiativeState
from app.enums.plans import PlanItemKind, PlanItemState
from app.models import (
    BudgetLine,
    DevelopmentPlan,
    Division,
    Indicator,
    Initiative,
    InitiativeEffect,
    JobPlanLink,
    Milestone,
    PlanCheck,
    PlanItem,
    Priority,
)
from app.services import sql
from app.services.plans import items_rules

_ZERO: ColumnElement[Any] = literal_column("0")
_ONE: ColumnElement[Any] = literal_column("1")
MOST_UNMOVED = 200
"""Indicators that nothing moves which a plan names."""


def is_kept(i: FromClause) -> ColumnElement[bool]:
    """Whether the item is still in its plan."""
    return i.c.state == sql.const(PlanItemState.KEPT)


def _is_restricted(of: FromClause) -> ColumnElement[bool]:
    return of.c.classification == sql.const(Classification.RESTRICTED)


def readable(n: FromClause, p: FromClause) -> ColumnElement[bool]:
    """Whether who reads the plan `p` may read of the initiative `n`: nothing restricted is told in a plan that is not."""
    return or_(_is_restricted(p), ~_is_restricted(n))


def _initiative_id(i: FromClause, p: FromClause) -> ScalarSelect[Any]:
    """The initiative of the item where the plan may tell of it; else null."""
    n = sql.alias(Initiative)
    found = select(n.c.id).where(n.c.id == i.c.initiative_id, readable(n, p))
    return found.correlate_except(n).scalar_subquery()


def _initiative(i: FromClause, p: FromClause) -> ScalarSelect[Any]:
    """The initiative of the item, with its dates; null where it is none, or the plan may not tell of it."""
    n = sql.alias(Initiative)
    shown = sql.obj(
        id=n.c.id,
        code=n.c.code,
        name_ar=n.c.name_ar,
        name_en=n.c.name_en,
        starts_on=n.c.starts_on,
        ends_on=n.c.ends_on,
    )
    found = select(shown).where(n.c.id == i.c.initiative_id, readable(n, p))
    return found.correlate_except(n).scalar_subquery()


def _effects(i: FromClause, p: FromClause) -> ScalarSelect[Any]:
    """The indicators that the initiative of the item is to move, by how much."""
    e, x = sql.alias(InitiativeEffect), sql.alias(Indicator)
    shown = sql.obj(indicator=sql.ref(x), expected=e.c.expected, by_year=e.c.by_year)
    return (
        select(sql.listed(shown, x.c.code))
        .select_from(e.join(x, x.c.id == e.c.indicator_id))
        .where(e.c.initiative_id == _initiative_id(i, p))
        .correlate_except(e, x)
        .scalar_subquery()
    )


def fingerprint(i: FromClause) -> ColumnElement[Any]:
    """What a check of the item looks at, in 32 bytes: its own words; its indicator's names and definition; its
    initiative's names, goal, dates, division, effects, milestones and the money that it asks for (Guide P-6)."""
    n, x = sql.alias(Initiative), sql.alias(Indicator)

    def rows(of: FromClause, order: tuple[str, ...], *names: str) -> ScalarSelect[Any]:
        said = sql.obj(**{name: of.c[name] for name in (*order, *names)})
        listed = select(sql.listed(said, *(of.c[name] for name in order)))
        return listed.where(of.c.initiative_id == n.c.id).correlate_except(of).scalar_subquery()

    planned = ("title_ar", "title_en", "weight", "starts_on", "due_on", "acceptance", "depends_on")
    of_initiative = sql.obj(
        **{name: n.c[name] for name in ("name_ar", "name_en", "goal", "starts_on", "ends_on", "division_id")},
        effects=rows(sql.alias(InitiativeEffect), ("indicator_id",), "expected", "by_year", "note"),
        milestones=rows(sql.alias(Milestone), ("number",), *planned),
        asked=rows(sql.alias(BudgetLine), ("year", "source"), "requested"),
    )
    of_indicator = sql.obj(**{name: x.c[name] for name in ("name_ar", "name_en", "definition_id")})
    initiative = select(of_initiative).where(n.c.id == i.c.initiative_id).correlate_except(n)
    indicator = select(of_indicator).where(x.c.id == i.c.indicator_id).correlate_except(x)
    said = sql.obj(
        **{name: i.c[name] for name in ("title_ar", "title_en", "priority_id", "note")},
        initiative=initiative.scalar_subquery(),
        indicator=indicator.scalar_subquery(),
    )
    return func.sha256(func.convert_to(said.cast(Text), sql.const("UTF8")))


def _checks(i: FromClause) -> ScalarSelect[Any]:
    """The latest answer to each question about the item; `counts`: it is of what the item and its initiative or
    indicator say now."""
    c = sql.alias(PlanCheck)
    latest = (
        select(c)
        .where(c.c.item_id == i.c.id)
        .order_by(c.c.question, c.c.id.desc())
        .ext(distinct_on(c.c.question))
        .correlate(i)
        .lateral("latest")
    )
    # With an offset it is reckoned once for the item, not once for each question.
    fresh = select(fingerprint(i).label("seen")).offset(_ZERO).correlate(i).lateral("fresh")
    shown = sql.obj(
        question=latest.c.question,
        passed=latest.c.passed,
        remark=latest.c.remark,
        by=sql.person(latest.c.checked_by_id),
        at=latest.c.checked_at,
        counts=and_(latest.c.revision == i.c.revision, latest.c.seen == fresh.c.seen),
    )
    return (
        select(sql.listed(shown, latest.c.question))
        .select_from(latest.join(fresh, true()))
        .correlate(i)
        .scalar_subquery()
    )


_ENDED = (InitiativeState.DISCARDED, InitiativeState.STOPPED)


def _unfit(i: FromClause, p: FromClause) -> ColumnElement[Any]:
    """Why the plan is not approved with the item as it is; null: nothing stands against it."""
    n, x = sql.alias(Initiative), sql.alias(Indicator)

    def initiative(where: ColumnElement[bool]) -> ColumnElement[bool]:
        found: Select[Any] = select(_ONE).where(n.c.id == i.c.initiative_id, where)
        return exists(found.correlate_except(n))

    retired: Select[Any] = select(_ONE).where(
        x.c.id == i.c.indicator_id, x.c.state != sql.const(IndicatorState.ACTIVE)
    )
    year_of_start, year_of_end = extract("year", n.c.starts_on), extract("year", n.c.ends_on)
    why = case(
        (initiative(~readable(n, p)), sql.const(items_rules.RESTRICTED)),
        (initiative(or_(*(n.c.state == sql.const(state) for state in _ENDED))), sql.const(items_rules.ENDED)),
        (initiative(or_(year_of_start > p.c.year, year_of_end < p.c.year)), sql.const(items_rules.OUTSIDE)),
        (exists(retired.correlate_except(x)), sql.const(items_rules.RETIRED)),
    )
    return case((is_kept(i), why))


def _money(of: ColumnElement[bool], *group: ColumnElement[Any], b: FromClause) -> Select[Any]:
    """What was asked, granted and refused in Omani rials, of the budget lines `b` that `of` picks."""

    def total(amount: ColumnElement[Any], *where: ColumnElement[bool]) -> ColumnElement[Any]:
        summed = func.sum(amount)
        return func.trim_scale(func.coalesce(summed.filter(*where) if where else summed, _ZERO))

    requested = b.c.requested
    return (
        select(
            *group,
            total(requested).label("requested"),
            total(b.c.approved).label("granted"),
            total(requested, b.c.answer == sql.const(BudgetAnswer.REFUSED)).label("refused"),
            total(requested, b.c.answer.is_(None)).label("unanswered"),
        )
        .where(of)
        .group_by(*group)
    )


def _listed_money(money: FromClause, *group: str) -> ColumnElement[Any]:
    keys = {name: money.c[name] for name in (*group, "requested", "granted", "refused", "unanswered")}
    return sql.listed(sql.obj(**keys), *(money.c[name] for name in group))


def _budget(i: FromClause, p: FromClause) -> ScalarSelect[Any]:
    """The money of the item by year (Guide P-10)."""
    b = sql.alias(BudgetLine)
    money = _money(b.c.initiative_id == _initiative_id(i, p), b.c.year, b=b).correlate(i, p).lateral("money")
    return select(_listed_money(money, "year")).select_from(money).correlate(i, p).scalar_subquery()


def budgets(p: FromClause) -> ScalarSelect[Any]:
    """The money by year and source of the plan's kept items that it may tell of."""
    b, i = sql.alias(BudgetLine), sql.alias(PlanItem)
    n = sql.alias(Initiative)
    of_kept: Select[Any] = (
        select(_ONE)
        .select_from(i.join(n, n.c.id == i.c.initiative_id))
        .where(i.c.plan_id == p.c.id, is_kept(i), n.c.id == b.c.initiative_id, readable(n, p))
    )
    of = and_(b.c.entity_id == p.c.entity_id, exists(of_kept.correlate(p, b)))
    money = _money(of, b.c.year, b.c.source, b=b).correlate(p).lateral("money")
    return select(_listed_money(money, "year", "source")).select_from(money).correlate(p).scalar_subquery()


def _funding(i: FromClause, p: FromClause) -> ColumnElement[Any]:
    """How the money stands that the item asks for in the plan's year (Guide P-9)."""
    b = sql.alias(BudgetLine)

    def some(*where: ColumnElement[bool]) -> ColumnElement[bool]:
        found: Select[Any] = select(_ONE).where(
            b.c.initiative_id == i.c.initiative_id, b.c.year == p.c.year, b.c.requested > _ZERO, *where
        )
        return exists(found.correlate(i, p))

    return case(
        (~some(), sql.const(items_rules.NONE_ASKED)),
        (some(b.c.approved > _ZERO), sql.const(items_rules.GRANTED)),
        (some(b.c.answer.is_(None)), sql.const(items_rules.UNANSWERED)),
        else_=sql.const(items_rules.REFUSED),
    )


def item(i: FromClause, p: FromClause) -> ColumnElement[Any]:
    """One item of the plan `p`, with what was checked of it and its money."""
    return sql.obj(
        id=i.c.id,
        number=i.c.number,
        kind=i.c.kind,
        title_ar=i.c.title_ar,
        title_en=i.c.title_en,
        priority=sql.ref_by_id(Priority.__table__, i.c.priority_id),
        indicator=sql.ref_by_id(Indicator.__table__, i.c.indicator_id),
        initiative=_initiative(i, p),
        effects=_effects(i, p),
        note=i.c.note,
        state=i.c.state,
        drop_reason=i.c.drop_reason,
        dropped_at=i.c.dropped_at,
        unfit=_unfit(i, p),
        checks=_checks(i),
        funding=_funding(i, p),
        budget=_budget(i, p),
    )


def items(p: FromClause) -> ScalarSelect[Any]:
    """All items of a plan, dropped ones included, by number."""
    i = sql.alias(PlanItem)
    return (
        select(sql.listed(item(i, p), i.c.number)).where(i.c.plan_id == p.c.id).correlate(p).scalar_subquery()
    )


def content(p: FromClause) -> ColumnElement[Any]:
    """What a plan says, as it is compared: its names and criteria, and its kept items with their money in the plan's
    year."""
    return sql.obj(**content_members(p))


def content_members(p: FromClause) -> dict[str, Any]:
    """The members of `content`."""
    i, d = sql.alias(PlanItem), sql.alias(DevelopmentPlan)
    b = sql.alias(BudgetLine)
    in_year = and_(b.c.initiative_id == _initiative_id(i, p), b.c.year == p.c.year)

    def money(amount: ColumnElement[Any]) -> ScalarSelect[Any]:
        return select(func.trim_scale(func.sum(amount))).where(in_year).correlate(i, p).scalar_subquery()

    held = sql.obj(
        number=i.c.number,
        kind=i.c.kind,
        title_ar=i.c.title_ar,
        title_en=i.c.title_en,
        priority=sql.ref_by_id(Priority.__table__, i.c.priority_id),
        indicator=sql.ref_by_id(Indicator.__table__, i.c.indicator_id),
        initiative=_initiative(i, p),
        note=i.c.note,
        requested=money(b.c.requested),
        granted=money(b.c.approved),
    )
    kept = (
        select(sql.listed(held, i.c.number))
        .where(i.c.plan_id == p.c.id, is_kept(i))
        .correlate(p)
        .scalar_subquery()
    )
    serves = select(d.c.code).where(d.c.id == p.c.development_plan_id).correlate(p).scalar_subquery()
    return {
        "name_ar": p.c.name_ar,
        "name_en": p.c.name_en,
        "development_plan": serves,
        "criteria": p.c.criteria,
        "items": kept,
    }


def _moved(x: FromClause, p: FromClause) -> ColumnElement[bool]:
    """Whether the plan lists the indicator `x`, or an initiative in it moves it."""
    i, e = sql.alias(PlanItem), sql.alias(InitiativeEffect)
    listed: Select[Any] = select(_ONE).where(i.c.plan_id == p.c.id, is_kept(i), i.c.indicator_id == x.c.id)
    effect: Select[Any] = (
        select(_ONE)
        .select_from(i.join(e, e.c.initiative_id == i.c.initiative_id))
        .where(i.c.plan_id == p.c.id, is_kept(i), e.c.indicator_id == x.c.id)
    )
    return or_(exists(listed.correlate(x, p)), exists(effect.correlate(x, p)))


def coverage(p: FromClause) -> ScalarSelect[Any]:
    """How much of what the entity answers for the plan moves: of its active indicators, and of the priorities that
    these serve. A goal of a priority covers the priority too."""
    x = sql.alias(Indicator)
    moves = _moved(x, p)
    each = (
        select(
            x.c.id,
            x.c.code,
            x.c.name_ar,
            x.c.name_en,
            x.c.priority_id,
            moves.label("moved"),
            func.row_number().over(partition_by=moves, order_by=x.c.code).label("place"),
        )
        .where(x.c.entity_id == p.c.entity_id, x.c.state == sql.const(IndicatorState.ACTIVE))
        .correlate(p)
        .lateral("each")
    )
    g = sql.alias(PlanItem)
    goal: Select[Any] = select(_ONE).where(
        g.c.plan_id == p.c.id,
        is_kept(g),
        g.c.kind == sql.const(PlanItemKind.GOAL),
        g.c.priority_id == each.c.priority_id,
    )
    served = or_(each.c.moved, exists(goal.correlate(p, each)))
    indicators, moved = func.count(), func.count().filter(each.c.moved)
    priorities = func.count(distinct(each.c.priority_id))
    covered = func.count(distinct(each.c.priority_id)).filter(served)
    ref = sql.obj(id=each.c.id, code=each.c.code, name_ar=each.c.name_ar, name_en=each.c.name_en)
    shown = sql.obj(
        indicators=indicators,
        indicators_moved=moved,
        indicators_share=sql.share(moved, indicators),
        priorities=priorities,
        priorities_covered=covered,
        priorities_share=sql.share(covered, priorities),
        unmoved=func.coalesce(
            func.json_agg(sql.ordered(ref, each.c.code)).filter(
                and_(~each.c.moved, each.c.place <= literal_column(str(MOST_UNMOVED)))
            ),
            literal_column("'[]'::json"),
        ),
    )
    return select(shown).select_from(each).correlate(p).scalar_subquery()


def links(p: FromClause) -> ScalarSelect[Any]:
    """The counts of employees whose job plans hold the plan's indicators, by half and division (Guide P-11)."""
    k, d = sql.alias(JobPlanLink), sql.alias(Division)
    shown = sql.obj(
        id=k.c.id,
        division=sql.ref(d),
        half=k.c.half,
        staff=k.c.staff,
        linked=k.c.linked,
        share=sql.share(k.c.linked, k.c.staff),
        remark=k.c.remark,
        recorded_by=sql.person(k.c.recorded_by_id),
        recorded_at=k.c.recorded_at,
        verified_by=sql.person(k.c.verified_by_id),
        verified_at=k.c.verified_at,
    )
    return (
        select(sql.listed(shown, k.c.half, d.c.code))
        .select_from(k.join(d, d.c.id == k.c.division_id))
        .where(k.c.plan_id == p.c.id)
        .correlate(p)
        .scalar_subquery()
    )
