"""What the content of a path template must be, so that a run of it never stands with nobody who could go on
(Guide P-3, P-8, P-9)."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from app.enums.paths import CONTROL_STAGES, OUTSIDE, QuorumOf, RunsOn, StageKind, StageOutcome, StageParty
from app.errors import FieldError, Invalid, fault_at
from app.services.path_templates import dues, firing
from app.services.path_templates.content import Groups, Quorum, Stage

MOST_STAGES, MOST_GROUPS, MOST_QUESTIONS, MOST_PEOPLE = 80, 60, 20, 50

GROUPS = "#/groups"
"""Where a body says the stages."""

_APPROVING = frozenset({StageKind.APPROVE_PRELIMINARILY, StageKind.APPROVE})
_OF_ONE_PERSON = frozenset({StageParty.HEAD, StageParty.MANAGER})


def check(groups: Groups, runs_on: RunsOn, *, at: str = GROUPS) -> None:
    """Whether the stages can be walked to their end. `at`: their pointer in the body. Raises Invalid with every
    fault. Whether a division is one of the entity, the command asks."""
    found = tuple(_faults(groups, runs_on, at))
    if found:
        raise Invalid(errors=found)


def divisions(groups: Groups) -> dict[str, UUID]:
    """The divisions that stages name, by the place where they are."""
    return {
        f"{GROUPS}/{number}/{position}/responsible/{place}/division_id": each.division_id
        for number, group in enumerate(groups)
        for position, stage in enumerate(group)
        for place, each in enumerate(stage.responsible)
        if each.division_id is not None
    }


def _faults(groups: Groups, runs_on: RunsOn, at: str) -> Iterator[FieldError]:
    if not groups:
        yield fault_at(at, "too_few", "A path has at least one stage.", "لا بد للمسار من مرحلة واحدة.")
    if len(groups) > MOST_GROUPS or sum(map(len, groups)) > MOST_STAGES:
        yield fault_at(
            at,
            "too_many",
            f"At most {MOST_GROUPS} groups and {MOST_STAGES} stages.",
            f"{MOST_GROUPS} مجموعة و{MOST_STAGES} مرحلة على الأكثر.",
        )
    # Of a key that stands twice, the first counts.
    where: dict[str, int] = {}
    stages: dict[str, Stage] = {}
    for number, group in enumerate(groups):
        for stage in group:
            where.setdefault(stage.key, number)
            stages.setdefault(stage.key, stage)
    seen: set[str] = set()
    for number, group in enumerate(groups):
        if not group:
            yield fault_at(
                f"{at}/{number}",
                "too_few",
                "A group has at least one stage.",
                "لا بد للمجموعة من مرحلة واحدة.",
            )
        for position, stage in enumerate(group):
            place = f"{at}/{number}/{position}"
            if stage.key in seen:
                yield _repeated(f"{place}/key")
            seen.add(stage.key)
            yield from _names(stage, place)
            yield from _parties(stage, place)
            yield from _quorum(stage, place)
            yield from dues.faults(
                stage.due, f"{place}/due", first=number == 0, last=number == len(groups) - 1
            )
            yield from _outcomes(stage, place)
            yield from _returns(stage, number, where, place)
            yield from _control(stage, number, where, stages, place)
    yield from firing.faults(groups, runs_on, at)


def _names(stage: Stage, place: str) -> Iterator[FieldError]:
    """Titles in both languages, questions and evidence each once."""
    for name in ("title_ar", "title_en"):
        if not getattr(stage, name).strip():
            yield fault_at(f"{place}/{name}", "missing", "This is required.", "هذا الحقل مطلوب.")
    if len(stage.checklist) > MOST_QUESTIONS:
        yield fault_at(
            f"{place}/checklist",
            "too_many",
            f"At most {MOST_QUESTIONS} questions.",
            f"{MOST_QUESTIONS} سؤالًا على الأكثر.",
        )
    yield from _each_once([question.key for question in stage.checklist], f"{place}/checklist", "/key")
    yield from _each_once([needed.kind for needed in stage.evidence], f"{place}/evidence", "/kind")
    for position, needed in enumerate(stage.evidence):
        if not 1 <= needed.minimum <= 20:
            yield fault_at(
                f"{place}/evidence/{position}/minimum",
                "too_small" if needed.minimum < 1 else "too_large",
                "From 1 to 20 files.",
                "من ملف واحد إلى 20 ملفًا.",
            )


def _parties(stage: Stage, place: str) -> Iterator[FieldError]:
    if not stage.responsible:
        yield fault_at(
            f"{place}/responsible",
            "too_few",
            "Somebody must take this stage.",
            "لا بد لهذه المرحلة من طرف يتولاها.",
        )
    for position, each in enumerate(stage.responsible):
        its = f"{place}/responsible/{position}"
        if each.party in OUTSIDE:
            yield fault_at(
                f"{its}/party",
                "outside",
                "This party does not act in the service: it is worked with, or told.",
                "لا يعمل هذا الطرف في النظام، فيُذكر متعاونًا أو مُبلَّغًا.",
            )
        elif stage.kind is StageKind.RECORD_ANSWER and each.party is not StageParty.HEAD_OFFICE:
            yield fault_at(
                f"{its}/party",
                "not_the_heads_office",
                "The answer of a body outside is recorded by the head's office.",
                "يسجل مكتب رئيس الوحدة ردود الجهات الخارجية.",
            )
        if (each.party is StageParty.DIVISION) != (each.division_id is not None):
            yield fault_at(
                f"{its}/division_id",
                "missing" if each.division_id is None else "out_of_place",
                "A division is named where the party is `division`, and nowhere else.",
                "يُذكر التقسيم حين يكون الطرف تقسيمًا إداريًا فقط.",
            )
    yield from _each_once(stage.responsible, f"{place}/responsible", "")
    yield from _each_once(stage.collaborators, f"{place}/collaborators", "")
    yield from _each_once(stage.informs, f"{place}/informs", "")


def _quorum(stage: Stage, place: str) -> Iterator[FieldError]:
    if stage.quorum is None:
        return
    if not 2 <= stage.quorum.count <= most(stage.quorum, [each.party for each in stage.responsible]):
        yield fault_at(
            f"{place}/quorum/count",
            "too_small" if stage.quorum.count < 2 else "too_large",
            "At least two, and no more than there are.",
            "اثنان على الأقل، ولا يتجاوز عدد المعنيين.",
        )


def most(quorum: Quorum, parties: Sequence[StageParty]) -> int:
    """How many a quorum of these parties can ask for."""
    # A post has one holder, so that there are no more people than posts either.
    counted = quorum.of is QuorumOf.PARTIES or _OF_ONE_PERSON.issuperset(parties)
    return len(parties) if counted else MOST_PEOPLE


def _outcomes(stage: Stage, place: str) -> Iterator[FieldError]:
    """A stage ends well in one way: approved where it approves, done in all others."""
    approves = stage.kind in _APPROVING
    well = StageOutcome.APPROVED if approves else StageOutcome.DONE
    other = StageOutcome.DONE if approves else StageOutcome.APPROVED
    at = f"{place}/outcomes"
    if well not in stage.outcomes:
        yield fault_at(
            at,
            "missing",
            f"A stage of this kind can end as '{well}'.",
            f"لا بد أن تنتهي مرحلة من هذا النوع بـ«{well}».",
        )
    if other in stage.outcomes:
        yield fault_at(
            f"{at}/{stage.outcomes.index(other)}",
            "out_of_place",
            f"A stage of this kind ends as '{well}' instead.",
            f"تنتهي مرحلة من هذا النوع بـ«{well}».",
        )
    yield from _each_once(stage.outcomes, at, "")


def _returns(stage: Stage, group: int, where: Mapping[str, int], place: str) -> Iterator[FieldError]:
    may_return = StageOutcome.RETURNED in stage.outcomes
    if stage.kind in CONTROL_STAGES and group > 0 and not may_return:
        yield fault_at(
            f"{place}/outcomes",
            "missing",
            "Who controls may also return.",
            "من يتولى الرقابة يملك الإعادة أيضًا.",
        )
    if may_return != bool(stage.returns_to):
        yield fault_at(
            f"{place}/returns_to",
            "missing" if may_return else "out_of_place",
            "It is said where a stage returns to where it may return, and nowhere else.",
            "تُذكر مراحل الإعادة حيث تجوز الإعادة فقط.",
        )
    for position, key in enumerate(stage.returns_to):
        if key not in where:
            yield _unknown(f"{place}/returns_to/{position}")
        elif where[key] >= group:
            yield fault_at(
                f"{place}/returns_to/{position}",
                "not_earlier",
                "A return leads to a stage of an earlier group.",
                "تكون الإعادة إلى مرحلة في مجموعة سابقة.",
            )
    yield from _each_once(stage.returns_to, f"{place}/returns_to", "")


def _control(
    stage: Stage, group: int, where: Mapping[str, int], stages: Mapping[str, Stage], place: str
) -> Iterator[FieldError]:
    """Four eyes: what a control stage controls was done before it, or beside it, and by others."""
    if stage.controls and stage.kind not in CONTROL_STAGES:
        yield fault_at(
            f"{place}/controls",
            "out_of_place",
            "Only a stage that verifies or approves controls others.",
            "لا تراقب غيرها إلا مرحلة تحقق أو اعتماد.",
        )
    for position, key in enumerate(stage.controls):
        its = f"{place}/controls/{position}"
        if key not in where:
            yield _unknown(its)
        elif key == stage.key or where[key] > group:
            yield fault_at(
                its,
                "not_earlier",
                "A stage controls others, of its own group or an earlier one.",
                "تراقب المرحلة غيرها من مجموعتها أو من مجموعة سابقة.",
            )
        elif _alone(stage) is not None and _alone(stage) is _alone(stages[key]):
            yield fault_at(
                its,
                "same_party",
                "One person holds this post and cannot control what they did themselves.",
                "يشغل هذا المنصب شخص واحد فلا يراقب ما قام به بنفسه.",
            )
    yield from _each_once(stage.controls, f"{place}/controls", "")


def _alone(stage: Stage) -> StageParty | None:
    """The post that alone has the stage, if it is one."""
    parties = {each.party for each in stage.responsible}
    return next(iter(parties)) if len(parties) == 1 and parties <= _OF_ONE_PERSON else None


def _each_once(said: Sequence[object], at: str, below: str) -> Iterator[FieldError]:
    for position, each in enumerate(said):
        if each in said[:position]:
            yield _repeated(f"{at}/{position}{below}")


def _repeated(pointer: str) -> FieldError:
    return fault_at(pointer, "repeated", "It stands here twice.", "ذُكر مرتين.")


def _unknown(pointer: str) -> FieldError:
    return fault_at(
        pointer,
        "unknown_stage",
        "The template has no stage of this key.",
        "لا توجد في النموذج مرحلة بهذا الرمز.",
    )
