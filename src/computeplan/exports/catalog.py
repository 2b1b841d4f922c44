"""The systems that a plan can be exported to, an entry each: a new target is a module and its entry."""

from __future__ import annotations

from computeplan.exports import capacity, focus, karmada, kubernetes, kueue, skypilot, slurm
from computeplan.exports.material import Count, Target
from computeplan.vocabulary import System

GPU = "nvidia.com/gpu"

TARGETS: dict[System, Target] = {
    System.KUEUE: Target(kueue.write, GPU),
    System.KARMADA: Target(karmada.write, GPU),
    System.KUBERNETES: Target(kubernetes.write, GPU),
    System.SLURM: Target(slurm.write, slurm.NODE),
    System.SKYPILOT: Target(skypilot.write, count=Count.NOTHING),
    System.CAPACITY: Target(capacity.write, count=Count.KINDS),
    System.FOCUS: Target(focus.write, count=Count.NOTHING),
}
