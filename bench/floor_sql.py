"""The SQL of the floor, by hand. Rows and members are those of the service, for whoever may see all."""

_REF = "json_build_object('id', {0}.id, 'code', {0}.code, 'name_ar', {0}.name_ar, 'name_en', {0}.name_en)"
_ENTITY, _PRIORITY, _DIVISION, _INDICATOR, _PILLAR = map(_REF.format, "epdil")

_LIGHT = "(select s.light from standings s where s.indicator_id = i.id and s.scope = 'internal')"
_CORRECTIVE = f"""
    case when {_LIGHT} = 'red' then exists (
        select from initiative_effects x join initiatives n on n.id = x.initiative_id
        where x.indicator_id = i.id and n.state in ('approved', 'closing') and n.classification <> 'restricted')
    end
"""
_ITEM = f"""
    i.id, i.code, i.name_ar, i.name_en, i.level, i.state, i.in_scorecard, i.shared, {_ENTITY} as entity,
    {_PRIORITY} as priority, {_DIVISION} as division, i.unit_ar, i.unit_en, i.polarity, i.frequency, i.measure,
    i.verified, i.version, {_LIGHT} as light, {_CORRECTIVE} as corrective
"""
_JOINED = """
    join entities e on e.id = i.entity_id
    join priorities p on p.id = i.priority_id
    join divisions d on d.id = i.division_id
"""

INDICATORS = f"""
    select json_build_object('items', json_agg(row_to_json(t)), 'next_cursor', (array_agg(t.id))[count(*)])::text
    from (
        select {_ITEM} from indicators i {_JOINED} order by i.sort_ar, i.id limit $1
    ) t
"""

_TARGETS = """
    (select json_agg(json_build_object(
        'year', t.year, 'kind', t.kind, 'value', trim_scale(t.value), 'value_max', trim_scale(t.value_max),
        'outer_min', trim_scale(t.outer_min), 'outer_max', trim_scale(t.outer_max), 'rank', t.rank,
        'window_start', t.window_start, 'window_end', t.window_end, 'source', t.source) order by t.year)
     from targets t where t.definition_id = f.id)
"""
_DEFINITION = f"""
    json_build_object(
        'id', f.id, 'number', f.number, 'method_ar', f.method_ar, 'method_en', f.method_en,
        'formula_ar', f.formula_ar, 'formula_en', f.formula_en, 'numerator_ar', f.numerator_ar,
        'numerator_en', f.numerator_en, 'denominator_ar', f.denominator_ar, 'denominator_en', f.denominator_en,
        'source', f.source, 'decimals', f.decimals, 'aggregation', f.aggregation,
        'green_at', trim_scale(f.green_at), 'amber_at', trim_scale(f.amber_at),
        'tolerance', trim_scale(f.tolerance), 'baseline_value', trim_scale(f.baseline_value),
        'baseline_rank', f.baseline_rank, 'baseline_rank_of', f.baseline_rank_of,
        'baseline_year', f.baseline_year, 'reason', f.reason, 'targets', {_TARGETS},
        'activated_at', f.activated_at)
"""
_SCHEDULE = """
    (select json_build_object('frequency', s.frequency, 'starts_on', s.starts_on, 'opens_after', s.opens_after,
                              'due_after', s.due_after, 'late_for', s.late_for, 'closes_after', s.closes_after)
     from schedules s where s.indicator_id = i.id and s.starts_on <= current_date
     order by s.number desc limit 1)
"""
_REQUIRED = """
    (select coalesce(json_agg(json_build_object('kind', q.kind, 'minimum', q.minimum) order by q.kind), '[]')
     from evidence_rules q where q.subject_id = i.id)
"""
# A value against a straight line from the baseline over yearly targets: what all of the bench's indicators are.
_ON_TRACK = """
    (select case when k.goal <> f.baseline_value
                 then 100 * (r.value - f.baseline_value) / (k.goal - f.baseline_value) end
     from (
         select (select t.value from targets t
                 where t.definition_id = f.id and t.year >= extract(year from r.period_end)
                 order by t.year limit 1) as goal
     ) k)
"""
_LATE = """
    exists (
        select from obligations o
        where o.indicator_id = i.id and o.replaced_at is null and o.excused_at is null
          and o.due_on < current_date
          and not exists (
              select from results r
              where r.indicator_id = o.indicator_id and r.period_start = o.period_start
                and r.period_end = o.period_end and r.state in ('submitted', 'reviewed', 'approved')
          )
    )
"""

