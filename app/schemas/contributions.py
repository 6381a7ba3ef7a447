"""Contributions to shared indicators: what is offered, answered and read."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums import ContributionState, ObservationStatus, PartState, TargetKind
from app.schemas.base import (
    Actions,
    Awaiting,
    Body,
    Count,
    Line,
    NextCursor,
    Number,
    PeriodCode,
    PersonRef,
    Ref,
    Version,
    View,
    Words,
    example,
)
from app.schemas.definitions import TargetRank, TargetValue, TargetValueMax, TargetYear

Weight = Annotated[
    Number,
    Field(
        gt=0,
        le=100,
        description="Percent of the whole that this part counts. What all accepted weights leave of 100 is the"
        " owner's own part; more than 100 can be offered, but not certified.",
        examples=[30],
    ),
]
Message = Annotated[
    Words | None, Field(description="What the owner tells the invited entity: what is asked of it, and why.")
]
_Reason = Annotated[Words, Field(description="Why; the other side reads it.")]


class ContributionCreate(Body):
    """An invitation to contribute to the indicator in the path, the whole."""

    model_config = example(
        contributor_id="019a0000-0000-7000-8000-000000000001",
        weight=30,
        message="نرجو الإسهام بمؤشر عدد الباحثين عن عمل الذين جرى تدريبهم",
    )

    contributor_id: Annotated[UUID, Field(description="The entity that is invited; never the owner itself.")]
    weight: Weight
    message: Message = None


class ContributionPatch(Body):
    """A change of an invitation that nobody has answered, as a JSON merge patch (RFC 7396)."""

    model_config = example(weight=25)

    weight: Weight = Field(default_factory=Decimal)
    message: Message = None


class ContributionAccept(Body):
    """By which indicator the entity contributes."""

    model_config = example(indicator_id="019a0000-0000-7000-8000-000000000001")

    indicator_id: Annotated[
        UUID,
        Field(
            description="The part: an active special indicator of the contributor's own, measured at least as"
            " often as the whole."
        ),
    ]


class ContributionReason(Body):
    """Why an invitation is refused, or a contribution ends."""

    model_config = example(reason="لا يدخل هذا المجال في اختصاصات الجهة بعد إعادة تنظيمها")

    reason: _Reason


class PartExplanation(Body):
    """Why the contributor's figure of one period of the whole is missing."""

    model_config = example(period="2025", reason="تأجل المسح الميداني إلى الربع الثاني من العام القادم")

    period: PeriodCode
    reason: _Reason


class PartFigure(View):
    """The contributor's own figure that stands for its part."""

    period: Annotated[
        PeriodCode, Field(description="Of the part: the last of its periods that ends within the whole's.")
    ]
    result_id: Annotated[UUID | None, Field(description="The result, if you may see it.")]
    value: Annotated[
        Number | None,
        Field(description="The figure in the part's unit, once it is approved and if you may see it."),
    ]
    rank: Annotated[Count | None, Field(description="The rank, under the same conditions.")]
    unit_ar: Annotated[Line, Field(description="The part's unit in Arabic.")]
    unit_en: Annotated[Line, Field(description="The part's unit in English.")]


class PartOfPeriod(View):
    """How far a contributor's part of one period of the whole has come.

    `approved`: the contributor approved its figure. `pending`: submitted, not approved yet. `explained`: there
    is no figure, and somebody said why. `missing`: neither; a draft of the contributor counts as missing.
    The whole is certified only when every part is approved or explained.
    """

    period: Annotated[PeriodCode, Field(description="The period of the whole.")]
    state: Annotated[PartState, Field(description="How far the part has come.")]
    figure: Annotated[PartFigure | None, Field(description="The figure; null while missing or explained.")]
    absence: Annotated[Words | None, Field(description="Why there is no figure, where it was explained.")]


class ContributionItem(View):
    """What one entity contributes to another's indicator.

    The indicator is the whole, the contributor's own special indicator the part. Figures are not added
    up: the owner enters the figure of the whole, and by approving it certifies that the parts are there.
    """

    id: Annotated[UUID, Field(description="The contribution's id.")]
    indicator: Annotated[Ref, Field(description="The whole: the shared indicator.")]
    entity: Annotated[Ref, Field(description="The owner of the whole.")]
    contributor: Annotated[Ref, Field(description="The entity that contributes, or is invited to.")]
    part_indicator: Annotated[
        Ref | None, Field(description="The part: the contributor's own indicator; null until it accepts.")
    ]
    weight: Weight
    state: Annotated[
        ContributionState,
        Field(
            description="`invited` by the owner; `accepted` or `refused` by the contributor; ended by the owner"
            " (`withdrawn`) or by the contributor (`left`)."
        ),
    ]
    part: Annotated[
        PartOfPeriod | None,
        Field(
            description="How far the part has come. Null unless accepted, and for readers other than the owner,"
            " the contributors and UNIT."
        ),
    ]
    awaiting: Awaiting
    version: Version


class TargetOfYear(View):
    """What the whole is to reach in the year of the period; `kind` says how the numbers are read."""

    year: TargetYear
    kind: Annotated[TargetKind, Field(description="How the numbers are read.")]
    value: TargetValue
    value_max: TargetValueMax
    rank: TargetRank


class WholeResult(View):
    """The latest approved result of the whole that you may see."""

    id: Annotated[UUID, Field(description="The result's id.")]
    period: PeriodCode
    value: Annotated[Number | None, Field(description="The figure, in the whole's unit.")]
    rank: Annotated[Count | None, Field(description="The rank, 1 the best.")]
    obs_status: Annotated[ObservationStatus, Field(description="SDMX observation status.")]


class PartBeside(View):
    """One of the parts of the whole, as everybody sees it who contributes to it."""

    contribution_id: Annotated[UUID, Field(description="The contribution.")]
    contributor: Annotated[Ref, Field(description="The contributing entity.")]
    weight: Weight
    state: Annotated[PartState, Field(description="How far its part of the period has come.")]


class Whole(View):
    """The shared indicator as both sides need to see it."""

    period: Annotated[
        PeriodCode, Field(description="The last period of the whole that has ended: of it are the parts.")
    ]
    unit_ar: Annotated[Line, Field(description="The unit in Arabic.")]
    unit_en: Annotated[Line, Field(description="The unit in English.")]
    target: Annotated[TargetOfYear | None, Field(description="The target of that year, where there is one.")]
    result: Annotated[
        WholeResult | None, Field(description="Its latest approved result, if you may see one.")
    ]
    parts: Annotated[
        list[PartBeside],
        Field(
            max_length=1000,
            description="All accepted parts; empty for readers other than the owner, the contributors and UNIT.",
        ),
    ]


class ContributionRead(ContributionItem):
    """A contribution with its whole, who asked and answered, and what you may do with it now."""

    whole: Annotated[Whole, Field(description="What the part belongs to.")]
    message: Message
    invited_by: Annotated[PersonRef, Field(description="Who invited.")]
    invited_at: Annotated[datetime, Field(description="When.")]
    answered_by: Annotated[PersonRef | None, Field(description="Who accepted or refused.")]
    answered_at: Annotated[datetime | None, Field(description="When.")]
    ended_by: Annotated[PersonRef | None, Field(description="Who withdrew it or left.")]
    ended_at: Annotated[datetime | None, Field(description="When.")]
    reason: Annotated[Words | None, Field(description="Why it was refused, withdrawn or left.")]
    actions: Actions


class ContributionList(View):
    """A page of contributions."""

    items: Annotated[
        list[ContributionItem], Field(max_length=200, description="The contributions, the latest first.")
    ]
    next_cursor: NextCursor
