"""What the demo's files say of a planning year: initiatives, their money and reports, plans, scorecards, and who took
which stage of a path on which day. Read and checked whole before anything is written."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from app.enums.initiatives import BudgetAnswer, BudgetSource, InitiativeKind, Sector
from app.enums.plans import PlanItemKind
from app.services.load.acting import DOMAIN
from app.services.load.catalogue import Catalogue
from app.services.load.demo import Demo
from app.services.load.files import YEARS, Row, read
from app.services.load.merging import codes_of

_Key = TypeVar("_Key")
_Line = TypeVar("_Line")

ACTS = ("complete", "approve", "skip")
PATHS = ("annual_plan", "scorecard")


@dataclass(frozen=True)
class StageAct:
    """What somebody did in a stage. `letter`: of the head's decision, or with a sender of an answer from outside."""

    stage: str
    on: date
    by: str
    act: str
    letter: str | None
    sender: str | None
    reason: str | None


@dataclass(frozen=True)
class Budget:
    """Money asked for, and what became of that. Each `*_by` is a person."""

    year: int
    source: str
    requested: Decimal
    requested_by: str
    requested_on: date
    answer: BudgetAnswer | None
    approved: Decimal | None
    answered_by: str | None
    answered_on: date | None
    letter: str | None
    spent: Decimal | None
    spent_on: date | None


@dataclass(frozen=True)
class Report:
    """How far an initiative had come by a day, and how far the report itself has come since."""

    as_of: date
    reached: tuple[tuple[int, Decimal], ...]
    forecast_end: date | None
    note: str
    entered_by: str
    entered_on: date
    submitted_on: date | None
    reviewed_by: str | None
    reviewed_on: date | None
    approved_by: str | None
    approved_on: date | None


@dataclass(frozen=True)
class Initiative:
    """A proposal; approved where somebody is named. `said`: its own fields, with codes as yet for what they name."""

    code: str
    entity: str
    said: Mapping[str, Any]
    indicator: str
    programme: str | None
    proposed_by: str
    proposed_on: date
    approved_by: str | None
    approved_on: date | None
    budgets: Sequence[Budget]
    reports: Sequence[Report]


@dataclass(frozen=True)
class Item:
    """What an annual plan holds."""

    kind: str
    title_ar: str | None
    title_en: str | None
    priority: str | None
    indicator: str | None
    initiative: str | None
    entered_by: str


Of = tuple[str, int]
"""An entity and a year."""


@dataclass(frozen=True)
class Planning:
    """All of it. `stages`: by path, entity and year; `items` and `lines` by entity and year."""

    initiatives: Sequence[Initiative]
    items: Mapping[Of, Sequence[Item]]
    lines: Mapping[Of, Mapping[str, Decimal]]
    stages: Mapping[tuple[str, str, int], Sequence[StageAct]]


def read_planning(folder: Path, catalogue: Catalogue, demo: Demo) -> Planning:
    """Read and check the files. Raises DataError."""
    known = _Known.of(catalogue, demo)
    milestones = _grouped(
        read(
            folder,
            "demo_milestones",
            "initiative number title_ar title_en weight starts_on due_on depends_on acceptance_ar",
            key="initiative number",
        ),
        lambda row: row.text("initiative"),
        _milestone,
    )
    budgets = _grouped(
        read(
            folder,
            "demo_budgets",
            "initiative year source requested requested_by requested_on answer approved answered_by answered_on"
            " letter spent spent_on",
            key="initiative year source",
        ),
        lambda row: row.text("initiative"),
        known.budget,
    )
    reports = _grouped(
        read(
            folder,
            "demo_reports",
            "initiative as_of reached forecast_end note_ar entered_by entered_on submitted_on reviewed_by"
            " reviewed_on approved_by approved_on",
            key="initiative as_of",
        ),
        lambda row: row.text("initiative"),
        known.report,
    )
    rows = read(
        folder,
        "demo_initiatives",
        "code entity kind name_ar name_en goal_ar programme starts_on ends_on people sector indicator expected"
        " by_year proposed_by proposed_on approved_by approved_on",
        key="code",
    )
    initiatives = [
        known.initiative(
            row,
            milestones.get(row.text("code"), []),
            budgets.get(row.text("code"), []),
            reports.get(row.text("code"), []),
        )
        for row in rows
    ]
    own = {each.code: each.code for each in initiatives}
    items = _grouped(
        read(
            folder,
            "demo_plan_items",
            "entity year number kind title_ar title_en priority indicator initiative entered_by",
            key="entity year number",
        ),
        known.year,
        lambda row: known.item(row, own),
    )
    lines = _grouped(
        read(folder, "demo_scorecard_lines", "entity year indicator weight", key="entity year indicator"),
        known.year,
        known.line,
    )
    stages = _grouped(
        read(
            folder,
            "demo_stages",
            "path entity year stage on by act letter sender_ar reason_ar",
            key="path entity year stage",
        ),
        lambda row: (row.known("path", _as_is(PATHS), "path of the demo"), *known.year(row)),
        known.act,
    )
    return Planning(initiatives, items, {of: dict(each) for of, each in lines.items()}, stages)


