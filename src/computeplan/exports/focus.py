"""FOCUS 1.2: a forecast of what each company pays, in the columns in which clouds bill.

A row for each company and part of the cost; the charge period is the horizon. Quantities are unit·h of work,
or one where a company does none. What is paid to the company, such as energy sold, is a credit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from computeplan.accounts.costs import COST_PARTS
from computeplan.accounts.statements import company_statements
from computeplan.exports.material import Material
from computeplan.folder.tables.frames import csv_bytes, named
from computeplan.problem import Floats, Ints, Problem

if TYPE_CHECKING:
    import polars as pl


def write(material: Material) -> Iterator[tuple[str, bytes]]:
    """Write one table."""
    problem = material.problem
    statements = company_statements(problem, material.run.account.statements)
    cost = np.array([statements.cost.parts()[part.name] for part in COST_PARTS]).T
    company, part = np.nonzero(cost)
    work = statements.work_unit_h.sum(axis=1)[company]
    yield "focus.csv", csv_bytes(_table(problem, company, part, cost[company, part], work))


def _table(problem: Problem, company: Ints, part: Ints, cost: Floats, work: Floats) -> pl.DataFrame:
    import polars as pl

    names = [each.name for each in COST_PARTS]
    is_charge, quantity = cost > 0, np.where(work > 0, work, 1.0)
    texts = {
        "ChargeCategory": ["Usage" if charge else "Credit" for charge in is_charge.tolist()],
        "PricingCategory": ["Other" if charge else None for charge in is_charge.tolist()],
    }
    per_unit = [price if charge else None for price, charge in zip(cost / quantity, is_charge, strict=True)]
    of_usage = [amount if charge else None for amount, charge in zip(quantity, is_charge, strict=True)]
    part_name, owner = named(names, part), named(problem.companies.names, company)
    columns = {
        **dict.fromkeys(("BilledCost", "EffectiveCost", "ListCost", "ContractedCost"), cost),
        **dict.fromkeys(("ListUnitPrice", "ContractedUnitPrice"), per_unit),
        "PricingQuantity": of_usage,
        "ConsumedQuantity": of_usage,
        **texts,
        "ChargeDescription": [f"forecast by a plan: {name.replace('_', ' ')}" for name in part_name],
        "SkuId": part_name,
        "SkuPriceId": part_name,
        "SubAccountId": owner,
        "SubAccountName": owner,
    }
    whole = {name: pl.lit(text, dtype=pl.String).alias(name) for name, text in _same_for_all(problem).items()}
    unit = pl.when(pl.col("PricingQuantity").is_not_null()).then(pl.lit("Unit-Hours"))
    return pl.DataFrame(columns, strict=False).with_columns(**whole, PricingUnit=unit, ConsumedUnit=unit)


def _same_for_all(problem: Problem) -> Mapping[str, str | None]:
    horizon = problem.horizon
    ends = horizon.start_utc[-1] + np.timedelta64(round(horizon.period_h * 3600), "s")
    times = [f"{np.datetime_as_string(each, unit='s')}Z" for each in (horizon.start_utc[0], ends)]
    return {
        **dict.fromkeys(("BillingPeriodStart", "ChargePeriodStart"), times[0]),
        **dict.fromkeys(("BillingPeriodEnd", "ChargePeriodEnd"), times[1]),
        **dict.fromkeys(("BillingCurrency", "PricingCurrency"), problem.currency),
        **dict.fromkeys(("BillingAccountId", "BillingAccountName"), problem.name),
        "BillingAccountType": "Plan",
        "SubAccountType": "Company",
        "ChargeClass": None,
        "ChargeFrequency": "Usage-Based",
        **dict.fromkeys(("ProviderName", "PublisherName", "InvoiceIssuerName"), "computeplan"),
        "ServiceCategory": "Compute",
        "ServiceSubcategory": "Other (Compute)",
        "ServiceName": "Computing work",
    }