INDICATOR = f"""
    select row_to_json(t)::text from (
        select {_ITEM}, {_PILLAR} as pillar, null as programme, i.entered_by, i.owner_assumed,
               i.name_ar_translated, i.publisher, {_DEFINITION} as definition, null as draft_id,
               {_SCHEDULE} as schedule, {_REQUIRED} as required_evidence, i.confidence, i.status, i.note,
               i.retired_on,
               {_LATE} as late, '[]'::json as actions
        from indicators i {_JOINED}
        join pillars l on l.id = p.pillar_id
        join definitions f on f.id = i.definition_id
        where i.id = $1
    ) t
"""

CARD = f"""
    select row_to_json(t)::text from (
        select {_ITEM}, {_DEFINITION} as definition, {_SCHEDULE} as schedule, g.series -> 0 as latest, g.series,
               {_LATE} as late, (
                   select json_build_object('id', o.id, 'period', o.period, 'due_on', o.due_on, 'state', 'open',
                                            'closed', o.closes_on < current_date)
                   from obligations o
                   where o.indicator_id = i.id and o.replaced_at is null and o.excused_at is null
                     and not exists (
                         select from results r
                         where r.indicator_id = o.indicator_id and r.period_start = o.period_start
                           and r.period_end = o.period_end and r.state in ('submitted', 'reviewed', 'approved'))
                   order by o.due_on limit 1
               ) as obligation, (
                   select coalesce(json_agg(json_build_object(
                       'id', c.id, 'entity', json_build_object('id', ce.id, 'code', ce.code, 'name_ar', ce.name_ar,
                       'name_en', ce.name_en), 'part', json_build_object('id', ci.id, 'code', ci.code, 'name_ar',
                       ci.name_ar, 'name_en', ci.name_en), 'weight', trim_scale(c.weight), 'state', c.state)), '[]')
                   from contributions c join entities ce on ce.id = c.contributor_id
                   join indicators ci on ci.id = c.part_id where c.indicator_id = i.id
               ) as contributions, (
                   select coalesce(json_agg(json_build_object(
                       'kind', 'result', 'subject_id', r.id, 'period', r.period,
                       'party', split_part(w.party, ':', 1), 'division', null, 'action', w.action,
                       'substitute', w.rank > 0, 'since', w.opened_at, 'due', w.due)), '[]')
                   from results r join waits w on w.subject_id = r.id and w.closed_at is null
                   where r.indicator_id = i.id
               ) as awaiting
        from indicators i {_JOINED}
        join definitions f on f.id = i.definition_id
        cross join lateral (
            select json_agg(json_build_object(
                'result_id', r.id, 'period', r.period, 'period_end', r.period_end, 'value', trim_scale(r.value),
                'rank', r.rank, 'rank_of', r.rank_of, 'obs_status', r.obs_status, 'known_from', r.known_from)
                order by r.period_end desc) as series
            from (
                select * from results r where r.indicator_id = i.id and r.state = 'approved'
                order by r.period_end desc limit 60
            ) r
        ) g
        where i.id = $1
    ) t
"""

_AWAITING = """
    (select coalesce(json_agg(json_build_object(
        'party', split_part(w.party, ':', 1), 'division', (
            select json_build_object('id', v.id, 'code', v.code, 'name_ar', v.name_ar, 'name_en', v.name_en)
            from divisions v where w.party = 'division:' || v.id and v.id = r.division_id),
        'action', w.action, 'substitute', w.rank > 0, 'since', w.opened_at, 'due', w.due) order by w.rank), '[]')
     from waits w where w.subject_id = r.id and w.closed_at is null)
"""
_FIGURE = f"""
    r.id, {_INDICATOR} as indicator, {_ENTITY} as entity, r.period, r.period_start, r.period_end, r.revision,
    r.state, r.classification, trim_scale(r.value) as value, i.unit_ar, i.unit_en, r.rank, r.rank_of,
    trim_scale(r.numerator) as numerator, trim_scale(r.denominator) as denominator, r.obs_status, r.known_from,
    r.published_at, {_AWAITING} as awaiting, r.version
"""
_OF_RESULTS = (
    "from results r join indicators i on i.id = r.indicator_id join entities e on e.id = r.entity_id"
)


