"""The role rules in words: what `GET /v1/role-rules` answers and what docs/role-rules.md says.

Nothing is decided here. Who comes from `permissions`, from which state from the areas' transition
tables, the words from `role_rules_words`. `python -m app.role_rules > docs/role-rules.md` writes the page anew.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from itertools import groupby

from app.enums import Step
from app.parties import DEFAULT_CHAINS
from app.permissions import RULES
from app.role_rules_words import CHAINS, PARTIES, PARTIES_OF_AREA
from app.role_table.rule import Rule
from app.services import transition_tables
from app.services.documents import Document


@dataclass(frozen=True, slots=True)
class Who:
    """A party that a rule or a step names, and how it stands to the subject."""

    party: str
    relation_ar: str
    relation_en: str


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule in full. No `from_states`: no state counts. No `to_state`: the state stays as it is."""

    action: str
    area: str
    says_ar: str
    says_en: str
    who: tuple[Who, ...]
    four_eyes: bool
    recordable: bool
    delegable: bool
    subject: str | None
    from_states: tuple[str, ...]
    to_state: str | None
    reason: bool
    guide: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of a default chain: its parties, the substitutes after the first."""

    step: str
    parties: tuple[Who, ...]


@dataclass(frozen=True, slots=True)
class ChainLine:
    """One default chain."""

    chain: str
    name_ar: str
    name_en: str
    steps: tuple[StepLine, ...]


def table() -> tuple[RuleLine, ...]:
    """Every rule, in the order of `permissions.RULES`."""
    return tuple(_line(rule) for rule in RULES.values())


def default_chains() -> tuple[ChainLine, ...]:
    """The guide's default chains (Guide P-13)."""
    return tuple(
        ChainLine(
            chain.value,
            CHAINS[chain].ar,
            CHAINS[chain].en,
            tuple(
                StepLine(step.value, tuple(_who(chain.value, party) for party in steps[step]))
                for step in Step
                if step in steps
            ),
        )
        for chain, steps in DEFAULT_CHAINS.items()
    )


@cache
def document() -> Document:
    """The whole table as one page of JSON. It changes only with a release, so its version is 1."""
    body = {
        "items": [asdict(line) for line in table()],
        "next_cursor": None,
        "default_chains": [asdict(chain) for chain in default_chains()],
    }
    return Document(json.dumps(body, ensure_ascii=False).encode(), version=1)


def _line(rule: Rule) -> RuleLine:
    area = rule.action.partition(".")[0]
    subject, transition = transition_tables.find(rule.action) or (None, None)
    stays = transition is None or transition.target in transition.sources
    return RuleLine(
        action=rule.action,
        area=area,
        says_ar=rule.says.ar,
        says_en=rule.says.en,
        who=tuple(_who(area, party) for party in rule.who),
        four_eyes=rule.control,
        recordable=rule.recordable,
        delegable=rule.delegable_as is not None,
        subject=subject.value if subject else None,
        from_states=tuple(sorted(transition.sources)) if transition else (),
        to_state=None if transition is None or stays else str(transition.target),
        reason=transition is not None and transition.reason,
        guide=tuple(rule.guide.split(", ")) if rule.guide else (),
    )


def _who(area: str, party: str) -> Who:
    words = PARTIES_OF_AREA.get((area, party)) or PARTIES[party]
    return Who(str(party), words.ar, words.en)


