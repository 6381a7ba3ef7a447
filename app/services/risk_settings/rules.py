"""What UNIT's settings of risks must be, and how a score is graded by them (Guide K-2, K-5). Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from app.enums.risks import RiskGrade
from app.errors import Conflict, FieldError, Invalid, Text, fault_at

SET = "risk_settings.set"

FEWEST, MOST = 3, 5
"""Levels of probability and of impact."""

LONGEST_REVIEW = 250
"""The most working days between two assessments: about a year."""


@dataclass(frozen=True)
class Level:
    """What a level is called."""

    name_ar: str
    name_en: str


@dataclass(frozen=True)
class Scale:
    """How a score is graded. `*_from`: the least score of a grade; `head_from`: the least that the head accepts;
    `review_*`: working days until it is assessed anew."""

    medium_from: int
    high_from: int
    critical_from: int
    head_from: int
    review_low: int
    review_medium: int
    review_high: int
    review_critical: int

    def grade(self, score: int) -> RiskGrade:
        """The grade of a score, probability times impact."""
        if score >= self.critical_from:
            return RiskGrade.CRITICAL
        if score >= self.high_from:
            return RiskGrade.HIGH
        return RiskGrade.MEDIUM if score >= self.medium_from else RiskGrade.LOW

    def review_days(self, score: int) -> int:
        """Working days until a risk of this score is assessed anew."""
        days = {
            RiskGrade.LOW: self.review_low,
            RiskGrade.MEDIUM: self.review_medium,
            RiskGrade.HIGH: self.review_high,
            RiskGrade.CRITICAL: self.review_critical,
        }
        return days[self.grade(score)]


SCALE = tuple(Scale.__dataclass_fields__)
"""The columns of a scale."""

MATRIX = ("probability_ar", "probability_en", "impact_ar", "impact_en")
"""The columns that name the levels of a matrix."""


@dataclass(frozen=True)
class Settings:
    """One version, as far as an assessment goes by it. `matrix`: the names of the levels, by column of `MATRIX`."""

    id: UUID
    matrix: Mapping[str, Sequence[str]]
    scale: Scale

    @property
    def probabilities(self) -> int:
        """How many levels of probability there are."""
        return len(self.matrix["probability_ar"])

    @property
    def impacts(self) -> int:
        """How many levels of impact there are."""
        return len(self.matrix["impact_ar"])


class NotTheLatestSettings(Conflict):
    code = "not_the_latest_settings"
    title = Text(
        "The settings of risks have a newer version than the one you began from; read it first",
        "لإعدادات المخاطر إصدار أحدث مما بدأت منه، فاقرأه أولًا",
    )


def check_follows(follows: int, latest: int) -> None:
    """Raise NotTheLatestSettings unless the new version was made from the latest one."""
    if follows != latest:
        raise NotTheLatestSettings()


def check(probability: Sequence[Level], impact: Sequence[Level], scale: Scale) -> None:
    """Raise Invalid with every fault: names that stand twice, thresholds that do not rise or lie beyond the matrix, a
    graver risk that is looked at less often."""
    faults = (
        *_repeated("probability", probability),
        *_repeated("impact", impact),
        *_thresholds(scale, len(probability) * len(impact)),
        *_reviews(scale),
    )
    if faults:
        raise Invalid(errors=faults)


def _repeated(axis: str, levels: Sequence[Level]) -> Iterator[FieldError]:
    for name in ("name_ar", "name_en"):
        seen: set[str] = set()
        for number, level in enumerate(levels):
            said = getattr(level, name)
            if said in seen:
                yield fault_at(
                    f"#/{axis}/{number}/{name}", "repeated", "The name stands twice.", "تكرر الاسم."
                )
            seen.add(said)


def _thresholds(scale: Scale, highest: int) -> Iterator[FieldError]:
    below = 1
    for name in ("medium_from", "high_from", "critical_from"):
        least = getattr(scale, name)
        if least <= below:
            yield fault_at(
                f"#/thresholds/{name}",
                "not_rising",
                "Each grade begins above the one before it, and the lowest at 1.",
                "تبدأ كل درجة فوق التي قبلها، وأدناها من 1.",
            )
        below = max(below, least)
        yield from _beyond(f"#/thresholds/{name}", least, highest)
    yield from _beyond("#/head_from", scale.head_from, highest)


def _beyond(pointer: str, score: int, highest: int) -> Iterator[FieldError]:
    if score > highest:
        yield fault_at(
            pointer,
            "beyond_the_matrix",
            f"No score of this matrix is higher than {highest}.",
            f"أعلى درجة في هذه المصفوفة {highest}.",
        )


def _reviews(scale: Scale) -> Iterator[FieldError]:
    longest = scale.review_low
    for name in ("medium", "high", "critical"):
        days = getattr(scale, f"review_{name}")
        if days > longest:
            yield fault_at(
                f"#/review_days/{name}",
                "less_often",
                "A graver risk is assessed at least as often.",
                "يُعاد تقييم الخطر الأشد بوتيرة لا تقل عن الأخف.",
            )
        longest = min(longest, days)


def changes(probability: Sequence[Level], impact: Sequence[Level], scale: Scale) -> dict[str, Any]:
    """What the event of a new version says."""
    return {
        "probability": [level.name_ar for level in probability],
        "impact": [level.name_ar for level in impact],
        **asdict(scale),
    }
