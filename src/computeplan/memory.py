"""How much memory is left, and a refusal in time where a problem cannot fit."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from threading import Lock
from weakref import WeakSet

from computeplan.errors import MemoryLimitError

GIB = 1024**3
LIBRARIES_BYTES, CORE_BYTES = 11 * GIB // 10, GIB // 12
"""Address space that the libraries reserve for the smallest plan, and more of it for each core."""

CGROUP, MOUNTS = Path("/proc/self/cgroup"), Path("/proc/self/mountinfo")
"""The control groups of this process, and where their file systems are mounted."""
LIMITS = ("memory.max", "memory.high", "memory.limit_in_bytes")
"""Limits of a control group: of version 2 the last one also holds processes back, then of version 1."""
USED = ("memory.current", "memory.usage_in_bytes")
CACHED = ("active_file", "inactive_file", "slab_reclaimable")
"""What of the use is caches of files, which the system drops when memory is wanted."""


@dataclass(frozen=True, eq=False)
class Claim:
    """Memory that is promised to a program; it counts as long as the claim is kept."""

    n_bytes: int
    resident_bytes: int
    """Memory of the process when it was promised: what it grew by since is taken, and no longer promised."""


@dataclass(frozen=True)
class Share:
    """What this process may take where several work at once."""

    n_bytes: int
    """That it may grow to."""
    hint: str


_claims: WeakSet[Claim] = WeakSet()
_claims_lock = Lock()
_shares: list[Share] = []


def available_bytes() -> int | None:
    """Memory that this process can still take by the machine, its control groups and its own limits."""
    return min((*_machine(), *_control_groups(), *_address_space_left(), *_share_left()), default=None)


def require(needed_bytes: int, subject: str, hint: str) -> Claim:
    """Refuse what takes more memory than is left, with a hint at what would make it smaller.

    Returns
    -------
    Claim
        To be kept while the memory is used: what another thread requires meanwhile must fit next to it.

    Raises
    ------
    MemoryLimitError
    """
    with _claims_lock:
        available, promised = available_bytes(), _promised_bytes()
        if available is not None and needed_bytes > available - promised:
            others = f", {promised / GIB:,.1f} GiB of them promised to what is built meanwhile"
            hints = "".join(f"; {share.hint}" for share in _shares)
            raise MemoryLimitError(
                f"{subject} needs at least {needed_bytes / GIB:,.1f} GiB of memory, "
                f"{available / GIB:,.1f} GiB are free{others if promised else ''}",
                hint=f"{hint}{hints}",
            )
        claim = Claim(needed_bytes, _resident_bytes())
        _claims.add(claim)
    return claim


def take_share(n_bytes: int, hint: str) -> None:
    """Let this process, one of several at work, grow by no more than its share of the memory."""
    _shares[:] = [Share(_resident_bytes() + n_bytes, hint)]


def has_share() -> bool:
    """Whether other processes that work at the same time have their share of the memory."""
    return bool(_shares)


def require_libraries() -> None:
    """Refuse a limit of address space that the libraries would not fit into, which would end the process.

    Raises
    ------
    MemoryLimitError
        If the limit is lower.
    """
    limit = _address_space_limit()
    needed = LIBRARIES_BYTES + CORE_BYTES * (os.cpu_count() or 1)
    if limit is not None and limit < needed:
        raise MemoryLimitError(
            f"the limit of address space (`ulimit -v`) is {limit / GIB:,.1f} GiB, "
            f"the libraries alone take {needed / GIB:,.1f} GiB of it",
            hint="a higher limit; a control group limits memory, of which they take a tenth",
        )


def _promised_bytes() -> int:
    """Memory that was promised and is not yet taken."""
    claims = list(_claims)
    if not claims:
        return 0
    taken = _resident_bytes() - min(claim.resident_bytes for claim in claims)
    return max(0, sum(claim.n_bytes for claim in claims) - max(0, taken))


def _machine() -> Iterator[int]:
    import psutil

    try:
        yield int(psutil.virtual_memory().available)
    except (OSError, psutil.Error):  # a sandbox that hides it
        return


def _resident_bytes() -> int:
    """Memory that this process has; 0 where the system hides it, so that nothing promised counts as taken."""
    return _own_bytes("rss")


def _own_bytes(name: str) -> int:
    """Give a figure of this process's memory; 0 where the system hides it."""
    import psutil

    try:
        return int(getattr(psutil.Process().memory_info(), name))
    except (OSError, psutil.Error):  # a sandbox, or no /proc
        return 0


