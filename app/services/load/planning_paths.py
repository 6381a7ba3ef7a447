"""The paths that entities of the demo walk: their own copies of the models, annual plans and scorecards, and the stages
that were taken, each on its day."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.enums import Classification
from app.enums.paths import StageKind, StageState
from app.enums.plans import PlanItemKind, Question
from app.services.entities import queries as entities
from app.services.load import planning_initiatives, planning_work
from app.services.load.acting import Acting
from app.services.load.planning_files import Item, Planning, StageAct
from app.services.path_runs import acting as stages
from app.services.path_runs import commands as run_commands
from app.services.path_runs import facts as run_facts
from app.services.path_runs import rows
from app.services.path_runs import rules as runs
from app.services.path_runs.rules import Answer, OutsideLetter
from app.services.path_runs.starting import Asked, start
from app.services.path_templates import commands as template_commands
from app.services.path_templates import content
from app.services.path_templates import queries as templates
from app.services.path_templates import rules as template_rules
from app.services.people.steps import Said
from app.services.plans import commands as plans
from app.services.plans import facts as plan_facts
from app.services.plans import items, queries
from app.services.plans import rules as plan_rules
from app.services.scorecards import commands as scorecards
from app.services.scorecards import queries as scorecard_queries
from app.services.scorecards import rules as scorecard_rules

_ACTS = {"complete": runs.COMPLETE, "approve": runs.APPROVE, "skip": runs.SKIP}

CRITERIA = [
    {
        "key": "alignment",
        "ar": "ارتباط المبادرة بأحد أهداف رؤية عُمان 2040",
        "en": "The initiative serves a goal of Oman Vision 2040",
    },
    {
        "key": "effect",
        "ar": "أثر متوقع على مؤشر من مؤشرات الجهة",
        "en": "An effect is expected on one of the entity's indicators",
    },
]
NO_SCANS = "نسخة الجهة من النموذج: تُسجل الكتب بأرقامها دون إرفاق صورها (تجريبي)"
OVER = "يذكر الملحق تواريخ هذه المراحل، وما بعدها خارج هذا العرض التجريبي"


async def replay_annex_a(people: Acting, told: Planning) -> None:
    """The path of the Ministry of Labour's plan of 2024, on the days of 2023 that annex A names, days off included, up to
    its step 26; then it is stopped, so that it is history and waits for nobody."""
    plan_id, run_id = await _begun(people, "MOL", 2024, date(2023, 4, 9), None, kept_dates=True)
    await _walk(people, told, "annual_plan", "MOL", 2024, plan_id, run_id)
    people.on(told.stages["annual_plan", "MOL", 2024][-1].on + timedelta(days=1))
    await people.take("manager.mol", runs.STOP, run_facts.held_run, run_id, run_commands.stop, OVER)


async def plan_2027(people: Acting, told: Planning) -> None:
    """The Ministry of Finance's plan of 2027, up to where it waits to be discussed with the Secretariat-General."""
    plan_id, run_id = await _begun(people, "MOF", 2027, date(2026, 4, 5), "FYP11", kept_dates=False)
    await _walk(people, told, "annual_plan", "MOF", 2027, plan_id, run_id)


async def _begun(
    people: Acting, entity: str, year: int, day: date, serves: str | None, *, kept_dates: bool
) -> tuple[UUID, UUID]:
    """A template, a plan and its path, begun on three days that follow each other."""
    small = entity.lower()
    template_id = await _template(people, entity, "annual_plan", day)
    people.on(day + timedelta(days=1))
    plan_id = await people.begin(
        f"member1.plan.{small}",
        "plans.create",
        plan_facts.begun_in,
        people.known.entities[entity],
        plans.create,
        {
            "year": year,
            "name_ar": f"الخطة السنوية لعام {year} (تجريبي)",
            "name_en": f"Annual plan {year} (demo)",
            "development_plan_id": serves and people.known.development_plans[serves],
            "classification": Classification.INTERNAL.value,
            "criteria": CRITERIA,
        },
    )
    people.on(day + timedelta(days=2))
    run_id = await _started(people, f"manager.{small}", plan_id, template_id, kept_dates=kept_dates)
    return plan_id, run_id


async def scorecard(people: Acting, told: Planning, entity: str, year: int, day: date) -> None:
    """An entity's scorecard of a year, drafted the day after its path is approved, as far as its stages were taken."""
    small = entity.lower()
    template_id = await _template(people, entity, "scorecard", day)
    people.on(day + timedelta(days=1))
    drafter = f"specialist1.{small}"
    scorecard_id = await people.begin(
        drafter,
        "scorecards.create",
        entities.facts,
        people.known.entities[entity],
        scorecards.create,
        {"year": year, "note": "بطاقة تجريبية", "copied_from_id": None},
    )
    lines = [
        {"indicator_id": people.known.indicators[code], "weight": weight, "note": None}
        for code, weight in told.lines[entity, year].items()
    ]
    await people.take(
        drafter,
        scorecard_rules.EDIT,
        scorecard_queries.facts,
        scorecard_id,
        scorecards.edit,
        {"lines": lines},
    )
    run_id = await _started(people, f"manager.{small}", scorecard_id, template_id, kept_dates=False)
    await _walk(people, told, "scorecard", entity, year, scorecard_id, run_id)


