"""How much memory is left, and a refusal in time where a problem cannot fit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from computeplan.errors import MemoryLimitError

GIB = 1024**3

MEMINFO = Path("/proc/meminfo")
CGROUPS = (
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (
        Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
        Path("/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ),
)
"""Limit and use of the control group that a container or a batch system puts a process into."""


def available_bytes() -> int | None:
    """Memory that this process can still take: of the machine, its control group and its own limit.

    Returns
    -------
    int or None
        None where the system does not tell.
    """
    return min((*_machine(), *_control_groups(), *_own_limit()), default=None)


def require(needed_bytes: int, subject: str, hint: str) -> None:
    """Refuse what cannot fit.

    Parameters
    ----------
    needed_bytes : int
        What it takes at least.
    subject : str
        What takes it, with its size.
    hint : str
        What would make it smaller.

    Raises
    ------
    MemoryLimitError
        If less is left.
    """
    available = available_bytes()
    if available is not None and needed_bytes > available:
        raise MemoryLimitError(
            f"{subject} needs at least {needed_bytes / GIB:,.1f} GiB of memory, "
            f"{available / GIB:,.1f} GiB are free\nhint: {hint}"
        )


def _machine() -> Iterator[int]:
    try:
        lines = MEMINFO.read_text(encoding="ascii").splitlines()
    except OSError:
        return
    for line in lines:
        name, _, amount = line.partition(":")
        if name == "MemAvailable":
            yield 1024 * int(amount.split()[0])


def _control_groups() -> Iterator[int]:
    for limit, used in CGROUPS:
        try:
            yield max(0, int(limit.read_text("ascii")) - int(used.read_text("ascii")))
        except (OSError, ValueError):  # no such group, or no limit: "max"
            continue


def _own_limit() -> Iterator[int]:
    try:
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except (ImportError, OSError):
        return
    if limit != resource.RLIM_INFINITY:
        yield max(0, limit - pages * resource.getpagesize())