def _control_groups() -> Iterator[int]:
    """Yield what the control group of a container or a batch job, and each one around it, still allows."""
    try:
        groups = CGROUP.read_text("utf-8").splitlines()
        mounts = list(map(str.split, MOUNTS.read_text("utf-8").splitlines()))
    except OSError:  # not Linux
        return
    for group in groups:
        _, controllers, path = group.split(":", 2)
        for fields in mounts:
            if _is_of_memory(controllers, fields[fields.index("-") + 1 :]):
                for folder in group_folders(path, root=fields[3], point=_unescape(fields[4])):
                    yield from _allowances(folder)


def _is_of_memory(controllers: str, file_system: list[str]) -> bool:
    """Whether a mounted file system (type, source, options) has the memory limits of a line of `CGROUP`."""
    kind, options = file_system[0], file_system[-1].split(",")
    if not controllers:
        return kind == "cgroup2"
    return kind == "cgroup" and "memory" in controllers.split(",") and "memory" in options


def group_folders(path: str, *, root: str, point: Path) -> Iterator[Path]:
    """Yield the folder of a control group and of each group around it, as far as they are mounted.

    Parameters
    ----------
    path, root : str
        Of the group and of what is mounted, in the hierarchy of groups. Where containers hide it they may
        not fit each other; then the mount point is the group.
    """
    try:
        inside = PurePosixPath(path).relative_to(root)
    except ValueError:
        inside = PurePosixPath()
    if ".." in inside.parts:
        inside = PurePosixPath()
    for part in (inside, *inside.parents):
        yield point / part


def _unescape(path: str) -> Path:
    """Read a path of `MOUNTS`, where spaces are octal numbers."""
    return Path(path.encode().decode("unicode_escape").encode("latin-1").decode("utf-8", "surrogateescape"))


def _allowances(group: Path) -> Iterator[int]:
    """Yield limit less use of a control group for each of its limits; caches are not counted as used."""
    used = next(_numbers(group, USED), None)
    if used is None:
        return
    for limit in _numbers(group, LIMITS):
        yield max(0, limit - max(0, used - _cached_bytes(group)))


def _numbers(group: Path, names: tuple[str, ...]) -> Iterator[int]:
    """Yield the numbers in those files that are there; `max` is no limit."""
    for name in names:
        try:
            yield int((group / name).read_text("ascii"))
        except (OSError, ValueError):
            continue


def _cached_bytes(group: Path) -> int:
    try:
        lines = (group / "memory.stat").read_text("ascii").splitlines()
    except OSError:
        return 0
    amounts = {name: int(amount) for name, amount in map(str.split, lines)}
    # In version 1 the plain amounts leave out the groups within, the use does not.
    return sum(amounts.get(f"total_{name}", amounts.get(name, 0)) for name in CACHED)


def _share_left() -> Iterator[int]:
    for share in _shares:
        yield max(0, share.n_bytes - _resident_bytes())


def _address_space_left() -> Iterator[int]:
    limit = _address_space_limit()
    if limit is not None:
        yield max(0, limit - _own_bytes("vms"))


def _address_space_limit() -> int | None:
    """Bytes that the process may map; None without a limit, and where the system does not hold it to one."""
    if sys.platform != "linux":
        return None
    import resource

    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if limit == resource.RLIM_INFINITY else limit
