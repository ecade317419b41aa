"""Invented rows in every layout in which official code files are published; no code, text or number in them is real."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path
from typing import Any

from perdiem.codes.imports import Wishes, import_file
from perdiem.codes.releases import Release

ANWEB_HEAD = (
    "HCPC,SEQNUM,RECID,LONG DESCRIPTION,SHORT DESCRIPTION,PRICE1,PRICE2,PRICE3,PRICE4,MULT_PI,CIM1,CIM2,CIM3,MCM1,MCM2,MCM3,"
    "STATUTE,LABCERT1,LABCERT2,LABCERT3,LABCERT4,LABCERT5,LABCERT6,LABCERT7,LABCERT8,XREF1,XREF2,XREF3,XREF4,XREF5,COV,ASC_GRP,"
    "ASC_DT,OPPS,OPPS_PI,OPPS_DT,PROCNOTE,BETOS,TOS1,TOS2,TOS3,TOS4,TOS5,ANEST_BU,ADD DT,ACT EFF DT,TERM DT,ACTION CD"
)


def anweb_row(code: str, record: str = "3", text: str = "", start: str = "", end: str = "", xref: str = "", short: str = "") -> str:
    """One row of the table with 48 columns."""
    cells = dict.fromkeys(ANWEB_HEAD.split(","), "")
    cells |= {"HCPC": code, "SEQNUM": "0010", "RECID": record, "LONG DESCRIPTION": text, "SHORT DESCRIPTION": short}
    if record in "37":
        cells |= {"ADD DT": start, "ACT EFF DT": start, "TERM DT": end, "ACTION CD": "N", "XREF1": xref, "COV": "C", "PRICE1": "51"}
    return ",".join(f'"{cell}"' if "," in cell else cell for cell in cells.values())


CODES = [
    ("A9001", "3", "Invented dressing, per", "20200101", "", ""),
    ("A9001", "4", "piece, sterile", "", "", ""),
    ("J9001", "3", "Injection, nonesuch, 1 mg", "20210101", "20240331", "J9002"),
    ("J9002", "3", "Injection, nonesuch, 0.5 mg", "20240401", "", ""),
    ("   Z9", "7", "Invented modifier", "20190101", "", ""),
]
ANWEB = (
    "\n".join([ANWEB_HEAD, *(anweb_row(c, r, t, s, e, x, "Invented" if r in "37" else "") for c, r, t, s, e, x in CODES)]) + "\n"
)


def record_line(code: str, record: str, text: str, start: str, end: str, xref: str) -> str:
    """One line of the fixed-width record file, 320 positions."""
    line = [" "] * 320
    detail = [(92, "Invented"), (120, "51"), (205, xref), (230, "C"), (269, start), (277, start), (285, end), (293, "N")]
    for first, cell in [(1, code), (6, "00100"), (11, record), (12, text), *(detail if record in "37" else [])]:
        line[first - 1 : first - 1 + len(cell)] = cell
    return "".join(line)


RECORDS = "\r\n".join(record_line(*row) for row in CODES) + "\r\n"

LEVEL_TWO = """\
hcpcs_code,price,multi,cov,betos,tos,action,cim,mcm,statute,lab,xref,asc_grp,proc,anes,date_term,date_added,date_asc,date_action,long_description,short_description
A9001,51,A,C,D1F,P,N,,,,,,,,0,,2020-01-01,,2020-01-01,"Invented dressing, per piece, sterile",Invented
J9001,51,A,C,O1E,"1,P",N,,,,,"J9002,J9003",,,0,2024-03-31,2021-01-01,,2024-04-01,"Injection, nonesuch, 1 mg",Invented
"""
MODIFIERS = 'mod_code,mod_type,mod_description\nZ9,HCPCS,Invented modifier\nZ8,HCPCS,"Another, invented"\n'
PLACES = (
    "pos_type,pos_code,pos_name,pos_description\nNon-Facility,01,Invented shop,A shop\nFacility,88,Invented ward,A ward\n"
    "Unassigned,89,Unassigned,N/A\n"
)
CMS_PLACES = 'Place of Service Code(s),Place of Service Name,Place of Service Description\n1,Invented shop,"A shop, invented"\n'
MUE = """\
Medically Unlikely Edits,,,
"Practitioner Services, effective July 1, 2024",,,
"HCPCS/
CPT Code",Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale
A9001,3,3 Date of Service Edit: Clinical,Clinical: Data
99999,1,2 Date of Service Edit: Policy,CMS Policy
"""
MUE_ALL = (
    "hcpcs_code,mue_units,mue_mai,mue_rationale,mue_service\nA9001,3,3,CMS Policy,DME Supplier\nA9001,4,1,CMS Policy,Practitioner\n"
)
PTP = (
    "CPT only copyright. All rights reserved.\r\n\r\nColumn 1\tColumn 2\t*=in existence prior to 1996\tEffective Date\t"
    "Deletion Date *=no data\tModifier 0=not allowed 1=allowed 9=not applicable\tPTP Edit Rationale\r\n"
    "A9001\tA9002\t*\t19960101\t*\t1\tInvented reason\r\nA9001\t99999\t\t20200101\t20231231\t0\tInvented reason\r\n"
)
PTP_ROWS = "hcpcs_code,ptp_type,ptp_complement,ptp_deleted,ptp_mod,ptp_rationale\nA9001,Comprehensive,A9002,9999-12-31,9,Invented\n"
CROSSWALK = (
    "July 2024 ASP NDC - HCPCS Crosswalk\n"
    "_2024_CODE,Short Description,LABELER NAME,NDC2,Drug Name,HCPCS dosage,PKG SIZE,PKG QTY,BILLUNITS,BILLUNITSPKG\n"
    "J9001,Invented,Nobody Inc.,00001-0002-03,Nonesuch,1 MG,0.875,25,30,750\n"
    "J9001,Invented,Nobody Inc.,1-22-3,Nonesuch,1 MG,2,1,2,2\n"
)
LIMITS = (
    "Payment Allowance Limits for Medicare Part B Drugs,,,\nEffective July 1 2024 through September 30 2024,,,\n"
    "HCPCS Code,Short Description,HCPCS Code Dosage,Payment Limit,Co-insurance Percentage,Vaccine AWP%,Vaccine Limit,Blood AWP%,"
    "Blood limit,Clotting Factor,Notes\nJ9001,Invented,1 MG,$1234.567,19.994,,,,,,\n"
)
ICD = "code,description,is_leaf\nZ00,Invented state,0\nZ00.1,Invented state of one sort,1\n"


def order_line(number: int, code: str, billable: str, text: str) -> str:
    """One line of the ICD-10-CM order file."""
    return f"{number:05d} {code:<7} {billable} {text[:60]:<60} {text}"


ICD_ORDER = "\n".join([order_line(1, "Z00", "0", "Invented state"), order_line(2, "Z001", "1", "Invented state of one sort")])
ICD_CODES = "Z001    Invented state of one sort\nZ001XXA Invented state, first time\n"
REASONS = (
    "adj_code,adj_type,adj_description,adj_usage,adj_notes,adj_start_date,adj_last_modified,adj_end_date\n"
    "901,CARC,Invented reason,Use never.,Note.,1995-01-01,2020-02-01,\nZ901,RARC,Invented remark,,,2000-01-01,,2001-01-01\n"
)
FEES = """\
"2024 invented fee schedule",,,,,,,,,,,
"A fee is no promise.",,,,,,,,,,,
HCPCS,Mod,Mod2,JURIS,CATG,Ceiling,Floor,AL (NR),AL (R),AK (NR),AK (R),Description
A9001,,,D,SU,3.41,2.90,3.10,3.41,2.90,0.00,"Invented dressing, each"
E9001,RR,,D,CR,40.00,34.00,36.00,0.00,0.00,0.00,Invented pump
E9001,RR,KZ,D,CR,44.00,34.00,"1,037.50",44,0.00,0.00,Invented pump
E9001,NU,,D,CR,400.00,340.00,360.00,0.00,0.00,0.00,Invented pump
"""
USAGE_HEAD = (
    "HCPCS_Cd,HCPCS_Desc,Suplr_Rentl_Ind,{}Tot_Suplrs,Tot_Suplr_Benes,Tot_Suplr_Clms,Tot_Suplr_Srvcs,Avg_Suplr_Sbmtd_Chrg,"
    "Avg_Suplr_Mdcr_Alowd_Amt,Avg_Suplr_Mdcr_Pymt_Amt,Avg_Suplr_Mdcr_Stdzd_Amt"
)
GEOGRAPHY = f"""\
Rfrg_Prvdr_Geo_Lvl,Rfrg_Prvdr_Geo_Cd,Rfrg_Prvdr_Geo_Desc,RBCS_Lvl,RBCS_Id,RBCS_Desc,{USAGE_HEAD.format("Tot_Rfrg_Prvdrs,")}
National,,National,Supplies,DX001N,Invented,A9001,"Invented dressing, each",N,30,12,200,900,9000,6.5,3.25,2.6,2.6
National,,National,Equipment,DX002N,Invented,E9001,Invented pump,Y,30,12,200,900,900,400,300.5,240.4,240.4
State,01,Alabama,Supplies,DX001N,Invented,A9001,"Invented dressing, each",N,3,2,,15,150,6,3,2.4,2.5
"""
_WHO = "{0}_NPI,{0}_Prvdr_Last_Name_Org,{0}_Prvdr_State_Abrvtn,RBCS_Lvl,RBCS_Id,RBCS_Desc,"
SUPPLIER = f"""\
{_WHO.format("Suplr")}{USAGE_HEAD.format("").replace("Tot_Suplrs,", "").replace("HCPCS_Cd", "HCPCS_CD")}
1999999984,Invented Supply,AL,Supplies,DX001N,Invented,A9001,Invented dressing,N,*,15,150,6,3,2.4,2.5
"""
REFERRING = f"""\
{_WHO.format("Rfrg")}{USAGE_HEAD.format("").replace("HCPCS_Cd", "HCPCS_CD")}
1999999984,Nobody,AL,Supplies,DX001N,Invented,A9001,Invented dressing,N,2,,15,150,6,3,2.4,2.5
1999999984,Nobody,AL,Equipment,DX002N,Invented,E9001,Invented pump,Y,2,11,15,15,400,300,240,250
"""

FILES = {
    "MUP_DME_R25_P05_V10_D22_Geo.csv": GEOGRAPHY,
    "mup_dme_ry24_p05_v10_dy22_spsv.csv": SUPPLIER,
    "mup_dme_ry24_p05_v10_dy22_rfsv.csv": REFERRING,
    "DME24-C.csv": FEES,
    "HCPC2024_JUL_ANWEB.csv": ANWEB,
    "HCPC2024_JUL_ANWEB.txt": RECORDS,
    "level_two_2024_07.csv": LEVEL_TWO,
    "modifiers_2024_06.csv": MODIFIERS,
    "places_2023_09.csv": PLACES,
    "cms_places_2023-09-01.csv": CMS_PLACES,
    "MCR_MUE_PractitionerServices.csv": MUE,
    "mue_2024_07.csv": MUE_ALL,
    "ccipra_2024q3.txt": PTP,
    "pairs_practitioner_2024_07.csv": PTP_ROWS,
    "crosswalk_2024_07.csv": CROSSWALK,
    "limits.csv": LIMITS,
    "icd_2026_04.csv": ICD,
    "icd10cm_order_2026.txt": ICD_ORDER,
    "icd10cm_codes_2026.txt": ICD_CODES,
    "reasons_2024_06.csv": REASONS,
}


def write(folder: Path, name: str, text: str | None = None) -> Path:
    """A drawn file in a folder; packed where its name says so."""
    given = FILES[name.removesuffix(".gz")] if text is None else text
    path = folder / name
    path.write_bytes(gzip.compress(given.encode()) if name.endswith(".gz") else given.encode())
    return path


def pack(path: Path, files: dict[str, str]) -> Path:
    """A zip of texts."""
    with zipfile.ZipFile(path, "w") as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return path


def whole(names: list[str], start: str = "20200101") -> str:
    """A HCPCS table of so many codes that it counts as a whole release, and of these codes."""
    filled = [f"{letter}{number:04d}" for letter in "ABEGHJKLQSTV" for number in range(100, 520)]
    codes = sorted({*filled, *names})
    return "\n".join([ANWEB_HEAD, *(anweb_row(code, text="Invented", start=start) for code in codes)]) + "\n"


def imported(folder: Path, name: str, text: str | None = None, **wishes: Any) -> list[Release]:
    """The releases that a drawn file newly brings."""
    return import_file(write(folder, name, text), Wishes(**wishes)).new
