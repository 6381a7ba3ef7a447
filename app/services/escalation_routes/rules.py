"""What a routing table of challenges must be before it is in force (Guide X-3, X-4)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from app.enums.challenges import (
    COMMITTEES,
    ChallengeKind,
    ChallengeLevel,
    ChallengeTie,
    EscalationBody,
    Escalator,
)
from app.errors import Conflict, FieldError, Invalid, Text, fault_at

SET = "escalation_routes.set"

LONGEST = 120
"""The most working days that a level may have."""

MOST = 60
"""Routes in one version."""

_NAMED = (ChallengeLevel.COMMITTEE, ChallengeLevel.BODY)
"""Levels at which it must be said who stands there; the others have one holder each."""

_TOP = (ChallengeLevel.BODY, ChallengeLevel.UNIT)
"""Levels from which nothing leads further up."""


@dataclass(frozen=True)
class Route:
    """One way up, as a table says it. `kind`, `tie`: of which challenges, None: of any."""

    code: str
    kind: ChallengeKind | None
    tie: ChallengeTie | None
    from_level: ChallengeLevel
    to_level: ChallengeLevel
    to_body: EscalationBody | None
    escalated_by: Escalator
    after_head: bool
    limit_days: int
    title_ar: str
    title_en: str


class NotTheLatestTable(Conflict):
    code = "not_the_latest_table"
    title = Text(
        "The routing table has a newer version than the one you began from; read it first",
        "لجدول مسارات التصعيد إصدار أحدث مما بدأت منه، فاقرأه أولًا",
    )


def check_follows(follows: int, latest: int) -> None:
    """Raise NotTheLatestTable unless the new version was made from the latest one."""
    if follows != latest:
        raise NotTheLatestTable()


def check(routes: Sequence[Route]) -> None:
    """Whether the routes make a table by which nothing is left hanging: no circle, a holder at each level, and a way
    from the office to the head for every challenge. Raises Invalid with every fault."""
    faults = tuple(_faults(routes))
    if faults:
        raise Invalid(errors=faults)


def _faults(routes: Sequence[Route]) -> Iterator[FieldError]:
    seen: set[str] = set()
    for number, route in enumerate(routes):
        place = f"#/routes/{number}"
        if route.code in seen:
            yield fault_at(f"{place}/code", "repeated", "The code stands twice.", "تكرر الرمز.")
        seen.add(route.code)
        yield from _faults_of_one(route, place)
    yield from _circles(routes)
    for kind, tie in product(ChallengeKind, ChallengeTie):
        if not any(
            route.from_level is ChallengeLevel.OFFICE
            and route.to_level is ChallengeLevel.HEAD
            and fits(route, kind, tie)
            for route in routes
        ):
            yield fault_at(
                "#/routes",
                "no_way_to_the_head",
                f"No route leads challenges of the kind '{kind}' tied to '{tie}' from the office to the head.",
                f"لا يوجد مسار من المكتب إلى رئيس الوحدة لتحديات النوع «{kind}» المرتبطة بـ«{tie}».",
            )


def _faults_of_one(route: Route, place: str) -> Iterator[FieldError]:
    if route.from_level in _TOP:
        yield fault_at(
            f"{place}/from_level",
            "top_level",
            "Nothing leads further up from an outside body or from the follow-up unit.",
            "لا مسار أعلى من الجهة الخارجية أو من وحدة المتابعة.",
        )
    if route.to_level in _NAMED and route.to_body is None:
        yield fault_at(
            f"{place}/to_body",
            "missing",
            "It must be said which committee or body holds this level.",
            "يلزم ذكر اللجنة أو الجهة التي تتولى هذا المستوى.",
        )
    if route.to_level not in _NAMED and route.to_body is not None:
        yield fault_at(
            f"{place}/to_body",
            "out_of_place",
            "This level has one holder, who is not named.",
            "لهذا المستوى متولٍّ واحد لا يُسمّى.",
        )
    committee = route.to_body in COMMITTEES
    if route.to_body is not None and route.to_level in _NAMED:
        at_committees = route.to_level is ChallengeLevel.COMMITTEE
        if committee != at_committees and route.to_body is not EscalationBody.OTHER:
            yield fault_at(
                f"{place}/to_body",
                "not_at_this_level",
                "Committees stand at the level of committees, other bodies at theirs.",
                "تتولى اللجان مستوى اللجان، وتتولى الجهات الأخرى مستواها.",
            )
    escalator = Escalator.OFFICE if route.from_level is ChallengeLevel.OFFICE else Escalator.HEAD
    if route.escalated_by is not escalator:
        yield fault_at(
            f"{place}/escalated_by",
            "not_the_holder",
            "The office escalates from its own level, the head from every level above it.",
            "يصعّد المكتب من مستواه، ويصعّد رئيس الوحدة من كل مستوى فوقه.",
        )
    if route.after_head and (
        route.from_level is not ChallengeLevel.OFFICE or route.to_level is ChallengeLevel.HEAD
    ):
        yield fault_at(
            f"{place}/after_head",
            "out_of_place",
            "Only a route by which the office escalates past the head can come after the head.",
            "لا يكون بعد رئيس الوحدة إلا مسار يصعّد به المكتب إلى غيره.",
        )


def _circles(routes: Sequence[Route]) -> Iterator[FieldError]:
    """Each route by which one comes back to a level that lies below it."""
    up: Mapping[str, set[str]] = {
        level: {route.to_level for route in routes if route.from_level is level} for level in ChallengeLevel
    }
    for number, route in enumerate(routes):
        if route.from_level in _reached(route.to_level, up):
            yield fault_at(
                f"#/routes/{number}/to_level",
                "circle",
                "The routes lead in a circle.",
                "تدور المسارات في حلقة.",
            )


def _reached(start: str, up: Mapping[str, set[str]]) -> set[str]:
    found, pending = {start}, [start]
    while pending:
        for level in up[pending.pop()] - found:
            found.add(level)
            pending.append(level)
    return found


def fits(route: Route, kind: str, tie: str) -> bool:
    """Whether the route is one for challenges of this kind and tie."""
    return route.kind in (None, kind) and route.tie in (None, tie)


def changes(office_limit: int, routes: Sequence[Route]) -> dict[str, Any]:
    """What the event of a new version says."""
    return {"office_limit": office_limit, "routes": [route.code for route in routes]}
