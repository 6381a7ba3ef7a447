"""Every answer about plans, proposals, paths, initiatives, their reports, checks on the ground, shared programmes and
detailed plans as it is sent: valid against its model to the last member, and after a change the same as a read."""

from typing import Any
from uuid import UUID, uuid4

from fastapi import FastAPI

from app import ids
from app.schemas.catalogue import DevelopmentPlanList, DevelopmentPlanRead
from app.schemas.communication_activities import CommunicationActivityList, CommunicationActivityRead
from app.schemas.communications import CommunicationPlanList, CommunicationPlanRead
from app.schemas.curves import CurveRead
from app.schemas.detailed_plans import DetailedPlanList, DetailedPlanRead
from app.schemas.initiatives import InitiativeList, InitiativeRead
from app.schemas.path_runs import PathRunList, PathRunRead, PathRunTimeline, PathStageRead
from app.schemas.plans import PlanCallList, PlanList, PlanRead
from app.schemas.programmes import ParticipantList, ParticipantRead, ProgrammePartsRead
from app.schemas.progress_reports import ProgressReportList, ProgressReportRead
from app.schemas.proposals import ProposalList, ProposalRead
from app.schemas.site_checks import SiteCheckList, SiteCheckRead
from tests.core.representations import made, read, taken, told, valid, walked
from tests.factories import communications, detailed_plans
from tests.factories.initiatives import REASON, House, today
from tests.factories.path_runs import Walk, approved, stage, verified
from tests.factories.plans import GOAL, YEAR, Planning
from tests.factories.world import World

FORM = {
    "title": "منصة رقمية لمواءمة التدريب مع سوق العمل",
    "problem": "لا تتوفر لدى الباحثين عن عمل معلومات عن المهارات المطلوبة",
    "idea": "ربط بيانات المنشآت ببرامج التدريب في منصة واحدة",
    "effect": "رفع نسبة التشغيل بعد التدريب إلى 70 بالمئة",
    "cost": 45000.5,
}
WHY = {"reason": REASON}
MONEY: dict[str, Any] = {"year": today().year, "source": "state_budget"}


async def test_initiatives(world: World) -> None:
    house = await House.make(world)
    indicator = await world.indicator(house.entity)
    effect = {"indicator_id": str(indicator), "expected": 1.5, "by_year": today().year, "note": "أثر مباشر"}
    path = await made(InitiativeRead, house.member, await house.propose(effects=[effect]))
    patch = {"goal": "رفع نسبة التعمين إلى 35%", "people_count": None}
    answer = await house.member.api.patch(path, await house.member.api.etag(path), patch)
    await told(InitiativeRead, house.member, answer, path)
    await taken(
        InitiativeRead,
        path,
        (house.manager, "put-in-charge", {"manager_id": str(house.colleague.id)}),
        (house.member, "submit", None),
        (house.member, "withdraw", None),
        (house.member, "submit", None),
        (house.manager, "return", WHY),
        (house.member, "submit", None),
        (house.manager, "approve", None),
        readers=(house.member, house.specialist, house.manager),
    )
    await taken(
        InitiativeRead,
        path,
        (house.planner, "request-budget", {**MONEY, "requested": 250000.125, "note": "حسب المصفوفة المالية"}),
        (
            house.treasurer,
            "answer-budget",
            {**MONEY, "answer": "granted", "approved": 200000, "answered_on": today().isoformat()},
        ),
        (house.treasurer, "record-spending", {**MONEY, "spent": 210000.5, "reason": "زادت كلفة المواد"}),
        (house.drafter, "revise", {**WHY, "goal": "رفع نسبة التعمين في القطاع الخاص إلى 35%"}),
        (house.member, "ask-to-close", None),
        (house.manager, "return-to-work", WHY),
        (house.head, "stop", WHY),
        readers=(house.member, house.head, house.unit),
    )
    await read(CurveRead, f"{path}/curve", house.member, house.unit)
    closed = await house.closed()
    foresight = await house.approved(kind="foresight")
    discarded = await house.drafted()
    await taken(InitiativeRead, discarded.path, (house.member, "discard", None))
    for thing in (closed, foresight):
        await read(InitiativeRead, thing.path, house.member, house.head, house.unit)
    for query in (f"entity_id={house.entity.id}", "state=stopped&kind=project", f"indicator_id={indicator}"):
        assert valid(InitiativeList, await house.member.api.get(f"/v1/initiatives?{query}"))["items"]
    await walked(house.specialist, InitiativeList, f"/v1/initiatives?entity_id={house.entity.id}", least=3)