PREFACE = """\
# Who may do what

*This page is written by `python -m app.role_rules` from the table in `app/permissions.py` and from the
transition tables of the areas; a test holds it to them. The same table is what the service enforces, what
`GET /v1/role-rules` answers in Arabic and English, and where the `actions` of every single resource come from.*

## How a right comes about

**Nothing is allowed unless a line below allows it.** Every route names its action, every action has one line.
Rights are read from the database at each request, so a role that ends is gone at the next one.

**A line names parties and how they stand to the thing.** "The manager" is the manager of the entity that the
thing belongs to, never of another. Some lines name whoever a *chain* names: each entity's role plan says who
enters, reviews and approves, with substitutes in order (Guide P-13); until an entity has an approved plan, the
default chains at the end of this page hold. Roles, assignments and delegations are dated, and count only
within their dates; an acting head or manager is the head or manager for that time.

**Representatives and experts are not permanent** (Guide O-3, O-4, O-7). They are appointed by the head's
decision and assigned by the manager, for a time, to the things they work on.

**Reading is a right, seeing is another matter.** A published result is seen by all. An approved one is seen by
whoever has a role in its own entity, by the partners of an accepted contribution, and by UNIT. Before approval it
is seen by the parties of its chain, the manager and specialists of the vision office, the head with the head's
office, and whoever is assigned to it or to its indicator. A **restricted** one is, until it is published, for the
parties of its chain, the head with the head's office, and whoever is assigned: for nobody else, neither in the
entity nor in UNIT. Definitions that are or were in force are seen by all; a draft by those who work on it.

**A definition passes two controls before it is in force** (Guide I-1, I-6, I-7). Specialists draft it; the technical
representative assigned to the indicator, or another specialist, confirms method and accuracy; the manager puts it in
force. For vision indicators all of that is UNIT's. A shared indicator is **certified** when its owner approves a
result of it (Guide I-3, I-4): each contributor has by then approved its own figure of the period, or somebody on
either side has said why it is missing.

**What is due is let off, and what is closed is reopened, by UNIT for vision and scorecard indicators and by the head
of the entity for all others** (Guide D-2). They excuse a figure or make it due again, and grant the leave to enter one
in a closed period or to correct an approved one; the manager asks for that leave. How often figures are due is set by
UNIT for the same indicators, and by the manager for the entity's own.

## Four eyes

Lines marked *four eyes* are control steps: reviewing, confirming, approving, putting in force, returning, granting.
None is taken by a person who had a hand in what is controlled:

- Whoever **entered or edited** a revision or a definition, or brought or described evidence of it, is barred from
  controlling it **for good**.
- Whoever took **a control step** on it is barred from the next ones of **the same round**. A return voids the
  control steps of the round: the next round begins without them.
- Whoever **verified evidence** of a draft does not edit that draft afterwards: nobody vouches for what they then change.
- **Persons** are compared, not roles: a second hat does not help. A service account counts as the person who
  made it. Where the head's office records, the head who decided is compared, not the one who writes it down.
- Preparing, withdrawing, discarding and recording are free of it.

**Where four eyes leaves nobody** - every present holder of the step is barred - the head of the entity decides,
or the head's office records it; a reason is required and what was decided is flagged as exceptional. A head who is
barred too cannot: then somebody else must be appointed. Two things do not bar a head then: what they decided before
because nobody was left, and that, being the office's manager too, they asked for the resources of a risk or raised it.

## Decisions that are recorded, and rights that are lent

- **Recordable**: ministers do not sign in. Where a line names the head, the head's office may record the
  head's decision: who decided, the number and the date of the letter. Both persons stand in the history.
- **Delegable**: the manager may lend this action to a specialist of the office, for a dated time and with a
  reason. It ends with the dates, or when the manager's own post ends. The history names both; four eyes looks
  at the one who acts.
- A **service account** has some of its maker's actions, never more than the maker has at that moment.

## What a refusal says

A request is judged in one order, and the first thing wrong is the answer:

| status | means |
|---|---|
| 401 | not signed in, or the session has ended |
| 400 | the request cannot be read |
| 404 | there is no such thing, or it is not visible to you; which of the two is not said |
| 403 | you are not entitled (`forbidden`), or only four eyes bars you (`four_eyes`) |
| 428 | `If-Match` is missing: say which version you saw |
| 412 | the thing has changed since you saw it |
| 409 | you are entitled, but the present state does not allow it |
| 422 | the input is not valid |

403 and 409 are told apart on purpose: **403 is about you, 409 is about the thing.** Who may approve, and tries it
on a draft, is answered 409 and may come back later; who may not, is answered 403 whatever the state.
"""


def markdown() -> str:
    """The page docs/role-rules.md."""
    lines = [PREFACE, *_parties_in_words(), *_rules_in_words(), *_chains_in_words()]
    return "\n".join(lines).rstrip() + "\n"


def _rules_in_words() -> Iterator[str]:
    yield "## The rules\n"
    yield (
        "*From → to*: the states in which the action is possible, and the one it leads to; a dash where it"
        " looks at no state. *Guide*: the lines of the offices' guide that a rule carries.\n"
    )
    for area, lines in groupby(table(), key=lambda line: line.area):
        yield f"### {_title(area)}\n"
        yield from _rows(
            ("Action", "What", "الإجراء", "Who", "Conditions", "From → to", "Guide"),
            (
                (
                    f"`{line.action}`",
                    line.says_en,
                    line.says_ar,
                    " or ".join(_named(line.area, who) for who in line.who),
                    ", ".join(_conditions(line)),
                    _movement(line),
                    ", ".join(line.guide),
                )
                for line in lines
            ),
        )


def _chains_in_words() -> Iterator[str]:
    yield "## The default chains\n"
    yield "In force for an entity that has no approved role plan; the first party named, then its substitutes.\n"
    yield from _rows(
        ("Chain", "السلسلة", *(f"{step.value.capitalize()}" for step in Step)),
        (
            (
                f"{chain.name_en} (`{chain.chain}`)",
                chain.name_ar,
                *(", then ".join(f"`{who.party}`" for who in step.parties) for step in chain.steps),
            )
            for chain in default_chains()
        ),
    )


def _parties_in_words() -> Iterator[str]:
    yield "## The parties\n"
    yield from _rows(
        ("Party", "Who that is", "من المقصود"),
        ((f"`{party}`", words.en, words.ar) for party, words in PARTIES.items()),
    )


def _named(area: str, who: Who) -> str:
    """A party by its name in the table of parties; in words where the area means something else by it."""
    return who.relation_en if (area, who.party) in PARTIES_OF_AREA else f"`{who.party}`"


def _conditions(line: RuleLine) -> Iterator[str]:
    for holds, words in (
        (line.four_eyes, "four eyes"),
        (line.recordable, "recordable"),
        (line.delegable, "delegable"),
        (line.reason, "with a reason"),
    ):
        if holds:
            yield words


def _movement(line: RuleLine) -> str:
    if not line.from_states:
        return ""
    states = " or ".join(line.from_states)
    return f"{line.subject}: {states}" + (f" → {line.to_state}" if line.to_state else ", which stays")


def _title(area: str) -> str:
    return area.replace("_", " ").capitalize()


def _rows(header: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    names = tuple(header)
    yield f"| {' | '.join(names)} |"
    yield "|---" * len(names) + "|"
    for row in rows:
        yield f"| {' | '.join(cell or '-' for cell in row)} |"
    yield ""


if __name__ == "__main__":
    sys.stdout.buffer.write(markdown().encode())
