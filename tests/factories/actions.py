"""Actions and evaluations through the service: opened, reported, confirmed by the people of one office."""

from datetime import date, timedelta
from typing import Any

import httpx

from app import clock
from tests.factories.challenges import Bureau
from tests.factories.world import Person

TITLE = "مخاطبة وزارة المالية بشأن مناقلة مخصصات المرحلة الثانية"
OUTCOME = "وافقت وزارة المالية على مناقلة ١٢٠ ألف ريال عُماني"
NOTE = "أُرسل الكتاب إلى وزارة المالية وبانتظار الرد"
WHY = "تأخر رد الجهة المختصة"
EVALUATION: dict[str, Any] = {
    "title": "تقييم تقدم برامج الخطة السنوية للربع الثالث",
    "period_from": "2026-07-01",
    "period_to": "2026-09-30",
    "findings": "تأخر برنامجان من سبعة عن مواعيد مراحلهما",
    "conclusion": "يلزم إجراء تصحيحي لبرنامج التدريب المقرون بالتشغيل",
    "rating": "at_risk",
}


def in_days(days: int) -> str:
    """A day of Oman's calendar, counted from today."""
    return (clock.today() + timedelta(days=days)).isoformat()


def directive(on: date | None = None) -> dict[str, Any]:
    """The letter of a directive of senior management."""
    return {
        "issued_by": "وكيل الوزارة للتخطيط",
        "letter_number": "م و/٣٤١",
        "letter_date": (on or clock.today()).isoformat(),
    }


def said(bureau: Bureau, **more: Any) -> dict[str, Any]:
    """The body of a directive's action that the executing division owns, due in ten days."""
    body: dict[str, Any] = {"source": "directive", "title": TITLE, "due": in_days(10)}
    if "owner_id" not in more:
        body["division_id"] = str(bureau.executing.id)
    body |= more
    if body["source"] == "directive" and "directive" not in more:
        body["directive"] = directive()
    return body


async def open_(bureau: Bureau, by: Person | None = None, **more: Any) -> httpx.Response:
    """The answer to opening an action, by the specialist unless said."""
    path = f"/v1/entities/{bureau.entity.id}/actions"
    return await (by or bureau.specialist).api.create(path, said(bureau, **more))


async def opened(bureau: Bureau, by: Person | None = None, **more: Any) -> str:
    """A new action; returns its path."""
    answer = await open_(bureau, by, **more)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


async def proposed(bureau: Bureau, **more: Any) -> str:
    """A proposal for improvement, which waits for the head; returns its path."""
    return await opened(bureau, source="improvement_proposal", **more)


async def reported(bureau: Bureau, **more: Any) -> str:
    """An action that its division reported; returns its path."""
    path = await opened(bureau, **more)
    await bureau.done(bureau.enterer, path, "report", outcome=OUTCOME)
    return path


async def done(bureau: Bureau, **more: Any) -> str:
    """An action that the manager confirmed; returns its path."""
    path = await reported(bureau, **more)
    await bureau.done(bureau.manager, path, "confirm")
    return path


async def cancelled(bureau: Bureau, **more: Any) -> str:
    """A cancelled action; returns its path."""
    path = await opened(bureau, **more)
    await bureau.done(bureau.manager, path, "cancel", reason=WHY)
    return path


async def refused(bureau: Bureau) -> str:
    """A proposal that the head refused; returns its path."""
    path = await proposed(bureau)
    await bureau.done(bureau.head, path, "refuse", reason=WHY)
    return path


async def evaluate(bureau: Bureau, by: Person | None = None, **more: Any) -> httpx.Response:
    """The answer to drafting an evaluation, by the specialist unless said."""
    path = f"/v1/entities/{bureau.entity.id}/evaluations"
    return await (by or bureau.specialist).api.create(path, {**EVALUATION, **more})


async def evaluated(bureau: Bureau, by: Person | None = None, **more: Any) -> str:
    """A drafted evaluation; returns its path."""
    answer = await evaluate(bureau, by, **more)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


async def approved(bureau: Bureau, **more: Any) -> str:
    """An evaluation that the manager approved; returns its path."""
    path = await evaluated(bureau, **more)
    await bureau.done(bureau.manager, path, "approve")
    return path


def id_of(path: str) -> str:
    """The id at the end of a path."""
    return path.rpartition("/")[2]
