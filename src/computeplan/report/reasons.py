"""Why no plan exists, for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from computeplan.explain import Reason

NONE_FOUND = (
    "No single workload or pool is to blame: the limits contradict in combination. Try without rules, "
    "budget, caps, import limits, bandwidths and carbon cap one by one (--set caps=null), or give workloads "
    "a shortfall_price to see what cannot be served."
)


def reasons_view(reasons: Sequence[Reason]) -> RenderableType:
    """List reasons with what stands in the way.

    Parameters
    ----------
    reasons : sequence of Reason
        Empty where none was found.
    """
    if not reasons:
        return Text(NONE_FOUND)
    lines: list[RenderableType] = []
    for reason in reasons:
        lines.append(Text.assemble((reason.subject, "bold"), f": {reason.statement}"))
        lines.extend(Padding(Text(detail), (0, 0, 0, 2)) for detail in reason.details)
    return Group(*lines)
