"""How much memory there is, and how much this process has used."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

_SHARE = 0.8
_FALLBACK = 2 << 30


def peak_bytes() -> int:
    """The largest resident size that this process has had."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def default_limit() -> int:
    """What a search may use when nobody says: four fifths of what the machine, or the container, has free."""
    return int(_SHARE * min(_free(), _container_free()))


def _free() -> int:
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return _FALLBACK


def _container_free() -> int:
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
        used = Path("/sys/fs/cgroup/memory.current").read_text().strip()
    except OSError:
        return sys.maxsize
    return sys.maxsize if limit == "max" else max(int(limit) - int(used), 0)
