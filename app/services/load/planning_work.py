"""What else the demo's entities work on in a planning year: detailed plans, an improvement plan, a communication plan."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.enums.communications import CommunicationScope
from app.enums.detailed_plans import DetailedPlanAbout
from app.services.communications import activities, activities_queries
from app.services.communications import commands as communication
from app.services.communications import queries as communication_queries
from app.services.communications import rules as communication_rules
from app.services.detailed_plans import commands as detailed_plans
from app.services.detailed_plans import queries as detailed_queries
from app.services.detailed_plans import rules as detailed_rules
from app.services.entities import queries as entities
from app.services.improvement_plans import commands as improvement
from app.services.improvement_plans import queries as improvement_queries
from app.services.improvement_plans import rules as improvement_rules
from app.services.indicators import queries as indicators
from app.services.load import planning_initiatives
from app.services.load.acting import Acting, unentitled
from app.services.people import assignments_commands as assignments
from app.services.people.steps import NOTHING_SAID


async def detail(people: Acting, plan_id: UUID, code: str) -> UUID:
    """A detailed plan of an initiative of the Ministry of Finance, as its division drafts it."""
    tasks = (
        ("إعداد كراسة المنافسة (تجريبي)", "Write the tender (demo)", date(2027, 3, 1), date(2027, 4, 30), 40),
        ("تنفيذ الأعمال (تجريبي)", "Carry out the work (demo)", date(2027, 5, 2), date(2027, 12, 30), 60),
    )
    return await people.do(
        "member1.rev.mof",
        detailed_plans.create,
        {
            "plan_id": plan_id,
            "about": DetailedPlanAbout.INITIATIVE.value,
            "initiative_id": await planning_initiatives.initiative_id(people, "MOF", code),
            "scorecard_id": None,
            "division_id": None,
        },
        {
            "name_ar": f"الخطة التفصيلية {code} (تجريبي)",
            "name_en": f"Detailed plan {code} (demo)",
            "note": None,
            "tasks": [
                {
                    "title_ar": title_ar,
                    "title_en": title_en,
                    "output": "محضر معتمد",
                    "owner": "دائرة الإيرادات والدين العام",
                    "starts_on": starts_on,
                    "ends_on": ends_on,
                    "weight": Decimal(weight),
                    "indicator_id": None,
                    "milestone": 1,
                }
                for title_ar, title_en, starts_on, ends_on, weight in tasks
            ],
        },
    )


async def detailed_plan(people: Acting) -> None:
    """A detailed plan that its division has entered, and that planning is to review."""
    plan_id = await _plan_2027(people)
    people.on(date(2026, 11, 1))
    made = await detail(people, plan_id, "D27-01")
    people.on(date(2026, 11, 3))
    await people.take(
        "member1.rev.mof",
        detailed_rules.PRESENT,
        detailed_queries.facts,
        made,
        detailed_plans.present,
    )
    people.on(date(2026, 11, 8))
    await people.take(
        "head.rev.mof",
        detailed_rules.ENDORSE,
        detailed_queries.facts,
        made,
        detailed_plans.endorse,
        NOTHING_SAID,
    )
    people.on(date(2026, 11, 22))
    await people.take(
        "member1.rev.mof", detailed_rules.SUBMIT, detailed_queries.facts, made, detailed_plans.submit
    )


async def _plan_2027(people: Acting) -> UUID:
    found: UUID = await people.owner.fetchval(
        "select id from plans where entity_id = $1 and year = 2027", people.known.entities["MOF"]
    )
    return found


async def improvement_plan(people: Acting) -> None:
    """The Ministry of Labour's plan for a vision indicator that is red: approved, its first step done."""
    people.on(date(2026, 9, 6))
    known = people.known
    skills = known.divisions["MOL", "SKL"]
    steps = (
        ("حصر المهن الأعلى طلبًا مع غرفة التجارة (تجريبي)", skills, date(2026, 10, 29)),
        ("توقيع اتفاقيات تدريب مع خمس منشآت (تجريبي)", skills, date(2027, 3, 31)),
        ("قياس أثر التدريب على التوظيف (تجريبي)", None, date(2027, 9, 30)),
    )
    made = await people.begin(
        "specialist1.mol",
        "improvement_plans.create",
        indicators.entry_facts,
        known.indicators["skilled_private"],
        improvement.create,
        {
            "cause": "ضعف مواءمة مخرجات التدريب لاحتياجات المنشآت (سبب افتراضي للعرض التجريبي)",
            "goal": "بلوغ المسار المستهدف قبل نهاية 2027 (تجريبي)",
            "due": date(2027, 12, 30),
            "steps": [
                {"title": title, "division_id": division, "due": due} for title, division, due in steps
            ],
        },
    )
    await people.take(
        "specialist1.mol", improvement_rules.SUBMIT, improvement_queries.facts, made, improvement.submit
    )
    for day, who, transition, command, *said in (
        (date(2026, 9, 10), "specialist2.mol", improvement_rules.ASSURE, improvement.assure, NOTHING_SAID),
        (date(2026, 9, 15), "manager.mol", improvement_rules.APPROVE, improvement.approve, NOTHING_SAID),
        (
            date(2026, 10, 27),
            "member1.skl.mol",
            improvement_rules.REPORT,
            improvement.report,
            1,
            date(2026, 10, 25),
            "اعتُمدت قائمة المهن (تجريبي)",
        ),
    ):
        people.on(day)
        await people.take(who, transition, improvement_queries.facts, made, command, *said)


