"""The plan as tables, in Parquet for programs and CSV for people.

Tables with a column `period` state one occurrence of it; times the period's `weight` it is the time
that the horizon stands for. All other tables are over the time that the horizon stands for.
"""

from computeplan.plan.tables.catalog import tables
from computeplan.plan.tables.expanded import WorkloadAccount, expand
from computeplan.plan.tables.files import csv_bytes, difference, parquet_bytes, table_files

__all__ = ["WorkloadAccount", "csv_bytes", "difference", "expand", "parquet_bytes", "table_files", "tables"]
