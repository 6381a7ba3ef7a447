"""What is agreed and followed to its end in the demo: meetings with UNIT's team, a directive, a proposal for improvement, an
evaluation. Each begins on the day that the clock of who acts stands at.
"""

from collections.abc import Mapping
from datetime import date, time
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.enums import Classification
from app.enums.actions import ActionSource
from app.enums.evaluations import EvaluationRating
from app.enums.meetings import Every, MeetingRole, WithWhom
from app.models import Meeting
from app.services.actions import commands as actions
from app.services.actions import facts as action_facts
from app.services.actions import rules as action_rules
from app.services.entities import queries as entities
from app.services.evaluations import commands as evaluations
from app.services.evaluations import queries as evaluation_queries
from app.services.evaluations import rules as evaluation_rules
from app.services.load.acting import Acting
from app.services.load.planning_initiatives import initiative_id
from app.services.meetings import commands as meetings
from app.services.meetings import decisions, series
from app.services.meetings import facts as meeting_facts
from app.services.meetings import rules as meeting_rules
from app.services.people.steps import NOTHING_SAID

_INVITED = (
    ("manager.mol", MeetingRole.CHAIR),
    ("specialist1.mol", MeetingRole.SECRETARY),
    ("specialist2.mol", MeetingRole.MEMBER),
    ("specialist1.unit", MeetingRole.MEMBER),
    ("specialist2.unit", MeetingRole.MEMBER),
)
_CAME = [1, 2, 3, 4]
MINUTES = (
    "استعرض المجتمعون تقدم المبادرات، وناقشوا ما يعيق التشغيل التجريبي للمنصة، واتفقوا على القرارات المدونة"
    " (محضر تجريبي لا يصف اجتماعًا حقيقيًّا)"
)


async def monthly_meetings(people: Acting) -> None:
    """The monthly meetings of the Ministry of Labour's office with UNIT's team: the first of them was held, its minutes are
    confirmed, and what it decided is done, overdue and open."""
    entity_id = people.known.entities["MOL"]
    series_id = await people.begin(
        "specialist1.mol",
        meeting_rules.PLAN_SERIES,
        entities.facts,
        entity_id,
        series.plan,
        {
            "with_whom": WithWhom.UNIT_TEAM,
            "title_ar": "الاجتماع الشهري مع فريق وحدة المتابعة (تجريبي)",
            "title_en": "Monthly meeting with the follow-up unit's team (demo)",
            "every": Every.MONTHLY,
            "weekday": None,
            "month_day": 11,
            "starts_on": date(2026, 11, 1),
            "ends_on": date(2027, 6, 30),
            "starts_at": time(9),
            "minutes": 60,
            "place": "قاعة اجتماعات المكتب (تجريبي)",
            "link": None,
            "classification": Classification.INTERNAL,
            "people": [
                {"user_id": people.known.users[who], "name": None, "organisation": None, "role": role}
                for who, role in _INVITED
            ],
        },
    )
    meeting_id = await _first_of(people, series_id)
    platform_id, training_id = await _discussed(people)
    people.on(date(2026, 11, 10))
    await people.take(
        "specialist2.mol",
        meeting_rules.SET_AGENDA,
        meeting_facts.one,
        meeting_id,
        meetings.set_agenda,
        [
            {"title": "ما يعيق التشغيل التجريبي لمنصة مواءمة المهارات (تجريبي)", "about_id": platform_id},
            {"title": "عقود الدفعة الأولى من المتدربين (تجريبي)", "about_id": training_id},
            {"title": "مواعيد تسليم أرقام عام 2026 (تجريبي)", "about_id": None},
        ],
    )
    people.on(date(2026, 11, 11))
    await people.take(
        "specialist1.mol", meeting_rules.HOLD, meeting_facts.one, meeting_id, meetings.hold, _CAME, MINUTES
    )
    letters, contracts = [
        await people.take(
            "specialist1.mol",
            meeting_rules.DECIDE,
            meeting_facts.one,
            meeting_id,
            decisions.record,
            {"text": text, "about_id": about_id, "decided_on": None},
        )
        for text, about_id in (
            ("تُخاطب المنشآت الست المتبقية كتابيًّا لتسمية منسقيها قبل نهاية نوفمبر (قرار تجريبي)", platform_id),
            ("يُرفع إلى فريق وحدة المتابعة كشف شهري بعقود المتدربين (قرار تجريبي)", training_id),
        )
    ]
    people.on(date(2026, 11, 12))
    await people.take(
        "manager.mol",
        meeting_rules.CONFIRM,
        meeting_facts.one,
        meeting_id,
        meetings.confirm,
        NOTHING_SAID,
    )
    await _carry_out(people, letters, contracts, platform_id, training_id)


