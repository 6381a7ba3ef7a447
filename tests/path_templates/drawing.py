"""Contents of path templates drawn at random: every one of them can be walked to its end."""

from dataclasses import replace
from uuid import UUID

from hypothesis import strategies as st

from app.enums import EvidenceKind, Frequency
from app.enums.paths import (
    CONTROL_STAGES,
    OUTSIDE,
    DueFrom,
    DueKind,
    QuorumOf,
    RunsOn,
    StageKind,
    StageOutcome,
    StageParty,
)
from app.services.path_templates.content import (
    Due,
    Groups,
    Month,
    NeededEvidence,
    Question,
    Quorum,
    Responsible,
    Stage,
)
from tests.playing import Draw

_INSIDE = [party for party in StageParty if party not in OUTSIDE]
# Neither of these alone: that one person cannot control themselves is a corruption of its own.
_MANY = [party for party in _INSIDE if party not in (StageParty.HEAD, StageParty.MANAGER)]
_DIVISION = UUID("019a0000-0000-7000-8000-000000000001")
_WORK = [kind for kind in StageKind if kind not in CONTROL_STAGES]
_APPROVING = (StageKind.APPROVE, StageKind.APPROVE_PRELIMINARILY)
_LAST_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_WITHIN = (Frequency.MONTHLY, Frequency.QUARTERLY, Frequency.SEMIANNUAL, Frequency.ANNUAL)
_years = st.integers(-2, 1)


def _day(draw: Draw) -> tuple[int, int, int]:
    month = draw(st.integers(1, 12))
    return draw(_years), month, draw(st.integers(1, _LAST_DAYS[month - 1]))


def _due(draw: Draw, *, first: bool, last: bool) -> Due:
    kinds = [DueKind.DATE, DueKind.DATE_RANGE, DueKind.MONTHS, DueKind.OFFSET]
    kind = draw(st.sampled_from([*kinds, DueKind.RECURRING, DueKind.CONTINUOUS] if last else kinds))
    match kind:
        case DueKind.DATE:
            year, month, day = _day(draw)
            return Due(kind, month, day, year)
        case DueKind.DATE_RANGE:
            (year, month, day), (end_year, end_month, end_day) = sorted((_day(draw), _day(draw)))
            return Due(kind, month, day, year, end_month, end_day, end_year)
        case DueKind.MONTHS:
            said = st.tuples(_years, st.integers(1, 12))
            months = draw(st.lists(said, unique=True, min_size=1, max_size=12 if last else 1))
            return Due(kind, months=tuple(Month(month, year) for year, month in sorted(months)))
        case DueKind.OFFSET:
            since = draw(st.sampled_from([each for each in DueFrom if not first or each != "previous_group"]))
            return Due(
                kind,
                since=since,
                working_days=draw(st.integers(-400 if since is DueFrom.YEAR_END else 0, 400)),
            )
        case DueKind.RECURRING:
            return Due(kind, year=draw(_years), frequency=draw(st.sampled_from(_WITHIN)))
    return Due(kind, year=draw(_years))


