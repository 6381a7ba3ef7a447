"""The paths that ship say what the guide's annexes say: every step, its parties, its dates (Guide P-8)."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.enums import Chain, Step
from app.enums.paths import RunsOn
from app.parties import DEFAULT_CHAINS
from app.schemas.path_templates import PathTemplateCreate
from app.services.load.path_templates import read_path_templates
from app.services.path_templates import checking, content
from app.services.path_templates.difference import due

DATA = Path(__file__).resolve().parents[2] / "data"
MODELS = {model["code"]: model for model in read_path_templates(DATA)}

_BEFORE = "of the year before"
OFFICE, PLAN, FIN, COM, MIN, EXE = (
    "office",
    "planning",
    "finance",
    "communication",
    "head_office",
    "executing",
)
ADV, UNIT, SGC, ECONOMY = (
    "advisory_committee",
    "unit",
    "council_of_ministers_secretariat",
    "ministry_of_economy",
)

ANNEX_A = {
    # Step: who, when in the year before the plan's, with whom.
    1: (OFFICE, "04-12", {UNIT, ECONOMY}),
    2: (OFFICE, "04-12", set()),
    3: (OFFICE, "04-16", {PLAN}),
    4: (OFFICE, "04-16", set()),
    5: (OFFICE, "04-16", {SGC}),
    6: (OFFICE, "04-17", {PLAN, FIN}),
    7: (OFFICE, "04-17", {PLAN, FIN}),
    8: (OFFICE, "04-18", set()),
    9: (COM, "04-27", {PLAN}),
    10: (COM, "04-27", {OFFICE}),
    11: (PLAN, "05-01", {OFFICE}),
    12: (PLAN, "05-01", set()),
    13: (OFFICE, "05-02", set()),
    14: (PLAN, "05-09", {OFFICE}),
    15: (PLAN, "05-15", set()),
    16: (PLAN, "05-16", set()),
    17: (OFFICE, "05-21", set()),
    18: (PLAN, "05-22", set()),
    19: (PLAN, "05-24", set()),
    20: (PLAN, "05-25", set()),
    21: (PLAN, "05-29", {OFFICE, FIN, ADV}),
    22: (PLAN, "06-01", set()),
    23: (PLAN, "06-02", set()),
    24: (PLAN, "06-05", {OFFICE, ADV, FIN, "head", "undersecretaries"}),
    25: (PLAN, "06-08", set()),
    26: (PLAN, "06-11", set()),
    27: (COM, "06-16", {FIN}),
    28: (FIN, "06-18 to 06-29", {OFFICE, PLAN}),
    29: (FIN, "06-30", set()),
    30: (FIN, "09", {OFFICE, PLAN, ECONOMY}),
    31: (FIN, "09", {ECONOMY}),
    32: (MIN, "10", set()),
    33: (PLAN, "10", set()),
    34: (PLAN, "10", set()),
    35: (MIN, "11", set()),
    36: ("head office planning finance", "11", {SGC}),
    37: (PLAN, "12", set()),
    38: (PLAN, "12", set()),
    39: (MIN, "12", set()),
    40: (MIN, "12", set()),
    41: (OFFICE, "12", set()),
    42: (COM, "12 and 05", {OFFICE, PLAN}),
}
ANNEX_B = {
    1: (OFFICE, f"10-01 {_BEFORE}", {UNIT, "excellence_team"}),
    2: (OFFICE, f"10-04 {_BEFORE}", set()),
    3: (OFFICE, f"10-11 {_BEFORE}", set()),
    4: ("office planning", f"10-12 {_BEFORE} to 10-30 {_BEFORE}", set()),
    5: (COM, f"10-12 {_BEFORE} to 10-30 {_BEFORE}", {OFFICE}),
    6: (EXE, f"10-31 {_BEFORE}", set()),
    7: (PLAN, f"11-14 {_BEFORE}", set()),
    8: (PLAN, f"11-15 {_BEFORE}", set()),
    9: (OFFICE, f"12-26 {_BEFORE}", {ADV, EXE}),
    10: (OFFICE, f"12-27 {_BEFORE}", set()),
    11: (EXE, "01-07", set()),
    12: (PLAN, "01-14", set()),
    13: (OFFICE, "01-21", set()),
    14: (COM, "semiannual", {OFFICE, PLAN, FIN}),
    15: (FIN, "semiannual", set()),
}
_ALL_YEAR = {"continuous", "semiannual"}
ANNEX_C = {
    1: (COM, _ALL_YEAR, {OFFICE}),
    2: (EXE, _ALL_YEAR, set()),
    3: (PLAN, _ALL_YEAR, set()),
    4: (OFFICE, _ALL_YEAR, set()),
    5: (OFFICE, {"05"}, {"bodies_concerned"}),
    6: (OFFICE, {"05"}, set()),
    7: ("office planning", _ALL_YEAR, set()),
    8: (PLAN, _ALL_YEAR, set()),
    9: (OFFICE, _ALL_YEAR, {ADV, EXE}),
    10: (OFFICE, _ALL_YEAR, set()),
    11: (MIN, _ALL_YEAR, set()),
    12: (COM, _ALL_YEAR, {OFFICE}),
    13: (MIN, _ALL_YEAR, set()),
}
OURS = ("A-26-approval", "A-34-approval", "A-36-remarks", "A-38-approval")
"""What the annex leaves out, as stages of their own."""


def groups_of(code: str) -> content.Groups:
    return content.read(MODELS[code]["groups"])


def stages_of(code: str) -> dict[str, content.Stage]:
    return {stage.key: stage for group in groups_of(code) for stage in group}


def who(stage: content.Stage, chain: Chain) -> str:
    """The parties of a stage; where the role plan names them, the guide's. The manager acts for the office."""
    steps = {"enterer": Step.ENTER, "reviewer": Step.REVIEW, "approver": Step.APPROVE}
    named = [
        DEFAULT_CHAINS[chain][steps[each.party]][0].value if each.party in steps else each.party.value
        for each in stage.responsible
    ]
    return " ".join(OFFICE if party == "manager" else party for party in named)