async def _template(people: Acting, entity: str, code: str, day: date) -> UUID:
    """The entity's own copy of a model, approved by the head: letters are recorded in it without their scans, which the
    demo does not have."""
    small = entity.lower()
    people.on(day)
    model = await people.owner.fetchrow(
        "select id, groups from path_templates where code = $1 and state = 'model'", code
    )
    assert model is not None  # noqa: S101  # it ships
    groups = tuple(
        tuple(replace(stage, evidence=()) for stage in group)
        for group in content.read(json.loads(model["groups"]))
    )
    made = await people.begin(
        f"specialist1.{small}",
        "path_templates.create",
        entities.facts,
        people.known.entities[entity],
        template_commands.create,
        model["id"],
        {"note": NO_SCANS, "groups": groups},
    )
    await people.take(
        f"specialist1.{small}", template_rules.SUBMIT, templates.facts, made, template_commands.submit
    )
    await people.take(
        f"head-office.{small}",
        template_rules.APPROVE,
        templates.facts,
        made,
        template_commands.approve,
        people.decided(entity, f"DEMO-{entity}-{day.year}-{code}"),
    )
    return made


async def _started(
    people: Acting, who: str, subject_id: UUID, template_id: UUID, *, kept_dates: bool
) -> UUID:
    actor = await people.signed_in(who)
    return await start(
        people.writer, actor, Asked(subject_id, template_id), people.now, kept_dates=kept_dates
    )


async def _walk(
    people: Acting, told: Planning, path: str, entity: str, year: int, subject_id: UUID, run_id: UUID
) -> None:
    for act in told.stages[path, entity, year]:
        people.on(act.on)
        if path == "annual_plan":
            await _beforehand(people, told, entity, year, act, subject_id)
        open_now = {
            each.key: each for each in await rows.read(people.writer, run_id) if each.state == StageState.OPEN
        }
        await people.take(
            act.by,
            _ACTS[act.act],
            run_facts.held_stage,
            open_now[act.stage].id,
            _take,
            act,
            entity,
            people,
        )


async def _take(writer: Any, actor: Any, facts: Any, entitlement: Any, act: StageAct, *rest: Any) -> None:
    entity, people, now = rest
    stage: content.Stage = facts.row["template"]
    answers = {question.key: Answer("yes", None) for question in stage.checklist}
    said = Said(act.reason)
    letter = None
    if stage.kind == StageKind.RECORD_ANSWER and act.letter and act.sender:
        letter = OutsideLetter(act.letter, act.on, act.sender)
    elif act.letter:
        said = people.decided(entity, act.letter)
    asked = stages.Asked(said, answers, letter)
    await stages.act(writer, actor, facts, entitlement, _ACTS[act.act], asked, now)


async def _beforehand(
    people: Acting, told: Planning, entity: str, year: int, act: StageAct, plan_id: UUID
) -> None:
    """What a stage of an annual plan rests on, done on its day: the draft is written, its items are checked, and a
    detailed plan of what loses its funding exists before that is cut."""
    if act.stage == "A-15":
        for item in told.items[entity, year]:
            await people.take(
                item.entered_by,
                plan_rules.EDIT,
                plan_facts.one,
                plan_id,
                items.add,
                await _item(people, entity, item),
            )
    elif act.stage == "A-17":
        answers = [{"question": each.value, "passed": True, "remark": None} for each in Question]
        for found in await queries.items(people.writer, plan_id):
            await people.take(
                act.by, plan_rules.CHECK, plan_facts.one, plan_id, items.check, UUID(found["id"]), answers
            )
    elif act.stage == "A-33":
        people.on(act.on - timedelta(days=10))
        await planning_work.detail(people, plan_id, "D27-03")
        people.on(act.on)


async def _item(people: Acting, entity: str, item: Item) -> dict[str, Any]:
    known = people.known
    initiative_id = None
    if item.kind == PlanItemKind.INITIATIVE:
        assert item.initiative is not None  # noqa: S101  # the files were read so
        initiative_id = await planning_initiatives.initiative_id(people, entity, item.initiative)
    return {
        "kind": item.kind,
        "title_ar": item.title_ar,
        "title_en": item.title_en,
        "priority_id": item.priority and known.priorities[item.priority],
        "indicator_id": item.indicator and known.indicators[item.indicator],
        "initiative_id": initiative_id,
        "note": None,
    }
