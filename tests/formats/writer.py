"""Writes small fictional 837P interchanges for the tests of this folder, segment by segment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from perdiem.formats.columns import Shelf
from perdiem.formats.intake import read
from perdiem.model.schema import Batch

GUIDE = "005010X222A1"


def isa(element: str = "*", component: str = ":", control: str = "000000001") -> str:
    fields = ["ISA", "00", " " * 10, "00", " " * 10, "ZZ", "SENDER".ljust(15), "ZZ", "RECEIVER".ljust(15)]
    return element.join([*fields, "240601", "1200", "^", "00501", control, "0", "T", component])


def provider(number: int = 1, npi: str = "1234567893", taxonomy: str = "3336H0001X") -> list[str]:
    return [f"HL*{number}**20*1", f"PRV*BI*PXC*{taxonomy}", f"NM1*85*2*EXAMPLE INFUSION*****XX*{npi}", "N3*1 MAIN ST"]


def subscriber(number: int = 2, parent: int = 1, member: str = "M1", payer: str = "84980") -> list[str]:
    return [
        f"HL*{number}*{parent}*22*0", "SBR*P*18*******CI", f"NM1*IL*1*DOE*PAT****MI*{member}",
        "DMG*D8*19700102*F", f"NM1*PR*2*EXAMPLE PAYER*****PI*{payer}",
    ]  # fmt: skip


def line(number: int = 1, sv1: str = "SV1*HC:S9500*100*UN*7***1", dtp: str = "DTP*472*RD8*20240603-20240609") -> list[str]:
    return [f"LX*{number}", sv1, dtp]


def claim(name: str = "C1", charge: str = "100", lines: Sequence[str] | None = None) -> list[str]:
    return [f"CLM*{name}*{charge}***12:B:1*Y*A*Y*Y", "HI*ABK:A41.9*ABF:E119", *(line() if lines is None else lines)]


def transaction(body: Sequence[str], control: str = "0001", guide: str = GUIDE, kind: str = "837") -> list[str]:
    return [f"ST*{kind}*{control}*{guide}", "BHT*0019*00*B1*20240601*1200*CH", *body, f"SE*{len(body) + 3}*{control}"]


def group(sets: Sequence[Sequence[str]], guide: str = GUIDE, control: str = "1") -> list[str]:
    body = [segment for one in sets for segment in one]
    return [f"GS*HC*S*R*20240601*1200*{control}*X*{guide}", *body, f"GE*{len(sets)}*{control}"]


def segments(body: Sequence[str] | None = None, guide: str = GUIDE) -> list[str]:
    """A whole interchange of one group and set; without a body, one clean claim."""
    if body is None:
        body = [*provider(), *subscriber(), *claim()]
    return [isa(), *group([transaction(body, guide=guide)], guide), "IEA*1*000000001"]


def text(parts: Sequence[str], end: str = "~\n") -> bytes:
    return "".join(part + end for part in parts).encode()


def one(name: str = "C1", charge: str = "100", lines: Sequence[str] | None = None, extra: Sequence[str] = ()) -> bytes:
    """An interchange of one claim; ``extra`` segments stand between its HI and its lines."""
    made = claim(name, charge, lines)
    return text(segments([*provider(), *subscriber(), *made[:2], *extra, *made[2:]]))


def put(folder: Path, data: bytes, name: str = "a.837") -> Batch:
    """Writes the bytes to a file and reads it."""
    path = folder / name
    path.write_bytes(data)
    return read([path])


def told(batch: Batch, weight: str) -> list[str]:
    """The problems of a weight, in order."""
    return [row["problem"] for row in batch.problem.to_pylist() if row["weight"] == weight]


def shelf() -> Shelf:
    made = Shelf()
    made.begin("test")
    return made
