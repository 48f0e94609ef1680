"""How much memory there is, and how much this process has used."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

_SHARE = 0.8
_FALLBACK = 2 << 30


def peak_bytes() -> int:
    """The largest resident size that this process has had.

    Linux passes the peak of a parent on through fork and exec to what ``getrusage`` says; its own mark in ``/proc`` starts anew.
    """
    return _figure("/proc/self/status", "VmHWM:") or _peak_by_getrusage()


def resident_bytes() -> int:
    """The present resident size of this process; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[1]) * resource.getpagesize()
    except OSError:
        return 0


def _peak_by_getrusage() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _figure(file: str, name: str) -> int | None:
    """A figure of one of the kernel's files, in bytes."""
    try:
        for line in Path(file).read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return None


def default_limit() -> int:
    """What a search may use when nobody says: four fifths of what the machine, or the container, has free."""
    return int(_SHARE * min(_free(), _container_free()))


def _free() -> int:
    return _figure("/proc/meminfo", "MemAvailable:") or _FALLBACK


def _container_free() -> int:
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
        used = Path("/sys/fs/cgroup/memory.current").read_text().strip()
    except OSError:
        return sys.maxsize
    return sys.maxsize if limit == "max" else max(int(limit) - int(used), 0)
