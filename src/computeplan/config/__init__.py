"""What a person writes, checked and turned into the numeric problem.

A config passes through four steps: `yaml_source` reads plain data with places, `overlay` lays the
scenario and ``--set`` over it, `schema` checks every value and converts it to its documented unit, and
`resolve` makes arrays of it. Whatever is wrong becomes a fault with its place.
"""

from computeplan.config.changes import Change, Operator, read_changes
from computeplan.config.json_schema import json_schema, unit_of
from computeplan.config.load import IN_MEMORY, ConfigReader, LoadedConfig, find_settings, load_config
from computeplan.config.schema.sweep import SweepSection
from computeplan.config.schema.uncertainty import BASE, RiskSection, UncertaintySection
from computeplan.config.setting_paths import Setting, SettingPaths
from computeplan.config.tables.input_files import InputFile, allowed_folders
from computeplan.config.variation import Law, Values, Variation, read_variation, variation_of
from computeplan.config.yaml.text import to_yaml

__all__ = [
    "BASE",
    "IN_MEMORY",
    "Change",
    "ConfigReader",
    "InputFile",
    "Law",
    "LoadedConfig",
    "Operator",
    "RiskSection",
    "Setting",
    "SettingPaths",
    "SweepSection",
    "UncertaintySection",
    "Values",
    "Variation",
    "allowed_folders",
    "find_settings",
    "json_schema",
    "load_config",
    "read_changes",
    "read_variation",
    "to_yaml",
    "unit_of",
    "variation_of",
]
