"""What an assessment of a risk must be, and where it leads (Guide K-2, K-5).

Pure: settings and holidays are handed in.
"""

from dataclasses import dataclass
from datetime import date

from app.enums.risks import RiskState
from app.errors import FieldError, Invalid, fault_at, invalid
from app.services.calendar import rules as calendar
from app.services.risk_settings.rules import Scale

_TO_ACCEPT, _ACCEPTED, _TREATED = (
    RiskState.TO_ACCEPT.value,
    RiskState.ACCEPTED.value,
    RiskState.TREATED.value,
)

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


def after_assessment(state: str, old: Levels, old_head_from: int, new: Levels, new_head_from: int) -> str:
    """Where an assessment leads: what was accepted and has become graver, or is the head's to accept now and was not, is
    to be accepted anew; everything else goes on as it was."""
    if state != _ACCEPTED:
        return state
    head_now, head_then = new.score >= new_head_from, old.score >= old_head_from
    return _TO_ACCEPT if new.score > old.score or (head_now and not head_then) else _ACCEPTED


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
