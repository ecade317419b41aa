"""Claims to a DME MAC judged by hand from rulings part B: title, claims, history or None, the answer of each line."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
MAC = {"name": "CGS DME MAC JURISDICTION C", "id": "18003"}
OTHER = "1876543210"  # another supplier
DAY, WEEK = "2024-06-03", "2024-06-09"


def line(code: str, mods: str = "KX", units: float = 1, first: str = DAY, last: str = "") -> Row:
    return {"code": code, "mods": mods.split(), "units": units, "from": first, "to": last or first}


def claim(*lines: Row, **more: Any) -> Row:
    return {"id": "M1", "member": "1EG4TE5MK73", "payer": MAC, "lines": list(lines), **more}


def week(code: str, mods: str = "KX", units: float = 1) -> Row:
    return line(code, mods, units, DAY, WEEK)


RENTED = line("E0781", "RR KX")
BOUGHT = line("E0781", "NU KX")
RESERVE = line("K0455", "RR KX")
PAID, ASKED = "pay 1/0/0", "pend 0/0/1"

Case = tuple[str, list[Row], list[Row] | None, list[str]]
CASES: list[Case] = [
    ("milrinone by a rented pump", [claim(RENTED, week("A4221"), week("A4222", units=7), week("J2260", "KX JZ", 28),
     week("J7060", "", 7))], None, [PAID, PAID, "pay 7/0/0", "pay 28/0/0", "deny 0/7/0 CO-97 M15 x7"]),
    ("the rental's month ends before July 3", [claim(RENTED, line("A4222", "KX", 1, "2024-07-02"),
     line("A4222", "KX", 1, "2024-07-03"))], None, [PAID, PAID, ASKED]),
    ("half of the days within the rental", [claim(RENTED, line("A4222", "KX", 7, "2024-06-29", "2024-07-05"))], None,
     [PAID, "pend 0/0/7"]),
    ("a rental from January 31 covers to February 28", [claim(line("E0781", "RR KX", 1, "2024-01-31"),
     line("A4222", "KX", 1, "2024-02-28"), line("A4222", "KX", 1, "2024-02-29"))], None, [PAID, PAID, ASKED]),
    ("a pump bought in history, months ago", [claim(week("A4222", units=7))],
     [claim(line("E0791", "NU KX", 1, "2023-11-02"), id="H1")], ["pay 7/0/0"]),
    ("bought too late", [claim(line("E0781", "UE KX", 1, "2024-06-10"), line("K0552", "KX"))], None, [PAID, ASKED]),
    ("cassettes for an insulin pump", [claim(line("E0784", "NU KX"), week("A4222", units=7), week("A4224"),
     line("A4225", "KX", 3))], None, [PAID, "deny 0/7/0 CO-16 N657 x7", PAID, "pay 3/0/0"]),
    ("insulin supplies for another pump", [claim(BOUGHT, week("A4224"), line("A4225", "KX", 3))], None,
     [PAID, "deny 0/1/0 CO-16 N657 x1", "deny 0/3/0 CO-16 N657 x3"]),
    ("both pumps: either supply", [claim(BOUGHT, line("E0787", "NU KX"), week("A4221"), week("A4224"))], None,
     [PAID, PAID, PAID, PAID]),
    ("no pump known", [claim(week("A4221"), week("A4224"), line("A4223", "KX", 4), line("J3285", "KX JZ", 9))], None,
     [ASKED, ASKED, "pay 4/0/0", "pend 0/0/9"]),
    ("sets without a pump beside a pump", [claim(RENTED), claim(line("A4223", "KX", 4), id="M2", npi=OTHER)], None,
     [PAID, "deny 0/4/0 CO-16 N657 x4"]),
    ("saline beside another supplier's cassettes", [claim(BOUGHT, week("A4222", units=7)),
     claim(week("A4217", "", 7), week("J7050", "", 7), RENTED, id="M2", npi=OTHER)], None,
     [PAID, "pay 7/0/0", "pend 0/0/7", "pend 0/0/7", PAID]),
    ("saline on more days than the cassettes", [claim(BOUGHT, week("A4222", units=7),
     line("J7040", "", 9, DAY, "2024-06-11"))], None, [PAID, "pay 7/0/0", "pend 0/0/9"]),
    ("eight days are two weeks", [claim(BOUGHT, line("A4221", "KX", 4, DAY, "2024-06-10"))], None,
     [PAID, "partial 2/2/0 CO-151 N430 x2"]),
    ("weeks that an earlier span covers", [claim(BOUGHT, line("A4221", "KX", 1, DAY, WEEK),
     line("A4221", "KX", 2, "2024-06-06", "2024-06-16"), line("A4221", "KX", 1, "2024-06-05", "2024-06-08"))], None,
     [PAID, PAID, "partial 1/1/0 CO-151 N430 x1", "deny 0/1/0 CO-151 N430 x1"]),
    ("a span denied for its modifier covers nothing", [claim(BOUGHT, week("A4221", "GZ"), week("A4221"))], None,
     [PAID, "deny 0/1/0 CO-50  x1", PAID]),
    ("a span of history comes first, whatever its date", [claim(BOUGHT,
     line("A4221", "KX", 2, DAY, "2024-06-16"))], [claim(line("A4221", "KX", 1, "2024-06-09", "2024-06-15"), id="H1")],
     [PAID, "partial 1/1/0 CO-151 N430 x1"]),
    ("deliveries of one date", [claim(BOUGHT, line("A4221", "KX", 3), line("A4221", "KX", 1), line("A4221", "KX", 1),
     line("A4221", "KX", 4, "2024-07-01"), line("A4221", "KX", 5, "2024-07-29"))], None,
     [PAID, "pay 3/0/0", PAID, ASKED, "pay 4/0/0", "pend 0/0/5"]),
    ("a delivery that is denied fills no shelf", [claim(BOUGHT, line("A4221", "GY", 8), line("A4221"))], None,
     [PAID, "deny 0/8/0 PR-96 N425 x8", PAID]),
    ("surplus of a span whose pump is not known", [claim(week("A4221", units=3))], None, ["pend 0/0/3"]),
    ("insulin sets are inside A4224", [claim(line("E0784", "NU KX"), line("A4230", "KX", 10), line("A4232", "", 10))],
     None, [PAID, "deny 0/10/0 CO-16 N657 x10", "deny 0/10/0 CO-16 N657 x10"]),
    ("a disposable device and its drug", [claim(week("A4306", "", 7), week("J0690", "KX JZ", 28), week("J3370", "GY", 7))],
     None, ["deny 0/7/0 CO-96 N425 x7", "deny 0/28/0 CO-96 N425 x28", "deny 0/7/0 PR-96 N425 x7"]),
    ("a disposable device beside a pump", [claim(RENTED, week("A4305", "GY", 7), week("J0690", "KX JZ", 28))], None,
     [PAID, "deny 0/7/0 PR-96 N425 x7", "pay 28/0/0"]),
    ("coverage modifiers", [claim(BOUGHT, line("J2260", "JZ"), line("J2260", "KX GA"), line("J2260", "GA"),
     line("J2260", "GY"), line("J2260", "GZ"), line("J7030", ""))], None,
     [PAID, "deny 0/1/0 CO-4 N822 x1", "deny 0/1/0 CO-4 N519 x1", PAID, "deny 0/1/0 PR-96 N425 x1",
      "deny 0/1/0 CO-50  x1", PAID]),
    ("no coverage modifier before 2023, across it, after it", [claim(line("E0781", "NU", 1, "2022-12-01"),
     line("A4222", "", 3, "2022-12-29", "2022-12-31"), line("A4222", "", 3, "2022-12-31", "2023-01-02"),
     line("A4222", "", 1, "2023-01-01"))], None, [PAID, "pay 3/0/0", "pend 0/0/3", "deny 0/1/0 CO-4 N822 x1"]),
    ("waste and none on one line, before and after July 2023", [claim(line("J9190", "KX JW JZ", 1, "2023-06-30"),
     line("J9190", "KX JW JZ", 1, "2023-07-01"), line("J9190", "KX", 1, "2023-07-01"))], None,
     [PAID, "deny 0/1/0 CO-4 N519 x1", PAID]),
    ("epoprostenol needs its own pump", [claim(RENTED, line("J1325", "KX JZ", 30)),
     claim(RESERVE, line("J1325", "KX JZ", 30), id="M2", member="1EG4TE5MK74")], None,
     [PAID, "deny 0/30/0 CO-107 N431 x30", PAID, "pay 30/0/0"]),
    ("a second K0455 within the month, a third after both", [claim(RESERVE, line("K0455", "RR KX", 1, "2024-07-02"),
     line("K0455", "RR KX", 1, "2024-08-02"))], None, [PAID, "deny 0/1/0 CO-151 N640 x1", PAID]),
    ("a K0455 of history is the first", [claim(line("K0455", "NU KX", 1, "2024-05-20"))], [claim(RESERVE, id="H1")],
     ["deny 0/1/0 CO-151 N640 x1"]),
    ("batteries of a rented and of an owned pump", [claim(RENTED, line("K0601", "KX", 2)),
     claim(BOUGHT, line("K0605", "KX", 2), id="M2", member="1EG4TE5MK74")], None,
     [PAID, "deny 0/2/0 CO-97 M15 x2", PAID, "pay 2/0/0"]),
    ("first rule in the printed order", [claim(BOUGHT, week("A4224", ""), week("A4222", "", 7))], None,
     [PAID, "deny 0/1/0 CO-16 N657 x1", "deny 0/7/0 CO-4 N822 x7"]),
    ("a denial of some days only, and a line before the policy", [claim(line("E0781", "NU", 1, "2016-11-02"),
     line("A4230", "", 7, "2016-12-29", "2017-01-04"), line("A4221", "", 1, "2017-01-02", "2017-01-08"))], None,
     ["unedited None/None/None", "pend 0/0/7", PAID]),
    ("weeks begun, but the line begins before the policy", [claim(line("E0784", "NU", 1, "2016-11-01"),
     line("A4224", "", 4, "2016-12-31", "2017-01-07"))], None, ["unedited None/None/None", "pend 0/0/4"]),
    ("a pump rented in history", [claim(line("A4222"), line("A4222", "KX", 1, "2024-06-20"))],
     [claim(line("E0781", "RR KX", 1, "2024-05-20"), id="H1")], [PAID, ASKED]),
    ("batteries of a pump rented in history", [claim(line("K0602", "KX", 2))],
     [claim(line("E0781", "RR KX", 1, "2024-05-20"), id="H1")], ["deny 0/2/0 CO-97 M15 x2"]),
    ("a repair is no second pump, an implanted one is none", [claim(RESERVE, line("K0455", "RB KX"), line("E0783", "NU KX"),
     week("A4224"), id="M1"), claim(line("E0783", "NU KX"), week("A4224"), line("J1325"), id="M2", member="1EG4TE5MK74")],
     None, [PAID, PAID, PAID, "deny 0/1/0 CO-16 N657 x1", PAID, ASKED, ASKED]),
    ("saline beside a disposable device", [claim(week("A4306", "", 7), week("J7040", "", 7), week("A4217", "", 7))], None,
     ["deny 0/7/0 CO-96 N425 x7", "deny 0/7/0 CO-96 N425 x7", "pay 7/0/0"]),
    ("supplies that need no pump beside a disposable device", [claim(week("A4306", "", 7), week("A4223", units=7),
     week("J0690", "KX JZ", 28))], None, ["deny 0/7/0 CO-96 N425 x7", "pay 7/0/0", "deny 0/28/0 CO-96 N425 x28"]),
    ("where part B is silent", [claim(BOUGHT, line("T1999", ""), line("J2260", "KX JZ", 28), line("S9348", "", 9))], None,
     [PAID, "pend 0/0/1", "pay 28/0/0", "pay 9/0/0"]),
    ("nutrition alone", [claim(line("B4197", "", 2), line("B4220", "", 2))], None,
     ["unedited None/None/None"] * 2),
    ("not a matter of pumps, and not this payer", [claim(line("E0776", "RR"), line("A4216", "", 9)),
     claim(week("A4230"), id="M2", payer={"name": "AETNA", "id": "60054"})], None, ["unedited None/None/None"] * 3),
    ("a void withdraws the pump", [claim(BOUGHT), claim(week("A4222", units=7), id="M2"),
     claim(BOUGHT, id="M3", frequency="8", original_ref="M1")], None,
     ["unedited None/None/None", "pend 0/0/7", "unedited None/None/None"]),
]  # fmt: skip
