"""A scorecard from its draft to the next version, as the stages of its path take it (Guide I-5)."""

import pytest
from fastapi import FastAPI

from app import errors
from app.enums import IndicatorLevel
from app.services.people.steps import Said
from app.services.scorecards import rules
from tests.definitions.ministry import refused
from tests.factories.scorecards import YEAR, Office
from tests.factories.world import World


async def test_a_scorecard_comes_into_force_and_marks_its_indicators(world: World, app: FastAPI) -> None:
    """Each step leaves its stamp; UNIT sees it once the head has approved."""
    office = await Office.make(world, app)
    one, two = await office.indicators(2)
    path = await office.drafted([(one, 60), (two, 40)], note="بطاقة الوزارة لعام 2027")
    said = await office.read(path)
    assert (said["state"], said["number"], said["year"], said["weight"]) == ("draft", 1, YEAR, 100)
    assert [line["weight"] for line in said["lines"]] == [60, 40]
    assert [line["target"]["value"] for line in said["lines"]] == [40, 41]
    assert said["actions"] == ["scorecards.edit", "scorecards.discard"]
    assert (await office.unit.api.get(path)).status_code == 404
    await office.aligned(path)
    assert (await office.unit.api.get(path)).status_code == 404
    await office.fired(office.head, path, "scorecards.approve")
    assert (await office.read(path, office.unit))["state"] == "approved"
    assert (await office.member.api.get(path)).status_code == 404
    await office.fired(office.unit, path, "scorecards.agree")
    said = await office.read(path, office.member)
    assert said["state"] == "in_force"
    people = [said[f"{step}_by"]["id"] for step in ("aligned", "approved", "agreed")]
    assert people == [str(p.id) for p in (office.specialist, office.head, office.unit)]
    marked = await world.owner.fetch("select id from indicators where in_scorecard order by id")
    assert [row["id"] for row in marked] == sorted([one, two])
    history = await world.owner.fetch("select action from events where subject_id = $1 order by id", one)
    assert [row["action"] for row in history] == ["indicators.enter_scorecard"]


async def test_the_next_version_supersedes_and_unmarks_what_is_dropped(world: World, app: FastAPI) -> None:
    """The difference says what changed; the version before stays in force until UNIT agrees to the next."""
    office = await Office.make(world, app)
    one, two, three = await office.indicators(3)
    first = await office.drafted([(one, 60), (two, 40)])
    await office.in_force(first)
    opened = await office.new_version(first)
    assert opened.status_code == 201, opened.text
    second = opened.headers["Location"]
    assert opened.json()["difference"] == []
    assert [line["weight"] for line in opened.json()["lines"]] == [60, 40]
    refused(await office.new_version(first), 409, "already_exists")
    refused(await office.draft(year=YEAR), 409, "already_exists")
    await office.edited(second, [(one, 70), (three, 30)])
    changes = {d["field"].rpartition(".")[2]: d for d in (await office.read(second))["difference"]}
    codes = dict(await world.owner.fetch("select id, code from indicators"))
    assert changes[codes[one]]["before"] == "weight 60; value 40"
    assert changes[codes[one]]["after"] == "weight 70; value 40"
    assert changes[codes[two]]["after"] is None
    assert changes[codes[three]]["before"] is None
    assert (await office.read(first))["state"] == "in_force"
    await office.in_force(second)
    assert (await office.read(first))["state"] == "superseded"
    marked = await world.owner.fetch(
        "select id from indicators where in_scorecard and entity_id = $1", office.entity.id
    )
    assert {row["id"] for row in marked} == {one, three}