async def test_progress_reports_and_checks_on_the_ground(world: World) -> None:
    house = await House.make(world)
    initiative = await house.approved()
    answer = await house.report(initiative, None, {1: 60, 2: 10}, percent=40, override_reason="تأخر التوريد")
    path = await made(ProgressReportRead, house.member, answer)
    patch = {"milestones": [{"number": 1, "percent": 80}], "forecast_end": today().isoformat(), "note": None}
    answer = await house.member.api.patch(path, await house.member.api.etag(path), patch)
    await told(ProgressReportRead, house.member, answer, path)
    await taken(
        ProgressReportRead,
        path,
        (house.member, "submit", None),
        (house.member, "withdraw", None),
        (house.member, "submit", None),
        (house.planner, "return", WHY),
        (house.member, "submit", None),
        (house.planner, "review", None),
        (house.manager, "approve", None),
        readers=(house.member, house.planner, house.manager),
    )
    discarded = await house.reported(initiative, {1: 90})
    await taken(ProgressReportRead, discarded.path, (house.member, "discard", None))
    await read(InitiativeRead, initiative.path, house.member, house.head)
    await read(CurveRead, f"{initiative.path}/curve", house.member)
    await walked(house.member, ProgressReportList, f"{initiative.path}/progress-reports?")
    check = await house.checked(initiative)
    await read(SiteCheckRead, check.path, house.drafter, house.specialist)
    await taken(SiteCheckRead, check.path, (house.drafter, "withdraw", WHY), readers=(house.specialist,))
    await house.checked(initiative)
    await walked(house.specialist, SiteCheckList, f"{initiative.path}/site-checks?")


async def test_programmes_that_entities_share(world: World) -> None:
    house, other, third = [await House.make(world) for _ in range(3)]
    programme = await _programme(world, house.entity.id)
    shared = f"/v1/programmes/{programme}"
    for joining in (other, third):
        body = {"entity_id": str(joining.entity.id)}
        answer = await house.editor.api.create(f"{shared}/participants", body)
        path = await made(ParticipantRead, house.editor, answer)
    await house.approved(programme_id=str(programme), programme_weight=2.5)
    await other.approved(programme_id=str(programme))
    await read(ProgrammePartsRead, f"{shared}/parts", house.member, other.manager, house.unit)
    await walked(house.editor, ParticipantList, f"{shared}/participants?")
    end = {"reason": "انتقل الاختصاص إلى جهة أخرى", "left_on": today().isoformat()}
    await taken(ParticipantRead, path, (house.editor, "end", end), readers=(house.unit,))
    assert len(valid(ParticipantList, await house.unit.api.get(f"{shared}/participants"))["items"]) == 2


async def test_annual_plans(world: World, app: FastAPI) -> None:
    office = await Planning.make(world)
    served = valid(DevelopmentPlanList, await office.planner.api.get("/v1/development-plans"))
    for each in served["items"][:1]:
        await read(DevelopmentPlanRead, f"/v1/development-plans/{each['id']}", office.planner)
    path = await made(PlanRead, office.planner, await office.create())
    patch = {"name_ar": "الخطة السنوية المعدلة", "development_plan_id": None}
    answer = await office.planner.api.patch(path, await office.planner.api.etag(path), patch)
    await told(PlanRead, office.planner, answer, path)
    await taken(
        PlanRead,
        path,
        (office.planner, "open-proposals", None),
        (office.planner, "close-proposals", None),
        readers=(office.planner, office.manager),
    )
    await taken(PlanRead, path, (office.planner, "discard", None), readers=(office.planner,))
    indicator = await world.indicator(office.entity)
    funded = await office.initiative(asks=1000, answer="granted", moves=[indicator])
    plan = await office.begun(
        GOAL,
        {"kind": "initiative", "initiative_id": str(funded)},
        {"kind": "indicator", "indicator_id": str(indicator), "note": "من بطاقة المؤشرات"},
        GOAL,
    )
    said = await plan.read()
    first, last = said["contents"][0], said["contents"][-1]
    item = f"/v1/plan-items/{first['id']}"
    etag = await office.planner.api.etag(plan.path)
    answer = await office.planner.api.patch(item, etag, {"note": "تنفذ بالشراكة مع القطاع الخاص"})
    await told(PlanRead, office.planner, answer, plan.path)
    etag = await office.planner.api.etag(plan.path)
    answer = await office.planner.api.step(f"/v1/plan-items/{last['id']}/drop", etag, WHY)
    await told(PlanRead, office.planner, answer, plan.path)
    valid(PlanRead, await plan.check(first["id"], "wording"))
    await plan.checked()
    await read(PlanRead, plan.path, office.planner, office.specialist)
    await plan.fire(app, "plans.verify", office.manager)
    await read(PlanRead, plan.path, office.planner, office.head)
    await plan.fire(app, "plans.approve_preliminarily", office.head)
    await plan.send_back(app, "draft", office.manager, REASON)
    await read(PlanRead, plan.path, office.planner)
    await plan.approved(app)
    everyone = (office.planner, office.executor, office.head, office.unit)
    await read(PlanRead, plan.path, *everyone)
    link = {"division_id": str(office.executing.id), "half": 1, "staff": 46, "linked": 31}
    answer = valid(PlanRead, await plan.post("job-plan-links", link))
    etag = await office.finance.api.etag(plan.path)
    verified_link = f"/v1/job-plan-links/{answer['job_plan_links'][0]['id']}/verify"
    await told(PlanRead, office.finance, await office.finance.api.step(verified_link, etag), plan.path)
    entry = {"platform": "منصة منظومة الإجادة المؤسسية", "entered_on": today().isoformat()}
    await taken(PlanRead, plan.path, (office.specialist, "record-platform-entry", entry), readers=everyone)
    answer = await plan.post("versions", {"reason": "أضيفت مبادرة بتوجيه من الإدارة العليا"})
    await read(PlanRead, await made(PlanRead, office.planner, answer), office.planner, office.manager)
    await walked(office.planner, PlanList, f"/v1/plans?entity_id={office.entity.id}", least=3)


