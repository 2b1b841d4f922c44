"""Plan a config whose scenarios share decisions that are made before it is known which one comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from computeplan.api.calls import raise_if_stopped, read_config, run_stoppable
from computeplan.arguments import checked
from computeplan.config import BASE
from computeplan.errors import Fault, UsageError
from computeplan.problem import Goal, Problem
from computeplan.progress import Progress
from computeplan.runs.loaded import Loaded, Overrides, chosen_options
from computeplan.runs.scenarios import save_scenarios, scenario_folders
from computeplan.solvers import SolverOptions
from computeplan.studies.uncertainty import UncertaintyStudy, find_difference, plan_scenarios
from computeplan.text import expected_one_of
from computeplan.vocabulary import PlanForm


@checked
def decide(
    config: str | Path | Mapping[str, object] | Loaded,
    *,
    overrides: Overrides = (),
    allow_paths: Sequence[str | Path] = (),
    form: PlanForm | str | None = None,
    options: SolverOptions | Mapping[str, object] | None = None,
    compare: bool = True,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> UncertaintyStudy:
    """Find what to decide before it is known which scenario of a config's `uncertainty` comes.

    `form`: ``extensive``, ``decomposition`` or ``auto``; default the config's `method`. `compare`: also plan
    every scenario as if it were known, and all of them with the decisions that are best for their mean: what
    it would be worth to know, and what it is worth to plan for all. `out`: folder to write to, a plan folder
    for each scenario, where every plan passed its audit.

    Raises
    ------
    ConfigError
        If the scenarios do not have in common what they must.
    UsageError
        If the config has no `uncertainty`, or was read in one scenario.
    PlanFolderError, SolverError, KeyboardInterrupt
    """
    loaded = read_config(config, None, overrides, allow_paths, progress)
    section = loaded.config.uncertainty
    if section is None:
        raise UsageError(path="uncertainty", expected="scenarios and their weights", found="nothing")
    if loaded.scenario is not None:
        raise UsageError(path="scenario", expected="none, as all of them may come", found=loaded.scenario)
    if form is not None:
        if form not in list(PlanForm):
            raise UsageError(path="form", **expected_one_of(PlanForm, form))
        section = section.model_copy(update={"method": PlanForm(form)})
    read = loaded.in_scenarios(tuple(section.scenarios))
    problems = {name: each.problem for name, each in read.items()}
    loaded.config.raise_faults(list(_faults(problems)))

    def work(options: SolverOptions) -> UncertaintyStudy:
        found = plan_scenarios(problems, section, options, compare=compare)
        if not found.outcomes:
            raise_if_stopped(options)
        return found

    folders = scenario_folders(Path(out), tuple(problems)) if out is not None else {}
    chosen = chosen_options(loaded, options)
    study = run_stoppable(work, chosen, progress)
    if folders and study.passed:
        save_scenarios(loaded, read, study, chosen, folders)
    return study


def _faults(problems: Mapping[str, Problem]) -> Iterator[Fault]:
    """Find what keeps problems from sharing decisions, each at its scenario."""
    (first, one), *others = problems.items()
    if one.objective.goal is not Goal.COST:
        yield Fault("objective.minimize", "`cost` in a config with `uncertainty`", one.objective.goal.value)
    for name, other in others:
        if what := find_difference(one, other):
            expected = f"the same {what} as in {first!r}"
            hint = "scenarios that may come have these in common: change numbers only"
            at = f"scenarios.{name}" if name != BASE else f"uncertainty.weights.{name}"
            yield Fault(at, expected, "another", hint)
