"""What a path template says, as data: an ordered list of groups of stages (Guide P-3, P-8).

It is kept as JSON in `path_templates.groups`, in the members named here; `read` makes it of that. Stages of a group
run side by side; there is no other order, so a return is to an earlier group and reopens everything from there on.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from app.enums import EvidenceKind, Frequency
from app.enums.paths import DueFrom, DueKind, QuorumOf, StageKind, StageOutcome, StageParty


@dataclass(frozen=True, slots=True)
class Responsible:
    """A party that has a stage; `division_id` where the party is one division."""

    party: StageParty
    division_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """A month; `year` counts from the year of the run (-1: the year before it)."""

    month: int
    year: int = 0


@dataclass(frozen=True, slots=True)
class Due:
    """When a stage is due. Years count from the year of the run.

    date: `month`, `day`, `year`. date_range: from there to `end_month`, `end_day`, `end_year`. months: in each of
    `months`, one occasion for each. offset: `working_days` (negative: before) from `since`. recurring: once in each
    period of `frequency` of the `year`. continuous: all through the `year`.
    """

    kind: DueKind
    month: int | None = None
    day: int | None = None
    year: int = 0
    end_month: int | None = None
    end_day: int | None = None
    end_year: int = 0
    months: tuple[Month, ...] = ()
    since: DueFrom | None = None
    working_days: int | None = None
    frequency: Frequency | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """An item of a stage's checklist, to be answered before the stage ends well."""

    key: str
    ar: str
    en: str


@dataclass(frozen=True, slots=True)
class NeededEvidence:
    """At least `minimum` files of a kind (None: of any)."""

    kind: EvidenceKind | None
    minimum: int


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many parties, or people, must take a stage before it ends well."""

    of: QuorumOf
    count: int


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage. `key` is its name within the template (`A-17`).

    `collaborators` work with the responsible; `informs` are told when it ends well. `returns_to`: keys of earlier stages.
    `controls`: keys of the stages whose people never take it (four eyes). `fires`: the action of the subject's own
    transition that takes place when the stage ends well.
    """

    key: str
    title_ar: str
    title_en: str
    kind: StageKind
    responsible: tuple[Responsible, ...]
    due: Due
    collaborators: tuple[StageParty, ...] = ()
    quorum: Quorum | None = None
    checklist: tuple[Question, ...] = ()
    evidence: tuple[NeededEvidence, ...] = ()
    outcomes: tuple[StageOutcome, ...] = (StageOutcome.DONE,)
    returns_to: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    fires: str | None = None
    informs: tuple[StageParty, ...] = ()
    guide: str | None = None


Groups = tuple[tuple[Stage, ...], ...]


def read(groups: Sequence[Sequence[Mapping[str, Any]]]) -> Groups:
    """The groups of a template from its JSON, which was checked when it was saved."""
    return tuple(tuple(_stage(stage) for stage in group) for group in groups)


def _stage(said: Mapping[str, Any]) -> Stage:
    quorum = said.get("quorum")
    return Stage(
        key=said["key"],
        title_ar=said["title_ar"],
        title_en=said["title_en"],
        kind=StageKind(said["kind"]),
        responsible=tuple(
            Responsible(
                StageParty(each["party"]), UUID(each["division_id"]) if each.get("division_id") else None
            )
            for each in said["responsible"]
        ),
        due=_due(said["due"]),
        collaborators=tuple(map(StageParty, said.get("collaborators", ()))),
        quorum=Quorum(QuorumOf(quorum["of"]), quorum["count"]) if quorum else None,
        checklist=tuple(Question(each["key"], each["ar"], each["en"]) for each in said.get("checklist", ())),
        evidence=tuple(
            NeededEvidence(EvidenceKind(each["kind"]) if each.get("kind") else None, each["minimum"])
            for each in said.get("evidence", ())
        ),
        outcomes=tuple(map(StageOutcome, said.get("outcomes", (StageOutcome.DONE,)))),
        returns_to=tuple(said.get("returns_to", ())),
        controls=tuple(said.get("controls", ())),
        fires=said.get("fires"),
        informs=tuple(map(StageParty, said.get("informs", ()))),
        guide=said.get("guide"),
    )


def write(groups: Groups) -> list[list[dict[str, Any]]]:
    """The JSON of groups as it is kept: every member is there, so that the same groups are the same JSON."""
    written: list[list[dict[str, Any]]] = json.loads(
        json.dumps([[asdict(stage) for stage in group] for group in groups], default=str)
    )
    return written


def _due(said: Mapping[str, Any]) -> Due:
    since, frequency = said.get("since"), said.get("frequency")
    return Due(
        kind=DueKind(said["kind"]),
        month=said.get("month"),
        day=said.get("day"),
        year=said.get("year") or 0,
        end_month=said.get("end_month"),
        end_day=said.get("end_day"),
        end_year=said.get("end_year") or 0,
        months=tuple(Month(each["month"], each.get("year") or 0) for each in said.get("months") or ()),
        since=DueFrom(since) if since else None,
        working_days=said.get("working_days"),
        frequency=Frequency(frequency) if frequency else None,
    )
