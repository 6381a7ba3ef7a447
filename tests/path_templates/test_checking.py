"""What a path template must be: whatever can be walked is kept as it was said, and each fault is named by its place."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.enums.paths import RunsOn
from app.errors import Invalid
from app.schemas.path_templates import PathTemplateCreate
from app.services.path_runs.firing import WALKING
from app.services.path_templates import checking, content, firing
from tests.definitions.ministry import refused
from tests.factories.path_templates import APPROVED, DRAFTED, GROUPS, VERIFIED, Drafting, template
from tests.factories.world import World
from tests.path_templates.drawing import paths

Json = dict[str, Any]


def faults(groups: list[list[Json]], runs_on: RunsOn = RunsOn.PLAN) -> list[tuple[str, str]]:
    """The place and code of each fault."""
    try:
        checking.check(content.read(groups), runs_on)
    except Invalid as error:
        return [(str(fault.pointer), fault.code) for fault in error.errors]
    return []


@given(paths())
@settings(max_examples=150, deadline=None)
def test_whatever_can_be_walked_is_kept_as_it_was_said(drawn: Any) -> None:
    groups, runs_on = drawn
    checking.check(groups, runs_on)
    said = content.write(groups)
    assert content.read(said) == groups
    body = PathTemplateCreate.model_validate({"groups": said})
    dumped = body.model_dump(mode="json", include={"groups"})["groups"]
    assert content.write(content.read(dumped)) == said


def _set(**fields: Any) -> Callable[[Json], None]:
    return lambda stage: stage.update(fields)


_DUE: Mapping[str, Any] = {"kind": "date", "month": 5, "day": 15}
OF_A_STAGE: tuple[tuple[Callable[[Json], None], str, str], ...] = (
    # (what becomes of a stage of the second of four groups, where it is told, its code)
    (_set(title_ar=" "), "title_ar", "missing"),
    (_set(title_en=""), "title_en", "missing"),
    (_set(responsible=[]), "responsible", "too_few"),
    (_set(responsible=[{"party": "ministry_of_economy"}]), "responsible/0/party", "outside"),
    (_set(responsible=[{"party": "division"}]), "responsible/0/division_id", "missing"),
    (
        _set(kind="record_answer", responsible=[{"party": "head_office"}, {"party": "unit"}]),
        "responsible/1/party",
        "not_the_heads_office",
    ),
    (
        _set(responsible=[{"party": "office", "division_id": str(uuid4())}]),
        "responsible/0/division_id",
        "out_of_place",
    ),
    (_set(responsible=[{"party": "office"}] * 2), "responsible/1", "repeated"),
    (_set(collaborators=["unit", "unit"]), "collaborators/1", "repeated"),
    (_set(informs=["unit", "unit"]), "informs/1", "repeated"),
    (_set(quorum={"of": "parties", "count": 2}), "quorum/count", "too_large"),
    (_set(quorum={"of": "people", "count": 51}), "quorum/count", "too_large"),
    (_set(quorum={"of": "people", "count": 1}), "quorum/count", "too_small"),
    (
        _set(responsible=[{"party": "head"}], quorum={"of": "people", "count": 2}),
        "quorum/count",
        "too_large",
    ),
    (_set(checklist=[{"key": "a", "ar": "أ", "en": "a"}] * 2), "checklist/1/key", "repeated"),
    (
        _set(checklist=[{"key": f"q{n}", "ar": "أ", "en": "a"} for n in range(21)]),
        "checklist",
        "too_many",
    ),
    (_set(evidence=[{"kind": "letter", "minimum": 1}] * 2), "evidence/1/kind", "repeated"),
    (_set(evidence=[{"kind": None, "minimum": 0}]), "evidence/0/minimum", "too_small"),
    (_set(outcomes=["not_applicable"]), "outcomes", "missing"),
    (_set(outcomes=["done", "approved"]), "outcomes/1", "out_of_place"),
    (_set(outcomes=["done", "done"]), "outcomes/1", "repeated"),
    (_set(outcomes=["done", "returned"]), "returns_to", "missing"),
    (_set(returns_to=["draft"]), "returns_to", "out_of_place"),
    (_set(outcomes=["done", "returned"], returns_to=["work"]), "returns_to/0", "not_earlier"),
    (_set(outcomes=["done", "returned"], returns_to=["approval"]), "returns_to/0", "not_earlier"),
    (_set(outcomes=["done", "returned"], returns_to=["nothing"]), "returns_to/0", "unknown_stage"),
    (_set(outcomes=["done", "returned"], returns_to=["draft"] * 2), "returns_to/1", "repeated"),
    (_set(controls=["draft"]), "controls", "out_of_place"),
    (_set(kind="verify"), "outcomes", "missing"),
    (_set(key="draft"), "key", "repeated"),
    (_set(fires="plans.delete"), "fires", "not_fireable"),
    (_set(fires="scorecards.approve"), "fires", "not_fireable"),
    (_set(fires="plans.cut"), "responsible/0/party", "not_entitled"),
    (_set(fires="plans.verify"), "kind", "not_of_the_kind"),
    (_set(responsible=[{"party": "head_office"}], fires="plans.confirm"), "fires", "wrong_order"),
    (_set(due={"kind": "date", "day": 15}), "due/month", "missing"),
    (_set(due={"kind": "date", "month": 5}), "due/day", "missing"),
    (_set(due={**_DUE, "month": 4, "day": 31}), "due/day", "no_such_day"),
    (_set(due={**_DUE, "month": 2, "day": 29}), "due/day", "no_such_day"),
    (_set(due={**_DUE, "month": 13}), "due/month", "no_such_month"),
    (_set(due={**_DUE, "year": -3}), "due/year", "too_small"),
    (_set(due={**_DUE, "year": 2}), "due/year", "too_large"),
    (_set(due={**_DUE, "end_month": 6}), "due/end_month", "out_of_place"),
    (_set(due={**_DUE, "since": "start"}), "due/since", "out_of_place"),
    (_set(due={**_DUE, "frequency": "annual"}), "due/frequency", "out_of_place"),
    (_set(due={**_DUE, "months": [{"month": 5}]}), "due/months", "out_of_place"),
    (
        _set(due={**_DUE, "kind": "date_range", "end_month": 4, "end_day": 1}),
        "due/end_day",
        "wrong_order",
    ),
    (_set(due={**_DUE, "kind": "date_range", "end_month": 6}), "due/end_day", "missing"),
    (_set(due={"kind": "months"}), "due/months", "missing"),
    (_set(due={"kind": "months", "months": [{"month": 0}]}), "due/months/0/month", "no_such_month"),
    (_set(due={"kind": "months", "months": [{"month": 5, "year": 5}]}), "due/months/0/year", "too_large"),
    (
        _set(due={"kind": "months", "months": [{"month": 5}, {"month": 6}]}),
        "due/kind",
        "not_in_the_last_group",
    ),
    (_set(due={"kind": "offset", "working_days": 5}), "due/since", "missing"),
    (_set(due={"kind": "offset", "since": "start"}), "due/working_days", "missing"),
    (_set(due={"kind": "offset", "since": "start", "working_days": -1}), "due/working_days", "too_small"),
    (_set(due={"kind": "offset", "since": "start", "working_days": 401}), "due/working_days", "too_large"),
    (
        _set(due={"kind": "offset", "since": "year_end", "working_days": -401}),
        "due/working_days",
        "too_small",
    ),
    (_set(due={"kind": "continuous"}), "due/kind", "not_in_the_last_group"),
    (_set(due={"kind": "recurring", "frequency": "quarterly"}), "due/kind", "not_in_the_last_group"),
    (_set(due={"kind": "recurring"}), "due/frequency", "missing"),
)

EVERYWHERE = [
    each
    for each in OF_A_STAGE
    if each[1].startswith(
        ("title", "responsible/", "collaborators", "informs", "checklist", "evidence", "due/")
    )
    and each[2] not in ("not_in_the_last_group", "not_entitled", "not_the_heads_office")
]
"""The faults that are such whatever the stage is, and wherever it stands."""

WORK: Mapping[str, Any] = {**DRAFTED, "key": "work", "responsible": [{"party": "office"}]}


def four_groups() -> list[list[Json]]:
    return deepcopy([[dict(DRAFTED)], [dict(WORK)], [dict(VERIFIED)], [dict(APPROVED)]])


def test_the_sound_one_is_sound() -> None:
    assert faults(four_groups()) == []


@pytest.mark.parametrize(("spoil", "place", "code"), OF_A_STAGE)
def test_each_fault_of_a_stage_is_named_by_its_place(
    spoil: Callable[[Json], None], place: str, code: str
) -> None:
    groups = four_groups()
    spoil(groups[1][0])
    assert (f"#/groups/1/0/{place}", code) in faults(groups)


@given(paths(), st.data())
@settings(max_examples=150, deadline=None)
def test_each_fault_is_found_wherever_it_stands(drawn: Any, data: st.DataObject) -> None:
    """One stage of a sound path at random is spoiled; that place is told, however much else is there."""
    groups, runs_on = drawn
    said = content.write(groups)
    number = data.draw(st.integers(0, len(said) - 1))
    position = data.draw(st.integers(0, len(said[number]) - 1))
    spoil, place, code = data.draw(st.sampled_from(EVERYWHERE))
    spoil(said[number][position])
    assert (f"#/groups/{number}/{position}/{place}", code) in faults(said, runs_on)


def _plan(*groups: list[Mapping[str, Any]]) -> list[list[Json]]:
    return deepcopy([[dict(stage) for stage in group] for group in groups])


_REVISED = {**WORK, "key": "remarks", "responsible": [{"party": "head_office"}], "fires": "plans.revise"}
_AGAIN = {**APPROVED, "key": "again"}
_CONFIRMED = {**_REVISED, "key": "confirm", "fires": "plans.confirm"}
_ENTERED = {**WORK, "key": "entry", "kind": "enter_in_platform", "fires": "plans.record_platform_entry"}
_PRELIMINARY = {
    **APPROVED,
    "key": "preliminary",
    "kind": "approve_preliminarily",
    "fires": "plans.approve_preliminarily",
}
_BY_ENTERER = {"responsible": [{"party": "enterer"}]}
_CUT = {**WORK, "key": "cut", "responsible": [{"party": "finance"}], "fires": "plans.cut"}
_AGREED = {**APPROVED, "key": "agree", "responsible": [{"party": "unit"}], "fires": "scorecards.agree"}
_ALIGNED = {**VERIFIED, "fires": "scorecards.align"}
_OF_CARD = {**APPROVED, "fires": "scorecards.approve"}


def orders() -> Iterator[tuple[str, RunsOn, list[list[Json]], list[tuple[str, str]]]]:
    """A name, what walks the path, its groups, and the faults."""
    d, v, a = [DRAFTED], [VERIFIED], [APPROVED]
    plan = RunsOn.PLAN
    whole = _plan(d, v, [_PRELIMINARY], [_CUT], a, [_REVISED], [_AGAIN], [_CONFIRMED], [_ENTERED])
    yield "the whole way", plan, whole, []
    yield "never approved", plan, _plan(d, v), [("#/groups", "unreachable")]
    yield "approved twice", plan, _plan(d, v, a, [_AGAIN]), [("#/groups/3/0/fires", "repeated")]
    yield (
        "opened and left open",
        plan,
        _plan(d, v, a, [_REVISED]),
        [("#/groups/3/0/fires", "unreachable")],
    )
    yield (
        "opened before it is approved",
        plan,
        _plan(d, v, [_REVISED], a),
        [("#/groups/2/0/fires", "wrong_order")],
    )
    yield (
        "verified afterwards",
        plan,
        _plan(d, a, v),
        [("#/groups/1/0/controls/1", "not_earlier"), ("#/groups/1/0/fires", "wrong_order")],
    )
    yield (
        "verified beside it",
        plan,
        _plan(d, [VERIFIED, APPROVED]),
        [("#/groups/1/1/fires", "wrong_order")],
    )
    yield (
        "preliminarily approved afterwards",
        plan,
        _plan(d, v, a, [_PRELIMINARY]),
        [("#/groups/2/0/fires", "wrong_order")],
    )
    yield (
        "cut before it is approved preliminarily",
        plan,
        _plan(d, v, [_CUT], [_PRELIMINARY], a),
        [("#/groups/2/0/fires", "wrong_order")],
    )
    yield (
        "confirmed before it is approved again",
        plan,
        _plan(d, v, a, [_REVISED], [_CONFIRMED], [_AGAIN]),
        [("#/groups/4/0/fires", "wrong_order")],
    )
    yield (
        "entered before it is confirmed",
        plan,
        _plan(d, v, a, [_ENTERED], [_CONFIRMED]),
        [("#/groups/3/0/fires", "wrong_order")],
    )
    yield (
        "approved only perhaps",
        plan,
        _plan(d, v, [{**APPROVED, "outcomes": ["approved", "returned", "not_applicable"]}]),
        [("#/groups/2/0/outcomes/2", "unreachable")],
    )
    yield (
        "approved by another",
        plan,
        _plan(d, v, [{**APPROVED, "responsible": [{"party": "head"}, {"party": "manager"}]}]),
        [("#/groups/2/0/responsible/1/party", "not_entitled")],
    )
    yield (
        "approved by the way",
        plan,
        _plan(
            d, v, [{**APPROVED, "kind": "prepare", "outcomes": ["done"], "returns_to": [], "controls": []}]
        ),
        [("#/groups/2/0/kind", "not_of_the_kind")],
    )
    yield "cut without it", plan, _plan(d, v, [_CUT], a), [("#/groups/2/0/fires", "wrong_order")]
    card, agreed = RunsOn.SCORECARD, [_AGREED | {"controls": []}]
    yield "a scorecard", card, _plan(d, [_ALIGNED], [_OF_CARD], agreed), []
    unaligned = [_OF_CARD | {"controls": ["draft"]}]
    yield "never aligned", card, _plan(d, unaligned, agreed), [("#/groups/1/0/fires", "wrong_order")]
    yield (
        "who aligned is not controlled",
        card,
        _plan(d, [_ALIGNED], unaligned, agreed),
        [("#/groups/2/0/controls", "not_controlled")],
    )
    back_to_work = {"outcomes": ["done", "returned"], "returns_to": ["draft"]}
    yield (
        "back across the agreement",
        card,
        _plan(d, [_ALIGNED], [_OF_CARD], agreed, [WORK | back_to_work]),
        [("#/groups/4/0/returns_to/0", "no_way_back")],
    )
    yield (
        "back across the approval",
        plan,
        _plan(d, v, a, [WORK | back_to_work]),
        [("#/groups/3/0/returns_to/0", "no_way_back")],
    )
    perhaps = [{**_AGAIN, "outcomes": ["approved", "returned", "not_applicable"]}]
    yield (
        "approved again only perhaps",
        plan,
        _plan(d, v, a, [_REVISED], perhaps),
        [("#/groups/4/0/outcomes/2", "unreachable")],
    )
    yield "not applicable before a confirmation", plan, _plan(d, v, a, [_REVISED], perhaps, [_CONFIRMED]), []
    skipped = {**_CONFIRMED, "outcomes": ["done", "not_applicable"]}
    yield (
        "not applicable, nor confirmed",
        plan,
        _plan(d, v, a, [_REVISED], perhaps, [skipped]),
        [("#/groups/4/0/outcomes/2", "unreachable")],
    )
    yield "cut by who enters", plan, _plan(d, v, [_PRELIMINARY], [_CUT | _BY_ENTERER], a), []
    yield (
        "agreed before it is approved",
        card,
        _plan(d, [_ALIGNED], agreed, [_OF_CARD]),
        [("#/groups/2/0/fires", "wrong_order")],
    )
    yield "never agreed", card, _plan(d, [_ALIGNED], [_OF_CARD]), [("#/groups", "unreachable")]
    yield "nothing to fire", RunsOn.ENTITY, _plan(d), []
    yield "a year has no transition", RunsOn.ENTITY, _plan(d, v), [("#/groups/1/0/fires", "not_fireable")]


@pytest.mark.parametrize(
    ("runs_on", "groups", "told"), [each[1:] for each in orders()], ids=[o[0] for o in orders()]
)
def test_what_stages_fire_comes_in_an_order_that_can_be(
    runs_on: RunsOn, groups: list[list[Json]], told: list[tuple[str, str]]
) -> None:
    assert faults(groups, runs_on) == told


def test_the_ways_back_are_those_of_the_areas() -> None:
    for runs_on, ways in firing.WAYS_BACK.items():
        walking = WALKING.get(runs_on)
        offered = {} if walking is None else walking.returns
        assert ways == {state: fire.transition.sources for state, fire in offered.items()}


def test_one_person_never_controls_themselves() -> None:
    by_head = {**DRAFTED, "responsible": [{"party": "head"}]}
    assert faults([[by_head], [dict(APPROVED, controls=["draft"])]]) == [
        ("#/groups/1/0/controls/0", "same_party")
    ]


def test_a_stage_controls_beside_it_but_never_itself() -> None:
    beside = dict(APPROVED, controls=["work", "approval", "nothing"])
    assert faults([[dict(DRAFTED)], [dict(WORK), beside]]) == [
        ("#/groups/1/1/controls/1", "not_earlier"),
        ("#/groups/1/1/controls/2", "unknown_stage"),
    ]


def test_groups_and_stages_are_bounded() -> None:
    assert faults([]) == [("#/groups", "too_few"), ("#/groups", "unreachable")]
    assert ("#/groups/1", "too_few") in faults([[dict(DRAFTED)], [], [dict(APPROVED, controls=[])]])
    many = [[dict(WORK, key=f"w{n}")] for n in range(61)]
    assert faults(many, RunsOn.ENTITY) == [("#/groups", "too_many")]
    wide = [[dict(WORK, key=f"w{n}") for n in range(81)]]
    assert faults(wide, RunsOn.ENTITY) == [("#/groups", "too_many")]


def test_nothing_comes_before_the_first_group() -> None:
    since = {"kind": "offset", "since": "previous_group", "working_days": 3}
    assert faults([[dict(WORK, due=since)]], RunsOn.ENTITY) == [("#/groups/0/0/due/since", "out_of_place")]
    biennial = {"kind": "recurring", "frequency": "biennial"}
    assert faults([[dict(WORK, due=biennial)]], RunsOn.ENTITY) == [
        ("#/groups/0/0/due/frequency", "not_allowed")
    ]


async def test_a_bad_template_is_refused_whole_and_changes_nothing(world: World) -> None:
    office = await Drafting.make(world)
    path = await office.drafted()
    before = await office.specialist.api.etag(path)
    events = await world.owner.fetchval("select count(*) from events")
    bad = [
        [dict(DRAFTED, due={"kind": "date", "month": 4, "day": 31})],
        [dict(VERIFIED, returns_to=["approval"])],
        [dict(APPROVED, key="draft", responsible=[{"party": "unit"}])],
    ]
    told = (
        "#/groups/0/0/due/day",
        "#/groups/1/0/returns_to/0",
        "#/groups/2/0/key",
        "#/groups/2/0/controls/0",
        "#/groups/2/0/responsible/0/party",
    )
    refused(await office.edit(path, groups=bad), 422, "invalid", *told)
    refused(await office.draft(groups=bad), 422, "invalid", *told)
    for body in (
        template(groups=[]),
        template(groups=[[]]),
        template(groups=[[{**DRAFTED, "kind": "dance"}]]),
        template(groups=[[{**DRAFTED, "unknown": 1}]]),
        template(groups=[[{**DRAFTED, "key": "س"}]]),
        template(groups=[[{**DRAFTED, "responsible": [{"party": "nobody"}]}]]),
        template(title_ar=" "),
        template(chain="thirteen"),
        template(code="a b"),
    ):
        answer = await office.specialist.api.create(f"/v1/entities/{office.entity.id}/path-templates", body)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"]
    assert await office.specialist.api.etag(path) == before
    assert await world.owner.fetchval("select count(*) from events") == events
    assert (await office.specialist.api.get(path)).json()["stages"] == len(GROUPS)
