"""The benchmarks are scripts beside the repository's package: their folder comes into the path here."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "benchmarks"))
