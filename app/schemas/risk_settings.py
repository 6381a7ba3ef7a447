"""UNIT's settings of risks: the matrix, its grades, who accepts, how often a risk is assessed anew."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.schemas.base import Body, Count, Name, NextCursor, PersonRef, View, Whole, Words, example

Score = Annotated[Whole, Field(ge=1, le=25)]
_Threshold = Annotated[Whole, Field(ge=1, le=25)]
_Days = Annotated[Whole, Field(ge=1, le=250)]
_Medium = Annotated[_Threshold, Field(description="The least score of a medium risk; below it is low.")]
_High = Annotated[_Threshold, Field(description="The least score of a high risk.")]
_Critical = Annotated[_Threshold, Field(description="The least score of a critical risk.")]
_HeadFrom = Annotated[
    Score, Field(description="The least score that the head accepts; below it the manager does (K-3).")
]
_Reason = Annotated[Words, Field(description="Why it differs from the version before it.")]
_NameAr = Annotated[Name, Field(description="What the level is called, in Arabic.")]
_NameEn = Annotated[Name, Field(description="What the level is called, in English.")]

_LEVELS = [
    {"name_ar": "ضعيف", "name_en": "Low"},
    {"name_ar": "متوسط", "name_en": "Medium"},
    {"name_ar": "مرتفع", "name_en": "High"},
]
_THRESHOLDS = {"medium_from": 3, "high_from": 6, "critical_from": 9}
_REVIEW = {"low": 120, "medium": 60, "high": 20, "critical": 10}


class RiskLevelName(Body):
    """What a level of probability or impact is called."""

    model_config = example(**_LEVELS[0])

    name_ar: _NameAr
    name_en: _NameEn


class RiskThresholds(Body):
    """From which score on a risk is of which grade: probability times impact. They rise."""

    model_config = example(**_THRESHOLDS)

    medium_from: _Medium
    high_from: _High
    critical_from: _Critical


class RiskReviewDays(Body):
    """Working days until a risk of a grade is assessed anew: a graver one at least as soon (K-5)."""

    model_config = example(**_REVIEW)

    low: Annotated[_Days, Field(description="Of a low risk.")]
    medium: Annotated[_Days, Field(description="Of a medium risk.")]
    high: Annotated[_Days, Field(description="Of a high risk.")]
    critical: Annotated[_Days, Field(description="Of a critical risk.")]


class RiskSettingsCreate(Body):
    """The next version of the whole settings."""

    model_config = example(
        follows=1,
        probability=_LEVELS,
        impact=_LEVELS,
        thresholds=_THRESHOLDS,
        head_from=6,
        review_days=_REVIEW,
        reason="مصفوفة أبسط للسنة الأولى من تفعيل المكاتب",
    )

    follows: Annotated[
        Whole, Field(ge=1, le=1_000_000, description="The number of the version that it was made from.")
    ]
    probability: Annotated[
        list[RiskLevelName], Field(min_length=3, max_length=5, description="Its levels, the least first.")
    ]
    impact: Annotated[
        list[RiskLevelName], Field(min_length=3, max_length=5, description="Its levels, the least first.")
    ]
    thresholds: Annotated[RiskThresholds, Field(description="The grades.")]
    head_from: _HeadFrom
    review_days: Annotated[RiskReviewDays, Field(description="How often a risk is assessed anew.")]
    reason: _Reason


class RiskLevelRead(View):
    """A level of probability or impact."""

    level: Annotated[int, Field(ge=1, le=5, description="1 is the least.")]
    name_ar: _NameAr
    name_en: _NameEn


RiskAxis = Annotated[list[RiskLevelRead], Field(max_length=5, description="Its levels, the least first.")]


class RiskThresholdsRead(View):
    """From which score on a risk is of which grade."""

    medium_from: _Medium
    high_from: _High
    critical_from: _Critical


class RiskReviewDaysRead(View):
    """Working days until a risk of a grade is assessed anew."""

    low: Annotated[_Days, Field(description="Of a low risk.")]
    medium: Annotated[_Days, Field(description="Of a medium risk.")]
    high: Annotated[_Days, Field(description="Of a high risk.")]
    critical: Annotated[_Days, Field(description="Of a critical risk.")]


class RiskSettingsRead(View):
    """A version of the settings of risks."""

    id: Annotated[UUID, Field(description="The version's id.")]
    number: Annotated[Count, Field(description="1 for the one that ships; later ones count on.")]
    in_force: Annotated[bool, Field(description="What risks that are assessed now go by.")]
    probability: RiskAxis
    impact: RiskAxis
    thresholds: Annotated[RiskThresholdsRead, Field(description="The grades.")]
    head_from: _HeadFrom
    review_days: Annotated[RiskReviewDaysRead, Field(description="How often a risk is assessed anew.")]
    reason: _Reason
    set_by: Annotated[PersonRef | None, Field(description="Who set it; null: it ships with the service.")]
    set_at: Annotated[datetime, Field(description="When.")]


class RiskSettingsList(View):
    """A page of the versions of the settings."""

    items: Annotated[list[RiskSettingsRead], Field(max_length=200, description="The one in force first.")]
    next_cursor: NextCursor
