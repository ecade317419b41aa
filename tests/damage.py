"""Damages 837P files in every way that files come damaged, for tests of what must hold of any bytes whatever."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

SPICE = [b"~", b"*", b":", b"\n", b"ISA*", b"CLM", b"~CLM*X*1~", b"~SV1*", b"\x00", b"\xff", b" ", b"~HL*", b"ST*", b"~LX*1~"]
VALUES = ["", "1E5", "-1", "HC:", "99999999", "0", "20240603", "RD8", "20240609-20240603", "12:B:8", "NaN"]
DEEDS = ["drop", "double", "swap", "move", "element", "element"]


@st.composite
def damaged_bytes(draw: st.DrawFn, files: Sequence[bytes], most: int = 6) -> bytes:
    """One of the files, with up to so many bytes or runs of bytes taken out, put in or replaced, and perhaps cut short."""
    data = bytearray(draw(st.sampled_from(files)))
    for _ in range(draw(st.integers(1, most))):
        at = draw(st.integers(0, len(data)))
        drop = draw(st.sampled_from([0, 0, 1, 1, 3, 40, 400]))
        data[at : at + drop] = draw(st.one_of(st.sampled_from(SPICE), st.binary(max_size=3)))
    return bytes(data[: draw(st.sampled_from([len(data)] * 3 + [draw(st.integers(0, len(data)))]))])


@st.composite
def damaged_segments(draw: st.DrawFn, segments: Sequence[str], most: int = 8) -> bytes:
    """The segments, up to so many of them dropped, doubled, swapped, moved, or given another value."""
    parts = list(segments)
    for _ in range(draw(st.integers(1, most))):
        at, other = (draw(st.integers(0, len(parts) - 1)) for _ in range(2))
        deed = draw(st.sampled_from(DEEDS))
        if deed == "drop" and len(parts) > 2:
            del parts[at]
        elif deed == "double":
            parts.insert(other, parts[at])
        elif deed == "swap":
            parts[at], parts[other] = parts[other], parts[at]
        elif deed == "move":
            parts.insert(other, parts.pop(at))
        elif deed == "element":
            bits = parts[at].split("*")
            bits[draw(st.integers(0, len(bits) - 1))] = draw(st.one_of(st.text(max_size=5), st.sampled_from(VALUES)))
            parts[at] = "*".join(bits)
    return "".join(part + "~\n" for part in parts).encode("utf-8", "replace")