def _grouped(
    rows: Sequence[Row], key: Callable[[Row], _Key], line: Callable[[Row], _Line]
) -> dict[_Key, list[_Line]]:
    found: dict[_Key, list[_Line]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(line(row))
    return found


def _as_is(words: Sequence[str]) -> dict[str, str]:
    return {word: word for word in words}


def _day(row: Row, column: str) -> date | None:
    return row.day(column) if row.optional(column) else None


def _number(row: Row, column: str) -> Decimal:
    found = row.number(column)
    if found is None:
        raise row.fault(column, "must not be empty")
    return found


def _count(row: Row, column: str, most: int) -> int:
    found = row.whole(column, 1, most)
    if found is None:
        raise row.fault(column, "must not be empty")
    return found


def _milestone(row: Row) -> dict[str, Any]:
    return {
        "number": _count(row, "number", 99),
        "title_ar": row.text("title_ar"),
        "title_en": row.text("title_en"),
        "weight": _number(row, "weight"),
        "starts_on": row.day("starts_on"),
        "due_on": row.day("due_on"),
        "acceptance": row.text("acceptance_ar"),
        "depends_on": [] if row.optional("depends_on") is None else [_count(row, "depends_on", 99)],
    }


def _reached(row: Row) -> Iterator[tuple[int, Decimal]]:
    for said in row.text("reached").split():
        number, _, percent = said.partition("=")
        if not (number.isdecimal() and percent.isdecimal()):
            raise row.fault("reached", f"'{said}' is not number=percent")
        yield int(number), Decimal(percent)


@dataclass(frozen=True)
class _Known:
    """What the other files name: as themselves, to be looked up."""

    entities: Mapping[str, str]
    indicators: Mapping[str, str]
    priorities: Mapping[str, str]
    programmes: Mapping[str, str]
    people: Mapping[str, str]

    @classmethod
    def of(cls, catalogue: Catalogue, demo: Demo) -> "_Known":
        return cls(
            codes_of(catalogue.entities),
            codes_of([*catalogue.indicators.records, *demo.indicators.records]),
            codes_of(catalogue.priorities),
            codes_of(catalogue.programmes),
            _as_is([person.email.removesuffix(f"@{DOMAIN}") for person in demo.people]),
        )

    def who(self, row: Row, column: str) -> str:
        return row.known(column, self.people, "person of demo_people.csv")

    def who_if_any(self, row: Row, column: str) -> str | None:
        return row.known_if_any(column, self.people, "person of demo_people.csv")

    def year(self, row: Row) -> Of:
        return row.known("entity", self.entities, "known entity"), _count(row, "year", YEARS[1])

    def budget(self, row: Row) -> Budget:
        return Budget(
            year=_count(row, "year", YEARS[1]),
            source=row.word("source", BudgetSource).value,
            requested=_number(row, "requested"),
            requested_by=self.who(row, "requested_by"),
            requested_on=row.day("requested_on"),
            answer=row.word("answer", BudgetAnswer) if row.optional("answer") else None,
            approved=row.number("approved"),
            answered_by=self.who_if_any(row, "answered_by"),
            answered_on=_day(row, "answered_on"),
            letter=row.optional("letter"),
            spent=row.number("spent"),
            spent_on=_day(row, "spent_on"),
        )

    def report(self, row: Row) -> Report:
        return Report(
            as_of=row.day("as_of"),
            reached=tuple(_reached(row)),
            forecast_end=_day(row, "forecast_end"),
            note=row.text("note_ar"),
            entered_by=self.who(row, "entered_by"),
            entered_on=row.day("entered_on"),
            submitted_on=_day(row, "submitted_on"),
            reviewed_by=self.who_if_any(row, "reviewed_by"),
            reviewed_on=_day(row, "reviewed_on"),
            approved_by=self.who_if_any(row, "approved_by"),
            approved_on=_day(row, "approved_on"),
        )

    def initiative(
        self,
        row: Row,
        milestones: Sequence[Mapping[str, Any]],
        budgets: Sequence[Budget],
        reports: Sequence[Report],
    ) -> Initiative:
        return Initiative(
            code=row.text("code"),
            entity=row.known("entity", self.entities, "known entity"),
            said={
                "kind": row.word("kind", InitiativeKind).value,
                "name_ar": row.text("name_ar"),
                "name_en": row.text("name_en"),
                "goal": row.text("goal_ar"),
                "sectors": [row.word("sector", Sector).value] if row.optional("sector") else [],
                "starts_on": row.day("starts_on"),
                "ends_on": row.day("ends_on"),
                "people_count": _count(row, "people", 1000),
                "milestones": milestones,
                "expected": _number(row, "expected"),
                "by_year": _count(row, "by_year", YEARS[1]),
            },
            indicator=row.known("indicator", self.indicators, "known indicator"),
            programme=row.known_if_any("programme", self.programmes, "known programme"),
            proposed_by=self.who(row, "proposed_by"),
            proposed_on=row.day("proposed_on"),
            approved_by=self.who_if_any(row, "approved_by"),
            approved_on=_day(row, "approved_on"),
            budgets=budgets,
            reports=reports,
        )

    def item(self, row: Row, initiatives: Mapping[str, str]) -> Item:
        kind = row.word("kind", PlanItemKind)
        if (kind is PlanItemKind.INITIATIVE) != (row.optional("initiative") is not None):
            raise row.fault("initiative", "an item of this kind names one, and no other does")
        return Item(
            kind=kind.value,
            title_ar=row.optional("title_ar"),
            title_en=row.optional("title_en"),
            priority=row.known_if_any("priority", self.priorities, "known priority"),
            indicator=row.known_if_any("indicator", self.indicators, "known indicator"),
            initiative=row.known_if_any("initiative", initiatives, "initiative of demo_initiatives.csv"),
            entered_by=self.who(row, "entered_by"),
        )

    def line(self, row: Row) -> tuple[str, Decimal]:
        return row.known("indicator", self.indicators, "known indicator"), _number(row, "weight")

    def act(self, row: Row) -> StageAct:
        return StageAct(
            stage=row.text("stage"),
            on=row.day("on"),
            by=self.who(row, "by"),
            act=row.known("act", _as_is(ACTS), "act in a stage"),
            letter=row.optional("letter"),
            sender=row.optional("sender_ar"),
            reason=row.optional("reason_ar"),
        )
