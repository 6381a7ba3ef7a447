"""What the due rule of a stage must be, so that it says days in every year (Guide P-3)."""

from collections.abc import Iterator

from app.enums import Frequency
from app.enums.paths import DueFrom, DueKind
from app.errors import FieldError, fault_at
from app.services.path_templates.content import Due

YEARS = (-2, 1)
"""From two years before the year of the run to the year after it."""

WORKING_DAYS = 400
"""The most working days of an offset, either way."""

_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""Of the months of every year: 29 February is no day of most."""

_START, _END = ("month", "day", "year"), ("end_month", "end_day", "end_year")
_SAYS: dict[DueKind, tuple[str, ...]] = {
    DueKind.DATE: _START,
    DueKind.DATE_RANGE: (*_START, *_END),
    DueKind.MONTHS: ("months",),
    DueKind.OFFSET: ("since", "working_days"),
    DueKind.RECURRING: ("frequency", "year"),
    DueKind.CONTINUOUS: ("year",),
}
_FIELDS = (*_START, *_END, "months", "since", "working_days", "frequency")
_NEVER_MISSING = ("year", "end_year")

_WITHIN_A_YEAR = frozenset({Frequency.MONTHLY, Frequency.QUARTERLY, Frequency.SEMIANNUAL, Frequency.ANNUAL})


def faults(due: Due, at: str, *, first: bool, last: bool) -> Iterator[FieldError]:
    """Every fault of a due rule. `at`: its pointer. `first`, `last`: whether its stage is of that group.

    What comes more than once, or all year, stands in the last group only: the path would stand still for it.
    """
    for name in _FIELDS:
        said = getattr(due, name)
        nothing = said in (None, ()) or (name in _NEVER_MISSING and said == 0)
        if name in _SAYS[due.kind]:
            if nothing and name not in _NEVER_MISSING:
                yield fault_at(
                    f"{at}/{name}",
                    "missing",
                    "This kind of due rule needs it.",
                    "هذا النوع من المواعيد يتطلبه.",
                )
        elif not nothing:
            yield fault_at(
                f"{at}/{name}",
                "out_of_place",
                "This kind of due rule has none.",
                "لا محل له في هذا النوع من المواعيد.",
            )
    yield from _days(due, at)
    yield from _months(due, at)
    yield from _offset(due, at, first=first)
    if due.frequency is not None and due.frequency not in _WITHIN_A_YEAR:
        yield fault_at(
            f"{at}/frequency",
            "not_allowed",
            "It recurs within the year.",
            "يتكرر الموعد خلال السنة الواحدة.",
        )
    if not last and (due.kind in (DueKind.RECURRING, DueKind.CONTINUOUS) or len(due.months) > 1):
        yield fault_at(
            f"{at}/kind",
            "not_in_the_last_group",
            "What comes more than once, or all year, belongs into the last group: the path would stand still for it.",
            "ما يتكرر أو يمتد طوال السنة محله المجموعة الأخيرة، وإلا توقف المسار عنده.",
        )


def _days(due: Due, at: str) -> Iterator[FieldError]:
    for month, day, year in (_START, _END):
        yield from _year(getattr(due, year), f"{at}/{year}")
        in_month, on_day = getattr(due, month), getattr(due, day)
        if in_month is not None and not 1 <= in_month <= 12:
            yield _no_month(f"{at}/{month}")
        elif in_month is not None and on_day is not None and not 1 <= on_day <= _DAYS[in_month - 1]:
            yield fault_at(
                f"{at}/{day}",
                "no_such_day",
                "The month has no such day in every year.",
                "لا يوجد هذا اليوم في هذا الشهر من كل سنة.",
            )
    begins, ends = (due.year, due.month, due.day), (due.end_year, due.end_month, due.end_day)
    if due.kind is DueKind.DATE_RANGE and None not in (*begins, *ends) and begins > ends:
        yield fault_at(
            f"{at}/end_day",
            "wrong_order",
            "The range ends before it begins.",
            "تنتهي المدة قبل بدايتها.",
        )


def _months(due: Due, at: str) -> Iterator[FieldError]:
    for position, each in enumerate(due.months):
        place = f"{at}/months/{position}"
        yield from _year(each.year, f"{place}/year")
        if not 1 <= each.month <= 12:
            yield _no_month(f"{place}/month")
        before = due.months[position - 1] if position else None
        if before is not None and (before.year, before.month) >= (each.year, each.month):
            yield fault_at(
                place,
                "wrong_order",
                "The months stand in their order, each once.",
                "تُذكر الأشهر بترتيبها، كل منها مرة واحدة.",
            )
    if len(due.months) > 12:
        yield fault_at(f"{at}/months", "too_many", "Twelve months at most.", "اثنا عشر شهرًا على الأكثر.")


def _offset(due: Due, at: str, *, first: bool) -> Iterator[FieldError]:
    if due.since is DueFrom.PREVIOUS_GROUP and first:
        yield fault_at(
            f"{at}/since",
            "out_of_place",
            "No group comes before the first.",
            "لا تسبق المجموعة الأولى مجموعة.",
        )
    if due.working_days is None:
        return
    least = -WORKING_DAYS if due.since is DueFrom.YEAR_END else 0
    if not least <= due.working_days <= WORKING_DAYS:
        yield fault_at(
            f"{at}/working_days",
            "too_small" if due.working_days < least else "too_large",
            f"From {least} to {WORKING_DAYS}; only before the end of the year it may be negative.",
            f"من {least} إلى {WORKING_DAYS}، ولا يكون سالبًا إلا قبل نهاية السنة.",
        )


def _year(year: int, pointer: str) -> Iterator[FieldError]:
    if not YEARS[0] <= year <= YEARS[1]:
        yield fault_at(
            pointer,
            "too_small" if year < YEARS[0] else "too_large",
            "From two years before the year of the run to the year after it.",
            "من سنتين قبل سنة المسار إلى السنة التالية لها.",
        )


def _no_month(pointer: str) -> FieldError:
    return fault_at(pointer, "no_such_month", "A month is 1 to 12.", "الشهر من 1 إلى 12.")
