"""What everybody signed in may ask for, what a service account was not made for, and nobody without a sign-in."""

from datetime import UTC, date, datetime
from uuid import UUID

import httpx
import pytest

from app import clock, ids
from app.enums import SubjectKind
from tests.role_matrix.cast import Cast, account, holiday
from tests.role_matrix.expectation import table
from tests.role_matrix.refusals import Case, disagreements
from tests.role_matrix.results import done

LISTS = {
    "catalogue.read": (
        "/v1/pillars",
        "/v1/priorities",
        "/v1/programmes",
        "/v1/holidays",
        "/v1/entities",
    ),
    "indicators.read": ("/v1/indicators",),
    "contributions.read": ("/v1/contributions",),
    "obligations.read": (
        "/v1/obligations",
        "/v1/obligations/rates?by=entity",
        "/v1/obligations/calendar?year=2026",
    ),
    "scoreboard.read": tuple(f"/v1/scoreboard?by={by}" for by in ("entity", "priority", "pillar", "nation")),
    "scorecards.read": ("/v1/scorecards",),
    "improvement_plans.read": ("/v1/improvement-plans",),
    "results.read": ("/v1/results",),
    "reopenings.read": ("/v1/reopenings",),
    "inbox.read": ("/v1/inbox",),
    "dashboard.read": ("/v1/dashboard",),
    "me.read": ("/v1/me",),
    "role_rules.read": ("/v1/role-rules",),
    "path_templates.read": ("/v1/path-templates",),
    "service_accounts.read": ("/v1/service-accounts",),
}
OF_AN_ENTITY = {
    "memberships.read": ("memberships",),
    "assignments.read": ("assignments",),
    "delegations.read": ("delegations",),
    "decisions.read": ("decisions",),
    "role_plans.read": ("role-plan", "role-plans"),
}


@pytest.mark.parametrize("permission", LISTS)
async def test_lists(cast: Cast, permission: str) -> None:
    """Any signed-in person, and no account that was not made for it."""
    paths = [path.format(indicator=cast.main) for path in LISTS[permission]]
    await _read(cast, "lists", permission, paths)


@pytest.mark.parametrize("permission", OF_AN_ENTITY)
async def test_lists_of_an_entity(cast: Cast, permission: str) -> None:
    """Those who appoint read what their entity holds; nobody gets an error of the service."""
    paths = [f"/v1/entities/{cast.entity.id}/{path}" for path in OF_AN_ENTITY[permission]]
    kind = permission.partition(".")[0]
    if kind == "role_plans":
        made = await cast.api("manager").create(f"/v1/entities/{cast.entity.id}/role-plans", {"note": "خطة"})
        paths.append(made.headers["Location"])
    elif kind != "decisions":
        one = await cast.world.owner.fetchval(
            f"select id from {kind} where entity_id = $1 limit 1", cast.entity.id
        )
        paths.append(f"/v1/{kind}/{one}")
    await _read(cast, "lists of an entity", permission, paths)


async def test_catalogue(cast: Cast) -> None:
    """Each thing of the catalogue, and the calendar: open to anybody signed in."""
    named = {"name_ar": "الإنسان والمجتمع", "name_en": "People and society", "source": "test"}
    pillar, priority, programme = ids.new(), ids.new(), ids.new()
    insert = cast.world.insert
    await insert("pillars", id=pillar, code="PL90", position=90, **named)
    placed = {"pillar_id": pillar, "position": 90, "name_ar_translated": False}
    await insert("priorities", id=priority, code="PR90", **placed, **named)
    kept = {"kind": "national", "status": "current", "name_ar_translated": False, "priority_id": priority}
    await insert("programmes", id=programme, code="PG90", **kept, **named)
    eid = await holiday(cast.world, date(2026, 1, 15))
    await holiday(cast.world, date(2026, 11, 25))
    paths = {
        "pillar": f"/v1/pillars/{pillar}",
        "priority": f"/v1/priorities/{priority}",
        "programme": f"/v1/programmes/{programme}",
        "holidays": "/v1/holidays?year=2026",
        "holiday": f"/v1/holidays/{eid}",
        "working_day": "/v1/working-days?start=2026-03-01&days=5",
        "working_day_unknown": "/v1/working-days?start=2031-03-01&days=5",
    }
    for column, path in paths.items():
        await _read(cast, "catalogue.read", column, [path])


