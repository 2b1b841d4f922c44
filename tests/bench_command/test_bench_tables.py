"""What a terminal of 80 characters shows."""

from __future__ import annotations

import io
import re

from measuring import ended, results
from rich.console import Console

from computeplan.bench.comparison import compare
from computeplan.bench.runs import STAGES
from computeplan.reports.subjects.benchmark import describe_benchmark, describe_benchmark_changes
from computeplan.reports.terminal import render_terminal

FIGURE = re.compile(r"(?<=\s)[-\d.,e+]*\d(?:×| %)?(?=[\s,]|$)")


def measured(seconds):
    """Two sizes of a family with two solvers, all stages long enough to tell."""
    runs = [
        ended(f"deferrable-{days}-days", solver, 1, workloads=10_000 * days, wall_s=times, cpu_s=times)
        for days in (1, 7)
        for solver in ("highs:simplex", "highs:ipm")
        for times in [dict.fromkeys(STAGES, seconds * days**1.5)]
    ]
    return results(*runs)


def shown(view, width):
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(view)
    return console.file.getvalue()


def test_no_figure_and_no_heading_is_cut():
    view = render_terminal(describe_benchmark(measured(123.4)))
    narrow, wide = shown(view, 80), shown(view, 300)
    assert max(len(line.rstrip()) for line in narrow.splitlines()) <= 80
    assert len(FIGURE.findall(wide)) > 60
    assert sorted(FIGURE.findall(narrow)) == sorted(FIGURE.findall(wide))
    heads = (*STAGES, "stages, s", "growth", "peak MB", "gap", "solved")
    assert all(narrow.count(head) >= wide.count(head) for head in heads)


def test_no_figure_of_a_comparison_is_cut():
    view = render_terminal(describe_benchmark_changes(compare(measured(10), measured(20))))
    narrow, wide = shown(view, 80), shown(view, 300)
    assert "2.00×" in narrow
    assert sorted(FIGURE.findall(narrow)) == sorted(FIGURE.findall(wide))
