"""The life of a role plan, and what a chain must be so that it can be walked (Guide P-13)."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from app.enums import POSTS, Chain, Party, Role, RolePlanState, Step
from app.errors import FieldError, Invalid, Text
from app.parties import DEFAULT_CHAINS, party_key
from app.services.transitions import Awaited, Transition

Named = tuple[Party, UUID | None]
"""A party, and the division where the party is one."""

Chains = Mapping[Chain, Mapping[Step, Sequence[Named]]]

_DRAFT = frozenset({RolePlanState.DRAFT.value})
_SUBMITTED = frozenset({RolePlanState.SUBMITTED.value})

EDIT = Transition("role_plans.edit", _DRAFT, RolePlanState.DRAFT)
SUBMIT = Transition("role_plans.submit", _DRAFT, RolePlanState.SUBMITTED)
APPROVE = Transition("role_plans.approve", _SUBMITTED, RolePlanState.APPROVED)
RETURN = Transition("role_plans.return", _SUBMITTED, RolePlanState.DRAFT, reason=True)

TRANSITIONS = (EDIT, SUBMIT, APPROVE, RETURN)

AWAITED: dict[str, Awaited] = {
    RolePlanState.DRAFT: Awaited(Step.ENTER, SUBMIT.action),
    RolePlanState.SUBMITTED: Awaited(Step.APPROVE, APPROVE.action),
}
"""Whom each state waits for: the manager who drafts, then the head."""

CONTROL = (Step.REVIEW, Step.APPROVE)

_ONE_CONTROL_WILL_DO = frozenset(Chain) - {Chain.RESULTS}
"""A figure is always reviewed before it is approved; the other chains may do without a review."""

_SINGLE_HOLDER = frozenset(Party(post.value) for post in POSTS)


def steps(entity_id: UUID) -> dict[str, tuple[str, ...]]:
    """Who drafts a plan of the entity, and who approves it."""
    return {
        Step.ENTER.value: (party_key(Role.MANAGER, entity_id),),
        Step.APPROVE.value: (party_key(Role.HEAD, entity_id),),
    }


def default(chain: Chain) -> Mapping[Step, Sequence[Named]]:
    """The guide's chain."""
    return {step: [(party, None) for party in parties] for step, parties in DEFAULT_CHAINS[chain].items()}


def with_defaults(named: Chains) -> Chains:
    """All chains: those named, and the guide's for the rest."""
    return {chain: named.get(chain) or default(chain) for chain in Chain}


def check(chains: Chains) -> None:
    """Whether each chain can be walked by different people. Raises Invalid with every fault."""
    faults = tuple(fault for chain, steps in chains.items() for fault in _faults(chain, steps))
    if faults:
        raise Invalid(errors=faults)


def _faults(chain: Chain, steps: Mapping[Step, Sequence[Named]]) -> Iterator[FieldError]:
    for step in Step:
        optional = step is Step.REVIEW and chain in _ONE_CONTROL_WILL_DO
        if not steps[step] and not optional:
            yield _fault(
                chain, step, "too_few", "Somebody must take this step.", "لا بد لهذه الخطوة من طرف يتولاها."
            )
    for step, parties in steps.items():
        for position, (party, division_id) in enumerate(parties):
            place = f"{step.value}/{position}"
            if (party is Party.DIVISION) != (division_id is not None):
                yield _fault(
                    chain,
                    f"{place}/division_id",
                    "missing" if division_id is None else "out_of_place",
                    "A division is named where the party is `division`, and nowhere else.",
                    "يُذكر التقسيم حين يكون الطرف تقسيمًا إداريًا فقط.",
                )
            if (party, division_id) in parties[:position]:
                yield _fault(chain, place, "repeated", "The party is named twice.", "ذُكر الطرف مرتين.")
    yield from _alone_twice(chain, steps)


def _alone_twice(chain: Chain, steps: Mapping[Step, Sequence[Named]]) -> Iterator[FieldError]:
    """Four eyes would leave nobody where one party alone enters and controls, or where a post, which one
    person holds, alone takes both control steps."""
    for step in CONTROL:
        if len(steps[step]) == 1 and list(steps[Step.ENTER]) == list(steps[step]):
            yield _fault(
                chain,
                step,
                "same_party",
                "The only party that enters cannot be the only one that controls.",
                "لا ينفرد الطرف نفسه بالإدخال وبالرقابة.",
            )
    review, approve = list(steps[Step.REVIEW]), list(steps[Step.APPROVE])
    if len(review) == 1 and review == approve and review[0][0] in _SINGLE_HOLDER:
        yield _fault(
            chain,
            Step.APPROVE,
            "same_party",
            "One person holds this post and cannot take both control steps.",
            "يشغل هذا المنصب شخص واحد فلا يتولى خطوتي الرقابة معًا.",
        )


def divisions(chains: Chains) -> dict[str, UUID]:
    """The divisions named, by the place where they are."""
    return {
        f"#/chains/{chain.value}/{step.value}/{position}/division_id": division_id
        for chain, steps in chains.items()
        for step, parties in steps.items()
        for position, (_, division_id) in enumerate(parties)
        if division_id is not None
    }


def said(chains: Chains) -> dict[str, dict[str, list[str]]]:
    """Chains as an event keeps them."""
    return {
        chain.value: {
            step.value: [
                party.value if division is None else f"{party.value}:{division}"
                for party, division in parties
            ]
            for step, parties in steps.items()
        }
        for chain, steps in chains.items()
    }


def _fault(chain: Chain, place: str, code: str, en: str, ar: str) -> FieldError:
    return FieldError(code, Text(en, ar), pointer=f"#/chains/{chain.value}/{place}")
