"""The kind of what an action comes from and serves, and of what an evaluation is about, beside its id.

Revision: action_kinds, after calendar.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "action_kinds"
down_revision: str | Sequence[str] | None = "calendar"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for table, kind in (("actions", "source_kind"), ("actions", "about_kind"), ("evaluations", "about_kind")):
        op.add_column(table, sa.Column(kind, sa.Text(), nullable=True))
    _kinds_of_what_is_there()
    op.create_check_constraint(
        op.f("ck_actions_source_kind"), "actions", "(source_id is null) = (source_kind is null)"
    )
    for table in ("actions", "evaluations"):
        op.create_check_constraint(
            op.f(f"ck_{table}_about"), table, "(about_id is null) = (about_kind is null)"
        )
    _guards()


def _kinds_of_what_is_there() -> None:
    # What has ended is given its kinds too: the guards stand aside for that.
    for table in ("actions", "evaluations"):
        op.execute(f"alter table {table} disable trigger {table}_guard")
    op.execute(
        """
        update actions a
        set source_kind = (select kind from subjects where id = a.source_id),
            about_kind = (select kind from subjects where id = a.about_id)
        where num_nonnulls(a.source_id, a.about_id) > 0
        """
    )
    op.execute("update evaluations v set about_kind = s.kind from subjects s where s.id = v.about_id")
    for table in ("actions", "evaluations"):
        op.execute(f"alter table {table} enable trigger {table}_guard")


def _guards() -> None:
    # As they were, and a kind never changes either.
    op.execute(
        """
        create or replace function actions_guard() returns trigger language plpgsql as $$
        begin
            if old.state in ('done', 'cancelled', 'refused') then
                raise exception 'an action that has ended never changes' using errcode = '23514';
            end if;
            if (new.id, new.entity_id, new.code, new.source, new.source_id, new.source_kind, new.about_id,
                new.about_kind, new.issued_by, new.letter_number, new.letter_date, new.opened_by_id, new.opened_at)
               is distinct from
               (old.id, old.entity_id, old.code, old.source, old.source_id, old.source_kind, old.about_id,
                old.about_kind, old.issued_by, old.letter_number, old.letter_date, old.opened_by_id, old.opened_at)
            then
                raise exception 'what an action comes from never changes' using errcode = '23514';
            end if;
            if new.due < old.due then
                raise exception 'the day of an action is only put off' using errcode = '23514';
            end if;
            if not (new.edited_by @> old.edited_by) then
                raise exception 'who had a hand in an action is never forgotten' using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    op.execute(
        """
        create or replace function evaluations_guard() returns trigger language plpgsql as $$
        begin
            if old.state <> 'draft' then
                raise exception 'an evaluation that was approved or discarded never changes' using errcode = '23514';
            end if;
            if (new.id, new.entity_id, new.code, new.about_id, new.about_kind, new.drafted_by_id, new.drafted_at)
               is distinct from
               (old.id, old.entity_id, old.code, old.about_id, old.about_kind, old.drafted_by_id, old.drafted_at)
            then
                raise exception 'what an evaluation is about never changes' using errcode = '23514';
            end if;
            if not (new.edited_by @> old.edited_by) then
                raise exception 'who wrote an evaluation is never forgotten' using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
