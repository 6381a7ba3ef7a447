"""Definitions: the versions of how an indicator is computed and what it is to reach."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums import Aggregation, DefinitionState, TargetKind
from app.schemas.base import (
    NOT_BLANK_LINE,
    Actions,
    Awaiting,
    Body,
    Count,
    Line,
    NextCursor,
    Number,
    PersonRef,
    Ref,
    Version,
    View,
    Whole,
    Words,
    Year,
    example,
)

_TARGET = {"year": 2030, "kind": "value", "value": 40.5, "source": "وثيقة رؤية عُمان 2040"}
_WindowYear = Annotated[Whole, Field(ge=1950, le=2200)]
_Decimals = Annotated[Whole, Field(ge=0, le=10, description="Decimals to show.")]
_Percent = Annotated[Number, Field(ge=0, le=1000)]
_Tolerance = Annotated[
    Annotated[Number, Field(gt=0)] | None,
    Field(description="How far beyond a target to be kept the score falls to zero, in the indicator's unit."),
]
_GREEN_AT = "Percent on track from which the light is green."
_AMBER_AT = "Percent on track from which the light is amber."
_How = Annotated[Aggregation, Field(description="How the figure of a year is made from those of its months.")]
_MethodAr = Annotated[Words | None, Field(description="How it is calculated, in Arabic.")]
_MethodEn = Annotated[Words | None, Field(description="How it is calculated, in English.")]
_FormulaAr = Annotated[Words | None, Field(description="The formula, in Arabic.")]
_FormulaEn = Annotated[Words | None, Field(description="The formula, in English.")]
_NumeratorAr = Annotated[Words | None, Field(description="What is counted above the line, in Arabic.")]
_NumeratorEn = Annotated[Words | None, Field(description="What is counted above the line, in English.")]
_DenominatorAr = Annotated[Words | None, Field(description="What it is divided by, in Arabic.")]
_DenominatorEn = Annotated[Words | None, Field(description="What it is divided by, in English.")]
_FROM = "Where the figures come from."
_Source = Annotated[Line | None, Field(description=_FROM)]
_BaselineValue = Annotated[Number | None, Field(description="The figure of the baseline year.")]
_BaselineRank = Annotated[Count | None, Field(description="The rank of the baseline year.")]
_BaselineRankOf = Annotated[Count | None, Field(description="How many were ranked then.")]
_BaselineYear = Annotated[Year | None, Field(description="The baseline year.")]
_WHY = "Why it differs from the version before it."
_Reason = Annotated[Words | None, Field(description=_WHY)]
TargetYear = Annotated[Year, Field(description="The year.")]
TargetValue = Annotated[Number | None, Field(description="The target, or the lower end of a band or range.")]
TargetValueMax = Annotated[Number | None, Field(description="The upper end of a band or range.")]
TargetRank = Annotated[Count | None, Field(description="The rank to be reached or bettered.")]
_OuterMin = Annotated[Number | None, Field(description="Below a band: where its score is zero.")]
_OuterMax = Annotated[Number | None, Field(description="Above a band: where its score is zero.")]
_TargetSource = Annotated[Line | None, Field(description="The document that sets it.")]


class TargetCreate(Body):
    """What is to be reached in a year. Which numbers it has, its kind says."""

    model_config = example(**_TARGET)

    year: TargetYear
    kind: Annotated[
        TargetKind, Field(description="How the numbers are read. Blank: the year is not assessed.")
    ]
    value: TargetValue = None
    value_max: TargetValueMax = None
    outer_min: _OuterMin = None
    outer_max: _OuterMax = None
    rank: TargetRank = None
    window_start: Annotated[_WindowYear | None, Field(description="First year of an average.")] = None
    window_end: Annotated[_WindowYear | None, Field(description="Last year of an average.")] = None
    source: _TargetSource = None


_Targets = Annotated[
    list[TargetCreate],
    Field(default_factory=list, max_length=100, description="The targets, each year once; they replace all."),
]


class DefinitionFields(Body):
    """How an indicator is measured, as far as it is known."""

    model_config = example(
        method_ar="نسبة العمانيين إلى إجمالي العاملين في القطاع الخاص",
        method_en="Omanis as a share of all workers in the private sector",
        formula_ar="العمانيون ÷ إجمالي العاملين × 100",
        formula_en="Omanis / all workers x 100",
        source="المركز الوطني للإحصاء والمعلومات",
        baseline_value=32.1,
        baseline_year=2020,
        targets=[_TARGET],
    )

    method_ar: _MethodAr = None
    method_en: _MethodEn = None
    formula_ar: _FormulaAr = None
    formula_en: _FormulaEn = None
    numerator_ar: _NumeratorAr = None
    numerator_en: _NumeratorEn = None
    denominator_ar: _DenominatorAr = None
    denominator_en: _DenominatorEn = None
    source: Annotated[
        Annotated[str, Field(min_length=1, max_length=1000, pattern=NOT_BLANK_LINE)] | None,
        Field(description=_FROM),
    ] = None
    decimals: _Decimals = 1
    aggregation: _How = Aggregation.LAST
    green_at: Annotated[
        _Percent, Field(default_factory=lambda: Decimal(90), description=f"{_GREEN_AT} 90 unless said.")
    ]
    amber_at: Annotated[
        _Percent, Field(default_factory=lambda: Decimal(70), description=f"{_AMBER_AT} 70 unless said.")
    ]
    tolerance: _Tolerance = None
    baseline_value: _BaselineValue = None
    baseline_rank: _BaselineRank = None
    baseline_rank_of: _BaselineRankOf = None
    baseline_year: _BaselineYear = None
    targets: _Targets


class DefinitionCreate(Body):
    """A new version. It begins as what the one in force says."""

    model_config = example(reason="حدّث المركز الوطني للإحصاء منهجية المسح")

    reason: Annotated[Words, Field(description=_WHY)]


class DefinitionPatch(DefinitionFields):
    """A change of a draft, as a JSON merge patch (RFC 7396): null empties a field; targets are replaced as a
    whole."""

    model_config = example(method_ar="نسبة العمانيين إلى إجمالي العاملين بأجر", targets=[_TARGET])

    reason: _Reason = None


class Target(View):
    """What the indicator is to reach in a year; `kind` says how the numbers are read."""

    year: TargetYear
    kind: Annotated[TargetKind, Field(description="How the numbers are read.")]
    value: TargetValue
    value_max: TargetValueMax
    outer_min: _OuterMin
    outer_max: _OuterMax
    rank: TargetRank
    window_start: Annotated[Year | None, Field(description="First year of an average.")]
    window_end: Annotated[Year | None, Field(description="Last year of an average.")]
    source: _TargetSource


class _Content(View):
    method_ar: _MethodAr
    method_en: _MethodEn
    formula_ar: _FormulaAr
    formula_en: _FormulaEn
    numerator_ar: _NumeratorAr
    numerator_en: _NumeratorEn
    denominator_ar: _DenominatorAr
    denominator_en: _DenominatorEn
    source: _Source
    decimals: _Decimals
    aggregation: _How
    green_at: Annotated[Number, Field(description=_GREEN_AT)]
    amber_at: Annotated[Number, Field(description=_AMBER_AT)]
    tolerance: Annotated[
        Number | None, Field(description="How far beyond a target to be kept the score falls to zero.")
    ]
    baseline_value: _BaselineValue
    baseline_rank: _BaselineRank
    baseline_rank_of: _BaselineRankOf
    baseline_year: _BaselineYear
    targets: Annotated[list[Target], Field(max_length=100, description="The targets, by year.")]


class DefinitionInForce(_Content):
    """The version of an indicator's definition that is, or was last, in force."""

    id: Annotated[UUID, Field(description="The version's id.")]
    number: Annotated[Count, Field(description="1 for the first version; later ones count on.")]
    activated_at: Annotated[datetime | None, Field(description="Since when; null: it was loaded.")]


