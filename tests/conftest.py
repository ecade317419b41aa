"""Lets tests share the independent judge and its claims by name (``from judge.generate import generate``)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
