"""product: the product named by an NDC goes with the code of its line, and its amount with the units.

The imported NDC-to-HCPCS crosswalk says which codes a product is billed with and how many units an amount of it makes, on
the days on which it holds. A product that it does not list says nothing: it knows Part B drugs alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from perdiem.edits.rule import Rule


@dataclass(frozen=True, kw_only=True)
class Product(Rule, kind="product", stage=1):
    """The selected lines, each with its own NDC, amount and units."""

    ends = {
        "other_code": "the crosswalk lists the product, but only under other codes",
        "other_units": "the amount of the product makes other units than those billed, by one or more",
    }
    reads = "contradicted"
    sift = """
        insert into sifted
        select distinct r.rule_no, l.line_no from contradicted p join line l using (code, ndc) cross join product r
    """
    finds = """
        insert into found
        with met as (
            select s.rule_no, p.outcome, s.line_no, greatest(s.first_day, p.first_day) as first_day,
                   least(s.last_day, p.last_day) as last_day
            from subject s join product r using (rule_no) join line l using (line_no)
            join contradicted p on p.code = l.code and p.ndc = l.ndc
            where p.outcome in ('other_code', 'other_units') and (p.units is null or (p.units = l.units
                  and p.ndc_quantity = l.ndc_quantity and p.ndc_unit = l.ndc_unit))
        )
        select rule_no, outcome, line_no, first_day, last_day, null::decimal(18, 3) as units, null::bigint as other_line_no
        from met where first_day <= last_day
    """
