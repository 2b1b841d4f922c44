"""What a person writes, checked and turned into the numeric problem.

A config passes through four steps: `yaml_source` reads plain data with places, `overlay` lays the
scenario and ``--set`` over it, `schema` checks every value and converts it to its documented unit, and
`resolve` makes arrays of it. Whatever is wrong becomes a fault with its place.
"""

from computeplan.config.change import Operator
from computeplan.config.json_schema import json_schema
from computeplan.config.load import LoadedConfig, SolverSettings, SweepSettings, load_config
from computeplan.config.reader import ConfigReader
from computeplan.config.resolve.input_files import InputFile
from computeplan.config.setting_paths import Setting, SettingPaths
from computeplan.config.variation import Law, Values, Variation, read_variation

__all__ = [
    "ConfigReader",
    "InputFile",
    "Law",
    "LoadedConfig",
    "Operator",
    "Setting",
    "SettingPaths",
    "SolverSettings",
    "SweepSettings",
    "Values",
    "Variation",
    "json_schema",
    "load_config",
    "read_variation",
]
