"""Layouts: the forms in which official releases are published, told by their headings or by the shape of their lines.

A heading is compared folded to small letters and digits, so that line breaks, case and punctuation do not matter.
Each layout gives the cells of a line by canonical name (:mod:`perdiem.codes.shapes`); what they mean is for
:mod:`perdiem.codes.readings`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from perdiem.formats.grid import Grid

Cells = dict[str, str]
_HEAD = 40  # rows in which headings are looked for
_NEARLY = 0.95  # of the first lines must have the shape of a fixed layout
_SAMPLE = 400


@dataclass(frozen=True)
class Layout:
    """One form of one kind. headings: canonical name to patterns of its folded headings; ``needs`` must be there.

    setting: pattern of a folded heading to the NCCI setting that it tells. each: pattern of folded headings that stand once
    for each state; their cells keep their folded heading as name. shaped: what a line of a fixed layout looks like;
    slices: name to first and last position, counted from 1, last 0 for the end of the line.
    """

    name: str
    kind: str
    headings: dict[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    setting: dict[str, str] = field(default_factory=dict)
    each: str = ""
    shaped: re.Pattern[str] | None = None
    slices: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """A layout met in a grid: its lines as cells by name, what stands above the headings, and the setting they tell."""

    layout: Layout
    lines: list[tuple[int, Cells]]
    above: str = ""
    setting: str = ""


_CODE = "hcpcs|hcpcscode|code"
_HCPCS_SLICES = {
    "code": (1, 5), "record": (11, 11), "text": (12, 91), "short_text": (92, 119),
    **{f"pricing_{n}": (118 + 2 * n, 119 + 2 * n) for n in range(1, 5)}, "multiple_pricing": (128, 128),
    **{f"successor_{n}": (200 + 5 * n, 204 + 5 * n) for n in range(1, 6)}, "coverage": (230, 230), "betos": (257, 259),
    **{f"service_type_{n}": (260 + n, 260 + n) for n in range(1, 6)},
    "start": (269, 276), "acted": (277, 284), "end": (285, 292), "action": (293, 293),
}  # fmt: skip
_USAGE = {
    "code": "hcpcscd",
    "text": "hcpcsdesc",
    "category": "(?:rbcs|betos)(?:id|cd)",
    "rental": "suplrrentlind",
    "suppliers": "totsuplrs",
    "members": "totsuplrbenes",
    "claims": "totsuplrclms",
    "services": "totsuplrsrvcs",
    "submitted": "avgsuplrsbmtdchrg",
    "allowed": "avgsuplrmdcralowdamt",
    "paid": "avgsuplrmdcrpymtamt",
    "standardised": "avgsuplrmdcrstdzdamt",
}
_COUNTED = ("code", "rental", "members", "claims", "services", "submitted", "allowed")

LAYOUTS = (
    Layout(
        "HCPCS record file (fixed width)", "hcpcs",
        shaped=re.compile(r"(?: {3}[A-Z0-9]{2}|[A-Z][0-9]{4})[0-9 ]{5}[3478]"), slices=_HCPCS_SLICES,
    ),
    Layout(
        "HCPCS alpha-numeric table", "hcpcs",
        headings={
            "code": "hcpc|hcpcs|hcpcscode", "record": "recid", "text": "longdescription|longdesc",
            "short_text": "shortdescription|shortdesc", "start": "adddt|adddate|dateadded|codeaddeddate",
            "acted": "acteffdt|dateaction|acteffdate|actioneffectivedate", "end": "termdt|dateterm|termdate|terminationdate",
            "action": "actioncd|action|actioncode", "coverage": "cov|coverage", "multiple_pricing": "multpi|multi",
            "betos": "betos", "successor": "xref", "pricing": "price", "service_type": "tos",
            **{f"successor_{n}": f"xref{n}" for n in range(1, 6)}, **{f"pricing_{n}": f"price{n}" for n in range(1, 5)},
            **{f"service_type_{n}": f"tos{n}" for n in range(1, 6)},
        },
        needs=("code", "text", "start", "acted", "end", "action"),
    ),
    Layout(
        "list of modifiers", "modifier",
        headings={"modifier": "modcode|modifier|modifiercode", "text": "moddescription|modifierdescription|longdescription"},
        needs=("modifier", "text"),
    ),
    Layout(
        "list of places of service", "place",
        headings={
            "place": "poscode|placeofservicecodes?", "name": "posname|placeofservicename",
            "text": "posdescription|placeofservicedescription", "facility": "postype",
        },
        needs=("place", "name"),
    ),
    Layout(
        "NCCI medically unlikely edits", "mue",
        headings={
            "code": "hcpcscptcode|cpthcpcscode|hcpcscode",
            "units": "mueunits|(?:practitioner|outpatienthospital|dmesupplier)servicesmuevalues?|muevalues?",
            "indicator": "muemai|mueadjudicationindicator.*|mai", "rationale": "muerationale", "setting": "mueservice",
        },
        needs=("code", "units", "indicator"),
        setting={"practitioner.*": "practitioner", "outpatienthospital.*": "outpatient", "dmesupplier.*": "dme"},
    ),
    Layout(
        "NCCI procedure to procedure pairs", "ptp",
        headings={
            "column_1": "column1", "column_2": "column2", "before_1996": "inexistencepriorto1996|.*priorto1996",
            "start": "effectivedate", "end": "deletiondate.*", "modifier_indicator": "modifier(?:0.*|indicator)?",
            "rationale": "ptpeditrationale|rationale",
        },
        needs=("column_1", "column_2", "start", "end", "modifier_indicator"),
    ),
    Layout(
        "NCCI pairs, one a row", "ptp",
        headings={
            "column_1": "hcpcscode", "column_2": "ptpcomplement", "end": "ptpdeleted", "modifier_indicator": "ptpmod",
            "rationale": "ptprationale", "sort": "ptptype",
        },
        needs=("column_1", "column_2", "end", "modifier_indicator"),
    ),
    Layout(
        "ASP crosswalk of NDC to HCPCS", "ndc_crosswalk",
        headings={
            "code": f"(?:20[0-9]{{2}})?code|{_CODE}", "ndc": "ndc2?|ndccode", "text": "shortdescription",
            "labeler": "labelername|labeler", "drug": "drugname", "dosage": "hcpcsdosage|hcpcscodedosage",
            "package_size": "pkgsize", "package_quantity": "pkgqty", "units_per_item": "billunits",
            "units_per_package": "billunitspkg",
        },
        needs=("code", "ndc", "units_per_item", "units_per_package"),
    ),
    Layout(
        "Part B drug payment limits", "payment_limit",
        headings={
            "code": _CODE, "text": "shortdescription", "dosage": "hcpcscodedosage|hcpcsdosage", "limit": "paymentlimit",
            "coinsurance": "coinsurancepercentage", "vaccine_percent": "vaccineawp", "vaccine_limit": "vaccinelimit",
            "blood_percent": "bloodawp", "blood_limit": "bloodlimit", "clotting_factor": "clottingfactor", "notes": "notes",
        },
        needs=("code", "dosage", "limit"),
    ),
    Layout(
        "ICD-10-CM order file (fixed width)", "icd10cm",
        shaped=re.compile(r"[0-9]{5} [A-Z][A-Z0-9]{2,6} +[01] .{60} \S"),
        slices={"code": (7, 13), "billable": (15, 15), "short_text": (17, 76), "text": (78, 0)},
    ),
    Layout(
        "ICD-10-CM codes file (fixed width)", "icd10cm",
        shaped=re.compile(r"(?=.{7} )[A-Z][0-9A-Z][A-Z0-9]{1,5} {1,5}[A-Z\[(0-9]"), slices={"code": (1, 7), "text": (8, 0)},
    ),
    Layout(
        "ICD-10-CM table", "icd10cm",
        headings={"code": "code|icd10cmcode", "text": "description|longdescription", "billable": "isleaf|billable|validfor.*"},
        needs=("code", "text", "billable"),
    ),
    Layout(
        "list of adjustment reasons and remarks", "reason",
        headings={
            "list": "adjtype|list|type", "code": "adjcode|code", "text": "adjdescription|description", "usage": "adjusage",
            "notes": "adjnotes|notes", "start": "adjstartdate|startdate|start", "changed": "adjlastmodified|lastmodified",
            "end": "adjenddate|enddate|stopdate|end",
        },
        needs=("list", "code", "text"),
    ),
    Layout(
        "DMEPOS fee schedule", "fee_schedule",
        headings={
            "code": _CODE, "modifier": "mod(?:ifier)?1?|1stmod(?:ifier)?", "modifier_2": "mod(?:ifier)?2|2ndmod(?:ifier)?",
            "jurisdiction": "juris(?:diction)?", "category": "cat(?:egory|g)", "ceiling": "ceiling", "floor": "floor",
            "text": "(?:short)?desc(?:ription)?",
        },
        needs=("code", "modifier", "category", "ceiling", "floor"), each="[a-z]{2}(?:nr|r)?",
    ),
    Layout(
        "Medicare DMEPOS by geography and service", "usage_geography",
        headings={
            "level": "(?:rfrg|rndrng|suplr)prvdrgeolvl", "area": "(?:rfrg|rndrng|suplr)prvdrgeodesc",
            "area_code": "(?:rfrg|rndrng|suplr)prvdrgeocd", "referring": "totrfrgprvdrs", **_USAGE,
        },
        needs=("level", "area", *_COUNTED),
    ),
    Layout(
        "Medicare DMEPOS by supplier and service", "usage_supplier",
        headings={"npi": "suplrnpi", "state": "suplrprvdrstateabrvtn", **_USAGE}, needs=("npi", *_COUNTED),
    ),
    Layout(
        "Medicare DMEPOS by referring provider and service", "usage_referring",
        headings={"npi": "rfrgnpi", "state": "rfrgprvdrstateabrvtn", **_USAGE}, needs=("npi", *_COUNTED),
    ),
)  # fmt: skip


def folded(heading: str) -> str:
    """A heading as small letters and digits."""
    return re.sub(r"[^a-z0-9]", "", heading.casefold())


def recognise(grid: Grid, kind: str | None = None) -> Found | None:
    """The layout of a grid, of any kind or of one; None where it has none."""
    for layout in LAYOUTS:
        if kind in (None, layout.kind):
            found = _fixed(grid, layout) if layout.shaped else _headed(grid, layout)
            if found is not None:
                return found
    return None


def _fixed(grid: Grid, layout: Layout) -> Found | None:
    assert layout.shaped is not None
    lines = [(number, line) for number, line in enumerate(grid.lines, 1) if line.strip()]
    sample = lines[:_SAMPLE]
    if not sample or sum(layout.shaped.match(line) is not None for _, line in sample) < _NEARLY * len(sample):
        return None
    spans = [(name, first - 1, last or None) for name, (first, last) in layout.slices.items()]
    cut = [(number, {name: line[first:last].strip() for name, first, last in spans}) for number, line in lines]
    return Found(layout, cut)


def _headed(grid: Grid, layout: Layout) -> Found | None:
    for at, (_, row) in enumerate(grid.rows[:_HEAD]):
        places = _places(row, layout)
        if all(name in places for name in layout.needs) and (not layout.each or places.keys() - layout.headings):
            above = " ".join(cell for _, cells in grid.rows[:at] for cell in cells if cell)
            told = {setting for p, setting in layout.setting.items() for h in row if re.fullmatch(p, folded(h))}
            return Found(layout, list(_cells(grid, at, places)), above, told.pop() if len(told) == 1 else "")
    return None


def _places(row: list[str], layout: Layout) -> dict[str, int]:
    """Where each canonical name stands in a row of headings."""
    heads = [folded(cell) for cell in row]
    found = {}
    for name, pattern in layout.headings.items():
        place = next((n for n, head in enumerate(heads) if head and re.fullmatch(pattern, head)), None)
        if place is not None:
            found[name] = place
    for place, head in enumerate(heads):
        if layout.each and place not in found.values() and re.fullmatch(layout.each, head):
            found.setdefault(head, place)
    return found


def _cells(grid: Grid, at: int, places: dict[str, int]) -> Iterator[tuple[int, Cells]]:
    """The rows below the headings; a row right below that has no first cell goes on with the headings."""
    key, begun = min(places.values()), False
    for number, row in grid.rows[at + 1 :]:
        begun = begun or bool(row[key] if key < len(row) else "")
        if begun:
            yield number, {name: row[place] if place < len(row) else "" for name, place in places.items()}


def nearest(grid: Grid, kind: str | None = None) -> str:
    """In words: which layouts were tried, and what the grid lacks for those that it is nearest to."""
    tried = [layout for layout in LAYOUTS if kind in (None, layout.kind)]
    lacks: list[tuple[int, str]] = []
    for layout in tried:
        if layout.needs:
            best = max((_places(row, layout) for _, row in grid.rows[:_HEAD]), key=len, default={})
            missing = [name for name in layout.needs if name not in best]
            missing += ["any state"] if layout.each and not best.keys() - layout.headings else []
            if len(missing) < len(layout.needs):
                lacks.append((len(missing), f"the {layout.name} lacks a column for {', '.join(missing)}"))
    closest = [said for _, said in sorted(lacks)[:2]]
    names = ", ".join(layout.name for layout in tried)
    return "; ".join([f"it has none of the layouts tried ({names})", *closest])