async def test_proposals(world: World) -> None:
    office = await Planning.make(world)
    plan = await office.begun()
    assert (await plan.post("open-proposals")).status_code == 200
    calls = await office.executor.api.get("/v1/proposal-calls")
    assert [call["id"] for call in valid(PlanCallList, calls)["items"]] == [str(plan.id)]
    paths = [
        await made(
            ProposalRead, office.executor, await office.executor.api.create(f"{plan.path}/proposals", FORM)
        )
        for _ in range(3)
    ]
    accepted = str(await office.initiative())
    await taken(
        ProposalRead,
        paths[0],
        (office.planner, "sort", {"rank": 1, "meets": ["alignment"]}),
        (office.planner, "rank", {"rank": 2, "meets": ["alignment", "readiness"]}),
        (office.manager, "accept", {"reason": "تستوفي معايير الإدراج", "initiative_id": accepted}),
        readers=(office.executor, office.planner),
    )
    await taken(
        ProposalRead,
        paths[1],
        (office.planner, "sort", {"rank": 3, "meets": []}),
        (office.manager, "refuse", {"reason": "لا تستوفي معايير الإدراج"}),
        readers=(office.executor,),
    )
    await taken(ProposalRead, paths[2], (office.executor, "withdraw", None), readers=(office.executor,))
    for person in (office.executor, office.planner):
        await walked(person, ProposalList, f"/v1/proposals?entity_id={office.entity.id}", least=2)


async def test_paths_that_are_walked(world: World) -> None:
    walk = await Walk.make(world)
    checklist = [{"key": "aligned", "ar": "هل تتوافق مع الرؤية؟", "en": "Is it aligned?"}]
    template = await walk.template(
        [stage("draft", "planning", outcomes=["done", "not_applicable"])],
        [verified("verify", "office", of=["draft"], checklist=checklist)],
        [approved("approve", "head", of=["draft", "verify"])],
    )
    answer = await walk.start(template)
    path = await made(PathRunRead, walk.manager, answer)
    await read(PathRunRead, path, walk.manager, walk.planner)
    answers = {"answers": {"aligned": {"answer": "yes"}}}
    for person, key, verb, body in (
        (walk.planner, "draft", "complete", {"reason": "أُعدت المسودة"}),
        (walk.specialist, "verify", "return", {"reason": REASON, "to": "draft"}),
        (walk.planner, "draft", "skip", {"reason": "لا ينطبق"}),
        (walk.manager, "verify", "reassign", {"reason": "توزيع العمل", "parties": [{"party": "specialist"}]}),
        (walk.specialist, "verify", "complete", answers),
        (walk.head, "approve", "approve", {}),
    ):
        where = (await walk.open(path))[key]
        await read(PathStageRead, where, person)
        answer = await walk.act(person, path, key, verb, **body)
        await told(PathStageRead, person, answer, where)
        await read(PathRunRead, path, walk.manager, walk.planner)
        await read(PathRunTimeline, f"{path}/timeline", walk.manager)
    await read(PathRunRead, path, walk.executor, walk.unit)
    second = await made(PathRunRead, walk.manager, await walk.start(template, year=YEAR + 1))
    await taken(PathRunRead, second, (walk.manager, "stop", WHY), readers=(walk.manager,))
    await walked(walk.manager, PathRunList, f"/v1/path-runs?entity_id={walk.entity.id}")


