"""What differs between two versions of a path template, in words that a person reads."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from app.enums.paths import DueKind
from app.services.path_templates.content import Due, Groups, NeededEvidence, Question, Responsible, Stage
from app.services.path_templates.rules import FIELDS


class Difference(NamedTuple):
    """One field of a stage (of the template itself, where `stage` is null), before and after; null where it said
    nothing. A stage that is new, or gone, is the field `stage`."""

    stage: str | None
    field: str
    before: str | None
    after: str | None


def between(
    old: Mapping[str, Any], before: Groups, new: Mapping[str, Any], after: Groups
) -> Iterator[Difference]:
    """Every difference: first what the versions say of themselves, then stage by stage in the order of the new
    one, those that are gone at the end."""
    for name in FIELDS:
        if old[name] != new[name]:
            yield Difference(None, name, old[name], new[name])
    was, is_ = _by_key(before), _by_key(after)
    stood, stands = _places(before, is_), _places(after, was)
    for key, stage in is_.items():
        if key not in was:
            yield Difference(key, "stage", None, _both(stage.title_ar, stage.title_en))
            continue
        told, tells = _told(was[key]), _told(stage)
        for name in dict.fromkeys((*told, *tells)):
            if told.get(name) != tells.get(name):
                yield Difference(key, name, told.get(name), tells.get(name))
        for name in ("beside", "after"):
            if stood[key][name] != stands[key][name]:
                yield Difference(key, name, stood[key][name], stands[key][name])
    for key, stage in was.items():
        if key not in is_:
            yield Difference(key, "stage", _both(stage.title_ar, stage.title_en), None)


def _by_key(groups: Groups) -> dict[str, Stage]:
    return {stage.key: stage for group in groups for stage in group}


def _places(groups: Groups, known: Mapping[str, Stage]) -> dict[str, dict[str, str | None]]:
    """Beside and after which stages each stands, among those of both versions: what is put in between, or taken
    out, moves no other."""
    places: dict[str, dict[str, str | None]] = {}
    previous: list[str] = []
    for group in groups:
        keys = [stage.key for stage in group if stage.key in known]
        for key in keys:
            places[key] = {
                "beside": _listed([other for other in keys if other != key]),
                "after": _listed(previous),
            }
        previous = keys or previous
    return places


def _told(stage: Stage) -> dict[str, str | None]:
    """Each field of a stage in short; a question of the checklist is a field of its own."""
    quorum = stage.quorum
    return {
        "title_ar": stage.title_ar,
        "title_en": stage.title_en,
        "kind": stage.kind.value,
        "responsible": _listed([_responsible(each) for each in stage.responsible]),
        "due": due(stage.due),
        "collaborators": _listed(stage.collaborators),
        "quorum": None if quorum is None else f"{quorum.count} {quorum.of.value}",
        **{f"checklist.{question.key}": _question(question) for question in stage.checklist},
        "evidence": _listed([_evidence(needed) for needed in stage.evidence]),
        "outcomes": _listed(stage.outcomes),
        "returns_to": _listed(stage.returns_to),
        "controls": _listed(stage.controls),
        "fires": stage.fires,
        "informs": _listed(stage.informs),
        "guide": stage.guide,
    }


def due(rule: Due) -> str:
    """A due rule in short: `05-21 of the year before`, `06-18 to 06-29`, `12 of the year before, 05`,
    `5 working days from previous_group`, `semiannual`, `continuous`."""
    match rule.kind:
        case DueKind.DATE:
            return _day(rule.month, rule.day, rule.year)
        case DueKind.DATE_RANGE:
            begins = _day(rule.month, rule.day, rule.year)
            return f"{begins} to {_day(rule.end_month, rule.end_day, rule.end_year)}"
        case DueKind.MONTHS:
            return ", ".join(f"{each.month:02}{_of_year(each.year)}" for each in rule.months)
        case DueKind.OFFSET:
            return f"{rule.working_days} working days from {rule.since}"
        case DueKind.RECURRING:
            return f"{rule.frequency}{_of_year(rule.year)}"
    return f"{rule.kind.value}{_of_year(rule.year)}"


def _day(month: int | None, day: int | None, year: int) -> str:
    return f"{month:02}-{day:02}{_of_year(year)}"


def _of_year(year: int) -> str:
    return {0: "", -1: " of the year before", -2: " of two years before", 1: " of the year after"}[year]


def _responsible(each: Responsible) -> str:
    return each.party.value if each.division_id is None else f"{each.party.value}:{each.division_id}"


def _question(question: Question) -> str:
    return _both(question.ar, question.en)


def _evidence(needed: NeededEvidence) -> str:
    return f"{needed.minimum} {needed.kind.value if needed.kind else 'of any kind'}"


def _both(ar: str, en: str) -> str:
    return f"{ar} · {en}"


def _listed(said: Sequence[str]) -> str | None:
    return ", ".join(map(str, said)) or None