def _results(where: str) -> str:
    return f"""
        select json_build_object(
            'items', json_agg(row_to_json(t)),
            'next_cursor', (array_agg(t.period_end || '_' || t.id))[count(*)])::text
        from (
            select {_FIGURE} {_OF_RESULTS} where {where} order by r.period_end desc, r.id
            limit {"$2" if "$1" in where else "$1"}
        ) t
    """


RESULTS_OF_INDICATOR = _results("r.indicator_id = $1")
RESULTS = _results("r.state <> 'discarded'")
RESULTS_AFTER = _results(
    "r.state <> 'discarded' and r.period_end <= $2 and (r.period_end < $2 or r.id > $3)"
).replace("limit $2", "limit $1")

RESULT = f"""
    select row_to_json(t)::text from (
        select {_FIGURE}, json_build_object('id', d.id, 'code', d.code, 'name_ar', d.name_ar, 'name_en', d.name_en)
                   as division,
               r.corrects_id, null as corrected_by_id, r.note, r.recorded_at,
               json_build_object('id', u.id, 'name_ar', u.name_ar, 'name_en', u.name_en) as entered_by,
               r.entered_at, json_build_object('id', s.id, 'name_ar', s.name_ar, 'name_en', s.name_en)
                   as submitted_by,
               r.submitted_at, null as reviewed_by, r.reviewed_at, null as approved_by, r.approved_at,
               null as returned, r.exceptional, null as source, '[]'::json as parts, r.evidence,
               '[]'::json as actions
        {_OF_RESULTS}
        join divisions d on d.id = r.division_id
        join users u on u.id = r.entered_by_id
        left join users s on s.id = r.submitted_by_id
        where r.id = $1
    ) t
"""

# All figures of the nation, each scored now.
SCOREBOARD = f"""
    with latest as (
        select distinct on (r.indicator_id) r.indicator_id, r.entity_id, r.value, r.period_end, r.definition_id
        from results r where r.state = 'approved'
        order by r.indicator_id, r.period_end desc, r.period_start desc, r.revision desc
    ),
    scored as materialized (  -- otherwise each figure would be scored anew for each count
        select r.entity_id, f.green_at, f.amber_at, {_ON_TRACK} as on_track
        from latest r join definitions f on f.id = r.definition_id
    ),
    counted as (
        select e.id, e.code, e.name_ar, e.name_en, count(*) as indicators, count(s.on_track) as assessed,
               count(*) filter (where s.on_track >= s.green_at) as green,
               count(*) filter (where s.on_track >= s.amber_at and s.on_track < s.green_at) as amber,
               count(*) filter (where s.on_track < s.amber_at) as red,
               round(avg(least(greatest(s.on_track, 0), 100)), 2) as score
        from scored s join entities e on e.id = s.entity_id
        group by e.id
    )
    select json_build_object('items', json_agg(row_to_json(c) order by c.code))::text from counted c
"""

