"""Scores and standings computed from scratch in Python, from what the database holds of results and definitions."""

from collections.abc import Mapping
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

from app import clock
from app.enums import Measure, Polarity, TargetKind
from app.services.scores.rules import (
    Baseline,
    Definition,
    Earlier,
    Measured,
    Target,
    assess,
    expectation,
    measured,
    target_for,
)

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Kept: TypeAlias = dict[UUID, dict[str, Any]]
Stood: TypeAlias = dict[tuple[UUID, str], dict[str, Any]]

SHOWN = ("progress", "on_track", "light")


async def assert_kept(owner: Connection) -> tuple[Kept, Stood]:
    """Every kept row is what comes of computing it anew, and there is no other."""
    scores, standings = await recomputed(owner)
    assert await kept_scores(owner) == scores
    assert await kept_standings(owner) == standings
    return scores, standings


async def kept_scores(owner: Connection) -> Kept:
    """The table `scores`."""
    return {row["result_id"]: dict(row) for row in await owner.fetch("select * from scores")}


async def kept_standings(owner: Connection) -> Stood:
    """The table `standings`."""
    return {
        (row["indicator_id"], row["scope"]): dict(row) for row in await owner.fetch("select * from standings")
    }


async def recomputed(owner: Connection) -> tuple[Kept, Stood]:
    """What both should hold."""
    definitions = await _definitions(owner)
    results = await owner.fetch("select * from results where state = 'approved' order by revision")
    by_indicator: dict[UUID, list[asyncpg.Record]] = {}
    for result in results:
        by_indicator.setdefault(result["indicator_id"], []).append(result)
    scores = {
        result["id"]: _score(
            result, definitions[result["definition_id"]], by_indicator[result["indicator_id"]]
        )
        for result in results
    }
    standings: Stood = {}
    for indicator, own in by_indicator.items():
        for scope in ("internal", "published"):
            counted = [
                scores[r["id"]]
                for r in own
                if scores[r["id"]]["counted"] and (scope == "internal" or r["published_at"])
            ]
            if counted:
                standings[indicator, scope] = _standing(scope, counted)
    return scores, standings


def _score(result: Mapping[str, Any], definition: Definition, own: list[asyncpg.Record]) -> dict[str, Any]:
    end = result["period_end"]
    target = target_for(definition.targets, end.year)
    figure = Measured(result["value"], result["rank"])
    scored = measured(definition.targets, figure, end, _earlier(result, own))
    averaged = target is not None and target.kind == TargetKind.AVERAGE
    found, asked = assess(definition, scored, end), expectation(definition, end)
    inside = averaged and asked.value is not None
    years = [year for year, one in definition.targets.items() if one is target]
    return {
        "result_id": result["id"],
        **{
            name: result[name]
            for name in (
                *("indicator_id", "entity_id", "definition_id", "period_start", "period_end"),
                *("revision", "known_from"),
            )
        },
        "published": result["published_at"] is not None,
        "counted": result["classification"] != "restricted" and result["obs_status"] != "F",
        **{"progress": found.progress, "on_track": found.on_track, "light": found.light.value},
        **{"expected_value": asked.value, "expected_rank": asked.rank},
        "target_year": years[0] if years else None,
        "target_kind": target.kind.value if target else None,
        "mean": scored.value if inside else None,
    }


def _earlier(result: Mapping[str, Any], own: list[asyncpg.Record]) -> list[Earlier]:
    """Of each earlier period the latest revision that whoever may read the result may read too, if there is one."""

    def as_open(other: Mapping[str, Any]) -> bool:
        if result["published_at"]:
            return other["published_at"] is not None
        return other["published_at"] is not None or other["classification"] != "restricted"

    periods: dict[Any, list[Mapping[str, Any]]] = {}
    for other in own:  # by revision: the latest is the last
        if other["obs_status"] != "F" and other["period_end"] < result["period_end"]:
            periods.setdefault((other["period_end"], other["period_start"]), []).append(other)
    return [
        Earlier(end, told[-1]["value"])
        if (told := [*filter(as_open, figures)])
        else Earlier(end, withheld=True)
        for (end, _), figures in periods.items()
    ]


def _standing(scope: str, counted: list[dict[str, Any]]) -> dict[str, Any]:
    def key(score: Mapping[str, Any]) -> tuple[Any, ...]:
        return score["period_end"], score["period_start"], score["revision"]

    newest = max(counted, key=key)
    before = max((s for s in counted if s["period_end"] < newest["period_end"]), key=key, default=None)
    names = ("indicator_id", "entity_id", "result_id", "period_start", "period_end", "target_kind", *SHOWN)
    return {
        "scope": scope,
        **{name: newest[name] for name in names},
        "before_id": before and before["result_id"],
        **{f"before_{name}": before and before[name] for name in SHOWN},
    }


async def _definitions(owner: Connection) -> dict[UUID, Definition]:
    targets: dict[UUID, dict[int, Target]] = {}
    for row in await owner.fetch("select * from targets"):
        targets.setdefault(row["definition_id"], {})[row["year"]] = Target(
            TargetKind(row["kind"]),
            *(row[name] for name in ("value", "value_max", "outer_min", "outer_max")),
            *(row[name] for name in ("rank", "window_start", "window_end")),
        )
    return {
        row["id"]: Definition(
            Polarity(row["polarity"]),
            Measure(row["measure"]),
            Baseline(row["baseline_value"], row["baseline_rank"], row["baseline_year"]),
            targets.get(row["id"], {}),
            row["green_at"],
            row["amber_at"],
            row["tolerance"],
        )
        for row in await owner.fetch(
            "select d.*, i.polarity, i.measure from definitions d join indicators i on i.id = d.indicator_id"
        )
    }


def day(moment: Any) -> Any:
    """The day in Oman."""
    return moment.astimezone(clock.MUSCAT).date()


async def served(owner: Connection) -> dict[UUID, Any]:
    """For each obligation the day on which the first approved final figure of its period was handed in."""
    rows = await owner.fetch(
        """
        select o.id, r.submitted_at, r.known_from from obligations o
        left join results r on r.indicator_id = o.indicator_id and r.period_start = o.period_start
             and r.period_end = o.period_end and r.state = 'approved' and r.obs_status not in ('E', 'F', 'P')
        where o.replaced_at is null
        """
    )
    found: dict[UUID, Any] = {}
    for row in rows:
        moment = row["submitted_at"] or row["known_from"]
        known = [one for one in (found.get(row["id"]), moment and day(moment)) if one is not None]
        found[row["id"]] = min(known, default=None)
    return found
