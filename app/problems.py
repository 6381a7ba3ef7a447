"""The only place where an exception becomes an answer: application/problem+json (RFC 9457)."""

import json
from typing import Any
from urllib.parse import quote

import asyncpg
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from obstore.exceptions import BaseError as StoreError
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Scope

from app import errors, logs
from app.errors import AppError, FieldError, Text
from app.schemas.problems import Problem
from app.services.plans import rules as plans

log = structlog.get_logger()

PROBLEM_JSON = "application/problem+json"

_BY_STATUS: dict[int, type[AppError]] = {
    400: errors.Malformed,
    404: errors.NotFound,
    405: errors.MethodNotAllowed,
    406: errors.NotAcceptable,
    413: errors.TooLarge,
    415: errors.UnsupportedMedia,
}

_BY_CONSTRAINT: dict[str, AppError] = {
    "uq_results_one_open_revision": errors.AlreadyExists(
        Text(
            "This indicator has a revision in work for this period.",
            "لهذا المؤشر نسخة قيد العمل في هذه الفترة.",
        )
    ),
    "uq_results_indicator_id_period_start_period_end_revision": errors.AlreadyExists(
        Text("This indicator has a result for this period.", "لهذا المؤشر نتيجة في هذه الفترة.")
    ),
    "uq_reopenings_one_asked_of_a_period": errors.AlreadyExists(
        Text("A reopening of this period is open already.", "يوجد طلب إعادة فتح قائم لهذه الفترة.")
    ),
    "uq_evidence_one_successor": errors.AlreadyExists(
        Text("Another piece of evidence takes its place already.", "حلّ محله دليل آخر من قبل.")
    ),
    "uq_reopenings_one_asked": errors.AlreadyExists(
        Text("A reopening of this result is open already.", "يوجد طلب إعادة فتح قائم لهذه النتيجة.")
    ),
    "uq_contributions_one_standing": errors.AlreadyExists(
        Text(
            "The entity is invited or contributes to this indicator already.",
            "الجهة مدعوة أو مسهمة في هذا المؤشر من قبل.",
        )
    ),
    "uq_scorecards_one_open": errors.AlreadyExists(
        Text("A version of this scorecard is in work already.", "توجد نسخة من هذه البطاقة قيد العمل.")
    ),
    "uq_improvement_plans_one_open": errors.AlreadyExists(
        Text("An improvement plan of this indicator is in work already.", "لهذا المؤشر خطة تحسين قائمة.")
    ),
    **dict.fromkeys(
        (
            "uq_communication_plans_one_open",
            "uq_communication_plans_one_approved",
            "uq_communication_plans_about_id_year_number",
        ),
        errors.AlreadyExists(
            Text(
                "There is a communication plan of this for the year: change it, or begin a new version of it.",
                "توجد خطة تواصل لهذا الموضوع في السنة نفسها، فعدّلها أو ابدأ نسخة جديدة منها.",
            )
        ),
    ),
    "uq_plans_one_open": plans.OverlappingPlan(),
    "uq_plans_one_in_force": plans.OverlappingPlan(),
    "uq_plans_entity_id_year_number": plans.OverlappingPlan(),
    "uq_plan_items_indicator": errors.AlreadyExists(
        Text("The indicator is in the plan already.", "المؤشر ضمن الخطة من قبل.")
    ),
    "uq_plan_items_initiative": errors.AlreadyExists(
        Text("The initiative is in the plan already.", "المبادرة ضمن الخطة من قبل.")
    ),
    **dict.fromkeys(
        (
            "uq_detailed_plans_one_open_of_initiative",
            "uq_detailed_plans_one_approved_of_initiative",
            "uq_detailed_plans_one_open_of_division",
            "uq_detailed_plans_one_approved_of_division",
        ),
        errors.AlreadyExists(
            Text(
                "A version of this detailed plan is in work already.",
                "توجد نسخة من هذه الخطة التفصيلية قيد العمل.",
            )
        ),
    ),
    "uq_role_plans_one_open": errors.AlreadyExists(
        Text("The entity has a role plan in work.", "لدى الجهة خطة أدوار قيد العمل.")
    ),
    "uq_users_email": errors.AlreadyExists(
        Text("A person with this e-mail exists.", "يوجد مستخدم بهذا البريد الإلكتروني.")
    ),
    "uq_indicators_code": errors.AlreadyExists(Text("The code is taken.", "الرمز مستخدم.")),
    "uq_definitions_one_open": errors.AlreadyExists(
        Text("A version of this definition is in work already.", "توجد نسخة من هذا التعريف قيد العمل.")
    ),
    "uq_path_templates_one_open": errors.AlreadyExists(
        Text(
            "A version of this path template is in work already.",
            "توجد نسخة من نموذج المسار هذا قيد العمل.",
        )
    ),
    # Two who begin at once count to the same number.
    "uq_path_templates_entity_id_code_number": errors.AlreadyExists(
        Text(
            "A version of this path template is in work already.",
            "توجد نسخة من نموذج المسار هذا قيد العمل.",
        )
    ),
    "uq_path_runs_one_running": errors.AlreadyExists(
        Text("This walks a path already.", "يوجد مسار جارٍ لهذا الموضوع.")
    ),
    "uq_path_runs_one_running_in_year": errors.AlreadyExists(
        Text(
            "The entity walks this path for this year already.",
            "يوجد مسار جارٍ للجهة عن هذه السنة بالنموذج نفسه.",
        )
    ),
    "uq_path_stage_acts_stage_id_person_id_exceptional": errors.AlreadyExists(
        Text("This person has acted in this stage already.", "سبق لهذا الشخص أن أنجز دوره في هذه المرحلة.")
    ),
    "uq_entities_code": errors.AlreadyExists(Text("The code is taken.", "الرمز مستخدم.")),
    "uq_divisions_entity_id_code": errors.AlreadyExists(Text("The code is taken.", "الرمز مستخدم.")),
    "uq_escalation_tables_number": errors.AlreadyExists(
        Text(
            "Somebody set the routing table at the same moment; read it again.",
            "ضُبط جدول المسارات في اللحظة نفسها، فأعد قراءته.",
        )
    ),
    "uq_risk_settings_number": errors.AlreadyExists(
        Text(
            "Somebody set the settings of risks at the same moment; read them again.",
            "ضُبطت إعدادات المخاطر في اللحظة نفسها، فأعد قراءتها.",
        )
    ),
    "uq_initiatives_entity_id_code": errors.AlreadyExists(Text("The code is taken.", "الرمز مستخدم.")),
    "uq_progress_reports_one_open": errors.AlreadyExists(
        Text(
            "A progress report of this initiative is on its way.",
            "يوجد تقرير إنجاز قيد العمل لهذه المبادرة.",
        )
    ),
    "ex_programme_participants_once_at_a_time": errors.AlreadyExists(
        Text("The entity takes part in this programme already.", "الجهة مشاركة في هذا البرنامج من قبل.")
    ),
    "uq_holidays_day": errors.AlreadyExists(
        Text("The day is a public holiday already.", "اليوم عطلة رسمية مسجلة من قبل.")
    ),
    "ex_memberships_one_holder_of_a_post": errors.AlreadyExists(
        Text("The post has a holder at that time.", "المنصب مشغول في تلك المدة.")
    ),
    "ex_memberships_once_at_a_time": errors.AlreadyExists(
        Text("The person holds this role at that time.", "يشغل الشخص هذا الدور في تلك المدة.")
    ),
    "ex_assignments_once_at_a_time": errors.AlreadyExists(
        Text("The person is assigned to this at that time.", "الشخص مكلف بهذا الموضوع في تلك المدة.")
    ),
}

