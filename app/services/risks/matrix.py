"""The matrix of risks, ready to draw: its axes named, and how many risks stand in each cell (Guide K-2)."""

import json
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, bindparam, func, literal_column, select
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app import clock
from app.db import Lane, Query
from app.enums.risks import RiskGrade, RiskMeasure
from app.models import Entity, RiskSettings
from app.parties import Actor
from app.services import sql
from app.services.documents import Document
from app.services.people import visibility
from app.services.risk_settings.queries import latest, levels
from app.services.risk_settings.rules import SCALE, Scale
from app.services.risks.facts import R
from app.services.risks.visibility import visible

NAMED = 20
"""Risks that a cell names, the first registered first; it counts all."""

_s: FromClause = RiskSettings.__table__


def _cells(seen: FromClause, version: ColumnElement[Any]) -> ScalarSelect[Any]:
    named = func.json_agg(sql.ordered(seen.c.id, seen.c.id)).filter(
        seen.c.place <= literal_column(str(NAMED))
    )
    cell = sql.obj(probability=seen.c.probability, impact=seen.c.impact, count=func.count(), risk_ids=named)
    counted = (
        select(seen.c.probability, seen.c.impact, cell.label("cell"))
        .where(seen.c.settings_id == version, seen.c.probability.is_not(None))
        .group_by(seen.c.probability, seen.c.impact)
        .subquery("cells")
    )
    return select(sql.listed(counted.c.cell, counted.c.probability, counted.c.impact)).scalar_subquery()


def _others(seen: FromClause, version: ColumnElement[Any]) -> ScalarSelect[Any]:
    s = _s.alias("other")
    counted = (
        select(s.c.number, sql.obj(id=s.c.id, number=s.c.number, count=func.count()).label("other"))
        .select_from(seen.join(s, s.c.id == seen.c.settings_id))
        .where(seen.c.settings_id != version)
        .group_by(s.c.id, s.c.number)
        .subquery("others")
    )
    return select(sql.listed(counted.c.other, counted.c.number.desc())).scalar_subquery()


@lru_cache(maxsize=8)
def _query(measure: RiskMeasure, given: frozenset[str]) -> Query:
    before = "" if measure is RiskMeasure.INHERENT else "residual_"
    where = [visible(R), R.c.review_on.is_not(None)]
    if "entity_id" in given:
        where.append(R.c.entity_id == bindparam("entity_id", type_=Uuid))
    probability, impact = R.c[f"{before}probability"], R.c[f"{before}impact"]
    place = func.row_number().over(partition_by=[R.c.settings_id, probability, impact], order_by=R.c.id)
    seen = (
        select(
            R.c.id,
            R.c.settings_id,
            probability.label("probability"),
            impact.label("impact"),
            place.label("place"),
        )
        .where(*where)
        .cte("seen")
    )
    version: ColumnElement[Any] = latest()
    if "settings_id" in given:
        version = bindparam("settings_id", type_=Uuid)
    unknown = (
        select(func.count())
        .select_from(seen)
        .where(seen.c.settings_id == version, seen.c.probability.is_(None))
    )
    entity = (
        sql.ref_by_id(Entity.__table__, bindparam("entity_id", type_=Uuid))
        if "entity_id" in given
        else literal_column("null::json")
    )
    return Query(
        lambda: (
            select(
                entity.cast(Text).label("entity"),
                sql.obj(id=_s.c.id, number=_s.c.number).cast(Text).label("settings"),
                levels(_s, "probability").cast(Text).label("probability"),
                levels(_s, "impact").cast(Text).label("impact"),
                sql.obj(**{name: _s.c[name] for name in SCALE}).cast(Text).label("scale"),
                _cells(seen, version).cast(Text).label("cells"),
                unknown.scalar_subquery().label("not_assessed"),
                _others(seen, version).cast(Text).label("other_settings"),
            )
            .where(_s.c.id == version)
            .add_cte(seen)
        )
    )


async def drawn(
    lane: Lane,
    actor: Actor,
    measure: RiskMeasure,
    entity_id: UUID | None,
    settings_id: UUID | None,
    now: datetime,
) -> Document | None:
    """The matrix of one version of the settings, by default the one in force, over the risks that may still happen and
    that the actor may see. None: there is no such version.

    Those that were assessed by other versions are counted beside it, and so are those without a residual assessment.
    """
    given = {"entity_id": entity_id, "settings_id": settings_id}
    asked = {name: value for name, value in given.items() if value is not None}
    params = {**visibility.of(actor), **asked, "now": now, "today": clock.day(now)}
    row = await lane.row(_query(measure, frozenset(asked)), params)
    if row is None:
        return None
    axes = {axis: json.loads(row[axis]) for axis in ("probability", "impact")}
    scale = Scale(**json.loads(row["scale"]))
    counted = {(cell["probability"], cell["impact"]): cell for cell in json.loads(row["cells"])}
    cells = []
    totals = dict.fromkeys(RiskGrade, 0)
    for probability in range(1, len(axes["probability"]) + 1):
        for impact in range(1, len(axes["impact"]) + 1):
            found = counted.get((probability, impact), {"count": 0, "risk_ids": []})
            grade = scale.grade(probability * impact)
            totals[grade] += found["count"]
            cells.append(
                {
                    "probability": probability,
                    "impact": impact,
                    "score": probability * impact,
                    "grade": grade,
                    "count": found["count"],
                    "risk_ids": found["risk_ids"],
                }
            )
    body = {
        "entity": json.loads(row["entity"] or "null"),
        "of": measure,
        "settings": json.loads(row["settings"]),
        **axes,
        "cells": cells,
        "by_grade": [{"grade": grade, "count": count} for grade, count in totals.items()],
        "total": sum(totals.values()),
        "not_assessed": row["not_assessed"],
        "other_settings": json.loads(row["other_settings"]),
    }
    # Counted for this moment, it has no version of its own: it is 1, and the hash of the body tells a change.
    return Document(json.dumps(body, ensure_ascii=False).encode(), version=1)
