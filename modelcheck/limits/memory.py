"""How much memory there is, and how much this process has used.

What is free is the least of three: what the machine has, what the control groups (version 1 or 2) of a container leave at every level above this
process, and what ``ulimit -v`` leaves of its address space.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

_SHARE = 0.8
_FALLBACK = 2 << 30
_GB = 1 << 30
_GROUPS = Path("/sys/fs/cgroup")
_UNLIMITED = 1 << 60


@frozen
class Allowed:
    """A number of bytes that may be used.

    Attributes:
        bytes: The number.
        whose: What sets the limit; empty if the caller did.
    """

    bytes: int
    whose: str = ""

    def __str__(self) -> str:
        limit = f"{self.bytes / _GB:.1f} GB" if self.bytes >= _GB else f"{self.bytes >> 20} MB"
        return f"the limit is {limit}{f', {self.whose}' if self.whose else ''}"


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


def allowed() -> Allowed:
    """What may be used when nobody says: four fifths of what the machine, the container, and the process's own limit leave free."""
    free, whose = min(_free_by())
    return Allowed(int(_SHARE * free), f"four fifths of what {whose} leaves free")


def refused() -> str:
    """Which limit it was at which the system gave no more memory; to be called right after that."""
    limits = [(free, whose) for free, whose in _free_by() if whose != _MACHINE]
    return f"{min(limits)[1]} allows no more" if limits else "the system gave no more"


def require_room(bytes_: int) -> None:
    """Make sure that so many bytes of addresses are left, for a library that ends the program where they are not.

    Raises:
        MemoryError: if they are not.
    """
    space, _ = resource.getrlimit(resource.RLIMIT_AS)
    if space != resource.RLIM_INFINITY and space - (_figure("/proc/self/status", "VmSize:") or 0) < bytes_:
        raise MemoryError


_MACHINE = "the machine"


def _free_by() -> Iterator[tuple[int, str]]:
    yield _figure("/proc/meminfo", "MemAvailable:") or _FALLBACK, _MACHINE
    group = _left_by_groups()
    if group is not None:
        yield group, "the control group of the container"
    space, _ = resource.getrlimit(resource.RLIMIT_AS)
    if space != resource.RLIM_INFINITY:
        yield max(space - (_figure("/proc/self/status", "VmSize:") or 0), 0), f"the address space (`ulimit -v`, {space >> 20} MB)"


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


# Control groups ---------------------------------------------------------------------------------------------------------------------------------

# The files of a group, in version 2 and in version 1.
_FILES = (("memory.max", "memory.current"), ("memory.limit_in_bytes", "memory.usage_in_bytes"))


def _left_by_groups(groups: Path = _GROUPS, own: Path = Path("/proc/self/cgroup")) -> int | None:
    """The least that is left by any control group that this process is in, directly or through one below; None without a limit."""
    left = [found for folder in _folders(groups, own) for files in _FILES if (found := _left(folder, *files)) is not None]
    return min(left, default=None)


def _folders(groups: Path, own: Path) -> Iterator[Path]:
    """The folders of the groups, the root of the hierarchy last: inside a container the path may name what only the host can see."""
    for base, path in _memberships(groups, own):
        inner = base / path.lstrip("/")
        yield from (folder for folder in (inner, *inner.parents) if base in folder.parents)
        yield base


def _memberships(groups: Path, own: Path) -> Iterator[tuple[Path, str]]:
    try:
        lines = own.read_text().splitlines()
    except OSError:
        lines = []
    for line in lines:
        number, controllers, path = [*line.split(":", 2), "", ""][:3]
        if number == "0" and not controllers:
            yield groups, path
            yield groups / "unified", path
        elif "memory" in controllers.split(","):
            yield groups / "memory", path
    if not lines:
        yield groups, "/"
        yield groups / "memory", "/"


def _left(folder: Path, limit_file: str, used_file: str) -> int | None:
    try:
        limit = (folder / limit_file).read_text().strip()
        used = (folder / used_file).read_text().strip()
        limit_bytes = _UNLIMITED if limit == "max" else int(limit)
        return None if limit_bytes >= _UNLIMITED else max(limit_bytes - int(used), 0)
    except (OSError, ValueError):
        return None