_FAULTS: dict[str, tuple[str, Text]] = {
    # Pydantic's error type -> our stable code and its words. What is missing here is said in general.
    "missing": ("missing", Text("This is required.", "هذا الحقل مطلوب.")),
    "extra_forbidden": ("unknown_field", Text("There is no such field.", "لا يوجد حقل بهذا الاسم.")),
    "enum": ("not_allowed", Text("Not one of the allowed values.", "ليست من القيم المسموح بها.")),
    "literal_error": ("not_allowed", Text("Not one of the allowed values.", "ليست من القيم المسموح بها.")),
    "finite_number": ("not_finite", Text("Must be a finite number.", "يجب أن يكون عددًا منتهيًا.")),
    "string_too_long": ("too_long", Text("The text is too long.", "النص أطول من المسموح.")),
    "string_too_short": ("too_short", Text("The text is too short.", "النص أقصر من المطلوب.")),
    "string_pattern_mismatch": (
        "bad_format",
        Text("The text is not of the form asked for.", "صيغة النص غير صحيحة."),
    ),
    "too_long": ("too_many", Text("Too many items.", "عدد العناصر أكبر من المسموح.")),
    "too_short": ("too_few", Text("Too few items.", "عدد العناصر أقل من المطلوب.")),
    "decimal_max_digits": ("too_many_digits", Text("Too many digits.", "عدد الأرقام أكبر من المسموح.")),
    "decimal_max_places": (
        "too_many_digits",
        Text("Too many decimals.", "عدد المنازل العشرية أكبر من المسموح."),
    ),
    "decimal_whole_digits": ("too_many_digits", Text("Too many digits.", "عدد الأرقام أكبر من المسموح.")),
    "int_from_float": ("wrong_type", Text("Not a whole number.", "ليس عددًا صحيحًا.")),
    "greater_than_equal": ("too_small", Text("The number is too small.", "العدد أصغر من المسموح.")),
    "greater_than": ("too_small", Text("The number is too small.", "العدد أصغر من المسموح.")),
    "less_than_equal": ("too_large", Text("The number is too large.", "العدد أكبر من المسموح.")),
    "less_than": ("too_large", Text("The number is too large.", "العدد أكبر من المسموح.")),
    "day_out_of_range": ("out_of_range", Text("The day is beyond the calendar.", "التاريخ خارج التقويم.")),
}
_WRONG_TYPE = ("wrong_type", Text("Not of the type asked for.", "نوع القيمة غير صحيح."))


