"""The life of a progress report, how far it says that an initiative has come, and what it may say (Guide D-1, N-3)."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.errors import Conflict, FieldError, Invalid, Text
from app.services import approval
from app.services.evidence import rules as evidence
from app.services.transitions import Transition

APPROVAL = approval.of("progress_reports")
EDIT, DISCARD, SUBMIT, WITHDRAW = APPROVAL.edit, APPROVAL.discard, APPROVAL.submit, APPROVAL.withdraw
REVIEW, RETURN, APPROVE = APPROVAL.review, APPROVAL.send_back, APPROVAL.approve
TRANSITIONS = APPROVAL.transitions
AWAITED = APPROVAL.awaited
DUE = APPROVAL.due

SAID = ("as_of", "percent", "override_reason", "correction_reason", "forecast_end", "note")
"""What a report says, beside how far each milestone has come."""

_HUNDREDTH = Decimal("0.01")


def reached(weights: Mapping[int, Decimal], percents: Mapping[int, Decimal]) -> Decimal:
    """Percent of the whole, to two decimals: the percent of each milestone by its weight."""
    whole = sum((weight * percents.get(number, Decimal(0)) for number, weight in weights.items()), Decimal(0))
    return (whole / 100).quantize(_HUNDREDTH, ROUND_HALF_UP)


def composed(
    plan: Sequence[Mapping[str, Any]],
    before: Mapping[int, Decimal],
    said: Sequence[Mapping[str, Any]],
) -> dict[int, Decimal]:
    """How far each milestone of the plan has come: as `said`, else as in the report `before`, else not at all.

    Raises Invalid for a milestone that the plan does not have, or that stands twice.
    """
    numbers = [each["number"] for each in plan]
    found = {number: before.get(number, Decimal(0)) for number in numbers}
    seen: set[int] = set()
    faults = []
    for place, each in enumerate(said):
        if each["number"] in seen:
            faults.append(
                _fault(f"milestones/{place}/number", "repeated", "The number stands twice.", "تكرر الرقم.")
            )
        elif each["number"] not in found:
            faults.append(
                _fault(
                    f"milestones/{place}/number",
                    "unknown_reference",
                    "The plan has no such milestone.",
                    "لا توجد في الخطة مرحلة بهذا الرقم.",
                )
            )
        else:
            found[each["number"]] = each["percent"]
        seen.add(each["number"])
    if faults:
        raise Invalid(errors=tuple(faults))
    return found


def check(report: Mapping[str, Any], starts_on: date, latest_as_of: date | None, today: date) -> None:
    """Whether a report can say this: of no day to come, of none before the report approved last unless it says why, no
    percentage but that of the milestones unless it says why, and no end that is past. Raises Invalid."""
    faults = []
    if report["as_of"] > today:
        faults.append(_fault("as_of", "in_the_future", "The day is yet to come.", "اليوم لم يأتِ بعد."))
    if latest_as_of is not None and report["as_of"] < latest_as_of and not report["correction_reason"]:
        faults.append(
            _fault(
                "correction_reason",
                "missing",
                f"A later day ({latest_as_of}) is reported already: say why this one is corrected.",
                f"اعتُمد تقرير ليوم لاحق ({latest_as_of})، فاذكر سبب التصحيح.",
            )
        )
    if report["percent"] != report["computed"] and not report["override_reason"]:
        faults.append(
            _fault(
                "override_reason",
                "missing",
                f"By its milestones it has come to {report['computed']:f} percent: say why it is another.",
                f"نسبة الإنجاز حسب المراحل {report['computed']:f}%، فاذكر سبب اختلافها.",
            )
        )
    forecast = report["forecast_end"]
    if forecast is not None and forecast < starts_on:
        faults.append(
            _fault("forecast_end", "wrong_order", "It ends before it begins.", "تاريخ النهاية يسبق البداية.")
        )
    elif forecast is not None and forecast < report["as_of"] and report["percent"] < 100:
        faults.append(
            _fault(
                "forecast_end",
                "past",
                "What is not done yet does not end before the day of the report.",
                "ما لم يكتمل لا ينتهي قبل يوم التقرير.",
            )
        )
    if faults:
        raise Invalid(errors=tuple(faults))


def open_now(transition: Transition, row: Mapping[str, Any]) -> bool:
    """What else than the state a transition asks of the report: its initiative is being carried out, and its
    evidence is there, or decided about."""
    if transition is SUBMIT:
        return bool(row["is_running"]) and evidence.is_submittable(row["proof"])
    if transition is APPROVE:
        return bool(row["is_running"]) and evidence.is_approvable(row["proof"])
    return True


class PlanChanged(Conflict):
    code = "plan_changed"
    title = Text(
        "The plan of the initiative has changed since: correct the report by it first",
        "تغيّرت خطة المبادرة بعد إعداد التقرير، فصحّحه وفقها أولًا",
    )


def _fault(field: str, code: str, en: str, ar: str) -> FieldError:
    return FieldError(code, Text(en, ar), pointer=f"#/{field}")
