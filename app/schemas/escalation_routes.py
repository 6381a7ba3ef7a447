"""The routing table of challenges: who escalates what, to whom, and how long each level has."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums.challenges import ChallengeKind, ChallengeLevel, ChallengeTie, EscalationBody, Escalator
from app.schemas.base import (
    Body,
    Code,
    Count,
    Name,
    NextCursor,
    PersonRef,
    Truth,
    View,
    Whole,
    Words,
    example,
)

_Days = Annotated[Whole, Field(ge=1, le=120)]
_RouteCode = Annotated[Code, Field(description="Its code, once in a version.")]
_Kind = Annotated[ChallengeKind | None, Field(description="Of which kind of challenges; null: of any kind.")]
_Tie = Annotated[
    ChallengeTie | None, Field(description="Of challenges tied to what; null: of all (Guide X-4).")
]
_From = Annotated[ChallengeLevel, Field(description="From which level: the office, the head or a committee.")]
_To = Annotated[ChallengeLevel, Field(description="To which level.")]
_Body = Annotated[
    EscalationBody | None,
    Field(description="Which committee or body holds the level; of committees and outside bodies only."),
]
_By = Annotated[
    Escalator, Field(description="Who escalates: the office from its own level, the head from those above.")
]
_After = Annotated[Truth, Field(description="Open only to what the head has had before (Guide X-3).")]
_Limit = Annotated[_Days, Field(description="Working days that the level it leads to has.")]
_TitleAr = Annotated[Name, Field(description="What the route is called, in Arabic.")]
_TitleEn = Annotated[Name, Field(description="What the route is called, in English.")]
_Office = Annotated[
    _Days,
    Field(description="Working days that the office has: before it escalates, and to carry out a decision."),
]

_ROUTE = {
    "code": "office-to-head",
    "kind": None,
    "tie": None,
    "from_level": "office",
    "to_level": "head",
    "to_body": None,
    "escalated_by": "office",
    "after_head": False,
    "limit_days": 10,
    "title_ar": "من المكتب إلى رئيس الوحدة",
    "title_en": "From the office to the head",
}


class EscalationRouteCreate(Body):
    """One way up."""

    model_config = example(**_ROUTE)

    code: _RouteCode
    kind: _Kind = None
    tie: _Tie = None
    from_level: _From
    to_level: _To
    to_body: _Body = None
    escalated_by: _By
    after_head: _After = False
    limit_days: _Limit
    title_ar: _TitleAr
    title_en: _TitleEn


class EscalationRoutesCreate(Body):
    """The next version of the whole table."""

    model_config = example(follows=1, office_limit=15, reason="مراجعة سنوية لمسارات التصعيد", routes=[_ROUTE])

    follows: Annotated[
        Whole, Field(ge=1, le=1_000_000, description="The number of the version that it was made from.")
    ]
    office_limit: _Office
    routes: Annotated[
        list[EscalationRouteCreate],
        Field(min_length=1, max_length=60, description="All routes; they replace those before."),
    ]
    reason: Annotated[Words, Field(description="Why it changes.")]


class EscalationRouteRead(View):
    """One way up, of one version of the table."""

    id: Annotated[UUID, Field(description="Its id, by which one escalates.")]
    code: _RouteCode
    kind: _Kind
    tie: _Tie
    from_level: _From
    to_level: _To
    to_body: _Body
    escalated_by: _By
    after_head: _After
    limit_days: _Limit
    title_ar: _TitleAr
    title_en: _TitleEn


class EscalationRoutesItem(View):
    """A version of the routing table in a list."""

    id: Annotated[UUID, Field(description="The version's id.")]
    number: Annotated[Count, Field(description="1 for the one that ships; later ones count on.")]
    in_force: Annotated[bool, Field(description="What challenges that are opened now go by.")]
    office_limit: _Office
    reason: Annotated[Words, Field(description="Why it differs from the version before it.")]
    set_by: Annotated[PersonRef | None, Field(description="Who set it; null: it ships with the service.")]
    set_at: Annotated[datetime, Field(description="When.")]


class EscalationRoutesRead(EscalationRoutesItem):
    """A version of the routing table with its routes."""

    routes: Annotated[list[EscalationRouteRead], Field(max_length=60, description="In the order given.")]


class EscalationRoutesList(View):
    """A page of the versions of the routing table."""

    items: Annotated[list[EscalationRoutesItem], Field(max_length=200, description="The one in force first.")]
    next_cursor: NextCursor
