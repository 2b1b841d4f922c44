"""Names with ``*`` for any text."""

from __future__ import annotations

import re

import numpy as np

from computeplan.config.resolve.context import Context
from computeplan.config.words import did_you_mean
from computeplan.problem import Bools


def matched(pattern: str, path: str, names: tuple[str, ...], expected: str, context: Context) -> Bools:
    """Find the names that a pattern stands for; a pattern that stands for none is a fault.

    Parameters
    ----------
    pattern : str
        A name in which ``*`` stands for any text.
    path : str
        Where in the config it stands.
    names : tuple of str
    expected : str
        What it should be the name of, in words.
    context : Context

    Returns
    -------
    (n,)
    """
    if "*" in pattern:
        expression = re.compile(".*".join(re.escape(part) for part in pattern.split("*")), re.DOTALL)
        found = np.array([expression.fullmatch(name) is not None for name in names], bool)
    else:
        found = np.array([name == pattern for name in names], bool)
    if not found.any():
        context.faults.add(path, expected, repr(pattern), did_you_mean(pattern, dict.fromkeys(names)))
    return found
