"""Writes the example claims, 837P files and a spreadsheet's export, and the tables of their stories.

Run it from anywhere: ``python examples/make.py``. The same stories give the same bytes.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
GUIDE = "005010X222A1"
PAYER = {"name": "BLUE CROSS BLUE SHIELD OF TEXAS", "id": "84980"}
PHARMACY = "3336H0001X"  # taxonomy: home infusion therapy pharmacy
# file: control number, day sent, billing provider
FILES = {
    "week-23": (23, "20240610", {"name": "BLUEBONNET HOME INFUSION", "npi": "123456789", "tax": "740000001"}),
    "week-24": (24, "20240617", {"name": "PECAN VALLEY INFUSION PHARMACY", "npi": "200000001", "tax": "740000002"}),
    "broken": (99, "20240617", {"name": "BLUEBONNET HOME INFUSION", "npi": "123456789", "tax": "740000001"}),
}
Story = dict[str, Any]

SUPPLIER = "155555555"  # the NPI of a supplier of pumps, without its check digit
MEDICARE = {"name": "CGS DME MAC JURISDICTION C", "id": "18003"}
EXPORT = (
    *("Patient Account", "Payer ID", "Payer Name", "Subscriber ID", "Billing NPI", "POS", "HCPCS", "Modifiers", "Units"),
    *("DOS From", "DOS To", "Charge", "NDC", "Dx"),
)

HEAD = """\
# Example claims

Home-infusion claims for two weeks and a supplier's claims for pumps, every one a small story. Names, member numbers,
provider numbers and charges are made up. `stories.toml` and `pump-stories.toml` hold the stories; `python examples/make.py`
writes the files and this page from them.

| file | what it is |
|---|---|
| `week-23.837` | 3 to 9 June 2024, plain 837P |
| `week-24.837.gz` | 10 to 16 June 2024, gzip |
| `broken.837` | three claims, one of which cannot be read |
| `pumps.csv` | a supplier's pumps and supplies, billed to Medicare, as a spreadsheet exports them |
| `contract.toml`, `contract-rates.csv` | a contract of invented rates, for `perdiem price` |
| `provider.toml`, `members.csv` | who bills and who the members of the first week are, for `perdiem write` |
| `orders.csv` | orders, two of which leave something open, for `perdiem order` |
| `orders-to-bill.csv` | orders that can be billed as they stand, for `perdiem order --format 837p` |

Judge them: `perdiem check examples/*.837*` and `perdiem check examples/pumps.csv`.
Draw one: `perdiem explain examples/*.837* --claim HI-0008`.

Every rule of the policies that a claim can meet speaks at least once; a test holds these tables against the program.
The first word of the third column is the verdict of the whole claim.

## Home infusion, under CPCP019

"""
PUMPS = """
## Pumps and supplies, under Medicare's rules for external infusion pumps

