"""Results: what is entered, decided and read."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.enums import ChainState, Classification, Light, ObservationStatus, TargetKind
from app.schemas.base import (
    Actions,
    AwaitedParty,
    Body,
    Count,
    Cursor,
    Line,
    Number,
    PeriodCode,
    PersonRef,
    Ref,
    Version,
    View,
    Words,
    Year,
    example,
)
from app.schemas.evidence import ResultEvidence

EntryValue = Annotated[Number | None, Field(description="The figure, in the indicator's unit.")]
EntryRank = Annotated[Count | None, Field(description="The rank, 1 the best.")]
EntryRankOf = Annotated[Count | None, Field(description="How many were ranked.")]
EntryNumerator = Annotated[Number | None, Field(description="Numerator of a rate; with a denominator.")]
EntryDenominator = Annotated[Number | None, Field(description="Denominator of a rate, not zero.")]
EntryNote = Annotated[Words | None, Field(description="What a reader of the figure should know.")]


class ResultCreate(Body):
    """A first figure for a period. It begins as a draft."""

    model_config = example(period="2025", value=2.1, obs_status="A", note="المتوسط السنوي")

    period: PeriodCode
    value: EntryValue = None
    rank: EntryRank = None
    rank_of: EntryRankOf = None
    numerator: EntryNumerator = None
    denominator: EntryDenominator = None
    obs_status: Annotated[ObservationStatus, Field(description="SDMX observation status.")] = (
        ObservationStatus.NORMAL
    )
    note: EntryNote = None
    classification: Annotated[
        Classification, Field(description="Who may read it before it is published.")
    ] = Classification.INTERNAL


class ResultPatch(Body):
    """A correction of a draft, as a JSON merge patch (RFC 7396): null empties a field."""

    model_config = example(value=2.2)

    value: EntryValue = None
    rank: EntryRank = None
    rank_of: EntryRankOf = None
    numerator: EntryNumerator = None
    denominator: EntryDenominator = None
    obs_status: Annotated[ObservationStatus, Field(description="SDMX observation status.")] = (
        ObservationStatus.NORMAL
    )
    note: EntryNote = None
    classification: Annotated[
        Classification, Field(description="Who may read it before it is published.")
    ] = Classification.INTERNAL


class Returned(View):
    """A result that came back."""

    by: Annotated[PersonRef, Field(description="Who returned it.")]
    at: Annotated[datetime, Field(description="When.")]
    reason: Annotated[Words, Field(description="Why.")]


class SourceRef(View):
    """Where a loaded figure comes from."""

    title: Annotated[Line, Field(description="The source.")]
    license: Annotated[Line, Field(description="Its licence.")]
    attribution: Annotated[Line, Field(description="The attribution it asks for.")]


class _Figure(View):
    id: Annotated[UUID, Field(description="The id of this revision of the figure.")]
    indicator: Annotated[Ref, Field(description="What was measured.")]
    entity: Annotated[Ref, Field(description="The owner entity.")]
    period: PeriodCode
    period_start: Annotated[date, Field(description="First day of the period.")]
    period_end: Annotated[date, Field(description="Last day of the period.")]
    revision: Annotated[Count, Field(description="1 for the first figure; corrections count on.")]
    state: Annotated[ChainState, Field(description="Where it stands on its way to approval.")]
    classification: Annotated[Classification, Field(description="Who may read it before it is published.")]
    value: Annotated[Number | None, Field(description="The figure, in the unit beside it.")]
    unit_ar: Annotated[Line, Field(description="The unit in Arabic.")]
    unit_en: Annotated[Line, Field(description="The unit in English.")]
    rank: Annotated[Count | None, Field(description="The rank, 1 the best.")]
    rank_of: Annotated[Count | None, Field(description="How many were ranked.")]
    numerator: Annotated[Number | None, Field(description="Numerator of a rate.")]
    denominator: Annotated[Number | None, Field(description="Denominator of a rate.")]
    obs_status: Annotated[ObservationStatus, Field(description="SDMX observation status.")]
    known_from: Annotated[
        datetime | None, Field(description="Since when the figure is known; null before approval.")
    ]
    published_at: Annotated[datetime | None, Field(description="When it was published to all.")]
    awaiting: Annotated[list[AwaitedParty], Field(max_length=50, description="Whom it waits for now.")]
    version: Version


class ResultPart(View):
    """A contributor's part of an approved result, as it stood when the owner approved it: never changed."""

    contribution_id: Annotated[UUID, Field(description="The contribution.")]
    contributor: Annotated[Ref, Field(description="The contributing entity.")]
    weight: Annotated[Number, Field(gt=0, le=100, description="Percent of the whole that the part counted.")]
    result_id: Annotated[
        UUID | None, Field(description="The contributor's approved result, if you may see it.")
    ]
    absence: Annotated[Words | None, Field(description="Why there was none, as it was explained then.")]


