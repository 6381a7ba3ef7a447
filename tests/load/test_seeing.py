"""What a list says of who sees a thing is what the thing's own area answers."""

from collections import Counter

from sqlalchemy import ARRAY, Text, any_, bindparam, select

from app import clock
from app.db import Query
from app.enums import SubjectKind
from app.models import Membership, Subject
from app.services import loaders, seeing
from app.services.inbox import queries as inbox
from app.services.people import actor as actors
from tests.factories.notifications import worker_database
from tests.load.conftest import Loaded

_s = Subject.__table__
_WAITING_ONLY = {SubjectKind.ROLE_PLAN.value}
"""Of these the list's rule holds while they are worked on, which is when they wait."""

_NOT_IN_THE_DEMO = {SubjectKind.REOPENING, SubjectKind.EVIDENCE, SubjectKind.PROPOSAL}
_TOLD_TO_ALL = {SubjectKind.INDICATOR, SubjectKind.DEFINITION, SubjectKind.PROGRAMME_PARTICIPANT}

KINDS = sorted((set(seeing.KINDS) & set(loaders.LOADS)) - _WAITING_ONLY)
SEEN = Query(
    lambda: select(_s.c.id, _s.c.kind, seeing.seen(_s.c.id, _s.c.kind, _s, KINDS).label("seen")).where(
        _s.c.kind == any_(bindparam("kinds", type_=ARRAY(Text)))
    )
)
PEOPLE = Query(lambda: select(Membership.user_id.label("id")).distinct().order_by(Membership.user_id))
OF_A_KIND = 3
"""Things of each kind that are seen, and as many that are not, for each person."""


async def test_both_say_the_same_of_everybody_and_each_kind(loaded: Loaded) -> None:
    now = clock.now()
    compared: Counter[tuple[str, bool]] = Counter()
    async with worker_database(loaded.url) as database:
        async with database.reading() as reader:
            people = [row["id"] for row in await reader.rows(PEOPLE, {})]
        for person_id in people:
            async with database.writing() as lane:
                actor = await actors.told(lane, person_id, now)
                assert actor is not None
                found = await lane.rows(SEEN, {**inbox.params(actor, now), "kinds": KINDS})
                taken: Counter[tuple[str, bool]] = Counter()
                for row in found:
                    if taken[row["kind"], row["seen"]] == OF_A_KIND:
                        continue
                    taken[row["kind"], row["seen"]] += 1
                    facts = await loaders.load(lane, actor, row["kind"], row["id"], now)
                    assert (facts is not None) is row["seen"], (row["kind"], row["id"], person_id)
                compared += taken
    assert len(people) > 50
    there = set(KINDS) - _NOT_IN_THE_DEMO
    assert {kind for kind, seen in compared if seen} == there
    assert {kind for kind, seen in compared if not seen} == there - _TOLD_TO_ALL