async def test_a_return_voids_the_round(world: World, app: FastAPI) -> None:
    """Back to the draft nothing of the round stands; back before the head the alignment does."""
    office = await Office.make(world, app)
    (one,) = await office.indicators(1)
    path = await office.drafted([(one, 100)])
    await office.approved(path)
    await office.fired(office.unit, path, "aligned", Said("يرجى مراجعة وزن المؤشر"))
    said = await office.read(path)
    assert (said["state"], said["approved_by"], said["returned"]["reason"]) == (
        "aligned",
        None,
        "يرجى مراجعة وزن المؤشر",
    )
    assert said["aligned_by"]["id"] == str(office.specialist.id)
    await office.fired(office.head, path, "draft", Said("تُعاد للاستكمال"))
    said = await office.read(path)
    assert (said["state"], said["aligned_by"], said["exceptional"]) == ("draft", None, False)
    await office.in_force(path)
    assert (await office.read(path))["returned"] is None


async def test_four_eyes_and_order(world: World, app: FastAPI) -> None:
    """Who edits never aligns; who aligned never approves; nothing out of turn."""
    office = await Office.make(world, app)
    (one,) = await office.indicators(1)
    path = await office.drafted([(one, 100)])
    with pytest.raises(errors.FourEyes):
        await office.fired(office.drafter, path, "scorecards.align")
    with pytest.raises(errors.Forbidden):
        await office.fired(office.head, path, "scorecards.align")
    with pytest.raises(errors.WrongState):
        await office.fired(office.head, path, "scorecards.approve")
    await office.aligned(path)
    with pytest.raises(errors.WrongState):
        await office.fired(office.manager, path, "scorecards.align")
    with pytest.raises(errors.Forbidden):
        await office.fired(office.manager, path, "scorecards.approve")
    refused(await office.edit(path, []), 409, "wrong_state")


async def test_where_all_have_edited_the_head_aligns_with_a_reason(world: World, app: FastAPI) -> None:
    """Four eyes leaves nobody: it is flagged, and another head approves."""
    office = await Office.make(world, app)
    (one,) = await office.indicators(1)
    path = await office.drafted([(one, 100)])
    await office.edited(path, [(one, 90)], office.specialist)
    await office.edited(path, [(one, 100)], office.manager)
    with pytest.raises(errors.Invalid):
        await office.fired(office.head, path, "scorecards.align")
    await office.fired(office.head, path, "scorecards.align", Said("شارك جميع موظفي المكتب في الإعداد"))
    assert (await office.read(path))["exceptional"] is True
    with pytest.raises(errors.FourEyes):
        await office.fired(office.head, path, "scorecards.approve")


async def test_the_representative_assigned_aligns(world: World, app: FastAPI) -> None:
    """Only once the manager has assigned them (Guide O-3)."""
    office = await Office.make(world, app)
    (one,) = await office.indicators(1)
    path = await office.drafted([(one, 100)])
    assert (await office.representative.api.get(path)).status_code == 404
    answer = await office.manager.api.create(
        f"/v1/entities/{office.entity.id}/assignments",
        {"user_id": str(office.representative.id), "subject_id": path.rpartition("/")[2]},
    )
    assert answer.status_code == 201, answer.text
    await office.fired(office.representative, path, "scorecards.align")
    assert (await office.read(path, office.representative))["aligned_by"]["id"] == str(
        office.representative.id
    )


async def test_what_is_missing_is_told_on_alignment(world: World, app: FastAPI) -> None:
    """A draft may weigh anything and lack targets; it does not leave the draft so."""
    office = await Office.make(world, app)
    (one,) = await office.indicators(1)
    bare = await world.indicator(office.entity)
    blank = await world.indicator(office.entity)
    await world.target(blank, YEAR, kind="blank")
    path = await office.drafted()
    await _incomplete(office, path, {"#/lines": "too_few"})
    await office.edited(path, [(one, 50), (bare, 30.5), (blank, 10)])
    await _incomplete(
        office, path, {"#/lines": "weights", "#/lines/1/target": "no_target", "#/lines/2/target": "no_target"}
    )
    await office.edited(path, [(one, 100)])
    await world.owner.execute(
        "update indicators set state = 'retired', retired_on = current_date where id = $1", one
    )
    await _incomplete(office, path, {"#/lines/0/indicator_id": "not_active"})


