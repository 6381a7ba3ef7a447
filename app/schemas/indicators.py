"""Indicators: what is changed and read."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums import Frequency, IndicatorLevel, Measure, Polarity, TargetKind
from app.schemas.base import (
    Actions,
    Body,
    Code,
    Count,
    Cursor,
    Line,
    Name,
    Number,
    Ref,
    Version,
    View,
    Year,
    example,
)


class IndicatorPatch(Body):
    """Who is in charge of an indicator, as a JSON merge patch (RFC 7396). Its definition stays."""

    model_config = example(division_id="019a0000-0000-7000-8000-000000000001")

    division_id: Annotated[
        UUID | None, Field(description="The executing division of the owner entity; null: none.")
    ] = None


class Target(View):
    """What the indicator is to reach in a year; `kind` says how the numbers are read."""

    year: Annotated[Year, Field(description="The year.")]
    kind: Annotated[TargetKind, Field(description="How the numbers are read.")]
    value: Annotated[Number | None, Field(description="The target, or the lower end of a band or range.")]
    value_max: Annotated[Number | None, Field(description="The upper end of a band or range.")]
    rank: Annotated[Count | None, Field(description="The rank to be reached or bettered.")]
    window_start: Annotated[Year | None, Field(description="First year of an average.")]
    window_end: Annotated[Year | None, Field(description="Last year of an average.")]


class _Definition(View):
    id: Annotated[UUID, Field(description="The indicator's id.")]
    code: Annotated[Code, Field(description="Its code among people.")]
    name_ar: Annotated[Name, Field(description="Its Arabic name.")]
    name_en: Annotated[Name, Field(description="Its English name.")]
    level: Annotated[IndicatorLevel, Field(description="Vision, main, special or excellence.")]
    in_scorecard: Annotated[bool, Field(description="Whether it stands in the owner's scorecard.")]
    entity: Annotated[Ref, Field(description="The owner entity.")]
    priority: Annotated[Ref | None, Field(description="The national priority that it serves.")]
    unit_ar: Annotated[Line, Field(description="The unit in Arabic.")]
    unit_en: Annotated[Line, Field(description="The unit in English.")]
    polarity: Annotated[Polarity, Field(description="Whether more, less, or the middle is better.")]
    frequency: Annotated[Frequency, Field(description="How often it is measured.")]
    measure: Annotated[Measure, Field(description="What a result carries.")]
    verified: Annotated[bool, Field(description="False: the definition rests on one weak source.")]
    version: Version


class IndicatorItem(_Definition):
    """An indicator in a list."""


class IndicatorRead(_Definition):
    """An indicator: definition, owner, baseline and targets."""

    pillar: Annotated[Ref | None, Field(description="The pillar of its priority.")]
    programme: Annotated[Ref | None, Field(description="The programme that it measures.")]
    division: Annotated[Ref | None, Field(description="The executing division in charge.")]
    owner_assumed: Annotated[bool, Field(description="True: no source names the owner; given by remit.")]
    name_ar_translated: Annotated[bool, Field(description="True: the Arabic name is a translation of ours.")]
    publisher: Annotated[Line | None, Field(description="Who publishes it.")]
    decimals: Annotated[int, Field(ge=0, le=10, description="Decimals to show.")]
    baseline_value: Annotated[Number | None, Field(description="The figure of the baseline year.")]
    baseline_rank: Annotated[Count | None, Field(description="The rank of the baseline year.")]
    baseline_rank_of: Annotated[Count | None, Field(description="How many were ranked then.")]
    baseline_year: Annotated[Year | None, Field(description="The baseline year.")]
    targets: Annotated[list[Target], Field(max_length=100, description="The targets, by year.")]
    confidence: Annotated[
        str,
        Field(
            max_length=1, pattern=r"^[A-C]$", description="A: two sources agree; B: one good source; C: weak."
        ),
    ]
    status: Annotated[Line | None, Field(description="What a reader should know, such as its end.")]
    source: Annotated[Line, Field(description="Where the definition comes from.")]
    note: Annotated[Line | None, Field(description="What we took for granted, such as why this owner.")]
    actions: Actions


class IndicatorList(View):
    """A page of indicators."""

    items: Annotated[list[IndicatorItem], Field(max_length=200, description="The indicators, by name.")]
    next_cursor: Annotated[Cursor | None, Field(description="Send it back to read on; null at the end.")]
