"""What a challenge can be about (Guide X-6): the things of `things`, and a risk, which then has happened."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, literal_column, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.sql.selectable import FromClause, LateralFromClause

from app.db import Lane, Row
from app.enums import Classification, SubjectKind
from app.models import Risk
from app.parties import PROJECT_MANAGER, Actor
from app.services import sql
from app.services.challenges import things
from app.services.challenges.things import Concern
from app.services.risks import facts as risks


def _risk(id_: ColumnElement[Any]) -> Select[Any]:
    r = Risk.__table__.alias()
    restricted = r.c.classification == sql.const(Classification.RESTRICTED)
    manager = array([func.concat(literal_column(f"'{PROJECT_MANAGER}:'"), r.c.about_id)])
    # Its one title stands for both names.
    named = select(
        r.c.id,
        r.c.code,
        r.c.title.label("name_ar"),
        r.c.title.label("name_en"),
        r.c.division_id,
        restricted.label("restricted"),
        case((r.c.about_kind == sql.const(SubjectKind.INITIATIVE), manager), else_=things.NOBODY).label(
            "parties"
        ),
    ).subquery()
    found = things.told(SubjectKind.RISK, named, restricted=named.c.restricted, parties=named.c.parties)
    return found.where(named.c.id == id_)


KINDS: Mapping[str, Concern] = {
    **things.KINDS,
    SubjectKind.RISK: Concern(SubjectKind.RISK, risks.one, _risk),
}
_found = things.finder(KINDS)


def about(c: FromClause) -> LateralFromClause:
    """What the challenge `c` is about, to be joined on true: the columns of `things.told`."""
    return things.named(c, "about_id", KINDS, "about")


async def find(lane: Lane, actor: Actor, subject_id: UUID, now: datetime) -> Row | None:
    """What is told of the thing by this id, its entity among it; None unless the actor may see it and a challenge can be
    about it."""
    found = await _found(lane, actor, subject_id, now)
    return None if found is None else found[0]
