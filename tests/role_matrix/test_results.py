"""Results: every person of the cast, every action, every state, every classification."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

from tests.core.refusals import written
from tests.role_matrix.cast import Cast
from tests.role_matrix.expectation import group_of, table
from tests.role_matrix.refusals import AT_ONCE, Case, agrees, disagreements, said
from tests.role_matrix.results import REASON, STATES, SUBJECTS, Result, Results, done, send

ACTIONS = (
    "results.edit",
    "results.submit",
    "results.withdraw",
    "results.discard",
    "results.review",
    "results.approve",
    "results.return",
    "results.correct",
    "reopenings.ask",
)
READING = ("results.read", "results.history")
DECISIONS = ("review", "approve", "return")


@pytest.mark.parametrize(("classification", "state"), SUBJECTS)
async def test_every_action(cast: Cast, results: Results, classification: str, state: str) -> None:
    """Each person gets exactly the status of the table; what is refused writes nothing.

    Who sees the result is offered, in its `actions`, exactly what the tables allow now.
    """
    shared = await results.make(state, classification)
    await cast.assign_all(shared.id)
    cases = [
        _case(cast, results, shared, who, action, classification, state)
        for action in ("results.read", "results.history", *ACTIONS)
        for who in cast.everybody
        if action in READING or _asked_here(who, classification, state)
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join([f"{len(found)} of {len(cases)}:", *found])


@pytest.mark.parametrize("state", ["draft", "reviewed", "approved"])
async def test_a_preview_is_for_who_may_approve(cast: Cast, results: Results, state: str) -> None:
    """Everybody is answered as if they approved, and nothing is written, whatever the answer."""
    shared = await results.make(state)
    lines = table("results", "results.approve")
    before = await written(cast.world.owner)
    gate, found = asyncio.Semaphore(AT_ONCE), []

    async def ask(who: str) -> None:
        async with gate:
            answer = await cast.api(who).step(f"{shared.path}/preview-approval", shared.etag)
        expected = lines.answer(state, who=who, classification="internal")
        if not agrees(answer, expected):
            found.append(f"{who} previews: expected {expected}, got {said(answer)}")

    asked = [who for who in cast.everybody if not who.endswith("_on_result")]
    await asyncio.gather(*map(ask, asked))
    assert not found, "\n".join(found)
    assert await written(cast.world.owner) == before


async def test_many_decisions_at_once(cast: Cast, results: Results) -> None:
    """Each decision among many has the status of the single request, in every state and classification."""
    shared = {subject: await results.make(subject[1], subject[0]) for subject in SUBJECTS}
    for result in shared.values():
        await cast.assign_all(result.id)
    gate = asyncio.Semaphore(AT_ONCE)

    async def of(who: str) -> list[str]:
        async with gate:
            return await _decide(cast, results, shared, who)

    found = [line for lines in await asyncio.gather(*map(of, cast.everybody)) for line in lines]
    assert not found, "\n".join([f"{len(found)}:", *found])


@pytest.mark.parametrize("column", table("results", "results.create").states)
async def test_create(cast: Cast, results: Results, column: str) -> None:
    """Who enters a first figure, by what the period holds already."""
    path, kept = f"/v1/indicators/{cast.main}/results", {}
    for state in ("draft", "approved", "discarded"):
        kept[state] = done(await cast.api("manager").get((await results.make(state)).path)).json()["period"]
    kept["free"] = results.period(cast.main)
    period = kept[
        {"under_way": "draft", "figure_approved": "approved", "figure_discarded": "discarded"}.get(
            column, column
        )
    ]

    async def fresh(who: str):
        month = period
        if column == "free":
            month = results.period(cast.main)
        if column == "figure_discarded":
            month = done(await cast.api("manager").get((await results.make("discarded")).path)).json()[
                "period"
            ]
        return await cast.api(who).create(path, {"period": month, "value": 1})

    cases = [
        Case(
            f"{who} results.create {column}",
            table("results", "results.create").answer(column, who=who),
            lambda who=who: cast.api(who).create(path, {"period": period, "value": 1}),
            lambda who=who: fresh(who),
        )
        for who in cast.everybody
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)


async def test_create_without_a_division_in_charge(cast: Cast, results: Results) -> None:
    """An indicator that names no division is entered by the specialists alone."""
    lines = table("results", "results.create without a division in charge")
    path = f"/v1/indicators/{cast.undivided}/results"

    def sends(who: str):
        body = {"period": results.period(cast.undivided), "value": 1}
        return lambda: cast.api(who).create(path, body)

    cases = [
        Case(f"{who} results.create undivided", lines.answer("free", who=who), sends(who), sends(who))
        for who in cast.everybody
    ]
    found = await disagreements(cast.world.owner, cases)
    assert not found, "\n".join(found)


async def test_indicators_offer_entry(cast: Cast) -> None:
    """The indicator's `actions` name entry for exactly those who may enter."""
    found = []
    for name, indicator in (("", cast.main), (" without a division in charge", cast.undivided)):
        lines = table("results", f"results.create{name}")
        for who in set(cast.everybody) - {
            "anonymous",
            "account_catalogue",
            "account_office",
            "account_approving",
        }:
            expected = {"results.create"} if lines.answer("free", who=who).offered else set()
            response = await cast.api(who).get(f"/v1/indicators/{indicator}")
            offered = set(response.json()["actions"]) & {"results.create"}
            if offered != expected:
                found.append(f"{who}{name}: expected {expected}, got {offered}")
    assert not found, "\n".join(found)


