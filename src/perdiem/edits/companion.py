"""companion: a line is payable only on the days on which a corresponding line stands beside it.

The field says "must be billed with". Counting days, not lines, lets a seven-day per diem beside five daily drug
lines come out two days short, not all wrong. Which line corresponds is a pairing of codes (drug families with
per diem families); a line of another family speaks only where it has no service of its own on the claim.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from perdiem.edits.rule import Lines, Rule, lines, links, pairs


@dataclass(frozen=True, kw_only=True)
class Companion(Rule, kind="companion", stage=2):
    """beside: the lines that may stand beside it; pairs: which of them corresponds.

    within: ``claim`` or ``member``, where the needed line may stand. dispense_days: how long before the span one
    single date may be the day of dispensing; -1 for services that are not dispensed. frequent: codes whose
    descriptor states an interval of a day or less. disproved_by: rules whose denied lines prove nothing.
    doubted_by: rules whose denied lines make their days a question.
    """

    beside: tuple[Lines, ...] = lines(default=())
    pairs: str = pairs(default="therapies")
    frequent: tuple[Lines, ...] = lines(default=())
    within: Literal["claim", "member"] = "claim"
    dispense_days: int = -1
    disproved_by: tuple[str, ...] = links(default=())
    doubted_by: tuple[str, ...] = links(default=())
    ends = {
        "lone_date": "all corresponding lines bear one single date: it may be the day of dispensing",
        "wrong_code": "that day's corresponding line is denied for its code alone",
        "other_family": "that day only lines whose own service is not on the claim",
        "day_uncovered": "corresponding lines on other days, none on this one",
        "sparse_dates": "fewer single dates than units of a service given at least daily",
        "elsewhere": "none on the claim, but one on another claim of the member on these days",
        "none_on_claim": "no corresponding line on any day",
    }
    unsifted = ("beside", "frequent")
    # a line whose days corresponding lines of its claim cover beyond doubt is never found: one of them from first to last, or,
    # for a line of up to 62 days, several together (a day is one bit of a number)
    sift = """
        insert into sifted
        -- lines that a rule which disproves or doubts them may yet find: of some it is known which, of others only by code
        with doubtful as (
            select k.rule_no, z.line_no from rule_link k join sifted z on z.rule_no = k.other_rule_no
            where k.role in ('disproved_by', 'doubted_by')
        ),
        judged as (
            select distinct s.rule_no, l.line_no, l.claim_no, l.code, l.from_date, l.to_date
            from open_code s join live_line l using (code) where s.kind = 'companion' and l.line_no > 0
        ),
        covered as (
            select j.rule_no, j.line_no
            from judged j join pair p on p.rule_no = j.rule_no and p.subject_code = j.code and p.proves
            join live_line o on o.claim_no = j.claim_no and o.code = p.object_code and o.line_no <> j.line_no
                 and o.from_date <= j.to_date and o.to_date >= j.from_date
            anti join doubtful d on d.rule_no = j.rule_no and d.line_no = o.line_no
            anti join (from linked_code where role in ('disproved_by', 'doubted_by')) k
                 on k.rule_no = j.rule_no and k.code = o.code
            group by j.rule_no, j.line_no, j.from_date, j.to_date
            having bool_or(o.from_date <= j.from_date and o.to_date >= j.to_date)
                or bit_or(case when j.to_date - j.from_date < 62 then
                          ((1::bigint << (least(o.to_date, j.to_date) - greatest(o.from_date, j.from_date) + 1)) - 1)
                              << (greatest(o.from_date, j.from_date) - j.from_date) end)
                    = case when j.to_date - j.from_date < 62 then (1::bigint << (j.to_date - j.from_date + 1)) - 1 end
        )
        select rule_no, line_no from judged anti join covered using (rule_no, line_no)
    """
    finds = """
        insert into found
        -- one row per subject line and line that may stand beside it: of the claim, or of the member where the rule says so
        with judged as (select s.* from subject s join companion r using (rule_no)),
        near as materialized (
            select s.rule_no, s.line_no, p.fit, o.line_no as object_no, o.code as object_code, o.claim_no,
                   o.from_date, o.to_date, true as same_claim
            from judged s
            join object o on o.rule_no = s.rule_no and o.role = 'beside' and o.claim_no = s.claim_no and o.line_no <> s.line_no
            join pair p on p.rule_no = s.rule_no and p.subject_code = s.code and p.object_code = o.code
            anti join linked_finding v on v.role = 'disproved_by' and v.rule_no = s.rule_no and v.line_no = o.line_no
            union all
            select s.rule_no, s.line_no, p.fit, o.line_no, o.code, o.claim_no, o.from_date, o.to_date, false
            from judged s join companion r on r.rule_no = s.rule_no and r.within = 'member'
            join object o on o.rule_no = s.rule_no and o.role = 'beside' and o.member_no = s.member_no and o.claim_no <> s.claim_no
            join pair p on p.rule_no = s.rule_no and p.subject_code = s.code and p.object_code = o.code
            anti join linked_finding v on v.role = 'disproved_by' and v.rule_no = s.rule_no and v.line_no = o.line_no
        ),
        proof as (from near where fit <> 'other'),
        -- one row per subject line
        shape as (
            select p.rule_no, p.line_no, min(p.object_no) as object_no,
                   bool_and(p.from_date = p.to_date) as single, count(distinct p.from_date) as dates,
                   bool_or(p.from_date <= l.to_date and p.to_date >= l.from_date) as any_day,
                   count(distinct p.from_date) filter (
                       p.from_date between l.from_date - greatest(r.dispense_days, 0)::integer and l.to_date) as near_dates
            from proof p join live_line l using (line_no) join companion r using (rule_no)
            group by p.rule_no, p.line_no
        ),
        -- one row per subject line and day
        line_day as (
            select rule_no, line_no, first_day + unnest(range(last_day - first_day + 1))::integer as day from judged
        ),
        met as materialized (
            select s.rule_no, s.line_no, s.day,
                   bool_or(p.fit is not null and q.line_no is null) as covered, bool_or(q.line_no is not null) as doubted,
                   min(p.object_no) as other_line_no
            from line_day s
            left join proof p on p.rule_no = s.rule_no and p.line_no = s.line_no and s.day between p.from_date and p.to_date
            left join linked_finding q on q.role = 'doubted_by' and q.effect = 'deny' and q.rule_no = s.rule_no
                 and q.line_no = p.object_no and s.day between q.first_day and q.last_day
            group by s.rule_no, s.line_no, s.day
        ),
        open_day as (from met where not coalesce(covered, false)),
        open_claim as materialized (from live_line semi join judged using (claim_no)),
        own_service as (
            select distinct d.claim_no, f.code as object_code, d.from_date, d.to_date
            from open_claim d join therapy_code t using (code) join code_family f using (family)
        ),
        stranger as (
            select distinct d.rule_no, d.line_no, d.day
            from open_day d
            join near n on n.rule_no = d.rule_no and n.line_no = d.line_no and n.same_claim and n.fit = 'other'
                 and d.day between n.from_date and n.to_date
            anti join own_service w on w.claim_no = n.claim_no and w.object_code = n.object_code
                 and d.day between w.from_date and w.to_date
        ),
        told as (
            select d.* replace (coalesce(d.other_line_no, h.object_no) as other_line_no),
                   t.day is not null as strange, coalesce(h.any_day, false) as any_day,
                   h.dates = 1 and h.single and h.near_dates = 1 and r.dispense_days >= 0
                       and l.to_date > l.from_date and l.units > 1 as lone,
                   h.single and h.near_dates > 0 and h.near_dates < l.units and q.line_no is not null as sparse
            from met d join companion r using (rule_no) join live_line l using (line_no)
            left join shape h on h.rule_no = d.rule_no and h.line_no = d.line_no
            left join stranger t on t.rule_no = d.rule_no and t.line_no = d.line_no and t.day = d.day
            left join (select distinct rule_no, line_no from object where role = 'frequent') q
                 on q.rule_no = d.rule_no and q.line_no = d.line_no
        ),
        ended as (
            select rule_no, line_no, day, other_line_no, case
                when lone then 'lone_date'
                when covered then null
                when doubted then 'wrong_code'
                when strange then 'other_family'
                when sparse then 'sparse_dates'
                when any_day then 'day_uncovered'
                else 'none_on_claim' end as outcome
            from told
        ),
        -- lines with nothing on their claim: is it on another claim of the member on one of these days?
        alone as (select distinct rule_no, line_no, day from ended where outcome = 'none_on_claim'),
        far as (
            select s.rule_no, s.line_no, min(o.line_no) as other_line_no
            from judged s join alone a using (rule_no, line_no)
            join object o on o.rule_no = s.rule_no and o.role = 'beside' and o.member_no = s.member_no
                 and o.claim_no <> s.claim_no and a.day between o.from_date and o.to_date
            join pair p on p.rule_no = s.rule_no and p.subject_code = s.code and p.object_code = o.code and p.fit <> 'other'
            anti join linked_finding v on v.role = 'disproved_by' and v.rule_no = s.rule_no and v.line_no = o.line_no
            group by s.rule_no, s.line_no
        )
        select e.rule_no, if(e.outcome = 'none_on_claim' and f.line_no is not null, 'elsewhere', e.outcome) as outcome,
               e.line_no, e.day as first_day, e.day as last_day, null::decimal(18, 3) as units,
               coalesce(f.other_line_no, e.other_line_no) as other_line_no
        from ended e left join far f on f.rule_no = e.rule_no and f.line_no = e.line_no and e.outcome = 'none_on_claim'
        where e.outcome is not null
    """