def _stage(
    draw: Draw, key: str, group: int, earlier: list[str], *, last: bool, approved: bool = False
) -> Stage:
    """`approved`: it comes after what puts the thing in force, from where nothing leads back."""
    kind = draw(st.sampled_from(StageKind if group and not approved else _WORK))
    parties = draw(st.lists(st.sampled_from(_MANY), min_size=1, max_size=4, unique=True))
    if kind is StageKind.RECORD_ANSWER:
        parties = [StageParty.HEAD_OFFICE]
    control = kind in CONTROL_STAGES
    returns = group > 0 and not approved and (control or draw(st.booleans()))
    well = StageOutcome.APPROVED if kind in _APPROVING else StageOutcome.DONE
    outcomes = [well, *([StageOutcome.RETURNED] if returns else [])]
    if draw(st.booleans()):
        outcomes.append(StageOutcome.NOT_APPLICABLE)
    quorum = None
    if draw(st.booleans()):
        quorum = Quorum(QuorumOf.PEOPLE, draw(st.integers(2, 50)))
        if len(parties) > 1 and draw(st.booleans()):
            quorum = Quorum(QuorumOf.PARTIES, draw(st.integers(2, len(parties))))

    def keys(least: int) -> tuple[str, ...]:
        return tuple(draw(st.lists(st.sampled_from(earlier), unique=True, min_size=least, max_size=3)))

    return Stage(
        key=key,
        title_ar=draw(st.sampled_from(["إعداد المسودة", "مراجعة الخطة", "إرسال التقرير"])),
        title_en=draw(st.sampled_from(["Draft it", "Review it", "Send it"])),
        kind=kind,
        responsible=tuple(
            Responsible(party, _DIVISION if party is StageParty.DIVISION else None) for party in parties
        ),
        due=_due(draw, first=group == 0, last=last),
        collaborators=tuple(draw(st.lists(st.sampled_from(StageParty), unique=True, max_size=3))),
        quorum=quorum,
        checklist=tuple(
            Question(f"q{number}", "هل اكتملت البيانات؟", "Is it complete?")
            for number in range(draw(st.integers(0, 3)))
        ),
        evidence=tuple(
            NeededEvidence(each, draw(st.integers(1, 20)))
            for each in draw(st.lists(st.sampled_from([None, *EvidenceKind]), unique=True, max_size=2))
        ),
        outcomes=tuple(draw(st.permutations(outcomes))),
        returns_to=keys(1) if returns else (),
        controls=keys(0) if control else (),
        informs=tuple(draw(st.lists(st.sampled_from(StageParty), unique=True, max_size=3))),
        guide=draw(st.sampled_from([None, "annex A 17"])),
    )


@st.composite
def paths(draw: Draw) -> tuple[Groups, RunsOn]:
    """Groups that can be walked, and what walks them: the stages at random, and before the last group of a plan or
    a scorecard the stages that put it in force."""
    runs_on = draw(st.sampled_from(RunsOn))
    count = draw(st.integers(2, 5))
    groups: list[tuple[Stage, ...]] = []
    earlier: list[str] = []
    for number in range(count):
        last = number == count - 1
        group = [
            _stage(
                draw,
                f"S-{number}-{position}",
                number,
                earlier,
                last=last,
                approved=last and runs_on is not RunsOn.ENTITY,
            )
            for position in range(draw(st.integers(1, 3)))
        ]
        groups.append(tuple(group))
        earlier += [stage.key for stage in group]
    first = groups[0][0].key
    groups[-1:-1] = [(stage,) for stage in _deciding(runs_on, first)]
    return tuple(groups), runs_on


def _deciding(runs_on: RunsOn, returns_to: str) -> list[Stage]:
    stage = Stage(
        "approval",
        "اعتماد رئيس الوحدة",
        "The head approves",
        StageKind.APPROVE,
        (Responsible(StageParty.HEAD),),
        Due(DueKind.OFFSET, since=DueFrom.PREVIOUS_GROUP, working_days=5),
        outcomes=(StageOutcome.APPROVED, StageOutcome.RETURNED),
        returns_to=(returns_to,),
    )
    if runs_on is RunsOn.PLAN:
        return [replace(stage, fires="plans.approve")]
    if runs_on is RunsOn.SCORECARD:
        return [
            replace(
                stage,
                key="alignment",
                kind=StageKind.VERIFY,
                responsible=(Responsible(StageParty.TECHNICAL_REPRESENTATIVE),),
                outcomes=(StageOutcome.DONE, StageOutcome.RETURNED),
                fires="scorecards.align",
            ),
            replace(stage, controls=("alignment",), fires="scorecards.approve"),
            replace(
                stage,
                key="agreement",
                responsible=(Responsible(StageParty.UNIT),),
                fires="scorecards.agree",
            ),
        ]
    return []