def _asked_here(who: str, classification: str, state: str) -> bool:
    """Whether the person sends the nine actions to this subject.

    Everybody of the entity and of UNIT does to every subject. Who has nothing to do with the entity reads every
    subject, and sends the nine actions in every state to one classification of the three, in turn.
    """
    if group_of()[who] != "strangers":
        return True
    mine = [pair for pair in SUBJECTS if pair[1] == state]
    turn = STATES.index(state) + list(group_of()).index(who)
    return mine[turn % len(mine)] == (classification, state)


def _case(
    cast: Cast, results: Results, shared: Result, who: str, action: str, classification: str, state: str
) -> Case:
    lines = table("results", "results.read" if action == "results.history" else action)

    async def fresh():
        result = await results.make(state, classification)
        if who.endswith("_on_result"):
            await cast.assign(who, result.id)
        return await send(cast.api(who), action, result)

    expected = lines.answer(state, who=who, classification=classification)
    return Case(
        f"{who} ({group_of()[who]}) {action} on {classification} {state}",
        expected,
        lambda: send(cast.api(who), action, shared),
        (lambda: send(cast.api(who), action, shared)) if action in READING else fresh,
        _offers(who, classification, state) if action == "results.read" else lambda _: None,
    )


def _offers(who: str, classification: str, state: str) -> Callable[[httpx.Response], str | None]:
    """What is wrong with the `actions` of a result that the person reads."""

    def wrong(response: httpx.Response) -> str | None:
        asked = {"who": who, "classification": classification}
        expected = {action for action in ACTIONS if table("results", action).answer(state, **asked).offered}
        offered = {action for action in response.json()["actions"] if action in ACTIONS}
        return (
            None
            if offered == expected
            else f"expected to be offered {sorted(expected)}, got {sorted(offered)}"
        )

    return wrong


async def _decide(cast: Cast, results: Results, shared: dict[tuple[str, str], Result], who: str) -> list[str]:
    """What the many decisions of one person do not agree in; what is to be done has a fresh result."""
    answer = table("results", "results.decide_many").cell("answer", who=who)
    found = []
    for decision in DECISIONS:
        lines = table("results", f"results.{decision}")
        wanted, expected = [], []
        for (classification, state), kept in shared.items():
            single = lines.answer(state, who=who, classification=classification)
            done_to_it = single.done and answer == "items"
            result = await results.make(state, classification) if done_to_it else kept
            item = {"id": str(result.id), "if_match": result.etag, "decision": decision}
            wanted.append({**item, **(REASON if decision == "return" else {})})
            expected.append((f"{who} {decision} on {classification} {state}", single))
        response = await cast.api(who).create("/v1/results/decisions", {"items": wanted})
        if said(response).partition(" ")[0] != answer.replace("items", "200"):
            found.append(f"{who} {decision}: expected {answer}, got {said(response)}")
        elif answer == "items":
            found += [
                f"{name}: expected {single}, got {item['status']} {item['code']}"
                for (name, single), item in zip(expected, response.json()["items"], strict=True)
                if item["status"] != single.status
            ]
    return found
