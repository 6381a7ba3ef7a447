"""What the tables refuse whoever asks: frozen figures, append-only events, and the runtime role's rights.

Revision: guards, after tables.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "guards"
down_revision: str | Sequence[str] | None = "tables"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ROLE = "mutabaa_app"

READ_ONLY = ("pillars", "priorities", "programmes", "sources", "holidays", "indicators", "indicator_targets")
APPEND_ONLY = ("subjects", "events", "decisions")
CHANGEABLE: dict[str, str] = {
    "assignments": "(ends_at, version)",
    "delegations": "(ends_at, version)",
    "divisions": "(name_ar, name_en, version)",
    "entities": "(name_ar, name_en, kind, source, verified, version)",
    "invitations": "(used_at)",
    "memberships": "(ends_at, version)",
    "refresh_tokens": "(used_at)",
    "reopenings": "(state, decided_by_id, decided_at, decision_reason, decision_id, version)",
    "results": "",
    "role_plans": "",
    "service_accounts": "(ended_at, version)",
    "sessions": "(revoked_at, revoked_because)",
    "users": "",
}
"""What changes, and of it only these columns; what is granted whole has a guard of its own, or is a person."""

ERASABLE = ("idempotency_keys", "role_plan_steps", "sign_in_brakes")
"""Not records but tools: answers kept for a day, steps of a plan still drafted, counters of a brake."""

OF_AN_ENTITY = ("decisions", "reopenings", "role_plan_steps", "role_plans", "waits")


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    _freeze_results()
    _freeze_role_plans()
    _views()
    _grants()
    _row_level_security()


def _freeze_results() -> None:
    op.execute(
        """
        create function results_guard() returns trigger language plpgsql as $$
        begin
            if (new.id, new.indicator_id, new.entity_id, new.period, new.period_start, new.period_end,
                new.revision, new.corrects_id, new.recorded_at, new.source_id)
               is distinct from
               (old.id, old.indicator_id, old.entity_id, old.period, old.period_start, old.period_end,
                old.revision, old.corrects_id, old.recorded_at, old.source_id)
            then
                raise exception 'what a result is about never changes' using errcode = '23514';
            end if;
            if old.state <> 'draft' and
               (new.value, new.rank, new.rank_of, new.numerator, new.denominator, new.obs_status, new.note,
                new.classification)
               is distinct from
               (old.value, old.rank, old.rank_of, old.numerator, old.denominator, old.obs_status, old.note,
                old.classification)
            then
                raise exception 'the figures of a result change only while it is a draft'
                    using errcode = '23514';
            end if;
            if old.state in ('approved', 'discarded') and new.state <> old.state then
                raise exception 'a result that is % stays so', old.state using errcode = '23514';
            end if;
            if old.state = 'approved' and
               (new.known_from, new.entered_by_id, new.entered_at, new.submitted_by_id, new.submitted_at,
                new.reviewed_by_id, new.reviewed_at, new.approved_by_id, new.approved_at, new.edited_by,
                new.controlled_by, new.exceptional, new.role_plan_id, new.division_id, new.parties_enter,
                new.parties_review, new.parties_approve)
               is distinct from
               (old.known_from, old.entered_by_id, old.entered_at, old.submitted_by_id, old.submitted_at,
                old.reviewed_by_id, old.reviewed_at, old.approved_by_id, old.approved_at, old.edited_by,
                old.controlled_by, old.exceptional, old.role_plan_id, old.division_id, old.parties_enter,
                old.parties_review, old.parties_approve)
            then
                raise exception 'who approved a result, by which chain, and since when it is known never changes'
                    using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    op.execute(
        "create trigger results_guard before update on results for each row execute function results_guard()"
    )


def _freeze_role_plans() -> None:
    op.execute(
        """
        create function role_plan_guard() returns trigger language plpgsql as $$
        begin
            if old.state = 'approved' then
                raise exception 'an approved role plan never changes' using errcode = '23514';
            end if;
            return new;
        end
        $$
        """
    )
    op.execute(
        "create trigger role_plan_guard before update on role_plans"
        " for each row execute function role_plan_guard()"
    )
    op.execute(
        """
        create function role_plan_steps_guard() returns trigger language plpgsql as $$
        begin
            if exists (
                select from role_plans p
                where p.id = coalesce(new.role_plan_id, old.role_plan_id) and p.state <> 'draft'
            ) then
                raise exception 'the steps of a role plan change only while it is a draft'
                    using errcode = '23514';
            end if;
            return coalesce(new, old);
        end
        $$
        """
    )
    op.execute(
        "create trigger role_plan_steps_guard before insert or update or delete on role_plan_steps"
        " for each row execute function role_plan_steps_guard()"
    )


def _views() -> None:
    # History, audit and feed are three ways of reading the one table of events.
    op.execute(
        """
        create view history with (security_invoker = true) as
        select id, subject_id, action, from_state, to_state, actor_id, acting_for_id, reason, changes, at
        from events
        where to_state is not null
        """
    )
    op.execute(
        """
        create view audit with (security_invoker = true) as
        select e.id, e.at, e.action, s.kind, e.subject_id, s.entity_id, e.from_state, e.to_state,
               e.actor_id, e.acting_for_id, e.service_account_id, e.reason, e.changes, e.transaction_id
        from events e join subjects s on s.id = e.subject_id
        """
    )
    op.execute(
        """
        create view feed with (security_invoker = true) as
        select position, id, subject_id, action, from_state, to_state, at
        from events
        where position is not null
        """
    )


def _grants() -> None:
    op.execute(f"grant usage on schema public to {ROLE}")
    op.execute(f"grant select on alembic_version to {ROLE}")  # readiness compares it
    for table in (*READ_ONLY, *APPEND_ONLY, *CHANGEABLE, *ERASABLE, "waits", "history", "audit", "feed"):
        op.execute(f"grant select on {table} to {ROLE}")
    for table in (*APPEND_ONLY, *CHANGEABLE, *ERASABLE, "waits"):
        op.execute(f"grant insert on {table} to {ROLE}")
    for table, columns in CHANGEABLE.items():
        op.execute(f"grant update {columns} on {table} to {ROLE}")
    for table in ERASABLE:
        op.execute(f"grant update on {table} to {ROLE}")
    for table in ERASABLE:
        op.execute(f"grant delete on {table} to {ROLE}")
    op.execute(f"grant update (closed_at, closed_by_event) on waits to {ROLE}")
    op.execute(f"grant update (division_id, version) on indicators to {ROLE}")  # no other word of it


def _row_level_security() -> None:
    # The second wall, coarse: the entities that the person reaches, or the nation. The settings live
    # for one transaction; each stands in a scalar subselect, so that it is read once per statement.
    reachable = (
        "entity_id = any ((select nullif(current_setting('app.entities', true), '')::uuid[])::uuid[])"
        " or (select current_setting('app.national', true) = 'on')"
    )
    for table in OF_AN_ENTITY:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"create policy reachable on {table} to {ROLE} using ({reachable})")
    op.execute("alter table results enable row level security")
    op.execute(
        f"create policy reachable on results to {ROLE}"
        f" using (published_at is not null or {reachable}) with check ({reachable})"
    )
