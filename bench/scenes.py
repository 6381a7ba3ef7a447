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

DEEP_IN_INBOX = 250
"""The same, of the fullest inbox."""

NOTE = "بيانات السجلات الإدارية لنهاية الشهر"

INBOX = ("inbox", "inbox_deep", "inbox_division")

_MOST = 200
"""Lines of the longest page."""

_SHOWN = 400
"""How many different requests wrk asks in turn."""


@dataclass(frozen=True)
class Inbox:
    """The fullest inbox of all: a manager's, whose office a specialist is of."""

    entity_id: str
    manager: str
    specialist: str
    deep_page: int

    def paths(self, kind: str, page: str = "") -> tuple[str, str]:
        """The inbox of the manager and that of the office, as the server of this kind is asked: the floor knows of nobody
        what is theirs. `page`: what else is asked."""
        found = []
        for of, roles in (("me", ("manager",)), ("division", ("manager", "specialist"))):
            parties = ",".join(f"{role}:{self.entity_id}" for role in roles)
            found.append(f"/v1/inbox?{f'party={parties}' if kind == 'floor' else f'of={of}'}{page}")
        return found[0], found[1]


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
    inbox: "Inbox"

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
            runs = await connection.fetch("select id from path_runs where unit_sees order by id")
            figures = await connection.fetchval("select count(*) from results where state <> 'discarded'")
            [fullest] = await connection.fetch(
                """
                select entity_id, count(distinct subject_id) as count from waits
                where closed_at is null and split_part(party, ':', 1) = 'manager'
                group by entity_id order by count desc limit 1
                """
            )
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
            inbox=Inbox(
                entity_id=str(fullest["entity_id"]),
                deep_page=min(DEEP_IN_INBOX, int(fullest["count"] * 0.8) // PAGE),
                **{
                    role.value: next(
                        tokens[p.id] for p in people if p.role is role and p.entity_id == fullest["entity_id"]
                    )
                    for role in (Role.MANAGER, Role.SPECIALIST)
                },
            ),
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


@dataclass(frozen=True)
class Deep:
    """The cursors of one server that lead to its deep pages; empty: the scene is not played."""

    results: str = ""
    inbox: str = ""


def reads(ground: Ground, kind: str, deep_cursors: Deep) -> dict[str, list[Request]]:
    """The reads by name, as the server of this kind is asked."""
    some = ground.indicators[:_SHOWN]
    deep = (
        f"offset={(ground.deep_page - 1) * PAGE}" if kind == "template" else f"cursor={deep_cursors.results}"
    )
    mine, office = ground.inbox.paths(kind, f"&limit={PAGE}")
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
        "inbox": [Request("GET", mine, ground.inbox.manager)] * _SHOWN,
        "inbox_deep": [Request("GET", f"{mine}&cursor={deep_cursors.inbox}", ground.inbox.manager)] * _SHOWN,
        "inbox_division": [Request("GET", office, ground.inbox.specialist)] * _SHOWN,
    }
    if kind == "template":
        for scene in ("card", "runs", "timeline", *INBOX):
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
    """The cursor of the deep page of the results, as a client of UNIT comes to it: page by page."""
    return _walked(server, "/v1/results?", ground.national, ground.deep_page)


def deep_cursor_of_inbox(server: Running, inbox: Inbox) -> str:
    """The same, of the fullest inbox."""
    mine, _ = inbox.paths(server.kind, "&")
    return _walked(server, mine, inbox.manager, inbox.deep_page)


def _walked(server: Running, path: str, token: str, page: int) -> str:
    left, cursor = (page - 1) * PAGE, ""
    while left:
        limit = min(left, _MOST)
        asked = f"{path}limit={limit}" + (f"&cursor={cursor}" if cursor else "")
        _, [answer] = load.write(server, [Request("GET", asked, token)], 200, 1)
        cursor, left = json.loads(answer.body)["next_cursor"], left - limit
    return cursor


def _id(answer: load.Answer) -> str:
    found: str = json.loads(answer.body)["id"]
    return found
