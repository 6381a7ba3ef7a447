"""What holds of every matrix and every risk: graver is never graded lower, nor looked at later, nor accepted lower down."""

from datetime import date
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.enums.risks import RiskGrade
from app.services.risk_settings.rules import Scale, Settings
from app.services.risks import assessment_rules, rules
from app.services.risks.assessment_rules import Levels

GRADES = list(RiskGrade)
ENTITY = UUID(int=7)
levels = st.integers(min_value=1, max_value=5)


@st.composite
def scales(draw: st.DrawFn) -> Scale:
    thresholds = draw(st.lists(st.integers(2, 25), min_size=3, max_size=3, unique=True).map(sorted))
    days = draw(st.lists(st.integers(1, 250), min_size=4, max_size=4).map(lambda d: sorted(d, reverse=True)))
    return Scale(*thresholds, draw(st.integers(1, 25)), *days)


@given(scales(), levels, levels, levels, levels)
def test_graver_is_graded_no_lower(scale: Scale, p: int, i: int, q: int, j: int) -> None:
    low, high = min(p, q) * min(i, j), max(p, q) * max(i, j)
    assert GRADES.index(scale.grade(low)) <= GRADES.index(scale.grade(high))
    assert scale.review_days(low) >= scale.review_days(high)
    today = date(2026, 11, 26)
    assert assessment_rules.review_on(scale, low, today, frozenset()) >= assessment_rules.review_on(
        scale, high, today, frozenset()
    )


@given(scales(), levels, levels)
def test_the_head_accepts_from_the_threshold_on(scale: Scale, p: int, i: int) -> None:
    (party,) = rules.accepts(p * i, scale.head_from, ENTITY)
    assert party == (f"head:{ENTITY}" if p * i >= scale.head_from else f"manager:{ENTITY}")


MATRICES = [
    {"probability_ar": [f"احتمال {n}" for n in range(count)], "impact_ar": [f"{word} {n}" for n in range(5)]}
    for count, word in ((5, "أثر"), (4, "أثر"), (5, "ضرر"))
]
settings = st.builds(Settings, st.uuids(), st.sampled_from(MATRICES), scales())
assessed = st.builds(Levels, levels, levels)


@given(settings, assessed, assessed)
def test_what_was_accepted_holds_until_it_is_graver(by: Settings, old: Levels, new: Levels) -> None:
    state = assessment_rules.after_assessment("accepted", old, by, new, by)
    assert (state == "to_accept") == (new.score > old.score)
    assert assessment_rules.after_assessment("treated", old, by, new, by) == "treated"


@given(settings, settings, assessed, assessed, assessed)
def test_of_other_settings_an_acceptance_holds_only_for_what_is_provably_no_worse(
    then: Settings, now: Settings, old: Levels, new: Levels, lower: Levels
) -> None:
    holds = assessment_rules.no_worse(old, then, new, now)
    if holds:
        assert then.matrix == now.matrix, "scores of two matrices do not compare"
        assert new.score <= old.score
        assert GRADES.index(now.scale.grade(new.score)) <= GRADES.index(then.scale.grade(old.score))
        may = [rules.accepts(of.score, by.scale.head_from, ENTITY) for of, by in ((old, then), (new, now))]
        assert may != [(f"manager:{ENTITY}",), (f"head:{ENTITY}",)]
        assert lower.score > new.score or assessment_rules.no_worse(old, then, lower, now), (
            "what is lower holds too"
        )
    if then.matrix == now.matrix and then.scale == now.scale:
        assert holds == (new.score <= old.score)
    assert (assessment_rules.after_assessment("accepted", old, then, new, now) == "accepted") == holds


@given(levels, levels, levels, levels)
def test_what_counts_is_what_remains(p: int, i: int, q: int, j: int) -> None:
    both = Levels(max(p, q), max(i, j), min(p, q), min(i, j))
    assessment_rules.check_levels(both, 5, 5)
    assert both.score == min(p, q) * min(i, j) <= Levels(max(p, q), max(i, j)).score
