"""Limits of the work: what must be done, when, and where it may be done."""

from __future__ import annotations

from typing import Any

from computeplan.problem.limits.kinds import Limit, LimitKind, Phrase, Ranging

_WHOLE_NUMBERS = "whole numbers have no dual prices"
_WORK_IS_PRICED = "work is priced by pool and period, and takes the cheapest of its window by itself"
_NO_VARIABLE = "what is excluded has no variable, so no dual price either"
_NO_NUMBER = "it is a choice, not a number"
_COUNTED_AS_SHORTFALL = "work that cannot be done is counted as shortfall"

WORK = (
    Limit(
        LimitKind.DEMAND,
        field="workloads.scale",
        rows=("placement", "deferral", "fixed_split"),
        golden="placement",
        audit="demand",
        unit="unit",
        phrase=Phrase("demand of {}", "{} 的需求"),
        ranging=Ranging.RIGHT_HAND_SIDE,
        why_no_price=_WORK_IS_PRICED,
        why_no_relief=_COUNTED_AS_SHORTFALL,
    ),
    Limit(
        LimitKind.JOB_VOLUME,
        field="workloads.volume_unit_h",
        rows=("job_volume",),
        golden="job_volume",
        audit="job_volume",
        unit="unit·h",
        phrase=Phrase("volume of {}", "{} 的工作量"),
        # The data set of a job travels in proportion to the work, so that the volume divides it.
        ranging=Ranging.COEFFICIENT,
        why_no_price=_WORK_IS_PRICED,
        why_no_relief=_COUNTED_AS_SHORTFALL,
    ),
    Limit(
        LimitKind.MAX_DELAY,
        field="workloads.max_delay_h",
        bounds=("backlog",),
        golden="deferral",
        audit="deferral",
        unit="h",
        phrase=Phrase("max_delay of {}", "{} 的最长等待时间"),
        ranging=Ranging.COEFFICIENT,
        why_no_price=_WORK_IS_PRICED,
        alone="delay",
    ),
    Limit(
        LimitKind.RELEASE,
        field="workloads.release_h",
        bounds=("served",),
        golden="job_volume",
        audit="job_window",
        unit="h",
        phrase=Phrase("release of {}", "{} 的最早开始时间"),
        ranging=Ranging.COEFFICIENT,
        why_no_price=_WORK_IS_PRICED,
        why_no_relief="a job cannot start before it is known; a later deadline has the same effect",
    ),
    Limit(
        LimitKind.DEADLINE,
        field="workloads.deadline_h",
        bounds=("served",),
        golden="job_volume",
        audit="job_window",
        unit="h",
        phrase=Phrase("deadline of {}", "{} 的截止时间"),
        ranging=Ranging.COEFFICIENT,
        why_no_price=_WORK_IS_PRICED,
        alone="delay",
    ),
    Limit(
        LimitKind.MAX_RATE,
        field="workloads.max_rate",
        bounds=("served",),
        golden="job_rate",
        audit="job_rate",
        unit="unit",
        phrase=Phrase("max_rate of {}", "{} 的最大并行量"),
        ranging=Ranging.BOUND,
        why_no_price=_WORK_IS_PRICED,
        alone="job rates",
    ),
    Limit(
        LimitKind.UNINTERRUPTED,
        field="workloads.runs_through",
        rows=("launch", "run"),
        bounds=("start", "launch"),
        golden="run",
        audit="run",
        phrase=Phrase("{} without a pause", "{} 不可中断"),
        why_no_price=_WORK_IS_PRICED,
        why_no_relief="a program that cannot stop does not learn it; a later deadline has the same effect",
        why_no_ranging=_NO_NUMBER,
    ),
    Limit(
        LimitKind.HORIZON_END,
        field="horizon.end",
        bounds=("backlog",),
        golden="deferral",
        audit="demand",
        phrase=Phrase("end of the horizon", "规划期结束"),
        why_no_price=_WORK_IS_PRICED,
        why_no_relief="what comes after the horizon is not part of the plan",
        why_no_ranging=_NO_NUMBER,
    ),
    Limit(
        LimitKind.FIXED_SPLIT,
        field="workloads.is_fixed",
        rows=("fixed_split",),
        bounds=("share",),
        golden="fixed_split",
        audit="fixed_split",
        phrase=Phrase("fixed split of {}", "{} 的固定分配"),
        why_no_price=_WORK_IS_PRICED,
        why_no_ranging=_NO_NUMBER,
    ),
    Limit(
        LimitKind.WHOLE_WORKLOAD,
        field="workloads.is_whole",
        rows=("fixed_split",),
        bounds=("share", "short_share"),
        golden="whole",
        audit="whole_workload",
        phrase=Phrase("{} in one piece", "{} 不可拆分"),
        why_no_price=_WHOLE_NUMBERS,
        why_no_ranging=_NO_NUMBER,
        alone="mobility",
    ),
    Limit(
        LimitKind.SHORTFALL,
        field="workloads.shortfall_price",
        bounds=("short", "short_job", "short_share"),
        golden="placement",
        audit="shortfall",
        unit="unit·h",
        phrase=Phrase("shortfall of {}", "{} 的缺口"),
        why_no_price="the config states what shortfall costs",
        why_no_ranging="it is ranged as a price",
        alone="shortfall",
    ),
)


def _eligibility(kind: LimitKind, **row: Any) -> Limit:
    """Declare what decides where work may run."""
    bounds, why = ("work", "share"), _NO_VARIABLE
    return Limit(kind, bounds=bounds, golden="placement", audit="eligibility", why_no_price=why, **row)


ELIGIBILITY = (
    _eligibility(
        LimitKind.LATENCY,
        field="needs.max_latency_ms",
        unit="ms",
        phrase=Phrase("max_latency of {}", "{} 的最大时延"),
        ranging=Ranging.STEPS,
    ),
    _eligibility(
        LimitKind.LABELS,
        field="needs.labels",
        phrase=Phrase("labels required by {}", "{} 要求的标签"),
        why_no_ranging=_NO_NUMBER,
    ),
    _eligibility(
        LimitKind.SECURITY,
        field="needs.security",
        unit="level",
        phrase=Phrase("security level of {}", "{} 的安全等级"),
        ranging=Ranging.STEPS,
    ),
    _eligibility(
        LimitKind.RESIDENCY,
        field="needs.residency",
        phrase=Phrase("residency of {}", "{} 的数据驻留区域"),
        why_no_ranging=_NO_NUMBER,
    ),
    _eligibility(
        LimitKind.ROUTE,
        field="network.connected",
        phrase=Phrase("routes for {}", "{} 的网络路由"),
        why_no_relief="a link that does not exist has no bandwidth, price or latency to plan with",
        why_no_ranging=_NO_NUMBER,
    ),
    _eligibility(
        LimitKind.HARDWARE,
        field="hardware.efficiency",
        unit="unit·h per h",
        phrase=Phrase("hardware for {}", "{} 的适用硬件"),
        ranging=Ranging.COEFFICIENT,
        why_no_relief="how fast hardware runs work it was never measured on is not known",
    ),
)
