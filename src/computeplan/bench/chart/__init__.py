"""The chart of a benchmark: one SVG file, which needs nothing else."""

from computeplan.bench.chart.page import chart

__all__ = ["chart"]
