"""What an assessment of a risk must be, and where it leads (Guide K-2, K-5).

Pure: settings and holidays are handed in.
"""

from dataclasses import dataclass
from datetime import date

from app.enums.risks import RiskGrade, RiskState
from app.errors import FieldError, Invalid, fault_at, invalid
from app.services.calendar import rules as calendar
from app.services.risk_settings.rules import Scale, Settings

_TO_ACCEPT, _ACCEPTED, _TREATED = (
    RiskState.TO_ACCEPT.value,
    RiskState.ACCEPTED.value,
    RiskState.TREATED.value,
)

_GRADES = tuple(RiskGrade)
"""From the least to the gravest."""

MOST_ASSESSMENTS = 200

LEVELS = ("probability", "impact", "residual_probability", "residual_impact")
"""What an assessment says."""


@dataclass(frozen=True)
class Levels:
    """An assessment: levels from 1 up, before the treatment and, where that is known, with it."""

    probability: int
    impact: int
    residual_probability: int | None = None
    residual_impact: int | None = None

    @property
    def score(self) -> int:
        """What counts: with the treatment where that was assessed."""
        if self.residual_probability is None or self.residual_impact is None:
            return self.probability * self.impact
        return self.residual_probability * self.residual_impact


def no_worse(old: Levels, then: Settings, new: Levels, now: Settings) -> bool:
    """Whether what was assessed as `old` by the settings `then` is provably no worse as `new` by the settings `now`, so
    that an acceptance of it holds (Guide K-3, K-5).

    It is where both matrices name the same levels, the score is no higher, it is graded no graver, and it is not the
    head's to accept now unless it was then. Scores of matrices with other levels say nothing of each other, however small
    the new one is: whoever accepted has accepted what those levels meant.
    """
    if then.matrix != now.matrix or new.score > old.score:
        return False
    graver = _GRADES.index(now.scale.grade(new.score)) > _GRADES.index(then.scale.grade(old.score))
    head_now, head_then = new.score >= now.scale.head_from, old.score >= then.scale.head_from
    return not graver and (head_then or not head_now)


def after_assessment(state: str, old: Levels, then: Settings, new: Levels, now: Settings) -> str:
    """Where an assessment leads: what was accepted and is not provably `no_worse` is to be accepted anew; everything else
    goes on as it was."""
    return _TO_ACCEPT if state == _ACCEPTED and not no_worse(old, then, new, now) else state


def review_on(scale: Scale, score: int, today: date, holidays: frozenset[date]) -> date:
    """The working day until which a risk of this score is assessed anew (Guide K-5)."""
    return calendar.add_working_days(today, scale.review_days(score), holidays)


def check_levels(levels: Levels, probabilities: int, impacts: int) -> None:
    """Raise Invalid for levels outside of the matrix, half a residual, and more remaining than there was."""
    faults: list[FieldError] = []
    most = {"probability": probabilities, "impact": impacts}
    if (levels.residual_probability is None) != (levels.residual_impact is None):
        missing = "residual_impact" if levels.residual_impact is None else "residual_probability"
        faults.append(
            fault_at(
                f"#/{missing}",
                "missing",
                "Both levels are said, or none.",
                "يُذكر المستويان معًا أو لا يُذكران.",
            )
        )
    for axis, highest in most.items():
        inherent, residual = getattr(levels, axis), getattr(levels, f"residual_{axis}")
        for name, level in ((axis, inherent), (f"residual_{axis}", residual)):
            if level is not None and level > highest:
                faults.append(
                    fault_at(
                        f"#/{name}",
                        "outside_the_matrix",
                        f"The matrix in force has levels from 1 to {highest}.",
                        f"مستويات المصفوفة المعمول بها من 1 إلى {highest}.",
                    )
                )
        if residual is not None and residual > inherent:
            faults.append(
                fault_at(
                    f"#/residual_{axis}",
                    "above_inherent",
                    "What remains with the treatment is no more than what there was without it.",
                    "لا يزيد المتبقي بعد المعالجة على الأصلي قبلها.",
                )
            )
    if faults:
        raise Invalid(errors=tuple(faults))


def check_remainder(state: str, levels: Levels) -> None:
    """Raise Invalid for an assessment of a treated risk that does not say what the treatment leaves."""
    if state == _TREATED and levels.residual_impact is None:
        raise invalid(
            "#/residual_impact",
            "missing",
            "Of a treated risk what remains is assessed too.",
            "يُقيَّم المتبقي أيضًا من الخطر المعالَج.",
        )
