"""What everybody signed in may ask for, what a service account was not made for, and nobody without a sign-in."""

import pytest

from tests.role_matrix.cast import Cast
from tests.role_matrix.expectation import table
from tests.role_matrix.refusals import Case, disagreements

LISTS = {
    "catalogue.read": (
        "/v1/pillars",
        "/v1/priorities",
        "/v1/programmes",
        "/v1/holidays",
        "/v1/entities",
    ),
    "indicators.read": ("/v1/indicators", "/v1/indicators/{indicator}"),
    "results.read": ("/v1/results",),
    "reopenings.read": ("/v1/reopenings",),
    "inbox.read": ("/v1/inbox",),
    "me.read": ("/v1/me",),
    "role_rules.read": ("/v1/role-rules",),
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
