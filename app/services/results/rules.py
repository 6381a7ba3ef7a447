"""The life of a result: transition table and pure guards (Guide D-2, V-3)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.enums import ChainState, Light, Measure, ObservationStatus
from app.errors import Conflict, FieldError, Invalid, Text, invalid
from app.services import approval
from app.services.evidence import rules as evidence
from app.services.transitions import Transition

APPROVAL = approval.of("results")
EDIT, DISCARD, SUBMIT, WITHDRAW = APPROVAL.edit, APPROVAL.discard, APPROVAL.submit, APPROVAL.withdraw
REVIEW, RETURN, APPROVE = APPROVAL.review, APPROVAL.send_back, APPROVAL.approve
CORRECT = Transition("results.correct", approval.APPROVED, ChainState.APPROVED)
ASK_REOPENING = Transition("reopenings.ask", approval.APPROVED, ChainState.APPROVED)

TRANSITIONS = (*APPROVAL.transitions, CORRECT, ASK_REOPENING)
AWAITED = APPROVAL.awaited
DUE = APPROVAL.due

PRELIMINARY = frozenset(
    {ObservationStatus.FORECAST, ObservationStatus.ESTIMATED, ObservationStatus.PROVISIONAL}
)
"""What is followed by a final figure."""
_WITHOUT_FIGURE = frozenset(
    {
        ObservationStatus.MISSING,
        ObservationStatus.MISSING_CANNOT_EXIST,
        ObservationStatus.NOT_COLLECTED,
        ObservationStatus.SUPPRESSED,
    }
)


def check_period(start: date, end: date, obs_status: str, today: date) -> None:
    """A final figure exists only after its period, a provisional one once it has begun; an estimate or a
    forecast may come before. Raises Invalid."""
    if obs_status in (ObservationStatus.ESTIMATED, ObservationStatus.FORECAST):
        return
    provisional = obs_status == ObservationStatus.PROVISIONAL
    if (start if provisional else end) >= today:
        raise invalid(
            "#/period",
            "period_not_over",
            "The period is not over: before its end a figure is provisional, before its start an estimate"
            " or a forecast.",
            "الفترة لم تنتهِ بعد: قبل نهايتها تكون القيمة أولية، وقبل بدايتها مقدّرة أو متوقعة.",
        )


def check_figure(figure: Mapping[str, Any], measure: str) -> None:
    """Whether the parts of a figure fit each other and the indicator's measure. Raises Invalid."""
    faults: list[FieldError] = []
    if (figure["numerator"] is None) != (figure["denominator"] is None):
        missing = "numerator" if figure["numerator"] is None else "denominator"
        faults.append(
            _fault(missing, "missing", "Numerator and denominator go together.", "البسط والمقام متلازمان.")
        )
    if figure["denominator"] is not None and figure["denominator"] == 0:
        faults.append(_fault("denominator", "zero", "The denominator is never zero.", "المقام لا يكون صفرًا."))
    if figure["rank_of"] is not None and figure["rank"] is None:
        faults.append(
            _fault("rank", "missing", "A number ranked needs a rank.", "عدد المصنفين يتطلب ترتيبًا.")
        )
    if figure["rank_of"] is not None and figure["rank"] is not None and figure["rank"] > figure["rank_of"]:
        faults.append(
            _fault(
                "rank", "too_large", "The rank exceeds the number ranked.", "الترتيب أكبر من عدد المصنفين."
            )
        )
    if figure["obs_status"] in _WITHOUT_FIGURE and any(
        figure[name] is not None for name in ("value", "rank", "numerator", "denominator")
    ):
        faults.append(
            _fault(
                "obs_status",
                "has_a_figure",
                "The status says that there is no figure.",
                "حالة الرصد تعني عدم وجود قيمة.",
            )
        )
    if measure == Measure.RANK and figure["value"] is not None:
        faults.append(_fault("value", "not_measured", "The indicator is a rank.", "المؤشر يقاس بالترتيب."))
    if measure == Measure.VALUE and figure["rank"] is not None:
        faults.append(
            _fault("rank", "not_measured", "The indicator has no rank.", "المؤشر لا يقاس بالترتيب.")
        )
    if faults:
        raise Invalid(errors=tuple(faults))


def check_complete(figure: Mapping[str, Any], measure: str) -> None:
    """Whether a draft holds what its indicator measures, so that it can be submitted. Raises Incomplete.

    A missing figure is submitted as such: with an observation status that says so, and a note.
    """
    if figure["obs_status"] in _WITHOUT_FIGURE:
        if not figure["note"]:
            raise Incomplete(
                errors=(_fault("note", "missing", "Say why there is no figure.", "اذكر سبب غياب القيمة."),)
            )
        return
    given = figure["value"] is not None or figure["numerator"] is not None
    ranked = figure["rank"] is not None
    complete = {Measure.VALUE: given, Measure.RANK: ranked, Measure.VALUE_AND_RANK: given or ranked}
    if not complete[Measure(measure)]:
        field = "rank" if measure == Measure.RANK else "value"
        raise Incomplete(errors=(_fault(field, "missing", "There is no figure yet.", "لم تُدخل القيمة بعد."),))


def check_explained(figure: Mapping[str, Any], light: str) -> None:
    """Whether a figure that is red comes with a note that says why. Raises Incomplete."""
    if light == Light.RED and not figure["note"]:
        raise Incomplete(
            errors=(
                _fault(
                    "note",
                    "red_needs_note",
                    "The figure is red, that is, far behind what was expected by now: say why in the note.",
                    "إشارة القيمة حمراء، أي إنها متأخرة كثيرًا عن المتوقع حتى الآن، فاذكر السبب في الملاحظة.",
                ),
            )
        )


def is_preliminary(row: Mapping[str, Any]) -> bool:
    """Whether what is approved is only a forecast, an estimate or a provisional figure of a period that still
    takes entries: the final one is still to come, and needs no leave."""
    return bool(row["obs_status"] in PRELIMINARY and row["takes_entries"])


def open_now(transition: Transition, row: Mapping[str, Any]) -> bool:
    """What else than the state a transition asks of the result: a correction needs a granted reopening,
    unless it follows a preliminary figure, and only the latest revision is corrected; the result of a shared
    indicator needs its parts; and each needs its evidence."""
    if transition is SUBMIT:
        return evidence.is_submittable(row["proof"])
    if transition is APPROVE:
        return bool(row["certifiable"]) and evidence.is_approvable(row["proof"])
    if transition is CORRECT:
        return (row["reopening_id"] is not None or is_preliminary(row)) and not row["has_later"]
    if transition is ASK_REOPENING:
        return not row["has_reopening"] and not row["has_later"]
    return True


class IndicatorNotActive(Conflict):
    code = "indicator_not_active"
    title = Text("The indicator is not active", "المؤشر غير مفعّل")


class Incomplete(Conflict):
    code = "incomplete"
    title = Text("The draft is not complete enough to be submitted", "المسودة غير مكتملة للرفع")


class ReopeningRequired(Conflict):
    code = "reopening_required"
    title = Text(
        "An approved result is corrected only within a granted reopening",
        "لا تُصحَّح نتيجة معتمدة إلا بإذن إعادة فتح ممنوح",
    )


class NotTheLatest(Conflict):
    code = "not_the_latest"
    title = Text("A later revision exists; correct that one", "توجد نسخة أحدث، فصحّح الأحدث")


def _fault(field: str, code: str, en: str, ar: str) -> FieldError:
    return FieldError(code, Text(en, ar), pointer=f"#/{field}")