class ResultScore(View):
    """What a figure comes to (docs/kpi-arithmetic.md), by the version of the definition that it keeps. Of an
    approved one it is kept; of one on its way it is what it would be now."""

    progress: Annotated[
        Number | None,
        Field(
            description="Percent of the way from the baseline to the target, uncapped; null: cannot be told."
        ),
    ]
    on_track: Annotated[
        Number | None, Field(description="Percent of what was expected by the end of the period, uncapped.")
    ]
    light: Annotated[Light, Field(description="The traffic light of `on_track`; grey: cannot be assessed.")]
    expected_value: Annotated[
        Number | None, Field(description="What was expected by then, in the unit; null for a band.")
    ]
    expected_rank: Annotated[
        Annotated[Number, Field(ge=1)] | None, Field(description="The rank that was expected by then.")
    ]
    target_year: Annotated[Year | None, Field(description="The year of the target it is held against.")]
    target_kind: Annotated[TargetKind | None, Field(description="How that target is read.")]
    mean: Annotated[
        Number | None,
        Field(
            description="What is scored where the target asks for an average: the mean of its window so far; null where"
            " a figure of the window is not as open as this one."
        ),
    ]


class ResultItem(_Figure):
    """A result in a list."""


class ResultRead(_Figure):
    """One revision of a figure, with who did what, and what you may do with it now."""

    division: Annotated[Ref | None, Field(description="The division in charge.")]
    corrects_id: Annotated[
        UUID | None, Field(description="The revision that this one corrects, if you may see it.")
    ]
    corrected_by_id: Annotated[
        UUID | None, Field(description="The approved revision that replaced this one, if you may see it.")
    ]
    note: Annotated[Words | None, Field(description="What a reader of the figure should know.")]
    score: Annotated[ResultScore, Field(description="What the figure comes to.")]
    corrective: Annotated[
        bool | None,
        Field(
            description="Where the light is red, whether an initiative in work is to move the indicator; null where it is"
            " not red, or not yours to see."
        ),
    ]
    recorded_at: Annotated[datetime, Field(description="When the service first wrote it down.")]
    entered_by: Annotated[PersonRef | None, Field(description="Who entered it.")]
    entered_at: Annotated[datetime | None, Field(description="When it was entered.")]
    submitted_by: Annotated[PersonRef | None, Field(description="Who submitted it for review.")]
    submitted_at: Annotated[datetime | None, Field(description="When it was submitted.")]
    reviewed_by: Annotated[PersonRef | None, Field(description="Who passed it on to the office.")]
    reviewed_at: Annotated[datetime | None, Field(description="When it was passed on.")]
    approved_by: Annotated[PersonRef | None, Field(description="Who approved it.")]
    approved_at: Annotated[datetime | None, Field(description="When it was approved.")]
    returned: Annotated[Returned | None, Field(description="The last return, until it is approved.")]
    exceptional: Annotated[
        bool, Field(description="The head took a control step because four eyes left nobody.")
    ]
    source: Annotated[SourceRef | None, Field(description="Where a loaded figure comes from.")]
    parts: Annotated[
        list[ResultPart],
        Field(
            max_length=1000,
            description="What the approved result of a shared indicator was certified with; empty for all other"
            " results, and for readers other than the owner, the contributors and UNIT.",
        ),
    ]
    evidence: Annotated[
        list[ResultEvidence] | None,
        Field(
            max_length=1000,
            description="The evidence that it was approved with, of that what you may see; null before approval,"
            " and for figures that were loaded.",
        ),
    ]
    actions: Actions


