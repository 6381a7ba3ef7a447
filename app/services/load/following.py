"""What stands in the way in the demo: a challenge that the office holds, one that waits for the head, a risk of the office
itself and one of an initiative. Each begins on the day that the clock of who acts stands at.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.db import Writer
from app.enums.challenges import ChallengeKind, ChallengeTie
from app.enums.risks import ResourceKind, RiskKind, RiskStrategy
from app.parties import Actor, Entitlement, Facts
from app.services.challenges import commands as escalating
from app.services.challenges import contents as challenges
from app.services.challenges import facts as challenge_facts
from app.services.challenges import rules as challenge_rules
from app.services.challenges import solutions
from app.services.challenges.contents import Coordination
from app.services.load.acting import Acting
from app.services.load.planning_initiatives import initiative_id
from app.services.risks import commands as treating
from app.services.risks import contents as risks
from app.services.risks import facts as risk_facts
from app.services.risks import rules as risk_rules
from app.services.risks.assessment_rules import Levels


async def challenge_of_initiative(people: Acting) -> None:
    """What delays a project of the Ministry of Labour: its division has tried something, and the office holds it."""
    made = await people.do(
        "specialist1.mol",
        challenges.open_challenge,
        await initiative_id(people, "MOL", "D26-02"),
        {
            "kind": ChallengeKind.COORDINATION,
            "tie": ChallengeTie.OWN,
            "title": "تأخر المنشآت في تسمية منسقيها للتشغيل التجريبي لمنصة مواءمة المهارات (تجريبي)",
            "cause": "لم يُتفق مع المنشآت مسبقًا على موعد التسمية ولا على مهام المنسق (سبب افتراضي للعرض التجريبي)",
            "impact": "يتعذر بدء التشغيل التجريبي في موعده فيتأخر إنجاز المشروع (أثر افتراضي للعرض التجريبي)",
            "division_id": people.known.divisions["MOL", "SKL"],
        },
    )
    people.on(date(2026, 11, 10))
    await people.take(
        "member1.skl.mol",
        challenge_rules.ATTEMPT,
        challenge_facts.one,
        made,
        challenges.record_attempt,
        {
            "tried_on": date(2026, 11, 9),
            "what": "جرى التواصل هاتفيًّا مع المنشآت العشر، فسمّت أربع منها منسقيها (تجريبي)",
            "tried_by": "دائرة المهارات والإنتاجية",
        },
    )


async def challenge_with_head(people: Acting) -> None:
    """What keeps an indicator of the Ministry of Finance red, taken step by step to its head."""
    made = await people.do(
        "specialist1.mof",
        challenges.open_challenge,
        people.known.indicators["non_oil_revenue_gdp"],
        {
            "kind": ChallengeKind.DATA,
            "tie": ChallengeTie.OWN,
            "title": "تفاوت مواعيد ورود بيانات الإيرادات غير النفطية من الجهات المحصلة (تجريبي)",
            "cause": "لا يوجد نموذج موحد ولا موعد ملزم لتسليم البيانات (سبب افتراضي للعرض التجريبي)",
            "impact": "يتأخر رصد مسار المؤشر فلا تُتخذ الإجراءات التصحيحية في وقتها (أثر افتراضي للعرض التجريبي)",
        },
    )
    for who, transition, day, command, *said in _UNTIL_THE_HEAD:
        people.on(day)
        await people.take(who, transition, challenge_facts.one, made, command, *said)
    people.on(date(2026, 11, 9))
    await people.take(
        "manager.mof",
        challenge_rules.ANALYSE,
        challenge_facts.one,
        made,
        _recommend,
        1,
        "الأسرع أثرًا وبلا كلفة، ويمهد للربط الآلي (تحليل تجريبي)",
    )
    people.on(date(2026, 11, 10))
    await people.take(
        "specialist1.mof",
        challenge_rules.COORDINATE,
        challenge_facts.one,
        made,
        challenges.record_coordination,
        Coordination(
            date(2026, 11, 10),
            "منذر بن يعقوب الذهلي (تجريبي)",
            "اتُّفق على رفع التحدي إلى رئيس الوحدة لإصدار التعميم (تجريبي)",
        ),
    )
    people.on(date(2026, 11, 17))
    await people.take(
        "manager.mof",
        challenge_rules.ESCALATE_TO_HEAD,
        challenge_facts.one,
        made,
        _escalate,
        "استُنفدت محاولات المكتب، ويلزم تعميم من رئيس الوحدة بموعد ملزم (تجريبي)",
    )


_UNTIL_THE_HEAD: tuple[tuple[Any, ...], ...] = (
    (
        "member1.rev.mof",
        challenge_rules.ATTEMPT,
        date(2026, 10, 28),
        challenges.record_attempt,
        {
            "tried_on": date(2026, 10, 27),
            "what": "عُمّم نموذج موحد لتسليم البيانات شهريًّا، والتزمت به جهتان من خمس (تجريبي)",
            "tried_by": "دائرة الإيرادات والدين العام",
        },
    ),
    (
        "specialist1.mof",
        challenge_rules.ATTEMPT,
        date(2026, 11, 5),
        challenges.record_attempt,
        {
            "tried_on": date(2026, 11, 4),
            "what": "عُقد لقاء تنسيقي مع الجهات المحصلة ولم يُتفق على موعد ملزم (تجريبي)",
            "tried_by": "مكتب متابعة تنفيذ رؤية عُمان 2040",
        },
    ),
    (
        "specialist1.mof",
        challenge_rules.PROPOSE,
        date(2026, 11, 8),
        solutions.propose_solution,
        {
            "title": "تعميم من رئيس الوحدة بموعد ملزم لتسليم البيانات (تجريبي)",
            "effect": "انتظام ورود البيانات قبل اليوم العاشر من كل شهر (تقدير افتراضي)",
            "cost": Decimal(0),
            "days": 15,
        },
    ),
    (
        "member1.rev.mof",
        challenge_rules.PROPOSE,
        date(2026, 11, 8),
        solutions.propose_solution,
        {
            "title": "ربط آلي مع أنظمة الجهات المحصلة (تجريبي)",
            "effect": "ورود البيانات فور التحصيل دون إدخال يدوي (تقدير افتراضي)",
            "cost": Decimal(60000),
            "days": 120,
        },
    ),
)
"""Who, what, when, by which command, and what is said: what was tried, and the solutions that are compared."""


async def _recommend(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    number: int,
    analysis: str,
    now: datetime,
) -> None:
    await solutions.analyse_solution(
        writer, actor, facts, entitlement, number, analysis, now, recommended=True
    )


async def _escalate(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, reason: str, now: datetime
) -> None:
    route = next(way for way in facts.row["ways"] if challenge_rules.to_head(way))
    await escalating.escalate_to_head(writer, actor, facts, entitlement, UUID(route["id"]), reason, now)


async def risk_of_office(people: Acting) -> None:
    """A risk of the office of the Ministry of Finance (Guide K-1), mitigated and assessed anew with what remains."""
    made = await people.do(
        "specialist1.mof",
        risks.register,
        None,
        people.known.entities["MOF"],
        {
            "kind": RiskKind.SUSTAINABILITY,
            "title": "انتقال أخصائيي المكتب قبل توثيق ما لديهم من معرفة (تجريبي)",
            "cause": "لا يوجد دليل إجراءات داخلي ولا بديل مسمى لكل أخصائي (سبب افتراضي للعرض التجريبي)",
            "effect": "انقطاع متابعة المؤشرات أسابيع عند كل انتقال (أثر افتراضي للعرض التجريبي)",
        },
        Levels(4, 3),
    )
    people.on(date(2026, 9, 17))
    await people.take(
        "manager.mof",
        risk_rules.CHOOSE,
        risk_facts.one,
        made,
        treating.choose_strategy,
        RiskStrategy.MITIGATE,
        "إعداد دليل إجراءات داخلي وتسمية بديل لكل أخصائي (تجريبي)",
    )
    people.on(date(2026, 10, 8))
    await people.take(
        "specialist1.mof",
        risk_rules.ASSESS,
        risk_facts.one,
        made,
        risks.assess,
        Levels(4, 3, 2, 3),
        "انخفض الاحتمال بعد تسمية البدلاء وإنجاز نصف الدليل (تجريبي)",
    )


async def risk_of_initiative(people: Acting) -> None:
    """A risk that a division of the Ministry of Labour sees in its initiative; what its treatment needs waits for the head."""
    made = await people.do(
        "member1.emp.mol",
        risks.register,
        await initiative_id(people, "MOL", "D26-01"),
        None,
        {
            "kind": RiskKind.STAKEHOLDERS,
            "title": "انسحاب متدربين قبل توقيع عقود العمل (تجريبي)",
            "cause": "طول المدة بين إتمام التدريب وتوقيع العقد (سبب افتراضي للعرض التجريبي)",
            "effect": "عدم بلوغ عدد العقود المستهدف في المرحلة الأخيرة (أثر افتراضي للعرض التجريبي)",
            "division_id": people.known.divisions["MOL", "EMP"],
        },
        Levels(3, 4),
    )
    people.on(date(2026, 11, 15))
    await people.take(
        "manager.mol",
        risk_rules.CHOOSE,
        risk_facts.one,
        made,
        treating.choose_strategy,
        RiskStrategy.MITIGATE,
        "متابعة كل متدرب عن طريق مرشد مهني، وصرف بدل مواصلات حتى توقيع العقد (تجريبي)",
    )
    people.on(date(2026, 11, 17))
    await people.take(
        "specialist2.mol",
        risk_rules.ASK,
        risk_facts.one,
        made,
        treating.ask_resources,
        [
            {
                "kind": ResourceKind.MONEY,
                "what": "بدل مواصلات للمتدربين حتى توقيع العقود (تجريبي)",
                "asked": Decimal(24000),
                "unit": None,
            },
            {
                "kind": ResourceKind.PEOPLE,
                "what": "مرشدون مهنيون لمتابعة المتدربين (تجريبي)",
                "asked": Decimal(3),
                "unit": "مرشد",
            },
        ],
        "لا تكفي مخصصات المبادرة لتنفيذ خطة التخفيف (تجريبي)",
    )
