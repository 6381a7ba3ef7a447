"""What is asked of every server: the reads and writes that are measured."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg

from app import clock
from app.enums import Role
from app.tokens import TokenKeys
from bench import data, load
from bench.data import Person
from bench.load import Request
from bench.machine import Running

PAGE, FIGURES, RUNS = 20, 12, 59
DEEP = 10_000
"""The number of the page that is compared with the first."""

NOTE = "بيانات السجلات الإدارية لنهاية الشهر"

_SHOWN = 400
"""How many different requests wrk asks in turn."""


@dataclass(frozen=True)
class Ground:
    """The ids that requests name, and the tokens of those who ask."""

    tokens: Sequence[str]
    national: str
    indicators: Sequence[str]
    runs: Sequence[str]
    enterers: Mapping[str, str]
    backlog: Sequence[tuple[str, int]]
    reviewer: str
    deep_page: int

    @classmethod
    async def of(cls, url: str, keys: Path) -> "Ground":
        """What there is in the database at `url`."""
        signing = TokenKeys.load(keys, "mutabaa", "mutabaa-api")
        connection = await asyncpg.connect(url)
        try:
            people = await data.people(connection)
            # In an order that has nothing to do with how they lie.
            rows = await connection.fetch("select id, entity_id from indicators order by md5(code)")
            waiting = await connection.fetch(
                """
                select r.id, r.version, r.entity_id from results r
                where r.state = 'submitted' and r.entity_id = (
                    select entity_id from results where state = 'submitted'
                    group by entity_id order by count(*) desc limit 1)
                order by r.period_end, r.id limit 500
                """
            )
            runs = await connection.fetch("select id from path_runs order by id")
            figures = await connection.fetchval("select count(*) from results where state <> 'discarded'")
        finally:
            await connection.close()
        members: dict[object, list[Person]] = {}
        for person in people:
            if person.role is Role.DIVISION_MEMBER:
                members.setdefault(person.entity_id, []).append(person)
        tokens = {person.id: data.token(signing, person) for person in people}
        return cls(
            tokens=list(tokens.values()),
            national=next(tokens[p.id] for p in people if p.role is Role.UNIT_SPECIALIST),
            indicators=[str(row["id"]) for row in rows],
            runs=[str(row["id"]) for row in runs],
            enterers={str(row["id"]): tokens[members[row["entity_id"]][0].id] for row in rows},
            backlog=[(str(row["id"]), row["version"]) for row in waiting],
            reviewer=tokens[members[waiting[0]["entity_id"]][1].id],
            deep_page=min(DEEP, int(figures * 0.8) // PAGE),
        )

    def asked(self, *paths: str) -> list[Request]:
        """The paths in turn, each time by another person."""
        return [
            Request("GET", paths[number % len(paths)], self.tokens[number % len(self.tokens)])
            for number in range(max(_SHOWN, len(self.tokens)))
        ]

    def asked_by_unit(self, *paths: str) -> list[Request]:
        """The paths, by somebody of the follow-up unit."""
        return [Request("GET", path, self.national) for path in paths]


def reads(ground: Ground, kind: str, deep_cursor: str) -> dict[str, list[Request]]:
    """The reads by name, as the server of this kind is asked."""
    some = ground.indicators[:_SHOWN]
    deep = f"offset={(ground.deep_page - 1) * PAGE}" if kind == "template" else f"cursor={deep_cursor}"
    found = {
        "list": ground.asked("/v1/indicators?limit=50"),
        "one": ground.asked(*(f"/v1/indicators/{id_}" for id_ in some)),
        "figures": ground.asked(*(f"/v1/results?indicator_id={id_}&limit={FIGURES}" for id_ in some)),
        "card": ground.asked(*(f"/v1/indicators/{id_}/card" for id_ in some)),
        "page_1": ground.asked(f"/v1/results?limit={PAGE}"),
        "page_deep": ground.asked(f"/v1/results?limit={PAGE}&{deep}"),
        "scoreboard": ground.asked("/v1/scoreboard?by=entity"),
        # Of all entities, as only UNIT asks.
        "runs": ground.asked_by_unit(f"/v1/path-runs?limit={RUNS}"),
        "timeline": ground.asked_by_unit(*(f"/v1/path-runs/{id_}/timeline" for id_ in ground.runs)),
    }
    if kind == "template":
        for scene in ("card", "runs", "timeline"):
            del found[scene]
    return found


def entries(ground: Ground, first: int, count: int) -> list[Request]:
    """Figures of last month, each of another indicator, entered by whoever is to."""
    period = f"{data.month(clock.today(), -1):%Y-%m}"
    ids = ground.indicators
    chosen = [ids[(first + number) % len(ids)] for number in range(min(count, len(ids)))]
    return [
        Request(
            "POST",
            f"/v1/indicators/{id_}/results",
            ground.enterers[id_],
            json.dumps({"period": period, "value": 40 + number % 100 / 10, "note": NOTE}).encode(),
            key=uuid4().hex,
        )
        for number, id_ in enumerate(chosen)
    ]


def submissions(entered: Sequence[Request], answers: Sequence[load.Answer]) -> list[Request]:
    """Each of the drafts submitted as it was answered."""
    return [
        Request("POST", f"/v1/results/{_id(answer)}/submit", request.token, if_match=answer.etag)
        for request, answer in zip(entered, answers, strict=True)
    ]


def decisions(ground: Ground) -> Request:
    """The whole backlog passed on in one request."""
    items = [
        {"id": id_, "if_match": f'"{version}.x"', "decision": "review"} for id_, version in ground.backlog
    ]
    body = json.dumps({"items": items}).encode()
    return Request("POST", "/v1/results/decisions", ground.reviewer, body, key=uuid4().hex)


def deep_cursor(server: Running, ground: Ground) -> str:
    """The cursor of the deep page, as a client of UNIT comes to it: page by page."""
    left, cursor, token = (ground.deep_page - 1) * PAGE, "", ground.national
    while left:
        limit = min(left, 200)
        path = f"/v1/results?limit={limit}" + (f"&cursor={cursor}" if cursor else "")
        _, [answer] = load.write(server, [Request("GET", path, token)], 200, 1)
        cursor, left = json.loads(answer.body)["next_cursor"], left - limit
    return cursor


def _id(answer: load.Answer) -> str:
    found: str = json.loads(answer.body)["id"]
    return found