async def test_detailed_plans(world: World) -> None:
    ministry = await detailed_plans.Detailing.make(world)
    path = await made(DetailedPlanRead, ministry.executor, await ministry.begin(note="مرحلة أولى"))
    answer = await ministry.edited(path, name_en="Detailed plan of the platform", note=None)
    await told(DetailedPlanRead, ministry.executor, answer, path)
    await taken(
        DetailedPlanRead,
        path,
        (ministry.executor, "present", None),
        (ministry.chief, "endorse", None),
        (ministry.executor, "submit", None),
        (ministry.executor, "withdraw", None),
        (ministry.executor, "submit", None),
        (ministry.planner, "return", WHY),
        (ministry.executor, "present", None),
        (ministry.chief, "endorse", None),
        (ministry.executor, "submit", None),
        (ministry.planner, "review", None),
        (ministry.manager, "approve", None),
        readers=(ministry.executor, ministry.planner, ministry.manager),
    )
    discarded = await made(DetailedPlanRead, ministry.executor, await ministry.begin(note="موعد آخر للطرح"))
    await taken(DetailedPlanRead, discarded, (ministry.executor, "discard", None))
    await read(DetailedPlanRead, path, ministry.planning.head)
    await walked(ministry.executor, DetailedPlanList, f"/v1/detailed-plans?plan_id={ministry.annual.id}")


async def test_communication_plans(world: World) -> None:
    ministry = await communications.Ministry.make(world)
    drafter, manager = ministry.drafter, ministry.manager
    path = await made(CommunicationPlanRead, drafter, await ministry.begin())
    activity = await made(CommunicationActivityRead, drafter, await ministry.add(path))
    answer = await drafter.api.patch(activity, await drafter.api.etag(activity), {"audience": "الجميع"})
    await told(CommunicationActivityRead, drafter, answer, activity)
    await taken(
        CommunicationPlanRead,
        path,
        (drafter, "submit", None),
        (drafter, "withdraw", None),
        (drafter, "submit", None),
        (manager, "return", WHY),
        (drafter, "submit", None),
        (manager, "approve", None),
        (drafter, "ask-support", {"what": "تغطية إعلامية"}),
        (ministry.unit, "answer-support", {"answer": "تُنشر المواد في حسابات الوحدة"}),
        readers=(drafter, manager),
    )
    cancelled = await made(
        CommunicationActivityRead, drafter, await ministry.add(path, reason="طلب من وحدة المتابعة")
    )
    await taken(CommunicationActivityRead, cancelled, (drafter, "cancel", WHY), readers=(manager,))
    await taken(
        CommunicationActivityRead, activity, (drafter, "report", ministry.report()), readers=(manager,)
    )
    await read(CommunicationPlanRead, path, ministry.executor, ministry.unit)
    plan_id = UUID(path.rpartition("/")[2])
    await walked(manager, CommunicationActivityList, f"/v1/communication-activities?plan_id={plan_id}")
    second = await made(CommunicationPlanRead, drafter, await ministry.revise(path))
    await taken(CommunicationPlanRead, second, (drafter, "discard", None), readers=(drafter,))
    await walked(manager, CommunicationPlanList, f"/v1/communication-plans?entity_id={ministry.entity.id}")


async def test_what_is_made_twice_with_one_key_is_made_once(world: World) -> None:
    house = await House.make(world)
    office = await Planning.make(world)
    for person, path, body in (
        (house.drafter, f"/v1/entities/{house.entity.id}/initiatives", _project()),
        (office.planner, f"/v1/entities/{office.entity.id}/plans", _plan()),
    ):
        key = uuid4().hex
        first, again = [await person.api.create(path, body, key=key) for _ in range(2)]
        assert (
            (first.status_code, first.content) == (again.status_code, again.content) == (201, first.content)
        )
        assert first.headers["ETag"] == again.headers["ETag"]
        other = await person.api.create(path, {**body, "name_ar": "اسم آخر"}, key=key)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def _project() -> dict[str, Any]:
    return {
        "code": f"N-{uuid4().hex[:8]}",
        "kind": "simplification",
        "name_ar": "تبسيط إجراء إصدار التراخيص",
        "name_en": "Simpler licensing",
        "goal": "تقليل مدة إصدار الترخيص إلى يومين",
        "starts_on": f"{YEAR}-01-01",
        "ends_on": f"{YEAR}-12-31",
    }


def _plan() -> dict[str, Any]:
    return {"year": YEAR, "name_ar": f"الخطة السنوية لعام {YEAR}", "name_en": f"Annual plan {YEAR}"}


async def _programme(world: World, lead: UUID) -> UUID:
    """A national programme that an entity leads."""
    programme_id = ids.new()
    await world.insert(
        "programmes",
        id=programme_id,
        code=f"PG-{programme_id.hex[-6:]}",
        kind="national_programme",
        status="current",
        name_ar="البرنامج الوطني للتشغيل",
        name_en="National Employment Programme",
        name_ar_translated=False,
        lead_entity_id=lead,
        source="https://www.oman2040.om",
    )
    return programme_id
