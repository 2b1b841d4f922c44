"""Break-even points and shadow prices."""

from computeplan.studies.ranging.breakpoints import Break, Range, Step, find_range
from computeplan.studies.ranging.config_number import NumberReader, ranges_of
from computeplan.studies.ranging.parameter import Kind, Movers, Parameter, SiteChange
from computeplan.studies.ranging.shadow_prices import (
    STEP,
    EasedLimit,
    ShadowPrice,
    ease_limits,
    shadow_prices,
)
from computeplan.studies.ranging.study import RangingStudy

__all__ = [
    "STEP",
    "Break",
    "EasedLimit",
    "Kind",
    "Movers",
    "NumberReader",
    "Parameter",
    "Range",
    "RangingStudy",
    "ShadowPrice",
    "SiteChange",
    "Step",
    "ease_limits",
    "find_range",
    "ranges_of",
    "shadow_prices",
]
