"""Names of a register's workloads, and the companies they belong to."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from computeplan.config.resolve.workloads.register_cells import RegisterCells
from computeplan.config.schema.base import MOST_NAME_LENGTH, NAME_PATTERN
from computeplan.problem import Bools, Ints

NAME_IN_WORDS = f"a name of at most {MOST_NAME_LENGTH} visible characters"


@dataclass(frozen=True, eq=False)
class Owners:
    """Workloads by name and owner.

    Attributes
    ----------
    names : tuple of str
        Of the workloads.
    company_names, tiers : tuple of str
        Of the companies, in order of first appearance.
    company : (n,)
        Company of each workload.
    """

    names: tuple[str, ...]
    company_names: tuple[str, ...]
    tiers: tuple[str, ...]
    company: Ints


def read_owners(cells: RegisterCells) -> Owners:
    """Read names, companies and tiers.

    Parameters
    ----------
    cells : RegisterCells

    Returns
    -------
    Owners
        A company without a name is named as its workload.
    """
    names = cells.texts("name")
    cells.note(names.is_null().to_numpy(), "name", "a name")
    repeated = names.is_not_null() & ~names.is_first_distinct()
    cells.note(repeated.to_numpy(), "name", "a name that no other row has")
    for field in ("name", "company", "tier"):
        cells.note(_is_unfit(cells.texts(field)), field, NAME_IN_WORDS)
    names = names.fill_null("")
    rows = pl.DataFrame({"company": cells.texts("company"), "tier": cells.texts("tier")}).with_columns(
        pl.col("company").fill_null(names)
    )
    companies = rows.group_by("company", maintain_order=True).agg(pl.col("tier").drop_nulls().first())
    joined = rows.join(companies.with_row_index("code"), on="company", maintain_order="left")
    other = (joined["tier"] != joined["tier_right"]).fill_null(value=False)
    cells.note(other.to_numpy(), "tier", "one tier for all workloads of a company")
    return Owners(
        names=tuple(names),
        company_names=tuple(companies["company"]),
        tiers=tuple(companies["tier"].fill_null("")),
        company=joined["code"].cast(pl.Int64).to_numpy(),
    )


def _is_unfit(names: pl.Series) -> Bools:
    """(n,) which texts cannot be names."""
    fits = (names.str.len_chars() <= MOST_NAME_LENGTH) & names.str.contains(NAME_PATTERN)
    unfit: Bools = ~fits.fill_null(value=True).to_numpy()
    return unfit