def _annual(when: str) -> str:
    if when == "12 and 05":
        return f"12 {_BEFORE}, 05"
    return " to ".join(f"{day} {_BEFORE}" for day in when.split(" to "))


@pytest.mark.parametrize("code", sorted(MODELS))
def test_each_model_can_be_walked_and_copied(code: str) -> None:
    model = MODELS[code]
    checking.check(groups_of(code), RunsOn(model["runs_on"]))
    said: dict[str, Any] = json.loads((DATA / "path_templates" / f"{code}.json").read_text(encoding="utf-8"))
    PathTemplateCreate.model_validate(said)
    for stage in stages_of(code).values():
        assert stage.guide, stage.key
        assert any("\u0600" <= letter <= "\u06ff" for letter in stage.title_ar), stage.key
        assert not any("\u0600" <= letter <= "\u06ff" for letter in stage.title_en), stage.key


def test_these_ship() -> None:
    assert {code: str(model["runs_on"]) for code, model in MODELS.items()} == {
        "annual_plan": "plan",
        "detailed_plans": "entity",
        "follow_up_year": "entity",
        "report": "entity",
        "scorecard": "scorecard",
        "short_plan": "plan",
    }


def test_annex_a() -> None:
    stages = stages_of("annual_plan")
    assert [key for key in stages if key not in OURS] == [f"A-{number}" for number in ANNEX_A]
    for number, (responsible, when, collaborators) in ANNEX_A.items():
        stage = stages[f"A-{number}"]
        assert (who(stage, Chain.PLANS), due(stage.due), set(stage.collaborators)) == (
            responsible,
            _annual(when),
            collaborators,
        ), stage.key
    keys = list(stages)
    for ours, before, after in (
        ("A-26-approval", "A-26", "A-27"),
        ("A-34-approval", "A-34", "A-35"),
        ("A-36-remarks", "A-36", "A-37"),
        ("A-38-approval", "A-38", "A-39"),
    ):
        assert keys.index(before) < keys.index(ours) < keys.index(after)
    assert stages["A-36"].quorum == content.Quorum(of="parties", count=4)  # type: ignore[arg-type]


