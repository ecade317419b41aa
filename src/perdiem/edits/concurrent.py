"""concurrent: of several therapies on one day, the second and the later ones say so by modifier.

The policy ranks no therapy: among a member's therapies of one day the first line without a modifier is the
first, the first ``second`` modifier the second, every ``third`` modifier the third or later. A day that a line
has lost asks nothing of others, but still serves as their partner; duplicates serve nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow.compute as pc

from perdiem.edits.rule import Lines, Rule, lines, links
from perdiem.engine.embedded import Engine
from perdiem.model.schema import MODIFIERS


@dataclass(frozen=True, kw_only=True)
class Concurrent(Rule, kind="concurrent", stage=4):
    """second, third: the modifiers. partner: the lines that count as therapies.

    serves_nothing: rules whose lost days do not count.
    """

    second: str
    third: str
    partner: tuple[Lines, ...] = lines(default=())
    serves_nothing: tuple[str, ...] = links(default=())
    ends = {
        "both": "both modifiers on one line",
        "no_primary": "a modifier, but no unmodified therapy that day",
        "unmodified": "a further therapy without a modifier",
        "second_again": "a further therapy with the second's modifier",
        "too_few": "the third's modifier with fewer than two other therapies",
        "third_without_second": "several with the third's modifier, none with the second's: the first of them",
        "other_provider": "any of these where an earlier partner is billed by another provider",
    }
    # only lines that share days with another, or that say so
    sift = """
        insert into sifted
        with partner as (
            select distinct c.rule_no, l.member_no, l.line_no, l.from_date, l.to_date
            from selector c join live_line l using (code)
            where c.kind = 'concurrent' and c.role = 'partner' and c.rule_no in (select o.rule_no from open_code o)
        ),
        told as (
            select rule_no, line_no, from_date, to_date,
                   max(to_date) over (
                       partition by rule_no, member_no order by from_date, line_no
                       rows between unbounded preceding and 1 preceding) as before_to,
                   lead(from_date) over (partition by rule_no, member_no order by from_date, line_no) as after_from
            from partner
        )
        select rule_no, line_no from told where before_to >= from_date or after_from <= to_date
        union
        select r.rule_no, m.line_no from concurrent r join line_modifier m on m.modifier in (r.second, r.third)
    """

    @classmethod
    def meets(cls, engine: Engine) -> bool:
        """Whether two lines are therapies, or one bears the modifier of a second or third."""
        if not engine.met(cls.kind, "second", "third").isdisjoint(engine.met("line", *MODIFIERS)):
            return True
        given = engine.given("selector")
        partner = pc.and_(pc.equal(given["kind"], cls.kind), pc.equal(given["role"], "partner"))
        therapies = engine.given("line")["code"].filter(pc.is_in(engine.given("line")["code"], given["code"].filter(partner)))
        return len(therapies) > 1

    finds = """
        insert into found
        with marked as (
            select o.rule_no, o.member_no, o.line_no, o.provider, o.from_date, o.to_date,
                   coalesce(bool_or(m.modifier = r.second), false) as has_second,
                   coalesce(bool_or(m.modifier = r.third), false) as has_third
            from object o join concurrent r using (rule_no) left join line_modifier m using (line_no)
            where o.role = 'partner' group by all
        ),
        therapy_day as (
            select rule_no, member_no, line_no, provider, has_second, has_third,
                   from_date + unnest(range(to_date - from_date + 1))::integer as day
            from marked
        ),
        nothing as (
            select f.rule_no, k.rule_no as for_rule_no, f.line_no, f.first_day, f.last_day
            from finding f join rule_link k on k.role = 'serves_nothing' and k.other_rule_no = f.rule_no
        ),
        therapy as (
            select t.*, x.line_no is not null as lost, not has_second and not has_third as plain,
                   has_second and not has_third as is_second, has_third and not has_second as is_third
            from therapy_day t
            left join lost_day x on x.line_no = t.line_no and x.day = t.day
            anti join nothing n on n.for_rule_no = t.rule_no and n.line_no = t.line_no
                 and t.day between n.first_day and n.last_day
        ),
        -- member-days on which something is amiss, by counts alone: most therapies of one day are marked as they should be
        amiss as (
            select rule_no, member_no, day from therapy group by rule_no, member_no, day
            having bool_or(has_second and has_third) or (bool_or(has_second or has_third) and not bool_or(plain))
                or count(*) filter (plain and not lost) > 1 or count(*) filter (is_second and not lost) > 1
                or (bool_or(is_third) and count(*) < 3)
                or (count(*) filter (is_third and not lost) > 1 and not bool_or(is_second))
        ),
        -- one row per therapy and member-day
        ranked as (
            select *, count(*) over day_of as therapies,
                   min(provider) over before_it as low_provider, max(provider) over before_it as high_provider
            from therapy semi join amiss using (rule_no, member_no, day)
            window day_of as (partition by rule_no, member_no, day),
                   before_it as (partition by rule_no, member_no, day order by line_no
                                 rows between unbounded preceding and 1 preceding)
        ),
        placed as (
            select *, bool_or(plain) over day_of as any_plain, bool_or(is_second) over day_of as any_second,
                   count(*) filter (is_third and not lost) over day_of as thirds,
                   count(*) filter (plain and not lost) over so_far as plain_place,
                   count(*) filter (is_second and not lost) over so_far as second_place,
                   count(*) filter (is_third and not lost) over so_far as third_place,
                   min(line_no) filter (plain) over day_of as first_plain
            from ranked
            window day_of as (partition by rule_no, member_no, day),
                   so_far as (partition by rule_no, member_no, day order by line_no
                              rows between unbounded preceding and current row)
        ),
        judged as (
            select *, case
                when has_second and has_third then 'both'
                when not any_plain then if(has_second or has_third, 'no_primary', null)
                when plain and plain_place > 1 then 'unmodified'
                when is_second and second_place > 1 then 'second_again'
                when is_third and therapies < 3 then 'too_few'
                when is_third and thirds > 1 and not any_second and third_place = 1 then 'third_without_second'
                end as outcome
            from placed where not lost
        )
        select s.rule_no,
               if(j.low_provider <> s.provider or j.high_provider <> s.provider,
                  'other_provider', j.outcome) as outcome,
               s.line_no, j.day as first_day, j.day as last_day, null::decimal(18, 3) as units,
               if(j.first_plain <> s.line_no, j.first_plain, null) as other_line_no
        from judged j join subject s on s.rule_no = j.rule_no and s.line_no = j.line_no and j.day between s.first_day and s.last_day
        where j.outcome is not null
    """
