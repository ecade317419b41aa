"""What the numbers were taken on: load, cores, memory, versions; nothing that names the machine or its user."""

from __future__ import annotations

import os
import platform
import time
from importlib.metadata import PackageNotFoundError, version
from typing import Any

PACKAGES = ("perdiem", "duckdb", "pyarrow", "numpy", "numba", "llvmlite", "pyx12")
BUSY = 0.5  # load before a run, from which on something else was running
OURS = 1  # load above the number of cores that the threads of a measured process may make themselves


def begun() -> dict[str, Any]:
    """When a run begins, and the load average then, over 1, 5 and 15 minutes."""
    return {"day": time.strftime("%Y-%m-%d %H:%M"), "load before": load()}


def load() -> list[float]:
    """The load average over 1, 5 and 15 minutes; nothing where the system has none."""
    return [round(over, 2) for over in os.getloadavg()] if hasattr(os, "getloadavg") else []


def facts() -> dict[str, Any]:
    """The facts in the order in which they are shown."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory GB": _memory(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: _version(name) for name in PACKAGES},
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _memory() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1)
    except (ValueError, OSError, AttributeError):
        return None


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as text:  # noqa: PTH123
            names = [line.partition(":")[2].strip() for line in text if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or "unknown"