async def communication_plan(people: Acting) -> None:
    """The Ministry of Finance's communication plan of 2027: what answers the awareness stages of spring was held, the rest
    is planned. Its media representative tells of some of it."""
    entity_id = people.known.entities["MOF"]
    stages = {
        row["key"]: row["id"]
        for row in await people.owner.fetch(
            """
            select distinct on (s.key) s.key, s.id from path_stages s join path_runs r on r.id = s.run_id
            where r.subject_id = $1 and s.superseded_at is null order by s.key, s.occasion
            """,
            await _plan_2027(people),
        )
    }
    people.on(date(2026, 4, 14))
    drafter, media = "member.com.mof", "media.mof"
    made = await people.do(drafter, communication.create, entity_id, _COMMUNICATION)
    added = {}
    for key, name_ar, name_en, scope, starts_on, ends_on in _ACTIVITIES:
        added[key] = await people.take(
            drafter,
            communication_rules.ADD_ACTIVITY,
            communication_queries.facts,
            made,
            unentitled(activities.add),
            {
                "name_ar": name_ar,
                "name_en": name_en,
                "scope": scope.value,
                "audience": "موظفو الوزارة" if scope is CommunicationScope.INTERNAL else "الجمهور",
                "channel": "لقاء حضوري وبريد داخلي",
                "division_id": people.known.divisions["MOF", "COM"],
                "owner": None,
                "starts_on": starts_on,
                "ends_on": ends_on,
                "stage_id": stages.get(key),
            },
            None,
        )
    await people.take(
        drafter, communication_rules.SUBMIT, communication_queries.facts, made, communication.submit
    )
    people.on(date(2026, 4, 16))
    await people.take(
        "manager.mof",
        communication_rules.APPROVE,
        communication_queries.facts,
        made,
        communication.approve,
        NOTHING_SAID,
    )
    await people.begin(
        "manager.mof",
        "assignments.create",
        entities.facts,
        entity_id,
        assignments.create,
        people.known.users[media],
        entity_id,
        None,
        None,
    )
    for key, who, day, reached in (
        ("A-9", drafter, date(2026, 4, 26), 140),
        ("A-10", media, date(2026, 4, 27), 610),
        ("A-27", media, date(2026, 6, 16), 45),
    ):
        people.on(day)
        await people.take(
            who,
            communication_rules.REPORT,
            activities_queries.facts,
            added[key],
            activities.report,
            "نُفذ النشاط ورُفعت التوصيات (تجريبي)",
            reached,
            day,
        )


_COMMUNICATION: dict[str, Any] = {
    "year": 2027,
    "name_ar": "خطة التواصل لعام 2027 (تجريبي)",
    "name_en": "Communication plan 2027 (demo)",
    "note": None,
    "audiences": [
        {"ar": "موظفو الوزارة", "en": "Staff of the ministry"},
        {"ar": "الجمهور", "en": "The public"},
    ],
    "messages": [{"ar": "شارك في إعداد الخطة السنوية", "en": "Take part in the annual plan"}],
    "channels": [{"ar": "البريد الداخلي", "en": "Internal mail"}, {"ar": "اللقاءات", "en": "Meetings"}],
}
_ACTIVITIES = (
    (
        "A-9",
        "لقاء المشاركة في إعداد الخطة (تجريبي)",
        "Meeting: take part in the plan (demo)",
        CommunicationScope.INTERNAL,
        date(2026, 4, 26),
        date(2026, 4, 27),
    ),
    (
        "A-10",
        "نشر معايير الإدراج (تجريبي)",
        "Publishing the criteria (demo)",
        CommunicationScope.INTERNAL,
        date(2026, 4, 27),
        date(2026, 4, 27),
    ),
    (
        "A-27",
        "حلقة إعداد المصفوفات المالية (تجريبي)",
        "Workshop on the financial matrices (demo)",
        CommunicationScope.INTERNAL,
        date(2026, 6, 15),
        date(2026, 6, 16),
    ),
    (
        "A-42",
        "التعريف بالخطة المعتمدة (تجريبي)",
        "Making the approved plan known (demo)",
        CommunicationScope.INTERNAL,
        date(2026, 12, 20),
        date(2026, 12, 31),
    ),
    (
        "press",
        "بيان صحفي عن أولويات 2027 (تجريبي)",
        "Press statement on the priorities of 2027 (demo)",
        CommunicationScope.EXTERNAL,
        date(2027, 1, 10),
        date(2027, 1, 14),
    ),
)
