"""Nothing is missing in the catalogs: limits and cost parts, and the tables of the layers that they key.

A new constraint family, limit, cost part or number of the problem fails here until every layer knows it or
the catalog says why one need not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, is_dataclass, replace
from pathlib import Path
from typing import get_type_hints

import pytest

from builders import Case
from computeplan.accounts.costs import COST_PARTS, CostPart
from computeplan.accounts.limits import limited_things
from computeplan.audit import Check
from computeplan.explanations import eligibility
from computeplan.lp import FAMILIES, VARIABLES, elastic
from computeplan.prices.limits import worth_and_cost
from computeplan.problem import Problem
from computeplan.problem.fields import Role, meanings
from computeplan.problem.limits import DEFINITIONS, LIMITS, Limit, LimitKind, Phrase, Ranging
from computeplan.solvers.planner import plan
from computeplan.studies.ranging.shadow_prices import amounts_used

GOLDEN = Path(__file__).parent / "lp" / "golden"
SOURCE = Path(__file__).parents[1] / "src" / "computeplan"

DEFINING_VARIABLES = frozenset({"peak", "covered", "routed", "moved"})
"""Variables that are limited by nothing but the constraints that define them."""

SELF_CHECKS = frozenset({Check.PRESENCE, Check.NONNEGATIVE, Check.ENERGY_BALANCE, Check.ROUTING, Check.PAST})
"""Checks of the audit that a plan is one at all, and goes on from what was; they check no limit."""

OTHER_PRICES = {"workloads.shortfall_price", "objective.carbon_price_per_kg"}
"""Prices in the objective that are no part of the cost."""


@dataclass(frozen=True)
class Catalogs:
    """The catalogs, and what the layers know of them."""

    limits: dict[LimitKind, Limit]
    cost_parts: tuple[CostPart, ...]
    families: frozenset[str]
    variables: frozenset[str]
    audited: frozenset[str]
    priced: frozenset[LimitKind]
    moved: frozenset[LimitKind]
    relaxed: frozenset[LimitKind]
    golden: dict[str, str]
    numbers: dict[str, Role]

    def without(self, field: str, missing: object) -> Catalogs:
        """Leave out one entry of one field."""
        kept = {item for item in getattr(self, field) if item != missing}
        value = getattr(self, field)
        kept = {key: value[key] for key in kept} if isinstance(value, dict) else type(value)(kept)
        return replace(self, **{field: kept})

    def with_limit(self, kind: LimitKind, **changes: object) -> Catalogs:
        """Change the row of one limit."""
        return replace(self, limits=self.limits | {kind: replace(self.limits[kind], **changes)})

    def with_part(self, name: str, **changes: object) -> Catalogs:
        """Change the row of one cost part."""
        parts = tuple(replace(part, **changes) if part.name == name else part for part in self.cost_parts)
        return replace(self, cost_parts=parts)


def numbers() -> dict[str, Role]:
    """Role of every number of a problem, such as ``pools.price``."""
    parts = {name: kind for name, kind in get_type_hints(Problem).items() if is_dataclass(kind)}
    return {
        f"{part}.{name}": meaning.role
        for part, kind in parts.items()
        for name, meaning in meanings(kind).items()
    }


def recorded() -> frozenset[str]:
    """Families that some check of the audit records."""
    text = "\n".join(path.read_text("utf-8") for path in (SOURCE / "audit").glob("*.py"))
    return frozenset(family.value for family in Check if f"Check.{family.name}," in text)


@pytest.fixture(scope="module")
def catalogs() -> Catalogs:
    problem = Case().problem()
    solution = plan(problem).solution
    return Catalogs(
        limits=LIMITS,
        cost_parts=COST_PARTS,
        families=frozenset(FAMILIES),
        variables=frozenset(VARIABLES),
        audited=recorded(),
        priced=frozenset(worth_and_cost(problem, solution.prices)),
        moved=frozenset(amounts_used(problem, solution)) & frozenset(limited_things(problem)),
        relaxed=elastic.RELAXED | eligibility.RELAXED,
        golden={path.name.removesuffix(".lp.txt"): path.read_text("utf-8") for path in GOLDEN.iterdir()},
        numbers=numbers(),
    )


def faults(catalogs: Catalogs) -> list[str]:
    """Everything that a layer or the catalog lacks, in words."""
    checks: tuple[Callable[[Catalogs], Iterator[str]], ...] = (
        faults_of_kinds,
        faults_of_rows,
        faults_of_families,
        faults_of_prices,
        faults_of_words,
        faults_of_parts,
        faults_of_numbers,
    )
    return [fault for check in checks for fault in check(catalogs)]


def faults_of_kinds(catalogs: Catalogs) -> Iterator[str]:
    yield from (f"limit {kind}: no row in the catalog" for kind in LimitKind if kind not in catalogs.limits)


def faults_of_rows(catalogs: Catalogs) -> Iterator[str]:
    """Golden program, audit, relief and ranging class of every limit."""
    for kind, limit in catalogs.limits.items():
        program = catalogs.golden.get(limit.golden, "")
        if not any(f"{family}_" in program for family in (*limit.rows, *limit.bounds)):
            yield f"limit {kind}: no golden program shows it"
        if limit.audit not in catalogs.audited:
            yield f"limit {kind}: no check of the audit"
        if limit.has_relief != (kind in catalogs.relaxed):
            yield f"limit {kind}: neither a relief nor a reason, or both"
        if (kind in elastic.RELAXED) != bool(limit.alone):
            yield f"limit {kind}: no name of what may suffice alone, or no relief of that name"
        if (limit.ranging is None) == (not limit.why_no_ranging):
            yield f"limit {kind}: neither a ranging class nor a reason, or both"
        if limit.field.split(".")[0] not in get_type_hints(Problem):
            yield f"limit {kind}: {limit.field} is no field of a problem"


def faults_of_families(catalogs: Catalogs) -> Iterator[str]:
    """Every family of constraints, variables and checks limits or defines something."""
    limits = catalogs.limits.values()
    rows = DEFINITIONS.union(*(limit.rows for limit in limits))
    bounds = DEFINING_VARIABLES.union(*(limit.bounds for limit in limits))
    checked = {limit.audit for limit in limits} | SELF_CHECKS
    for family in sorted(catalogs.families ^ rows):
        yield f"constraint family {family}: no limit, or no such family"
    for family in sorted(catalogs.variables ^ bounds):
        yield f"variable family {family}: no limit, or no such family"
    for family in sorted(catalogs.families - set(catalogs.golden)):
        yield f"constraint family {family}: no golden program"
    for family in sorted(set(Check) - checked):
        yield f"audit family {family}: checks no limit"


def faults_of_prices(catalogs: Catalogs) -> Iterator[str]:
    for kind, limit in catalogs.limits.items():
        if limit.has_price != (kind in catalogs.priced):
            yield f"limit {kind}: neither a price nor a reason, or both"
        if limit.has_price and kind not in catalogs.moved:
            yield f"limit {kind}: it has a price, and ranging does not move it"


def faults_of_words(catalogs: Catalogs) -> Iterator[str]:
    for kind, limit in catalogs.limits.items():
        if not limit.phrase.en or not is_chinese(limit.phrase.zh):
            yield f"limit {kind}: a phrase is missing"
        if ("{}" in limit.phrase.en) != ("{}" in limit.phrase.zh):
            yield f"limit {kind}: one phrase names a thing, the other does not"


def is_chinese(text: str) -> bool:
    return any("一" <= letter <= "鿿" for letter in text)


def faults_of_parts(catalogs: Catalogs) -> Iterator[str]:
    """Every cost part has words and a price; names are not used twice."""
    names = [part.name for part in catalogs.cost_parts]
    yield from (f"cost part {name}: declared twice" for name in set(names) if names.count(name) > 1)
    for part in catalogs.cost_parts:
        if not is_chinese(part.zh):
            yield f"cost part {part.name}: no Chinese words"
        if not part.prices or not catalogs.numbers.keys() >= set(part.prices):
            yield f"cost part {part.name}: no price in the problem"


def faults_of_numbers(catalogs: Catalogs) -> Iterator[str]:
    """Every number that is declared as a limit or a price is in its catalog."""
    limits = {limit.field for limit in catalogs.limits.values()}
    prices = OTHER_PRICES.union(*(part.prices for part in catalogs.cost_parts))
    for number, role in catalogs.numbers.items():
        if role is Role.LIMIT and number not in limits:
            yield f"number {number}: no limit of the catalog"
        if role is Role.PRICE and number not in prices:
            yield f"number {number}: no price of a cost part"


def test_the_catalogs_are_complete(catalogs):
    assert faults(catalogs) == []


def test_a_limit_left_out_is_missed(catalogs):
    for kind in LimitKind:
        assert f"limit {kind}: no row in the catalog" in faults_of_kinds(catalogs.without("limits", kind))


def test_a_family_without_a_limit_or_a_golden_program_is_missed(catalogs):
    found = faults(replace(catalogs, families=catalogs.families | {"new"}))
    assert "constraint family new: no limit, or no such family" in found
    found = faults(replace(catalogs, variables=catalogs.variables | {"lent"}))
    assert "variable family lent: no limit, or no such family" in found
    for family in FAMILIES:
        found = faults(catalogs.without("golden", family))
        assert f"constraint family {family}: no golden program" in found


def test_a_golden_program_or_a_check_of_a_limit_left_out_is_missed(catalogs):
    for kind, limit in LIMITS.items():
        found = [*faults_of_rows(catalogs.without("golden", limit.golden))]
        assert f"limit {kind}: no golden program shows it" in found
        found = [*faults_of_rows(catalogs.without("audited", limit.audit))]
        assert f"limit {kind}: no check of the audit" in found


def test_a_price_or_its_reason_left_out_is_missed(catalogs):
    for kind, limit in LIMITS.items():
        without = catalogs.without("priced", kind) if limit.has_price else catalogs
        expected = f"limit {kind}: neither a price nor a reason, or both"
        assert expected in faults(without.with_limit(kind, why_no_price=""))


def test_a_priced_limit_that_ranging_does_not_move_is_missed(catalogs):
    for kind in catalogs.priced:
        expected = f"limit {kind}: it has a price, and ranging does not move it"
        assert expected in faults(catalogs.without("moved", kind))


def test_a_relief_or_its_reason_left_out_is_missed(catalogs):
    for kind in LimitKind:
        expected = f"limit {kind}: neither a relief nor a reason, or both"
        without = catalogs.without("relaxed", kind)
        assert expected in faults(without.with_limit(kind, why_no_relief=""))


def test_a_relief_without_a_name_is_missed(catalogs):
    for kind, limit in LIMITS.items():
        changed = catalogs.with_limit(kind, alone="" if limit.alone else "steps")
        expected = f"limit {kind}: no name of what may suffice alone, or no relief of that name"
        assert expected in faults_of_rows(changed)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ranging": None, "why_no_ranging": ""}, "neither a ranging class nor a reason, or both"),
        ({"ranging": Ranging.BOUND, "why_no_ranging": "x"}, "neither a ranging class nor a reason, or both"),
        ({"phrase": Phrase("", "有")}, "a phrase is missing"),
        ({"phrase": Phrase("words", "words")}, "a phrase is missing"),
        ({"phrase": Phrase("of {}", "有")}, "one phrase names a thing, the other does not"),
    ],
)
def test_a_class_or_a_phrase_left_out_is_missed(catalogs, changes, expected):
    for kind in LimitKind:
        assert f"limit {kind}: {expected}" in faults(catalogs.with_limit(kind, **changes))


@pytest.mark.parametrize("part", COST_PARTS, ids=lambda part: part.name)
def test_a_cost_part_left_out_or_without_words_is_missed(catalogs, part):
    assert f"cost part {part.name}: no Chinese words" in faults(catalogs.with_part(part.name, zh=""))
    assert f"cost part {part.name}: no price in the problem" in faults(
        catalogs.with_part(part.name, prices=())
    )
    found = faults(replace(catalogs, cost_parts=(*catalogs.cost_parts, part)))
    assert f"cost part {part.name}: declared twice" in found
    of_others = {price for each in COST_PARTS if each is not part for price in each.prices}
    for price in set(part.prices) - of_others:
        found = faults(catalogs.without("cost_parts", part))
        assert f"number {price}: no price of a cost part" in found


def test_a_new_number_of_the_problem_is_missed(catalogs):
    found = faults(replace(catalogs, numbers=catalogs.numbers | {"pools.most_sold": Role.LIMIT}))
    assert found == ["number pools.most_sold: no limit of the catalog"]
    found = faults(replace(catalogs, numbers=catalogs.numbers | {"grid.green_price": Role.PRICE}))
    assert found == ["number grid.green_price: no price of a cost part"]
