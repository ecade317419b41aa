"""Compact claims to an 837P (005010X222A1): replacements, voids, dependents, several billing providers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

PAYER = {"name": "BLUE CROSS BLUE SHIELD OF TEXAS", "id": "84980"}


def number(value: Any) -> str:
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain(day: str) -> str:
    return day.replace("-", "")


class Interchange:
    """Collects segments; trailing empty elements are left away."""

    def __init__(self, control: int = 1) -> None:
        self.control = control
        self.segments: list[str] = []
        self.level = 0
        self.billing_level = 0
        self.billing: tuple[str, str] | None = None

    def add(self, *elements: Any) -> None:
        self.segments.append("*".join(str(e) for e in elements).rstrip("*"))

    def text(self) -> str:
        return "".join(segment + "~\n" for segment in self.segments)

    def open(self) -> None:
        control = self.control
        blank, sender, receiver = " " * 10, "JUDGE".ljust(15), "PERDIEM".ljust(15)
        isa = f"ISA*00*{blank}*00*{blank}*ZZ*{sender}*ZZ*{receiver}*240601*0800*^*00501*{control:09d}*0*T*:"
        self.segments.append(isa)
        self.add("GS", "HC", "JUDGE", "PERDIEM", "20240601", "0800", control, "X", "005010X222A1")
        self.add("ST", "837", f"{control:04d}", "005010X222A1")
        self.add("BHT", "0019", "00", f"JUDGE{control}", "20240601", "0800", "CH")
        self.add("NM1", "41", "2", "JUDGE TESTS", "", "", "", "", "46", "JUDGE")
        self.add("PER", "IC", "TESTS", "TE", "5125550111")
        self.add("NM1", "40", "2", "PERDIEM", "", "", "", "", "46", "PERDIEM")

    def close(self) -> None:
        self.add("SE", len(self.segments) - 2 + 1, f"{self.control:04d}")
        self.add("GE", 1, self.control)
        self.add("IEA", 1, f"{self.control:09d}")

    def hierarchy(self, parent: int, kind: str, children: int) -> int:
        self.level += 1
        self.add("HL", self.level, parent or "", kind, children)
        return self.level

    def provider(self, npi: str, taxonomy: str) -> None:
        if self.billing == (npi, taxonomy):
            return
        self.billing = (npi, taxonomy)
        self.billing_level = self.hierarchy(0, "20", 1)
        if taxonomy:
            self.add("PRV", "BI", "PXC", taxonomy)
        self.add("NM1", "85", "2", f"INFUSION PHARMACY {npi[-4:]}", "", "", "", "", "XX", npi)
        self.add("N3", "200 CONGRESS AVE")
        self.add("N4", "AUSTIN", "TX", "787010000")
        self.add("REF", "EI", f"74{npi[-7:]}")

    def subscriber(self, claim: dict[str, Any]) -> None:
        dependent = claim.get("dependent")
        payer = claim.get("payer", PAYER)
        level = self.hierarchy(self.billing_level, "22", 1 if dependent else 0)
        self.add("SBR", "P", "" if dependent else "18", "GRP7", "", "", "", "", "", "BL")
        self.add("NM1", "IL", "1", "ROE", "SAM", "", "", "", "MI", claim["member"])
        if not dependent:
            self.add("N3", "7 OAK ST")
            self.add("N4", "AUSTIN", "TX", "787030000")
            self.add("DMG", "D8", "19650203", "M")
        self.add("NM1", "PR", "2", payer["name"], "", "", "", "", "PI", payer["id"])
        if dependent:
            self.hierarchy(level, "23", 0)
            self.add("PAT", claim.get("relation", "01"))
            self.add("NM1", "QC", "1", dependent["last"], dependent["first"])
            self.add("N3", "7 OAK ST")
            self.add("N4", "AUSTIN", "TX", "787030000")
            self.add("DMG", "D8", plain(dependent["birth"]), dependent["sex"])

    def claim(self, claim: dict[str, Any]) -> None:
        self.provider(claim.get("npi", "1234567893"), claim.get("taxonomy", "3336H0001X"))
        self.subscriber(claim)
        total = sum((Decimal(str(line.get("charge", 100))) for line in claim["lines"]), Decimal(0))
        place = ":".join([claim.get("pos", "12") or "", "B", str(claim.get("frequency", "1"))])
        self.add("CLM", claim["id"], number(total), "", "", place, "Y", "A", "Y", "Y")
        if claim.get("original_ref"):
            self.add("REF", "F8", claim["original_ref"])
        diagnoses = claim.get("diag") or ["A419"]
        self.add("HI", *[("ABF:" if n else "ABK:") + d.replace(".", "") for n, d in enumerate(diagnoses)])
        for n, line in enumerate(claim["lines"], 1):
            self.line(n, line)

    def line(self, n: int, line: dict[str, Any]) -> None:
        first, last = line["from"], line.get("to") or line["from"]
        self.add("LX", n)
        procedure = ":".join(["HC", line["code"], *(line.get("mods") or [])])
        charge, units = number(line.get("charge", 100)), number(line.get("units", 1))
        self.add("SV1", procedure, charge, "UN", units, line.get("pos") or "", "", "1")
        if first == last:
            self.add("DTP", "472", "D8", plain(first))
        else:
            self.add("DTP", "472", "RD8", f"{plain(first)}-{plain(last)}")
        if line.get("ndc"):
            self.add("LIN", "", "N4", line["ndc"].replace("-", ""))
            self.add("CTP", "", "", "", number(line.get("ndc_units", 1)), line.get("ndc_um", "UN"))


def to_837(claims: list[dict[str, Any]], control: int = 1) -> str:
    """One interchange, one transaction set, the claims in their order."""
    out = Interchange(control)
    out.open()
    for n, claim in enumerate(claims, 1):
        out.claim({"member": f"M{n:06d}", **claim})
    out.close()
    return out.text()
