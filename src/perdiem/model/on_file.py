"""What is on file: which papers are held for which claims, as a list that is given beside the claims says."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

ON_FILE = pa.schema({"claim_id": pa.string(), "lx": pa.int64(), "document": pa.string()})
"""One row a paper and claim, or line of it; a row without a paper says that the list is whole for the claim."""

EVERY = "*"
"""In place of a claim: the list is whole for every claim."""


@dataclass(frozen=True)
class OnFile:
    """A list of what is on file (columns of ON_FILE), its name, and the SHA-256 of its bytes."""

    rows: pa.Table
    name: str = ""
    sha256: str = ""
