"""procedure_pair: two codes of a release's table of pairs on one day from one provider; column 2 is not paid beside column 1.

The field says "procedure-to-procedure edit". A pair holds from its first day to its last. Indicator 0 holds always; 1
gives way where one of the ``bypassed`` modifiers stands on either line; 9 never holds. Column 1 must still stand on that
day after the earlier stages, or nothing is paid twice.
"""

from __future__ import annotations

from dataclasses import dataclass

from perdiem.edits.rule import Lines, Rule, lines, listing, values


@dataclass(frozen=True, kw_only=True)
class ProcedurePair(Rule, kind="procedure_pair", stage=7):
    """releases: where the pairs stand. beside: lines that may be column 1. values: under ``bypassed``, what parts a pair."""

    releases: tuple[str, ...] = listing("release_pair")
    beside: tuple[Lines, ...] = lines(default=(Lines(),))
    values: dict[str, tuple[str, ...]] = values(under=("bypassed",), default_factory=dict)
    ends = {"together": "column 1 stands on that day from the same provider"}
    reads = "release_pair"
    sift = """
        insert into sifted
        with coded as (
            select r.rule_no, l.line_no, l.member_no, l.provider, l.code
            from (select rule_no, first_code as code from release_pair union select rule_no, other_code from release_pair) r
            join live_line l using (code)
        ),
        -- members for whom one provider bills two codes of pairs or more; which of them meet is for later
        several as (select rule_no, member_no, provider from coded group by all having min(code) <> max(code))
        select c.rule_no, c.line_no from coded c semi join several using (rule_no, member_no, provider)
    """
    finds = """
        insert into found
        with parting as (
            select distinct v.rule_no, m.line_no
            from rule_value v join line_modifier m on m.modifier = v.value where v.outcome = 'bypassed'
        ),
        met as (
            select s.rule_no, s.line_no, o.line_no as other_line_no, p.indicator,
                   greatest(s.first_day, o.from_date, p.first_day) as first_day,
                   least(s.last_day, o.to_date, p.last_day) as last_day
            from subject s join procedure_pair r using (rule_no)
            join object o on o.rule_no = s.rule_no and o.role = 'beside' and o.member_no = s.member_no and o.provider = s.provider
            join release_pair p on p.rule_no = s.rule_no and p.first_code = o.code and p.other_code = s.code
            where o.line_no <> s.line_no and p.indicator <> '9'
        ),
        holding as (
            select m.* from met m left join parting a on a.rule_no = m.rule_no and a.line_no = m.line_no
            left join parting b on b.rule_no = m.rule_no and b.line_no = m.other_line_no
            where m.first_day <= m.last_day and (m.indicator = '0' or (a.line_no is null and b.line_no is null))
        ),
        broken as (select distinct line_no as other_line_no from lost_day),
        -- spans whole where column 1 lost no day, else its days that stand
        standing as (
            select rule_no, line_no, other_line_no, first_day, last_day from holding anti join broken using (other_line_no)
            union all
            select h.rule_no, h.line_no, h.other_line_no, h.day, h.day
            from (
                select h.rule_no, h.line_no, h.other_line_no,
                       h.first_day + unnest(range(h.last_day - h.first_day + 1))::integer as day
                from holding h semi join broken using (other_line_no)
            ) h anti join lost_day x on x.line_no = h.other_line_no and x.day = h.day
        )
        select rule_no, 'together' as outcome, line_no, first_day, last_day,
               null::decimal(18, 3) as units, min(other_line_no) as other_line_no
        from standing group by rule_no, line_no, first_day, last_day
    """
