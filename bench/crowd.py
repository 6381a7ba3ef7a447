"""The fullest inbox: what waits for one manager, of several kinds, all of it due or past its day."""

from datetime import datetime
from uuid import UUID

from app.parties import party_key
from app.services.load.merging import Connection
from bench import paths

SHARE = 10
"""One in so many is a figure to approve, and one in so many a stage of a path; the others are challenges, risks and
actions, in equal shares."""


async def fill(connection: Connection, entity_id: UUID, count: int, now: datetime) -> None:
    """Open so much that `count` things wait for the manager of the entity, beside the figures that already do; the
    caller holds a transaction in which no trigger fires."""
    manager, specialist = (party_key(role, entity_id) for role in ("manager", "specialist"))
    await paths.at_once(connection, entity_id, count // SHARE, now)
    open_ = "select count(distinct subject_id) from waits where closed_at is null and party = $1"
    left = count - await connection.fetchval(open_, manager)
    await connection.execute(_DRAWN, entity_id, left, now)
    await connection.execute(_CHALLENGES, manager)
    await connection.execute(_RISKS, manager)
    await connection.execute(_ACTIONS)
    await connection.execute(_WAITS, manager, specialist)


# As if each had been opened some minutes after the next, all of them before today; some in time, most of them late.
_DRAWN = """
    create temp table crowd on commit drop as
    select uuidv7() as id, n, $1::uuid as entity_id, (array['challenge', 'risk', 'action'])[n % 3 + 1] as kind,
           i.id as indicator_id, i.division_id, $3::timestamptz - interval '1 day' - n * interval '3 minutes' as at,
           ($3::timestamptz at time zone 'Asia/Muscat')::date + 1 - n % 30 as due, o.enterer
    from generate_series(1, $2::int) n
    join office o on o.entity_id = $1::uuid
    join (
        select i.id, i.division_id, row_number() over (order by i.code) - 1 as number, count(*) over () as held
        from indicators i where i.entity_id = $1::uuid
    ) i on i.number = n % i.held
"""

_BORN = """
    born as (
        insert into subjects (id, kind, entity_id, created_at) select id, kind, entity_id, at from its
    )
"""

_CHALLENGES = f"""
    with its as (select * from crowd where kind = 'challenge'), {_BORN},
    held as (
        insert into challenge_stays (challenge_id, number, entity_id, level, holders, opened_at, opened_by_id,
                                     limit_days, due)
        select c.id, 1, c.entity_id, 'office', array[$1::text], c.at, c.enterer, t.office_limit, c.due
        from its c cross join (select office_limit from escalation_tables order by number desc limit 1) t
    )
    insert into challenges (id, entity_id, code, about_id, about_kind, kind, tie, title, cause, impact, division_id,
                            classification, state, table_id, level, holders, addressed, held_since, due,
                            opened_by_id, opened_at, barred, edited_by)
    select c.id, c.entity_id, 'CH-' || c.n, c.indicator_id, 'indicator', 'coordination', 'own',
           'تأخر تزويد البيانات من الجهة الشريكة ' || c.n, 'لا يوجد اتفاق لتبادل البيانات',
           'لا يمكن قياس المؤشر في موعده', c.division_id, 'internal', 'open',
           (select id from escalation_tables order by number desc limit 1), 'office', array[$1::text], array[$1::text],
           c.at, c.due, c.enterer, c.at, array[c.enterer], array[c.enterer]
    from its c
"""
_RISKS = f"""
    with its as (select * from crowd where kind = 'risk'), {_BORN},
    settings as (select id from risk_settings order by number desc limit 1),
    assessed as (
        insert into risk_assessments (risk_id, number, entity_id, settings_id, probability, impact, assessed_by_id,
                                      assessed_at)
        select r.id, 1, r.entity_id, s.id, r.n % 3 + 1, r.n % 2 + 2, r.enterer, r.at from its r cross join settings s
    )
    insert into risks (id, entity_id, code, about_id, about_kind, kind, title, cause, effect, division_id,
                       classification, state, settings_id, probability, impact, assessed_at, assessed_by_id, review_on,
                       addressed, barred, registered_by_id, registered_at, held_since, edited_by)
    select r.id, r.entity_id, 'R-' || r.n, r.indicator_id, 'indicator', 'schedule',
           'تعثر المورد في تسليم النظام ' || r.n, 'ضعف المنافسة في السوق', 'تأخر الخدمة عن المستفيدين',
           r.division_id, 'internal', 'open', s.id, r.n % 3 + 1, r.n % 2 + 2, r.at, r.enterer, r.due,
           array[$1::text], '{{}}', r.enterer, r.at, r.at, array[r.enterer]
    from its r cross join settings s
"""
_ACTIONS = f"""
    with its as (select * from crowd where kind = 'action'), {_BORN}
    insert into actions (id, entity_id, code, source, about_id, about_kind, title, division_id, due, classification, state,
                         issued_by, letter_number, letter_date, outcome, opened_by_id, opened_at, reported_by_id,
                         reported_at, edited_by)
    select a.id, a.entity_id, 'A-' || a.n, 'directive', a.indicator_id, 'indicator',
           'تحديث السجل الإداري للخدمات ' || a.n, a.division_id, a.due, 'internal', 'reported', 'الوكيل',
           a.n || to_char(a.due, '/YYYY'), a.due - 40, 'اكتمل التحديث', a.enterer, a.at, a.enterer, a.at,
           array[a.enterer]
    from its a
"""
# An action is confirmed by the manager, or by a specialist.
_WAITS = """
    with awaited (kind, came_by, state, action, parties) as (
        values ('challenge', 'challenges.open', 'open', 'challenges.close', array[$1::text]),
               ('risk', 'risks.register', 'open', 'risks.choose_strategy', array[$1::text]),
               ('action', 'actions.report', 'reported', 'actions.confirm', array[$1::text, $2::text])
    ),
    told as (
        insert into events (subject_id, action, to_state, actor_id, changes, at)
        select c.id, a.came_by, a.state, c.enterer, '{}', c.at from crowd c join awaited a using (kind) order by c.at
        returning id, subject_id
    )
    insert into waits (subject_id, entity_id, action, party, rank, due, opened_at, opened_by_event)
    select c.id, c.entity_id, a.action, p.party, p.rank - 1, c.due, c.at, t.id
    from told t join crowd c on c.id = t.subject_id join awaited a using (kind)
    cross join lateral unnest(a.parties) with ordinality as p (party, rank)
    order by t.id, p.rank
"""