def declared(*kinds: type[AppError]) -> dict[int | str, dict[str, Any]]:
    """What a route says of its own errors, for `responses=`: one entry per status, with the codes."""
    said: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        entry = said.setdefault(
            kind.status, {"model": Problem, "description": kind.title.en, "x-problem-codes": []}
        )
        entry["x-problem-codes"].append(kind.code)
    return said


def response(error: AppError, scope: Scope) -> Response:
    """The answer to `error`, in the language of the request."""
    language: str = scope.get("language", "ar")
    body: dict[str, Any] = {
        "type": f"/problems/{error.code}",
        "title": error.title.said(language),
        "status": error.status,
        "code": error.code,
        "detail": error.detail.said(language) if error.detail else None,
        "instance": _instance(scope),
        "request_id": scope.get("request_id", "-"),
    }
    if error.errors:
        body["errors"] = [_fault(fault, language) for fault in error.errors[:100]]
    return Response(
        json.dumps(body, ensure_ascii=False).encode(),
        status_code=error.status,
        media_type=PROBLEM_JSON,
        headers={
            # Said here too: an unexpected error is answered outside the middleware that says it.
            "X-Request-Id": scope.get("request_id", "-"),
            "Content-Language": language,
            **error.headers,
            **_allowed(error, scope),
        },
    )


def _instance(scope: Scope) -> str | None:
    """The path that was asked for, as a URI reference; a path of absurd length is not repeated."""
    path = quote(scope.get("path", ""), safe="/:@!$&'()*+,;=~")
    return path if path and len(path) <= 2000 else None


def _allowed(error: AppError, scope: Scope) -> dict[str, str]:
    """With 405, all methods of the path: its routes take one each, and Starlette names those of the first."""
    if not isinstance(error, errors.MethodNotAllowed):
        return {}
    methods = scope["app"].state.methods.get(getattr(scope.get("route"), "path", None))
    return {"Allow": ", ".join(methods)} if methods else {}


def _fault(fault: FieldError, language: str) -> dict[str, Any]:
    parameter = None if fault.parameter is None else _printable(fault.parameter)[:100]
    where = {"pointer": fault.pointer, "parameter": parameter}
    return {
        **{name: place for name, place in where.items() if place is not None},
        "code": fault.code,
        "detail": fault.detail.said(language),
    }


def from_validation(error: RequestValidationError) -> AppError:
    """What FastAPI found wrong with parameters and body, in our order: 400, then 404, then 422."""
    faults = error.errors()
    if any(fault["type"] == "json_invalid" for fault in faults):
        return errors.Malformed(Text("The body is not valid JSON.", "المحتوى ليس JSON صحيحًا."))
    if any(fault["loc"][0] == "path" for fault in faults):
        return errors.NotFound()
    return errors.Invalid(errors=tuple(_located(fault) for fault in faults))