class ResultList(View):
    """A page of results."""

    items: Annotated[list[ResultItem], Field(max_length=200, description="The results, newest period first.")]
    next_cursor: Annotated[Cursor | None, Field(description="Send it back to read on; null at the end.")]


class HistoryWait(View):
    """Whom the result waited for after an event, and until when."""

    party: Annotated[str, Field(max_length=40, pattern=r"^[a-z_]+$", description="The party.")]
    division: Annotated[Ref | None, Field(description="The division, where one is named.")]
    action: Annotated[
        str, Field(max_length=60, pattern=r"^[a-z_]+\.[a-z_]+$", description="What was awaited.")
    ]
    substitute: Annotated[bool, Field(description="A stand-in for the party that the chain names first.")]
    until: Annotated[datetime | None, Field(description="When the wait ended; null: it still waits.")]


class FieldChange(View):
    """One changed field."""

    field: Annotated[str, Field(max_length=60, pattern=r"^[a-z_]+$", description="Which field.")]
    before: Annotated[str | None, Field(max_length=2000, pattern=r"^[^\u0000]*$", description="What it was.")]
    after: Annotated[
        str | None, Field(max_length=2000, pattern=r"^[^\u0000]*$", description="What it became.")
    ]


class HistoryItem(View):
    """One event in the life of a figure."""

    result_id: Annotated[UUID, Field(description="The revision that it happened to.")]
    revision: Annotated[Count, Field(description="The number of that revision.")]
    at: Annotated[datetime, Field(description="When.")]
    action: Annotated[str, Field(max_length=60, pattern=r"^[a-z_]+\.[a-z_]+$", description="What was done.")]
    from_state: Annotated[ChainState | None, Field(description="The state before.")]
    to_state: Annotated[ChainState | None, Field(description="The state after.")]
    actor: Annotated[PersonRef | None, Field(description="Who did it; null: loaded by the service.")]
    acting_for: Annotated[PersonRef | None, Field(description="In whose name, where it was not their own.")]
    reason: Annotated[Words | None, Field(description="The reason given.")]
    exceptional: Annotated[bool, Field(description="Four eyes left nobody, so the head decided.")]
    changes: Annotated[list[FieldChange], Field(max_length=50, description="The changed fields.")]
    awaiting: Annotated[
        list[HistoryWait], Field(max_length=50, description="Whom it waited for from then on.")
    ]


class HistoryList(View):
    """A page of the history of a figure, oldest first."""

    items: Annotated[list[HistoryItem], Field(max_length=200, description="The events.")]
    next_cursor: Annotated[Cursor | None, Field(description="Send it back to read on; null at the end.")]


class DecisionItem(Body):
    """One decision among many."""

    id: Annotated[UUID, Field(description="The result.")]
    if_match: Annotated[
        str,
        Field(
            max_length=100,
            pattern=r'^"[0-9]{1,9}\.[A-Za-z0-9_-]{1,64}"$',
            description="The ETag of what you saw.",
        ),
    ]
    decision: Annotated[Literal["review", "approve", "return"], Field(description="What you decide.")]
    reason: Annotated[Words | None, Field(description="Needed for a return.")] = None


class DecisionsCreate(Body):
    """Up to 500 decisions; each stands or falls by itself."""

    model_config = example(
        items=[
            {
                "id": "019a0000-0000-7000-8000-000000000001",
                "if_match": '"3.mVq0Zb3kX1n8Tq2Y"',
                "decision": "approve",
            }
        ]
    )

    items: Annotated[list[DecisionItem], Field(min_length=1, max_length=500, description="The decisions.")]


class DecisionOutcome(View):
    """What became of one decision."""

    id: Annotated[UUID, Field(description="The result.")]
    status: Annotated[
        int, Field(ge=200, le=599, description="200, or the status that the single request would have had.")
    ]
    code: Annotated[
        str | None, Field(max_length=64, pattern=r"^[a-z][a-z0-9_]*$", description="The problem's code.")
    ]
    title: Annotated[Line | None, Field(description="The problem in words.")]
    state: Annotated[ChainState | None, Field(description="The new state.")]
    version: Annotated[int | None, Field(ge=1, le=2_000_000_000, description="The new version.")]


class DecisionsRead(View):
    """What became of each decision, in the order sent."""

    items: Annotated[list[DecisionOutcome], Field(max_length=500, description="The outcomes.")]