async def _incomplete(office: Office, path: str, faults: dict[str, str]) -> None:
    with pytest.raises(rules.IncompleteScorecard) as refusal:
        await office.aligned(path)
    assert {fault.pointer: fault.code for fault in refusal.value.errors} == faults


async def test_which_indicators_may_stand_in_it(world: World, app: FastAPI) -> None:
    """The entity's own, active, of the levels of a scorecard; a contributor's own instead of the owner's."""
    office, other = await Office.make(world, app), await world.entity()
    (one,) = await office.indicators(1)
    excellence = await world.indicator(office.entity, level=IndicatorLevel.EXCELLENCE)
    foreign = await world.indicator(other)
    whole = await world.indicator(other)
    part = await world.indicator(office.entity, level=IndicatorLevel.SPECIAL)
    await world.contribution(whole, other, office.entity, office.manager, part=part)
    path = await office.drafted([(one, 100)])
    nowhere = office.entity.id
    answer = await office.edit(
        path, [(one, 10), (one, 10), (excellence, 10), (foreign, 10), (whole, 10), (nowhere, 10), (part, 40)]
    )
    refused(answer, 422, "invalid", *[f"#/lines/{n}/indicator_id" for n in (1, 2, 3, 4, 5)])
    codes = [fault["code"] for fault in answer.json()["errors"]]
    assert codes == [
        "repeated",
        "beside_the_scorecard",
        "of_another_entity",
        "part_instead",
        "unknown_reference",
    ]
    assert len((await office.read(path))["lines"]) == 1


async def test_a_draft_begins_with_the_lines_of_another_year(world: World, app: FastAPI) -> None:
    """Without what has been retired since."""
    office = await Office.make(world, app)
    one, two = await office.indicators(2)
    earlier = await office.drafted([(one, 70), (two, 30)], year=YEAR - 1)
    await world.owner.execute(
        "update indicators set state = 'retired', retired_on = current_date where id = $1", one
    )
    path = await office.drafted(copied_from_id=earlier.rpartition("/")[2])
    said = await office.read(path)
    assert [(line["indicator"]["id"], line["weight"]) for line in said["lines"]] == [(str(two), 30)]
    refused(await office.draft(year=2030, copied_from_id=str(one)), 422, "invalid", "#/copied_from_id")


async def test_discarding(world: World, app: FastAPI) -> None:
    """Only a draft; afterwards another may be begun."""
    office = await Office.make(world, app)
    path = await office.drafted()
    answer = await office.drafter.api.step(f"{path}/discard", await office.drafter.api.etag(path))
    assert answer.json()["state"] == "discarded"
    refused(
        await office.drafter.api.step(f"{path}/discard", await office.drafter.api.etag(path)),
        409,
        "wrong_state",
    )
    again = await office.drafted()
    assert (await office.read(again))["number"] == 2
    refused(await office.draft(), 409, "already_exists")


async def test_who_wrote_what_is_copied_never_aligns_the_copy(world: World, app: FastAPI) -> None:
    """The lines are theirs still, whoever copies a draft or opens a version."""
    office = await Office.make(world, app)
    (one,) = await office.indicators(1)
    source = await office.drafted([(one, 100)], by=office.specialist)
    await world.target(one, YEAR + 1, value=50)
    copied = await office.draft(office.drafter, year=YEAR + 1, copied_from_id=source.rpartition("/")[2])
    assert copied.status_code == 201, copied.text
    with pytest.raises(errors.FourEyes):
        await office.fired(office.specialist, copied.headers["Location"], "scorecards.align")
    await office.fired(office.manager, copied.headers["Location"], "scorecards.align")
    await office.fired(office.manager, source, "scorecards.align")
    await office.fired(office.head, source, "scorecards.approve")
    await office.fired(office.unit, source, "scorecards.agree")
    opened = await office.new_version(source)
    assert opened.status_code == 201, opened.text
    with pytest.raises(errors.FourEyes):
        await office.fired(office.specialist, opened.headers["Location"], "scorecards.align")
