"""Enter, review, approve: the one transition table of what an executing division enters, the planning directorate
reviews and the office approves (Guide D-1, D-2). Results, detailed plans and progress reports walk it."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.enums import ChainState, Step
from app.services.transitions import Awaited, Transition

DRAFT = frozenset({ChainState.DRAFT.value})
SUBMITTED = frozenset({ChainState.SUBMITTED.value})
REVIEWED = frozenset({ChainState.REVIEWED.value})
APPROVED = frozenset({ChainState.APPROVED.value})

CONTROLLED = SUBMITTED | REVIEWED
"""The states in which a control step is due, so that four eyes has a meaning."""


@dataclass(frozen=True)
class Approval:
    """The table of one area."""

    edit: Transition
    discard: Transition
    submit: Transition
    withdraw: Transition
    review: Transition
    send_back: Transition
    approve: Transition
    submit_unreviewed: Transition
    """The same as `submit`, where nobody is named to review: it waits for who approves at once. To be approved it is
    as if it were reviewed; `reviewed_by` stays empty."""

    def submitting(self, steps: Mapping[str, tuple[str, ...]]) -> Transition:
        """How a thing whose steps these are is submitted: a chain may do without a review (Guide P-13)."""
        return self.submit if steps.get(Step.REVIEW) else self.submit_unreviewed

    @property
    def transitions(self) -> tuple[Transition, ...]:
        """Its lines, in the order of the way."""
        return (
            self.edit,
            self.discard,
            self.submit,
            self.withdraw,
            self.review,
            self.send_back,
            self.approve,
        )

    @property
    def awaited(self) -> dict[str, Awaited]:
        """Whom each state waits for; a state that is not here waits for nobody."""
        return {
            ChainState.DRAFT: Awaited(Step.ENTER, self.submit.action),
            ChainState.SUBMITTED: Awaited(Step.REVIEW, self.review.action),
            ChainState.REVIEWED: Awaited(Step.APPROVE, self.approve.action),
        }

    @property
    def due(self) -> dict[str, frozenset[str]]:
        """The control actions that are due in a state."""
        return {
            ChainState.SUBMITTED: frozenset({self.review.action, self.send_back.action}),
            ChainState.REVIEWED: frozenset({self.approve.action, self.send_back.action}),
        }


def of(area: str) -> Approval:
    """The table for the things of `area`, whose actions are `<area>.edit`, `<area>.submit` ..."""
    return Approval(
        edit=Transition(f"{area}.edit", DRAFT, ChainState.DRAFT),
        discard=Transition(f"{area}.discard", DRAFT, ChainState.DISCARDED),
        submit=Transition(f"{area}.submit", DRAFT, ChainState.SUBMITTED),
        withdraw=Transition(f"{area}.withdraw", SUBMITTED, ChainState.DRAFT),
        review=Transition(f"{area}.review", SUBMITTED, ChainState.REVIEWED),
        send_back=Transition(f"{area}.return", CONTROLLED, ChainState.DRAFT, reason=True),
        approve=Transition(f"{area}.approve", REVIEWED, ChainState.APPROVED),
        submit_unreviewed=Transition(f"{area}.submit", DRAFT, ChainState.REVIEWED),
    )


def control_parties(state: str, steps: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Who may return a thing: the parties of the step that is due.

    Where no control step is due, every controlling party: they are entitled, and learn that the state
    is wrong (409), not that they have no right (403).
    """
    if state in CONTROLLED:
        return steps.get(Step.REVIEW if state in SUBMITTED else Step.APPROVE, ())
    return (*steps.get(Step.REVIEW, ()), *steps.get(Step.APPROVE, ()))