def _located(fault: Any) -> FieldError:
    source, *path = fault["loc"]
    code, words = _FAULTS.get(fault["type"]) or (
        _WRONG_TYPE
        if fault["type"].endswith(("_type", "_parsing"))
        else ("invalid_value", _invalid_value(fault))
    )
    if source == "body":
        return FieldError(code, words, pointer="#" + "".join(f"/{_escape(str(part))}" for part in path))
    return FieldError(code, words, parameter=str(path[0]) if path else None)


def _invalid_value(fault: Any) -> Text:
    said = (fault.get("ctx") or {}).get("text")
    return said if isinstance(said, Text) else Text("The value is not valid.", "القيمة غير صالحة.")


def _escape(part: str) -> str:
    return _printable(part).replace("~", "~0").replace("/", "~1")[:100]


def _printable(said: str) -> str:
    """The text as it can stand in an answer: what a client named may hold control characters."""
    return "".join(c if c.isprintable() and not 0xD800 <= ord(c) < 0xE000 else "?" for c in said)


def from_integrity(error: IntegrityError | asyncpg.IntegrityConstraintViolationError) -> AppError:
    """A race that a constraint decided. An unknown constraint is a fault of ours: Internal."""
    cause = error.orig.__cause__ or error.orig if isinstance(error, IntegrityError) and error.orig else error
    return _BY_CONSTRAINT.get(getattr(cause, "constraint_name", None) or "", errors.Internal())


def register(app: FastAPI) -> None:
    """Set the handlers of all exceptions."""

    async def refused(request: Request, error: Exception) -> Response:
        return response(as_app_error(error), request.scope)

    for kind in (AppError, HTTPException, IntegrityError, DBAPIError, ClientDisconnect, StoreError):
        app.add_exception_handler(kind, refused)
    for database_fault in (asyncpg.PostgresError, *_UNREACHABLE):
        app.add_exception_handler(database_fault, refused)
    app.add_exception_handler(Exception, refused)


def as_app_error(error: Exception) -> AppError:
    """The refusal that an exception amounts to; what is unknown is Internal, and logged."""
    if isinstance(error, AppError):
        return error
    if isinstance(error, RequestValidationError):
        return from_validation(error)
    if isinstance(error, ClientDisconnect):
        return errors.Malformed(Text("The body broke off.", "انقطع إرسال المحتوى."))
    if isinstance(error, StoreError):
        log.error("file_store_unreachable", kind=type(error).__name__)
        return errors.Unavailable(headers={"Retry-After": "5"})
    if isinstance(error, HTTPException):
        kind = _BY_STATUS.get(
            error.status_code, errors.Malformed if error.status_code < 500 else errors.Internal
        )
        return kind(headers=dict(error.headers or {}))
    if isinstance(error, (IntegrityError, asyncpg.IntegrityConstraintViolationError)):
        known = from_integrity(error)
        if not isinstance(known, errors.Internal):
            return known
    elif isinstance(error, DBAPIError):
        if error.connection_invalidated or _sqlstate(error) in _BUSY:
            return errors.Unavailable(headers={"Retry-After": "1"})
    elif isinstance(error, asyncpg.PostgresError) and error.sqlstate in _BUSY:
        return errors.Unavailable(headers={"Retry-After": "1"})
    elif isinstance(error, _UNREACHABLE):
        log.error("database_unreachable", kind=type(error).__name__)
        return errors.Unavailable(headers={"Retry-After": "5"})
    # Where it happened, not what it said: the messages of a database quote the row that they refuse.
    log.error(
        "unexpected_error", kind=type(error).__name__, sqlstate=_sqlstate(error), frames=logs.frames(error)
    )
    return errors.Internal()


_BUSY = ("40001", "40P01", "53300", "55P03", "57014", "57P01", "57P02", "57P03")
"""Serialisation failure, deadlock, no connection left, lock or statement timeout, shutdown or start: the request may
be sent again."""

_UNREACHABLE = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    PoolTimeout,
)
"""The server is gone (asyncpg calls a connection that was ended under its hands an internal error of its own), or every
connection of the pool is taken for too long (a TimeoutError is an OSError)."""


def _sqlstate(error: Exception) -> str | None:
    return getattr(getattr(error, "orig", error), "sqlstate", None)
