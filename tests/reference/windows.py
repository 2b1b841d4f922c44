"""When work may run and where, one workload, pool and period at a time, straight from the arrays."""

from __future__ import annotations

from math import floor, inf, isnan

from computeplan.problem import HorizonEnd, Problem


def eligible_pools(problem: Problem, w: int) -> list[int]:
    """Pools whose site meets every requirement of workload *w* and whose hardware can run it."""
    return [p for p in range(problem.pools.size) if _meets(problem, w, p) and efficiency(problem, w, p) > 0]


def efficiency(problem: Problem, w: int, p: int) -> float:
    """Work done per unit·h of the pool."""
    kind = problem.needs.kind[problem.workloads.need[w]]
    return float(problem.hardware.efficiency[kind, problem.pools.hardware[p]])


def _meets(problem: Problem, w: int, p: int) -> bool:
    need, site = problem.workloads.need[w], problem.pools.site[p]
    needs, sites, network = problem.needs, problem.sites, problem.network
    here, there = needs.zone[need], sites.zone[site]
    labels = all(sites.labels[site, b] for b in range(len(sites.label_names)) if needs.labels[need, b])
    secure = sites.security[site] >= needs.security[need]
    resident = bool(needs.residency[need, there])
    limit, latency = needs.max_latency_ms[need], network.latency_ms[here, there]
    near = limit == inf or (not isnan(latency) and latency <= limit)
    travels = needs.traffic_gb_per_unit_h[need] > 0 or problem.workloads.data_gb[w] > 0
    reachable = not travels or bool(network.connected[here, there])
    return labels and secure and resident and near and reachable


def block_of(problem: Problem, t: int) -> list[int]:
    """Periods of the block that *t* is in."""
    return [s for s in range(problem.horizon.size) if problem.horizon.block[s] == problem.horizon.block[t]]


def service_slices(problem: Problem, w: int, arrival: int) -> list[tuple[float, list[int]]]:
    """Cut what arrives in a period into slices by when it is due.

    Arrivals are spread evenly within their period. With a delay of (k + f) periods the first 1 − f of
    them is due by the end of period arrival + k, the last f by the end of arrival + k + 1.

    Returns
    -------
    list of (share, periods)
        Share of the arrivals and the periods in which it may be done.
    """
    delay = problem.workloads.max_delay_h[w] / problem.horizon.period_h
    whole = floor(delay + 1e-9)
    part = max(0.0, delay - whole)
    block = block_of(problem, arrival)
    slices = [(1 - part, _following(problem, block, arrival, whole))]
    if part > 1e-9:
        slices.append((part, _following(problem, block, arrival, whole + 1)))
    return slices


def _following(problem: Problem, block: list[int], start: int, steps: int) -> list[int]:
    """The period and the `steps` that follow it: cut off at the block's end, or wrapped around it."""
    position = start - block[0]
    if problem.horizon.end is HorizonEnd.CLOSE:
        return block[position : position + steps + 1]
    return sorted({block[(position + i) % len(block)] for i in range(steps + 1)})


def job_overlap(problem: Problem, w: int) -> dict[int, float]:
    """Hours of each period that lie in the window of job *w*."""
    period_h = problem.horizon.period_h
    release, deadline = problem.workloads.release_h[w], problem.workloads.deadline_h[w]
    first = next(t for t in range(problem.horizon.size) if release < (t + 1) * period_h - 1e-9)
    block = block_of(problem, first)
    begin, end = block[0] * period_h, (block[-1] + 1) * period_h
    pieces = [(release, min(deadline, end))]
    if problem.horizon.end is HorizonEnd.CYCLIC and deadline > end:
        pieces.append((begin, min(begin + deadline - end, end)))
    hours = {t: sum(_common(piece, t * period_h, (t + 1) * period_h) for piece in pieces) for t in block}
    return {t: min(overlap, period_h) for t, overlap in hours.items() if overlap > 1e-9}


def runs_of(problem: Problem, w: int) -> list[dict[int, float]]:
    """Hours of each period in which job *w* runs, by start: its release, or a later start of a period."""
    period_h, workloads = problem.horizon.period_h, problem.workloads
    length = workloads.volume_unit_h[w] / workloads.max_rate[w]
    window, release = job_overlap(problem, w), float(workloads.release_h[w])
    first = next(t for t in range(problem.horizon.size) if release < (t + 1) * period_h - 1e-9)
    block = block_of(problem, first)
    end = min(float(workloads.deadline_h[w]), (block[-1] + 1) * period_h)
    if problem.horizon.end is HorizonEnd.CYCLIC:
        # once around the block, at most to where the period of the release begins
        end = min(float(workloads.deadline_h[w]), (first + len(block)) * period_h)
    starts = [release, *((first + n) * period_h for n in range(1, len(block)))]
    runs = []
    for start in starts:
        if length > 0 and start + length <= end + 1e-9 * period_h:
            pieces = [(n * period_h, (n + 1) * period_h) for n in range(first, first + len(block))]
            hours = [_common(piece, start, start + length) for piece in pieces]
            times = [block[(first - block[0] + n) % len(block)] for n in range(len(block))]
            runs.append({t: h for t, h in zip(times, hours, strict=True) if h > 1e-9})
    assert all(set(run) <= set(window) for run in runs)
    return runs


def _common(window: tuple[float, float], start: float, end: float) -> float:
    return max(0.0, min(window[1], end) - max(window[0], start))