class _Definition(View):
    id: Annotated[UUID, Field(description="The version's id.")]
    indicator: Annotated[Ref, Field(description="What it defines.")]
    number: Annotated[Count, Field(description="1 for the first version; later ones count on.")]
    state: Annotated[DefinitionState, Field(description="Where it stands on its way to being in force.")]
    reason: _Reason
    recorded_at: Annotated[datetime, Field(description="When it was begun.")]
    drafted_by: Annotated[PersonRef | None, Field(description="Who began it; null: it was loaded.")]
    submitted_at: Annotated[datetime | None, Field(description="When it was put before who confirms it.")]
    confirmed_at: Annotated[datetime | None, Field(description="When it was confirmed.")]
    activated_at: Annotated[datetime | None, Field(description="When it was put in force.")]
    awaiting: Awaiting
    version: Version


class DefinitionItem(_Definition):
    """A version of a definition in a list."""


class DefinitionReturned(View):
    """A definition that came back."""

    by: Annotated[PersonRef, Field(description="Who returned it.")]
    at: Annotated[datetime, Field(description="When.")]
    reason: Annotated[Words, Field(description="Why.")]


_Told = Annotated[str, Field(max_length=3000, pattern=r"^[^\u0000]*$")]


class DefinitionChange(View):
    """One field in which a version differs from the one before it."""

    field: Annotated[
        str,
        Field(
            max_length=60,
            pattern=r"^[a-z_]+(\.[0-9]{4})?$",
            description="Which field; a target by its year.",
            examples=["targets.2030"],
        ),
    ]
    before: Annotated[_Told | None, Field(description="What it said; null: nothing.")]
    after: Annotated[_Told | None, Field(description="What it says; null: nothing.")]


class DefinitionRead(_Definition, _Content):
    """One version of a definition, how it differs from the one before it, and what you may do with it now."""

    entity: Annotated[Ref, Field(description="The owner entity.")]
    submitted_by: Annotated[PersonRef | None, Field(description="Who submitted it.")]
    confirmed_by: Annotated[PersonRef | None, Field(description="Who confirmed method and accuracy.")]
    activated_by: Annotated[PersonRef | None, Field(description="Who put it in force.")]
    returned: Annotated[
        DefinitionReturned | None, Field(description="The last return, until it is in force.")
    ]
    exceptional: Annotated[
        bool, Field(description="The head took a control step because four eyes left nobody.")
    ]
    difference: Annotated[
        list[DefinitionChange],
        Field(max_length=1000, description="Against the version before it; nothing for the first."),
    ]
    actions: Actions


class DefinitionList(View):
    """A page of the versions of a definition."""

    items: Annotated[list[DefinitionItem], Field(max_length=200, description="The newest first.")]
    next_cursor: NextCursor