async def _carry_out(
    people: Acting, letters: UUID, contracts: UUID, platform_id: UUID, training_id: UUID
) -> None:
    """What comes of the decisions: done and confirmed, past its day, and open."""
    known, entity = people.known, "MOL"
    written = await _open(
        people,
        "specialist1.mol",
        entity,
        title="إعداد خطاب موحد إلى المنشآت المتبقية (تجريبي)",
        source=ActionSource.MEETING,
        source_id=letters,
        about_id=platform_id,
        division_id=known.divisions[entity, "SKL"],
        due=date(2026, 11, 17),
    )
    listed = await _open(
        people,
        "specialist1.mol",
        entity,
        title="إعداد الكشف الشهري الأول بعقود المتدربين (تجريبي)",
        source=ActionSource.MEETING,
        source_id=contracts,
        about_id=training_id,
        division_id=known.divisions[entity, "EMP"],
        due=date(2026, 11, 19),
    )
    await _open(
        people,
        "specialist1.mol",
        entity,
        title="تنظيم لقاء تعريفي لمنسقي المنشآت (تجريبي)",
        source=ActionSource.MEETING,
        source_id=letters,
        about_id=platform_id,
        owner_id=known.users["specialist2.mol"],
        due=date(2027, 1, 14),
    )
    people.on(date(2026, 11, 16))
    await people.take(
        "member1.skl.mol",
        action_rules.REPORT,
        action_facts.one,
        written,
        actions.report,
        "أُعد الخطاب وأُرسل إلى المنشآت الست (تجريبي)",
    )
    people.on(date(2026, 11, 18))
    await people.take(
        "specialist2.mol", action_rules.CONFIRM, action_facts.one, written, actions.confirm, NOTHING_SAID
    )
    await people.take(
        "member2.emp.mol",
        action_rules.NOTE,
        action_facts.one,
        listed,
        actions.note,
        "جُمعت عقود ثلثي المتدربين وتُستكمل البقية (تجريبي)",
    )


async def _first_of(people: Acting, series_id: UUID) -> UUID:
    """The first meeting of a series that was planned just now."""
    meeting = select(Meeting.id).where(Meeting.series_id == series_id).order_by(Meeting.starts_at).limit(1)
    found: UUID = (await people.writer.execute(meeting)).scalar_one()
    return found


async def _discussed(people: Acting) -> tuple[UUID, UUID]:
    """What the first meeting is about: the challenge of a project, and an initiative."""
    challenge_id: UUID = await people.owner.fetchval(
        "select id from challenges where about_id = $1 order by opened_at limit 1",
        await initiative_id(people, "MOL", "D26-02"),
    )
    return challenge_id, await initiative_id(people, "MOL", "D26-01")


async def directive(people: Acting) -> None:
    """A directive of senior management to the Ministry of Finance's planning directorate, by its letter."""
    await _open(
        people,
        "manager.mof",
        "MOF",
        title="إعداد عرض موحد عن تقدم مبادرات خطة 2027 (تجريبي)",
        description="يشمل المبادرات الممولة وما يعيقها وما اتُّخذ بشأنها (تجريبي)",
        source=ActionSource.DIRECTIVE,
        division_id=people.known.divisions["MOF", "PLAN"],
        due=date(2026, 12, 17),
        directive={
            "issued_by": "مكتب الوزير (توجيه تجريبي)",
            "letter_number": "DEMO-MOF-2026-309",
            "letter_date": date(2026, 11, 8),
        },
    )


async def proposal(people: Acting) -> None:
    """A proposal for improvement that waits for the head of the Ministry of Finance (Guide M-9)."""
    await _open(
        people,
        "specialist2.mof",
        "MOF",
        title="توحيد نموذج محاضر الاجتماعات بين المكتب والتقسيمات (تجريبي)",
        description="يقلص زمن إعداد المحاضر وييسر متابعة ما يصدر عنها من قرارات (تجريبي)",
        source=ActionSource.IMPROVEMENT_PROPOSAL,
        owner_id=people.known.users["specialist1.mof"],
        due=date(2027, 2, 25),
    )


async def _open(people: Acting, who: str, entity: str, **said: Any) -> UUID:
    """Open an action; what is not said of it is not there."""
    return await people.begin(
        who,
        action_rules.OPENED,
        entities.facts,
        people.known.entities[entity],
        actions.open_action,
        {**_UNSAID, **said},
    )


_UNSAID: Mapping[str, Any] = dict.fromkeys(
    ("source_id", "about_id", "description", "division_id", "owner_id", "classification", "directive")
)


async def evaluation(people: Acting) -> None:
    """The first half of 2026 as the office of the Ministry of Finance judged it, approved by its manager."""
    made = await people.begin(
        "specialist1.mof",
        evaluation_rules.CREATED,
        entities.facts,
        people.known.entities["MOF"],
        evaluations.create,
        {
            "title": "تقييم التقدم في النصف الأول من عام 2026 (تجريبي)",
            "period_from": date(2026, 1, 1),
            "period_to": date(2026, 6, 30),
            "about_id": None,
            "findings": (
                "أُنجزت مراحل إعداد خطة 2027 حتى منتصف العام مع تأخر بعضها أيامًا، واكتملت المرحلة الأولى من أتمتة"
                " إعداد الميزانية (تقييم تجريبي)"
            ),
            "conclusion": "تُتابع المراحل المتأخرة شهريًّا، ويُستكمل تطوير النظام في موعده (تقييم تجريبي)",
            "rating": EvaluationRating.ON_TRACK,
            "classification": None,
        },
    )
    people.on(date(2026, 7, 19))
    await people.take(
        "manager.mof",
        evaluation_rules.APPROVE,
        evaluation_queries.facts,
        made,
        evaluations.approve,
        NOTHING_SAID,
    )
