"""What a chain must be so that different people can walk it."""

from uuid import UUID

import pytest

from app.enums import Chain, Party, Step
from app.errors import Invalid
from app.services.role_plans import rules
from app.services.role_plans.rules import Named

E, S, P, M, H, D = (
    (Party.EXECUTING, None),
    (Party.SPECIALIST, None),
    (Party.PLANNING, None),
    (Party.MANAGER, None),
    (Party.HEAD, None),
    (Party.DIVISION, UUID(int=7)),
)


def faults(
    chain: Chain, enter: list[Named], review: list[Named], approve: list[Named]
) -> list[tuple[str, str]]:
    try:
        rules.check({chain: {Step.ENTER: enter, Step.REVIEW: review, Step.APPROVE: approve}})
    except Invalid as refused:
        return [(fault.code, fault.pointer or "") for fault in refused.errors]
    return []


def test_the_guides_chains_can_be_walked() -> None:
    rules.check(rules.with_defaults({}))
    assert set(rules.with_defaults({})) == set(Chain)


@pytest.mark.parametrize(
    ("enter", "review", "approve"),
    [
        ([E, S], [P], [M]),
        ([D], [S], [M]),
        ([S], [M], [H]),
        ([M, S], [M], [H]),  # where the manager entered, the head decides
        ([P], [P, S], [M]),
        ([E], [P], [P]),  # a directorate has several people
    ],
)
def test_chains_of_different_people_pass(
    enter: list[Named], review: list[Named], approve: list[Named]
) -> None:
    assert faults(Chain.RESULTS, enter, review, approve) == []


@pytest.mark.parametrize(
    ("enter", "review", "approve", "found"),
    [
        ([], [P], [M], [("too_few", "enter")]),
        ([E], [], [M], [("too_few", "review")]),
        ([E], [P], [], [("too_few", "approve")]),
        ([M], [M], [H], [("same_party", "review")]),
        ([S], [P], [S], [("same_party", "approve")]),
        ([D], [D], [D], [("same_party", "review"), ("same_party", "approve")]),
        ([E], [M], [M], [("same_party", "approve")]),
        ([E], [P, P], [M], [("repeated", "review/1")]),
        ([(Party.DIVISION, None)], [P], [M], [("missing", "enter/0/division_id")]),
        ([E], [(Party.PLANNING, UUID(int=7))], [M], [("out_of_place", "review/0/division_id")]),
    ],
)
def test_chains_that_cannot_be_walked_are_refused_with_their_place(
    enter: list[Named], review: list[Named], approve: list[Named], found: list[tuple[str, str]]
) -> None:
    assert faults(Chain.RESULTS, enter, review, approve) == [
        (code, f"#/chains/results/{place}") for code, place in found
    ]


def test_only_results_always_need_a_review() -> None:
    assert faults(Chain.REPORTS, [P], [], [H]) == []
    assert faults(Chain.COMMUNICATION, [P], [], []) == [("too_few", "#/chains/communication/approve")]
