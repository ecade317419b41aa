"""max_units: no more units of a code than a release's table of limits allows.

The field says "medically unlikely edit". The limit's indicator says of what: 1 of a line, 2 and 3 of a day, over the lines
of one provider. The units of a line over several days are divided by its days and rounded to whole units. Above the
limit no unit of the line, or of any line of that day, stands; days that a line lost in earlier stages do not count.
"""

from __future__ import annotations

from dataclasses import dataclass

from perdiem.edits.rule import Lines, Rule, lines, listing


@dataclass(frozen=True, kw_only=True)
class MaxUnits(Rule, kind="max_units", stage=8):
    """releases: where the limits stand. least: limits below it say nothing. together: lines whose units count together."""

    releases: tuple[str, ...] = listing("release_limit")
    least: int = 0
    together: tuple[Lines, ...] = lines(default=(Lines(),))
    ends = {
        "above_line": "a line has more units than the limit of a line (indicator 1)",
        "above_day": "the lines of a day have more units than its limit (indicator 2)",
        "unlikely_day": "the lines of a day have more units than is likely (indicator 3)",
    }
    reads = "release_limit"
    sift = """
        insert into sifted
        with billed as (
            select m.rule_no, l.line_no, m.units as most, sum(if(l.from_date = l.to_date, l.units::double,
                   round(l.units / (l.to_date - l.from_date + 1)))) over (
                       partition by m.rule_no, l.member_no, l.provider, l.code) as together
            from release_limit m join max_units r using (rule_no) join live_line l using (code) where m.units >= r.least
        )
        select distinct rule_no, line_no from billed where together > most
    """
    finds = """
        insert into found
        with billed as (
            select o.rule_no, o.line_no, o.member_no, o.provider, o.code, o.from_date, o.to_date,
                   if(o.from_date = o.to_date, l.units::double, round(l.units / (o.to_date - o.from_date + 1))) as units
            from object o join max_units r using (rule_no) join live_line l using (line_no)
            where o.role = 'together'
        ),
        limited as (
            select m.rule_no, m.code, m.units, m.indicator
            from release_limit m join max_units r using (rule_no) where m.units >= r.least
        ),
        line_day as (
            select b.rule_no, b.line_no, b.member_no, b.provider, b.code, b.units, b.day
            from (
                select b.*, b.from_date + unnest(range(b.to_date - b.from_date + 1))::integer as day
                from billed b semi join (from limited where indicator <> '1') m using (rule_no, code)
            ) b anti join lost_day x on x.line_no = b.line_no and x.day = b.day
        ),
        full_day as (
            select d.rule_no, d.member_no, d.provider, d.code, d.day, m.indicator, min(d.line_no) as first_line_no
            from line_day d join limited m on m.rule_no = d.rule_no and m.code = d.code and m.indicator <> '1'
            group by d.rule_no, d.member_no, d.provider, d.code, d.day, m.indicator, m.units
            having sum(d.units) > m.units
        )
        select s.rule_no, 'above_line' as outcome, s.line_no, s.first_day, s.last_day,
               null::decimal(18, 3) as units, null::bigint as other_line_no
        from subject s join limited m on m.rule_no = s.rule_no and m.code = s.code and m.indicator = '1'
        join billed b on b.rule_no = s.rule_no and b.line_no = s.line_no
        where b.units > m.units
        union all
        select s.rule_no, if(f.indicator = '2', 'above_day', 'unlikely_day'), s.line_no, d.day, d.day, null,
               nullif(f.first_line_no, s.line_no)
        from subject s join line_day d on d.rule_no = s.rule_no and d.line_no = s.line_no
        join full_day f on f.rule_no = d.rule_no and f.member_no = d.member_no and f.provider = d.provider
             and f.code = d.code and f.day = d.day
        where d.day between s.first_day and s.last_day
    """