_TODAY = "(now() at time zone 'Asia/Muscat')::date"
_OVERDUE_DAYS = f"""
    case when s.due < coalesce((s.ended_at at time zone 'Asia/Muscat')::date, {_TODAY}) then (
        select count(*)::int
        from generate_series(s.due + 1, coalesce((s.ended_at at time zone 'Asia/Muscat')::date, {_TODAY}),
                             interval '1 day') g (day)
        where extract(isodow from g.day) not in (5, 6)
          and not exists (select from holidays h where h.day = g.day::date and h.cancelled_at is null))
    else 0 end
"""
_TIMING = f"""
    case when s.ended_at is not null
         then case when (s.ended_at at time zone 'Asia/Muscat')::date > s.due then 'ended_late' else 'ended_on_time' end
         when s.due < {_TODAY} then 'overdue'
         when s.state = 'pending' or s.due_from > {_TODAY} then 'not_yet'
         when s.due <= {_TODAY} + 7 then 'due_soon' else 'on_time' end
"""
_PLACE = """
    'id', s.id, 'key', s.key, 'number', s.number, 'occasion', s.occasion, 'round', s.round, 'title_ar', s.title_ar,
    'title_en', s.title_en, 'kind', s.kind, 'state', s.state
"""
_STAGE_AWAITED = """
    (select coalesce(json_agg(json_build_object(
        'party', split_part(w.party, ':', 1), 'division', null, 'action', w.action, 'substitute', w.rank > 0,
        'since', w.opened_at, 'due', w.due) order by w.rank), '[]')
     from waits w where w.subject_id = s.id and w.closed_at is null)
"""

RUNS = f"""
    select json_build_object('items', json_agg(row_to_json(t)), 'next_cursor', (array_agg(t.id))[count(*)])::text
    from (
        select r.id, {_ENTITY} as entity, json_build_object('kind', r.subject_kind, 'id', r.subject_id) as subject,
               json_build_object('id', t.id, 'code', t.code, 'number', t.number, 'title_ar', t.title_ar,
                                 'title_en', t.title_en) as template,
               r.year, r.state, r.started_at, r.ended_at, g.progress, g.open_stages, r.version
        from path_runs r join entities e on e.id = r.entity_id join path_templates t on t.id = r.template_id
        cross join lateral (
            select json_build_object('total', count(*), 'over', count(s.ended_at)) as progress,
                   coalesce(json_agg(json_build_object({_PLACE}, 'due_from', s.due_from, 'due', s.due,
                       'timing', {_TIMING}, 'days_late', {_OVERDUE_DAYS}, 'opened_at', s.opened_at,
                       'ended_at', s.ended_at, 'awaiting', {_STAGE_AWAITED}) order by s.number, s.occasion)
                       filter (where s.state = 'open'), '[]') as open_stages
            from path_stages s where s.run_id = r.id and s.superseded_at is null
        ) g
        where r.unit_sees
        order by r.id desc limit $1
    ) t
"""

TIMELINE = f"""
    select row_to_json(t)::text from (
        select r.id, {_ENTITY} as entity, t.title_ar, t.title_en, r.year, r.state, {_TODAY} as today, (
                   select json_agg(json_build_object({_PLACE}, 'planned_from', coalesce(s.due_from, s.due),
                       'planned_to', s.due,
                       'actual_from', case when s.opened_at is not null
                                           then (s.opened_at at time zone 'Asia/Muscat')::date end,
                       'actual_to', case when s.opened_at is not null
                                         then (s.ended_at at time zone 'Asia/Muscat')::date end,
                       'timing', {_TIMING}, 'days_late', {_OVERDUE_DAYS},
                       'superseded', s.superseded_at is not null) order by s.number, s.occasion, s.round)
                   from path_stages s where s.run_id = r.id
               ) as bars, r.version
        from path_runs r join entities e on e.id = r.entity_id join path_templates t on t.id = r.template_id
        where r.id = $1
    ) t
"""

