"""What a person writes, checked and turned into the numeric problem.

A config passes through four steps: `yaml_source` reads plain data with places, `overlay` lays the
scenario and ``--set`` over it, `schema` checks every value and converts it to its documented unit, and
`resolve` makes arrays of it. Whatever is wrong becomes a fault with its place.
"""

from computeplan.config.json_schema import json_schema
from computeplan.config.load import LoadedConfig, SolverSettings, load_config
from computeplan.config.resolve.input_files import InputFile
from computeplan.config.setting_paths import Setting, SettingPaths

__all__ = [
    "InputFile",
    "LoadedConfig",
    "Setting",
    "SettingPaths",
    "SolverSettings",
    "json_schema",
    "load_config",
]
