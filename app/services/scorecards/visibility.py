"""The one rule of which scorecards a person sees, and when four eyes leaves nobody to align one."""

from sqlalchemy import ColumnElement, and_, any_, case, exists, false, literal_column, or_, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.sql.selectable import FromClause

from app.enums import Role
from app.enums.paths import PathRunState
from app.enums.scorecards import ScorecardState
from app.models import PathRun
from app.services import sql
from app.services.people import four_eyes, visibility
from app.services.scorecards import rules

_ONE: ColumnElement[int] = literal_column("1")


def visible(s: FromClause) -> ColumnElement[bool]:
    """What is or was in force to the entity's people and UNIT; what is in work to the office, the parties of its path and
    who is assigned to it, and to UNIT once it is put before it: when the head has approved (Guide I-5), or a stage of
    its path is UNIT's."""
    stands = or_(*(s.c.state == sql.const(state) for state in sorted(rules.STANDS)))
    return or_(
        s.c.entity_id == any_(visibility.OFFICE),
        s.c.id == any_(visibility.ASSIGNED),
        and_(stands, s.c.entity_id == any_(visibility.ENTITIES)),
        and_(or_(stands, s.c.state == sql.const(ScorecardState.APPROVED)), visibility.NATIONAL),
        _on_its_path(s),
    )


def _on_its_path(s: FromClause) -> ColumnElement[bool]:
    """Whether a stage of one of its paths is the reader's, or one of UNIT's has opened."""
    r = sql.alias(PathRun, "its_path")
    theirs = or_(r.c.parties.overlap(visibility.CHAIN), and_(r.c.unit_sees, visibility.NATIONAL))
    return exists(select(_ONE).where(r.c.subject_id == s.c.id, theirs).correlate_except(r))


def on_path(s: FromClause) -> ColumnElement[bool]:
    """Whether it walks a path now."""
    r = sql.alias(PathRun, "running")
    found = select(_ONE).where(r.c.subject_id == s.c.id, r.c.state == sql.const(PathRunState.RUNNING))
    return exists(found.correlate_except(r))


def nobody_left(s: FromClause) -> ColumnElement[bool]:
    """Four eyes leaves nobody who could align the draft, so that the head does."""

    parties = array(
        [
            sql.party_key(Role.TECHNICAL_REPRESENTATIVE, s.c.id),
            sql.party_key(Role.SPECIALIST, s.c.entity_id),
            sql.party_key(Role.MANAGER, s.c.entity_id),
        ]
    )
    nobody = four_eyes.nobody_left(parties, sql.const(rules.ALIGN.action), s.c.edited_by, s.c.controlled_by)
    return case((s.c.state == sql.const(ScorecardState.DRAFT), nobody), else_=false())