BEAR = """
    insert into subjects (id, kind, entity_id, created_at)
    select $1, 'result', i.entity_id, $3 from indicators i where i.id = $2
"""
ENTER = """
    insert into results (id, indicator_id, entity_id, definition_id, division_id, period, period_start,
                         period_end, revision, state, classification, value, obs_status, note, parties_enter,
                         parties_review, parties_approve, edited_by, recorded_at, entered_by_id, entered_at)
    select $1, i.id, i.entity_id, i.definition_id, i.division_id, $3, ($3 || '-01')::date,
           (($3 || '-01')::date + interval '1 month - 1 day')::date, 1, 'draft', 'internal', $4, 'A', $5,
           array['division:' || i.division_id, 'specialist:' || i.entity_id], array['planning:' || i.entity_id],
           array['manager:' || i.entity_id], array[m.user_id], $6, m.user_id, $6
    from indicators i join memberships m on m.division_id = i.division_id
    where i.id = $2 limit 1
"""
TELL = """
    insert into events (subject_id, action, from_state, to_state, changes, at)
    values ($1, $2, $3, $4, $5, $6) returning id
"""
AWAIT = """
    insert into waits (subject_id, entity_id, action, party, rank, opened_at, opened_by_event)
    select r.id, r.entity_id, $2, p.party, p.rank - 1, $4, $3
    from results r
    cross join lateral unnest(case $2 when 'results.submit' then r.parties_enter else r.parties_review end)
        with ordinality as p (party, rank)
    where r.id = $1
"""
SUBMIT = """
    update results set state = 'submitted', version = version + 1, submitted_by_id = entered_by_id,
                       submitted_at = $2
    where id = $1 and state = 'draft'
"""
STOP_WAITING = """
    update waits set closed_at = $3, closed_by_event = $2
    where subject_id = $1 and closed_at is null and opened_by_event <> $2
"""
DECIDE = """
    with moved as (
        update results r
        set state = 'reviewed', version = r.version + 1, reviewed_by_id = m.user_id, reviewed_at = $2
        from memberships m
        where r.id = any($1) and r.state = 'submitted' and m.parties @> r.parties_review
        returning r.id, r.entity_id, r.version, r.parties_approve
    ),
    told as (
        insert into events (subject_id, action, from_state, to_state, at)
        select id, 'results.review', 'submitted', 'reviewed', $2 from moved
        returning id, subject_id
    ),
    closed as (
        update waits w set closed_at = $2, closed_by_event = t.id from told t
        where w.subject_id = t.subject_id and w.closed_at is null
    ),
    opened as (
        insert into waits (subject_id, entity_id, action, party, rank, opened_at, opened_by_event)
        select m.id, m.entity_id, 'results.approve', m.parties_approve[1], 0, $2, t.id
        from moved m join told t on t.subject_id = m.id
    )
    select json_build_object('items', json_agg(json_build_object(
        'id', id, 'status', 200, 'code', null, 'title', null, 'state', 'reviewed', 'version', version)))::text
    from moved
"""

_NAMED = """
    left join results r on s.kind = 'result' and r.id = s.id
    left join challenges c on s.kind = 'challenge' and c.id = s.id
    left join risks k on s.kind = 'risk' and k.id = s.id
    left join actions a on s.kind = 'action' and a.id = s.id
    left join path_stages g on s.kind = 'path_stage' and g.id = s.id
    left join indicators i on i.id = coalesce(r.indicator_id, c.about_id)
"""
_TITLE = """
    coalesce(g.title_{0}, left(coalesce(c.title || ' · ' || i.name_{0}, k.title || ' · ' || e.name_{0},
                                        a.title || ' · ' || e.name_{0}, i.name_{0}), 300))
"""


def _inbox(where: str) -> str:
    # The lines first, and then what they are called.
    return f"""
        select json_build_object(
            'items', json_agg(row_to_json(t)),
            'next_cursor', (array_agg(to_char(t.since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '_'
                                      || t.subject_id))[count(*)])::text
        from (
            select w.subject_id, s.kind, json_build_object('ar', {_TITLE.format("ar")}, 'en', {_TITLE.format("en")})
                       as title, r.period, {_ENTITY} as entity, w.action, split_part(w.party, ':', 1) as party,
                   w.rank > 0 as substitute, w.opened_at as since, w.due,
                   coalesce(w.due < {_TODAY}, false) as late, greatest({_TODAY} - w.due, 0) as overdue_days
            from (
                select distinct on (w.opened_at, w.subject_id) w.* from waits w
                where w.closed_at is null and w.party = any($1::text[]) {where}
                order by w.opened_at, w.subject_id, w.rank limit $2
            ) w
            join subjects s on s.id = w.subject_id
            join entities e on e.id = w.entity_id
            {_NAMED}
            order by w.opened_at, w.subject_id
        ) t
    """


INBOX = _inbox("")
INBOX_AFTER = _inbox("and (w.opened_at, w.subject_id) > ($3::timestamptz, $4::uuid)")
