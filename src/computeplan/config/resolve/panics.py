"""polars gives up on some damaged files in a way that no `except Exception` sees, and tells stderr."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock

import polars as pl

_STDERR = 2
_LOCK = Lock()
"""Held while standard error, which all threads share, is closed."""


@contextmanager
def as_errors() -> Iterator[None]:
    """Raise a panic of polars as one of its errors, and keep its report from stderr.

    Raises
    ------
    polars.exceptions.ComputeError
        Instead of the panic.
    """
    with _LOCK, _stderr_closed():
        try:
            yield
        except pl.exceptions.PanicException:
            raise pl.exceptions.ComputeError("its parts contradict each other") from None


@contextmanager
def _stderr_closed() -> Iterator[None]:
    """Send file descriptor 2 to nowhere for a moment, if it is open."""
    try:
        kept = os.dup(_STDERR)
    except OSError:
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, _STDERR)
        yield
    finally:
        os.dup2(kept, _STDERR)
        with suppress(OSError):
            os.close(nowhere)
            os.close(kept)
