"""Break-even points and shadow prices."""

from computeplan.studies.ranging.moves import Move, Movers
from computeplan.studies.ranging.parameter import Kind, Parameter
from computeplan.studies.ranging.search import Break, Range, Step, find_range
from computeplan.studies.ranging.shadow import ShadowPrice, shadow_prices
from computeplan.studies.ranging.study import RangingStudy
from computeplan.studies.ranging.written import Reader

__all__ = [
    "Break",
    "Kind",
    "Move",
    "Movers",
    "Parameter",
    "Range",
    "RangingStudy",
    "Reader",
    "ShadowPrice",
    "Step",
    "find_range",
    "shadow_prices",
]