"""
TABLE = """\
| claim | story | perdiem says | rules that speak |
|---|---|---|---|
"""


def check_digit(first_nine: str) -> str:
    """The tenth digit of an NPI: Luhn over the nine, with 24 for the prefix 80840."""
    total = 24
    for place, digit in enumerate(reversed(first_nine)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return str(-total % 10)


def money(charge: Any) -> str:
    text = f"{Decimal(str(charge)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class Interchange:
    """One ISA, one group, one set; segments as they are added."""

    def __init__(self, control: int, sent: str, provider: dict[str, str]) -> None:
        self.control, self.sent, self.provider = control, sent, provider
        self.segments: list[str] = []
        self.level = 0

    def add(self, *elements: Any) -> None:
        self.segments.append("*".join(map(str, elements)).rstrip("*"))

    def open(self) -> None:
        blank, sender, receiver = " " * 10, "BLUEBONNET".ljust(15), "EXAMPLEPAYER".ljust(15)
        ends = [self.sent[2:], "0800", "^", "00501", f"{self.control:09d}", "0", "T", ":"]
        self.segments.append("*".join(["ISA", "00", blank, "00", blank, "ZZ", sender, "ZZ", receiver, *ends]))
        self.add("GS", "HC", "BLUEBONNET", "EXAMPLEPAYER", self.sent, "0800", self.control, "X", GUIDE)
        self.add("ST", "837", f"{self.control:04d}", GUIDE)
        self.add("BHT", "0019", "00", f"EXAMPLE{self.control}", self.sent, "0800", "CH")
        self.add("NM1", "41", "2", "BLUEBONNET BILLING", "", "", "", "", "46", "BLUEBONNET")
        self.add("PER", "IC", "BILLING DESK", "TE", "5125550100")
        self.add("NM1", "40", "2", "EXAMPLE PAYER", "", "", "", "", "46", "EXAMPLEPAYER")
        self.add("HL", self.deeper(), "", "20", 1)
        self.add("PRV", "BI", "PXC", PHARMACY)
        npi = self.provider["npi"] + check_digit(self.provider["npi"])
        self.add("NM1", "85", "2", self.provider["name"], "", "", "", "", "XX", npi)
        self.add("N3", "100 EXAMPLE STREET")
        self.add("N4", "AUSTIN", "TX", "787010000")
        self.add("REF", "EI", self.provider["tax"])

    def deeper(self) -> int:
        self.level += 1
        return self.level

    def close(self) -> str:
        self.add("SE", len(self.segments) - 1, f"{self.control:04d}")
        self.add("GE", 1, self.control)
        self.add("IEA", 1, f"{self.control:09d}")
        return "".join(segment + "~\n" for segment in self.segments)

    def person(self, loop: str, who: str, member: tuple[str, ...] = (), patient: bool = True) -> None:
        last, first, birth, sex = (part.strip() for part in who.split(","))
        self.add("NM1", loop, "1", last.upper(), first.upper(), "", "", "", *member)
        if patient:
            self.add("N3", "7 SAMPLE LANE")
            self.add("N4", "AUSTIN", "TX", "787030000")
            self.add("DMG", "D8", birth.replace("-", ""), sex)

    def claim(self, story: Story) -> None:
        alone, level = "subscriber" not in story, self.deeper()
        self.add("HL", level, 1, "22", 0 if alone else 1)
        self.add("SBR", "P", "18" if alone else "", "GRP100", "", "", "", "", "", "BL")
        self.person("IL", story["patient" if alone else "subscriber"], ("MI", story["member"]), alone)
        payer = story.get("payer", PAYER)
        self.add("NM1", "PR", "2", payer["name"], "", "", "", "", "PI", payer["id"])
        if not alone:
            self.add("HL", self.deeper(), level, "23", 0)
            self.add("PAT", story["relation"])
            self.person("QC", story["patient"])
        place = f"{story.get('pos', '12')}:B:{story.get('frequency', '1')}"
        total = money(sum(Decimal(str(line["charge"])) for line in story["line"]))
        self.add("CLM", story["id"], total, "", "", place, "Y", "A", "Y", "Y")
        for qualifier, name in (("G1", "auth"), ("F8", "original")):
            if name in story:
                self.add("REF", qualifier, story[name])
        self.add("HI", *[("ABF:" if n else "ABK:") + code for n, code in enumerate(story["diag"])])
        for number, line in enumerate(story["line"], 1):
            self.line(number, line)

    def line(self, number: int, line: Story) -> None:
        first, _, last = line["days"].replace("-", "").partition("..")
        self.add("LX", number)
        service = ":".join(["HC", line["code"], *line.get("mods", "").split()])
        self.add("SV1", service, money(line["charge"]), "UN", line["units"], line.get("pos", ""), "", "1")
        self.add("DTP", "472", "RD8" if last else "D8", f"{first}-{last}" if last else first)
        if "ndc" in line:
            self.add("LIN", "", "N4", line["ndc"])
            self.add("CTP", "", "", "", line["ndc_units"], line["ndc_unit"])


def read_stories(name: str = "stories.toml") -> list[Story]:
    """The stories of a file in their order."""
    stories: list[Story] = tomllib.loads((HERE / name).read_text("utf-8"))["claim"]
    return stories


def write_csv(stories: list[Story]) -> str:
    """The supplier's claims as a spreadsheet exports them: one row a line, dates as Americans write them."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(EXPORT)
    for story in stories:
        payer = story.get("payer", MEDICARE)
        head = [story["id"], payer["id"], payer["name"], story["member"], SUPPLIER + check_digit(SUPPLIER), "12"]
        for line in story["line"]:
            first, _, last = line["days"].partition("..")
            days = [f"{date.fromisoformat(day):%m/%d/%Y}" for day in (first, last or first)]
            charge = f"{Decimal(str(line['charge'])):.2f}"
            service = [line["code"], line.get("mods", ""), line["units"], *days, charge, line.get("ndc", "")]
            rows.writerow([*head, *service, story["diag"]])
    return out.getvalue()


def write_837(stories: list[Story], file: str) -> str:
    """The 837P of one file's stories."""
    out = Interchange(*FILES[file])
    out.open()
    for story in stories:
        if story["file"] == file:
            out.claim(story)
    return out.close()


def page(stories: list[Story], pumps: list[Story]) -> str:
    """README.md: the stories as tables."""
    return HEAD + _table(stories) + PUMPS + _table(pumps)


def _table(stories: list[Story]) -> str:
    rows = [
        f"| {s['id']} | {s['story']} | {s['says']} | {', '.join(f'`{rule}`' for rule in s['rules']) or '-'} |\n" for s in stories
    ]
    return TABLE + "".join(rows)


def build() -> dict[str, bytes]:
    """Every file that this script writes, by name."""
    stories, pumps = read_stories(), read_stories("pump-stories.toml")
    text = {file: write_837(stories, file).encode("ascii") for file in FILES}
    packed = bytearray(gzip.compress(text["week-24"], compresslevel=9, mtime=0))
    packed[9] = 255  # the header's operating system: unknown, on every Python
    return {
        "week-23.837": text["week-23"],
        "week-24.837.gz": bytes(packed),
        "broken.837": text["broken"],
        "pumps.csv": write_csv(pumps).encode("ascii"),
        "README.md": page(stories, pumps).encode("utf-8"),
    }


def main() -> int:
    for name, content in build().items():
        (HERE / name).write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
