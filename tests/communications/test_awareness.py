"""The awareness stages of the annexes in the communication plan of their year (Guide C-2)."""

from datetime import date, timedelta
from uuid import UUID, uuid4

from app import clock, ids
from app.enums import SubjectKind
from tests.factories.communications import YEAR, Ministry, refused
from tests.factories.world import LONG_AGO, World


async def a_path(ministry: Ministry, year: int = YEAR) -> dict[str, UUID]:
    """A path that the entity walks in a year, as the engine keeps it: two awareness stages, of which one is late, one in an
    earlier round too, and a stage that is something else; returns the stages by key."""
    world, entity = ministry.world, ministry.entity
    template, run = ids.new(), ids.new()
    await world.subject(template, SubjectKind.PATH_TEMPLATE, entity.id)
    await world.insert(
        "path_templates",
        id=template,
        entity_id=entity.id,
        code="annual-plan",
        number=year,
        state="draft",
        runs_on="entity",
        chain="plans",
        recorded_at=LONG_AGO,
        drafted_by_id=ministry.manager.id,
        title_ar="مسار الخطة السنوية",
        title_en="The annual plan's path",
        groups="[]",
    )
    await world.subject(run, SubjectKind.PATH_RUN, entity.id)
    await world.insert(
        "path_runs",
        id=run,
        entity_id=entity.id,
        subject_id=entity.id,
        subject_kind="entity",
        template_id=template,
        code="annual-plan",
        year=year,
        state="running",
        parties=[f"communication:{entity.id}"],
        started_by_id=ministry.manager.id,
        started_at=LONG_AGO,
    )
    today = clock.today()
    stages = {}
    for number, (key, kind, round_, due) in enumerate(
        (
            ("A-9", "inform", 1, today - timedelta(days=9)),
            ("A-9", "inform", 2, today - timedelta(days=1)),
            ("A-10", "inform", 1, today + timedelta(days=40)),
            ("A-11", "send", 1, today),
        ),
        start=1,
    ):
        stage = ids.new()
        superseded = key == "A-9" and round_ == 1
        await world.subject(stage, SubjectKind.PATH_STAGE, entity.id)
        await world.insert(
            "path_stages",
            id=stage,
            entity_id=entity.id,
            run_id=run,
            subject_id=entity.id,
            group_number=0,
            position=number,
            number=number,
            key=key,
            occasion=1,
            round=round_,
            state="done" if superseded else "open",
            kind=kind,
            title_ar="التوعية بالمشاركة في التخطيط",
            title_en="Awareness: take part in planning",
            parties=[f"communication:{entity.id}"],
            seats=[0],
            controls=[],
            due=due,
            opened_at=LONG_AGO,
            ended_at=LONG_AGO if superseded else None,
            superseded_at=LONG_AGO if superseded else None,
        )
        stages[key if not superseded else "earlier"] = stage
    return stages


async def test_the_stages_of_the_year_appear_by_themselves(world: World) -> None:
    ministry = await Ministry.make(world)
    stages = await a_path(ministry)
    other_year = await ministry.draft(year=YEAR + 1)
    assert (await ministry.drafter.api.get(other_year)).json()["awareness"] == []
    plan = await ministry.draft()
    listed = (await ministry.drafter.api.get(plan)).json()["awareness"]
    assert [(each["key"], each["timing"], each["activity_ids"]) for each in listed] == [
        ("A-9", "overdue", []),
        ("A-10", "on_time", []),
    ]
    assert listed[0]["stage_id"] == str(stages["A-9"])
    day = date(YEAR, 12, 31).isoformat()
    answering = await ministry.added(plan, stage_id=str(stages["A-9"]), ends_on=day)
    shown = (await ministry.drafter.api.get(answering)).json()
    assert (shown["stage"]["key"], shown["stage"]["id"]) == ("A-9", str(stages["A-9"]))
    listed = (await ministry.drafter.api.get(plan)).json()["awareness"]
    assert listed[0]["activity_ids"] == [shown["id"]]
    await ministry.done(ministry.drafter, f"{answering}/cancel", {"reason": "أُدمج مع غيره"})
    listed = (await ministry.drafter.api.get(plan)).json()["awareness"]
    assert listed[0]["activity_ids"] == [], "what is cancelled answers nothing"


async def test_an_activity_answers_only_what_the_plan_lists(world: World) -> None:
    ministry, other = await Ministry.make(world), await Ministry.make(world)
    stages, foreign = await a_path(ministry), await a_path(other)
    plan = await ministry.draft()
    for stage in (stages["A-11"], stages["earlier"], foreign["A-9"], uuid4()):
        refused(await ministry.add(plan, stage_id=str(stage)), 422, "invalid", "#/stage_id")