async def test_decisions(cast: Cast) -> None:
    """A recorded decision is seen by the head's side, the manager, and who decided or recorded it."""
    people = cast.people
    user = await cast.world.user()
    letter = {
        "decided_by_id": str(people["head"].id),
        "letter_number": "١٢/٢٠٢٦",
        "letter_date": clock.today().isoformat(),
    }
    body = {"user_id": str(user.id), "role": "expert", "decision": letter}
    done(await cast.api("head_office").create(f"/v1/entities/{cast.entity.id}/memberships", body))
    by_office = "select id from decisions where entity_id = $1 and recorded_by_id = $2"
    decisions = {
        "of_the_head": await cast.world.owner.fetchval(by_office, cast.entity.id, people["head_office"].id),
        "recorded_by_specialist": await _decision(cast, "head", "specialist"),
        "decided_by_expert": await _decision(cast, "expert", "head_office"),
    }
    for column, decision in decisions.items():
        await _read(cast, "decisions.read", column, [f"/v1/decisions/{decision}"])

    seen = {
        who: {column for column in decisions if table("reads", "decisions.read").answer(column, who=who).done}
        for who in cast.everybody
    }
    path = f"/v1/entities/{cast.entity.id}/decisions"
    wrong = []
    for who in cast.everybody:
        answer = await cast.api(who).get(path)
        listed = _ids(answer) if answer.is_success else set()
        if listed != {str(decisions[column]) for column in seen[who]}:
            wrong.append(f"{who} GET {path}: {answer.status_code}, {len(listed)} instead of {seen[who]}")
    assert not wrong, "\n".join(wrong)


async def test_service_accounts(cast: Cast) -> None:
    """One's own accounts, one by one and in the list; an administrator sees them all."""
    accounts = {}
    for column, maker in (
        ("of_specialist", "specialist"),
        ("ended", "specialist"),
        ("of_manager", "manager"),
    ):
        api = cast.api(maker)
        await account(cast.people[maker], ["results.read"])
        newest = done(await api.get("/v1/service-accounts")).json()["items"][0]["id"]
        accounts[column] = f"/v1/service-accounts/{newest}"
        if column == "ended":
            done(await api.step(f"{accounts[column]}/end", await api.etag(accounts[column])))
    for column, path in accounts.items():
        await _read(cast, "service_accounts.read", column, [path])

    made = await cast.world.owner.fetch("select id, maker_id from service_accounts")
    wrong = []
    for who in cast.everybody:
        if not table("reads", "lists").answer("service_accounts.read", who=who).done:
            continue
        own = {
            str(row["id"]) for row in made if who == "administrator" or row["maker_id"] == cast.people[who].id
        }
        listed = _ids(done(await cast.api(who).get("/v1/service-accounts")))
        if listed != own:
            wrong.append(f"{who}: {len(listed)} accounts instead of {len(own)}")
    assert not wrong, "\n".join(wrong)


async def test_me_edit(cast: Cast) -> None:
    """One changes oneself, and no program does."""
    found, etag = [], '"1.x"'
    for who in cast.everybody:
        if table("reads", "me.edit").answer("language", who=who).done:
            etag = await cast.api(who).etag("/v1/me")

        def patch(who: str = who, etag: str = etag):
            return cast.api(who).patch("/v1/me", etag, {"language": "ar"})

        expected = table("reads", "me.edit").answer("language", who=who)
        found += await disagreements(cast.world.owner, [Case(f"{who} me.edit", expected, patch, patch)])
    assert not found, "\n".join(found)


async def _decision(cast: Cast, decided_by: str, recorded_by: str) -> UUID:
    """A decision of an earlier time, when these two held other roles."""
    decision = ids.new()
    await cast.world.subject(decision, SubjectKind.DECISION, cast.entity.id)
    await cast.world.insert(
        "decisions",
        id=decision,
        entity_id=cast.entity.id,
        action="memberships.create",
        decided_by_id=cast.people[decided_by].id,
        recorded_by_id=cast.people[recorded_by].id,
        letter_number="٧/٢٠٢٥",
        letter_date=date(2025, 3, 2),
        recorded_at=datetime(2025, 3, 3, tzinfo=UTC),
    )
    return decision


def _ids(response: httpx.Response) -> set[str]:
    return {item["id"] for item in response.json()["items"]}


async def _read(cast: Cast, name: str, permission: str, paths: list[str]) -> None:
    cases = [
        Case(
            f"{who} GET {path}",
            table("reads", name).answer(permission, who=who),
            lambda who=who, path=path: cast.api(who).get(path),
            lambda who=who, path=path: cast.api(who).get(path),
        )
        for who in cast.everybody
        for path in paths
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)
