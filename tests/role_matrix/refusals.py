"""Sends many requests, compares each answer with its line, and sees that a refusal wrote nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import asyncpg
import httpx

from tests.core.refusals import written
from tests.role_matrix.expectation import Answer

AT_ONCE = 6

Send = Callable[[], Awaitable[httpx.Response]]


@dataclass(frozen=True)
class Case:
    """One combination: what it is, what is expected, how it is sent (on the shared subject, on a fresh one)."""

    name: str
    expected: Answer
    shared: Send
    fresh: Send
    also: Callable[[httpx.Response], str | None] = lambda _: None
    """What else is wrong with an answer whose status is right."""


async def disagreements(owner: "asyncpg.Connection[asyncpg.Record]", cases: Sequence[Case]) -> list[str]:
    """What does not agree with the expectation, in words.

    Refusals go to one shared subject, several at once, between two fingerprints. What surprises there is sent
    again, alone and to a fresh subject, for one wrong success would spoil the shared one for all others. What is to
    be done has a fresh subject from the beginning.
    """
    found: list[str] = []
    refusals = [case for case in cases if not case.expected.done]
    before = await written(owner)
    gate = asyncio.Semaphore(AT_ONCE)

    async def surprising(case: Case) -> bool:
        async with gate:
            return not agrees(await case.shared(), case.expected)

    surprises = [
        case
        for case, surprise in zip(refusals, await asyncio.gather(*map(surprising, refusals)), strict=True)
        if surprise
    ]
    after = await written(owner)
    if after != before and not surprises:
        found.append(f"refusals wrote something: {_difference(before, after)}")
    for case in [*surprises, *[case for case in cases if case.expected.done]]:
        response = await case.fresh()
        if not agrees(response, case.expected):
            found.append(f"{case.name}: expected {case.expected}, got {said(response)}")
        elif wrong := case.also(response):
            found.append(f"{case.name}: {wrong}")
    return found


def agrees(response: httpx.Response, expected: Answer) -> bool:
    """Whether the answer is the expected one, its code included where the table names one."""
    if response.status_code not in expected.statuses:
        return False
    return expected.code is None or response.json()["code"] == expected.code


def said(response: httpx.Response) -> str:
    """The answer in short."""
    problem = response.headers.get("content-type", "").startswith("application/problem+json")
    return f"{response.status_code} {response.json()['code'] if problem else ''}".strip()


def _difference(before: dict[str, str], after: dict[str, str]) -> str:
    return ", ".join(f"{key} {before[key]} -> {after[key]}" for key in before if before[key] != after[key])