def test_annex_a_moves_the_plan() -> None:
    fired = {key: stage.fires for key, stage in stages_of("annual_plan").items() if stage.fires}
    assert fired == {
        "A-17": "plans.verify",
        "A-26-approval": "plans.approve_preliminarily",
        "A-33": "plans.cut",
        "A-34-approval": "plans.approve",
        "A-36-remarks": "plans.revise",
        "A-38-approval": "plans.approve",
        "A-40": "plans.confirm",
        "A-41": "plans.record_platform_entry",
    }


def test_annex_b_of_2024() -> None:
    stages = stages_of("detailed_plans")
    assert list(stages) == [f"B-{number}" for number in ANNEX_B]
    for number, (responsible, when, collaborators) in ANNEX_B.items():
        stage = stages[f"B-{number}"]
        assert (who(stage, Chain.DETAILED_PLANS), due(stage.due), set(stage.collaborators)) == (
            responsible,
            when,
            collaborators,
        ), stage.key


def test_annex_c() -> None:
    stages = stages_of("follow_up_year")
    # The head's internal approval is a stage of ours, as in annex A.
    approval = stages.pop("C-10-approval")
    assert (approval.kind, who(approval, Chain.RESULTS), set(approval.controls)) == (
        "approve",
        "head",
        {"C-8", "C-9"},
    )
    assert approval.due == stages["C-10"].due
    assert list(stages) == [f"C-{number}" for number in ANNEX_C]
    assert len(groups_of("follow_up_year")) == 1
    for number, (responsible, when, collaborators) in ANNEX_C.items():
        stage = stages[f"C-{number}"]
        assert (who(stage, Chain.RESULTS), set(stage.collaborators)) == (responsible, collaborators), (
            stage.key
        )
        assert due(stage.due) in when, stage.key


@pytest.mark.parametrize(
    ("code", "chain", "parties"),
    [
        # P-3: its start, the time during it, its end by the head; P-7: verified before.
        ("short_plan", Chain.PLANS, [OFFICE, PLAN, OFFICE, "head"]),
        # I-5, I-7, O-3.
        ("scorecard", Chain.PLANS, ["specialist office", "technical_representative office", "head", UNIT]),
        # M-7.
        ("report", Chain.REPORTS, [PLAN, OFFICE, "head", MIN, MIN]),
    ],
)
def test_the_short_ways(code: str, chain: Chain, parties: list[str]) -> None:
    assert [who(stage, chain) for stage in stages_of(code).values()] == parties


def test_what_is_recorded_of_others_and_sent_for_the_head_carries_a_letter() -> None:
    for code in MODELS:
        for stage in stages_of(code).values():
            by_head_office = [each.party.value for each in stage.responsible] == [MIN]
            if stage.kind == "record_answer" or (by_head_office and stage.kind == "send"):
                assert [(needed.kind, needed.minimum) for needed in stage.evidence] == [("letter", 1)], (
                    stage.key
                )


def test_quality_is_asked_before_the_head_approves() -> None:
    asked = ["aligned", "templates", "indicators", "initiatives", "wording"]
    for code, key in (("annual_plan", "A-17"), ("detailed_plans", "B-9"), ("short_plan", "S-3")):
        assert [question.key for question in stages_of(code)[key].checklist] == asked


def test_what_two_parties_do_together_ends_with_both() -> None:
    for code, key in (("detailed_plans", "B-4"), ("follow_up_year", "C-7")):
        quorum = stages_of(code)[key].quorum
        assert quorum is not None
        assert (quorum.of, quorum.count) == ("parties", 2)
