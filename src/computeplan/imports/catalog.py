"""The kinds of files that can be imported, an entry each: a new kind is a new entry.

An entry says how a file is recognized (by its columns), which columns are stamps, zones and values, what
stamps mark and in which zone, and the unit of the values.
"""

from __future__ import annotations

from computeplan.imports.layouts import (
    Marks,
    SourceColumn,
    SourceKind,
    SourceLayout,
    StampRule,
    ValueColumn,
)

CLOCKS = {
    "cet/cest": "Europe/Brussels",
    "wet/west": "Europe/Lisbon",
    "eet/eest": "Europe/Athens",
    "utc": "UTC",
}
"""Zones by what heads of columns call them."""

_ELECTRICITY_MAPS = SourceKind(
    "electricity-maps",
    "carbon intensity by Electricity Maps: CSV, or JSON of the API",
    (
        SourceLayout(
            StampRule((SourceColumn("Datetime (UTC)"),)),
            (
                ValueColumn(
                    SourceColumn("Carbon intensity gCO₂eq/kWh (direct)", r"carbon intensity .*\(direct\)"),
                    "g/kWh",
                    "direct",
                ),
                ValueColumn(
                    SourceColumn(
                        "Carbon intensity gCO₂eq/kWh (Life cycle)",
                        r"carbon intensity .*\((?:lca|life[ -]?cycle)\)",
                    ),
                    "g/kWh",
                    "life cycle",
                ),
            ),
            zone=SourceColumn("Zone id"),
        ),
        SourceLayout(
            StampRule((SourceColumn("datetime"),)),
            (ValueColumn(SourceColumn("carbonIntensity"), "g/kWh"),),
            zone=SourceColumn("zone"),
            needs_zone=False,
            zone_key="zone",
            series=SourceColumn("emissionFactorType"),
        ),
    ),
    (("lifecycle", "life cycle"),),
    "Which one counts, direct emissions or those of the life cycle?",
)

_WATTTIME = SourceKind(
    "watttime",
    "marginal emissions by WattTime: JSON of the API",
    (
        SourceLayout(
            StampRule((SourceColumn("point_time"),)),
            (ValueColumn(SourceColumn("value"), name="marginal", unit_key=r"meta\.units"),),
            zone_key=r"meta\.region",
        ),
    ),
    question="These are marginal emissions, not the averages that reports count: are they meant?",
)

_UK_CARBON_INTENSITY = SourceKind(
    "uk-carbon-intensity",
    "carbon intensity of Great Britain by NESO: JSON of the API",
    (
        SourceLayout(
            StampRule((SourceColumn("from"),)),
            (
                ValueColumn(SourceColumn("intensity.actual"), "g/kWh", "actual"),
                ValueColumn(SourceColumn("intensity.forecast"), "g/kWh", "forecast"),
            ),
        ),
    ),
    question="Which one counts, the estimate of what was, or the forecast?",
)

_ENERGY_CHARTS = SourceKind(
    "energy-charts",
    "carbon intensity, prices or power by Energy-Charts: JSON of the API",
    (
        SourceLayout(
            StampRule((SourceColumn("unix_seconds"),)),
            (
                ValueColumn(SourceColumn("co2eq"), "g/kWh", "carbon"),
                ValueColumn(SourceColumn("co2eq_forecast"), "g/kWh", "carbon forecast"),
            ),
        ),
        SourceLayout(
            StampRule((SourceColumn("unix_seconds"),)),
            (ValueColumn(SourceColumn("price"), name="price", unit_key="unit"),),
        ),
        SourceLayout(
            StampRule((SourceColumn("unix_seconds"),)),
            (
                ValueColumn(SourceColumn("Renewable share of load", ".* share .*"), "%", r"\g<0>"),
                ValueColumn(SourceColumn("Load", ".*"), "MW", r"\g<0>"),
            ),
        ),
    ),
    question="Of which zone is it? The file does not say.",
)

_EIA930 = SourceKind(
    "eia930",
    "hourly demand and generation of US balancing authorities: CSV of EIA-930, or JSON of the API",
    (
        SourceLayout(
            StampRule((SourceColumn("UTC Time at End of Hour"),), Marks.END, month_first=True),
            (ValueColumn(SourceColumn("Demand (MW)", r"(.+) \(MW\)((?!.*imputed).*)"), "MW", r"\1\2"),),
            zone=SourceColumn("Balancing Authority"),
        ),
        SourceLayout(
            StampRule((SourceColumn("period"),), Marks.END),
            (ValueColumn(SourceColumn("value"), "MWh/h"),),
            zone=SourceColumn("respondent"),
            series=SourceColumn("type-name"),
        ),
    ),
)

_MTU = StampRule((SourceColumn("MTU (CET/CEST)", r"MTU \((?P<clock>.+)\)"),))
_DAY_AHEAD = ValueColumn(
    SourceColumn("Day-ahead Price (EUR/MWh)", r"day-ahead price [\[(](.+)[\])]"), r"\1", "price"
)

_ENTSOE = SourceKind(
    "entsoe",
    "day-ahead prices of the ENTSO-E Transparency Platform: CSV",
    (
        SourceLayout(_MTU, (_DAY_AHEAD,), zone=SourceColumn("BZN|DE-LU", r"(?P<zone>[A-Z]{3}\|.+)")),
        SourceLayout(_MTU, (_DAY_AHEAD,), zone=SourceColumn("Area"), series=SourceColumn("Sequence")),
    ),
    (("Without Sequence", ""),),
    "Where there are two sequences, 1 is the coupled auction and 2 another one: which one is paid?",
)

_CAISO = SourceKind(
    "caiso",
    "locational prices of CAISO: CSV of OASIS, or the zip around it",
    (
        SourceLayout(
            StampRule((SourceColumn("INTERVALSTARTTIME_GMT"),)),
            (ValueColumn(SourceColumn("MW", "MW|VALUE"), "USD/MWh", "price"),),
            zone=SourceColumn("NODE"),
            only=(SourceColumn("LMP_TYPE"), "LMP"),
        ),
    ),
)

_AEMO = SourceKind(
    "aemo",
    "prices and demand of the regions of the Australian market: CSV of AEMO",
    (
        SourceLayout(
            # The market's time has no summer time in any region.
            StampRule((SourceColumn("SETTLEMENTDATE"),), Marks.END, "Australia/Brisbane"),
            (
                ValueColumn(SourceColumn("RRP"), "AUD/MWh", "price"),
                ValueColumn(SourceColumn("TOTALDEMAND"), "MW", "demand"),
            ),
            zone=SourceColumn("REGION"),
        ),
    ),
)

_ERCOT = SourceKind(
    "ercot",
    "day-ahead prices of ERCOT's settlement points: CSV",
    (
        SourceLayout(
            StampRule(
                (SourceColumn("DeliveryDate"), SourceColumn("HourEnding")),
                Marks.END,
                "America/Chicago",
                month_first=True,
            ),
            (ValueColumn(SourceColumn("SettlementPointPrice"), "USD/MWh", "price"),),
            zone=SourceColumn("SettlementPoint"),
        ),
    ),
)

_NYISO = SourceKind(
    "nyiso",
    "day-ahead prices of NYISO's zones: CSV",
    (
        SourceLayout(
            StampRule((SourceColumn("Time Stamp"),), time_zone="America/New_York", month_first=True),
            (ValueColumn(SourceColumn("LBMP ($/MWHr)"), "USD/MWh", "price"),),
            zone=SourceColumn("Name"),
        ),
    ),
)

_OPEN_METEO = SourceKind(
    "open-meteo",
    "hourly temperature by Open-Meteo, which a curve turns into PUE: JSON of the API",
    (
        SourceLayout(
            # All stamps of a file have one offset, also where clocks change.
            StampRule((SourceColumn("time"),), offset_key="utc_offset_seconds"),
            (
                ValueColumn(
                    SourceColumn("temperature_2m"),
                    name="temperature",
                    unit_key=r"hourly_units\.temperature_2m",
                ),
            ),
            zone_key="latitude|longitude",
        ),
    ),
)

_PVGIS = SourceKind(
    "pvgis",
    "solar power by PVGIS as a share of the peak: CSV or JSON, with PV power",
    (
        SourceLayout(
            StampRule((SourceColumn("time"),), Marks.HOUR),
            (ValueColumn(SourceColumn("P"), "W", "solar"),),
            zone_key=r"(?:latitude|longitude) .*|inputs\.location\.(?:latitude|longitude)",
            size_key=r"nominal power .*\(kWp\)|inputs\.pv_module\.peak_power",
            ends_at_blank=True,
        ),
    ),
)

_RENEWABLES_NINJA = SourceKind(
    "renewables-ninja",
    "wind or solar power by Renewables.ninja as a share of the capacity: CSV with its head",
    (
        SourceLayout(
            StampRule((SourceColumn("time"),)),
            (ValueColumn(SourceColumn("electricity"), "kW", "generation"),),
            zone_key=r"params\.(?:lat|lon)",
            size_key=r"params\.capacity",
        ),
    ),
    question="The data are CC BY-NC: may this plan use them?",
)

_DATE = SourceColumn("日期", "日期|交易日期?|运行日期?|数据日期|date")
_PLACE = SourceColumn("节点", "节点(?:名称)?|区域|地区|省份|省区|分区|交易单元")
_WHAT = SourceColumn("类型", "类型|类别|指标(?:名称)?|项目|数据类型|数据项|名称")
_NAME_AND_UNIT = ValueColumn(
    SourceColumn("日前出清电价(元/MWh)", r"(?!序号|备注)(.+?)(?: ?[(\[]([^()\[\]]+)[)\]])?"), r"\2", r"\1"
)

_CN_POINTS = SourceKind(
    "cn-points",
    "Chinese tables of 96 or 24 points a day, long or a day a row: CSV or XLSX",
    (
        SourceLayout(
            StampRule((_DATE, SourceColumn("时刻", "时刻|时点|时间|时间点")), Marks.POINTS, "Asia/Shanghai"),
            (_NAME_AND_UNIT,),
            zone=_PLACE,
            needs_zone=False,
        ),
        SourceLayout(
            StampRule((_DATE, SourceColumn("时段", "时段|点号|时段序号")), Marks.NUMBER, "Asia/Shanghai"),
            (_NAME_AND_UNIT,),
            zone=_PLACE,
            needs_zone=False,
        ),
        SourceLayout(
            StampRule((_DATE,), Marks.POINTS, "Asia/Shanghai"),
            (ValueColumn(SourceColumn("00:15", r"\d{1,2}:\d{2}(?::00)?")),),
            zone=_PLACE,
            needs_zone=False,
            series=_WHAT,
            is_wide=True,
        ),
        SourceLayout(
            StampRule((SourceColumn("时间", "时间|日期时间|时刻"),), Marks.POINTS, "Asia/Shanghai"),
            (_NAME_AND_UNIT,),
            zone=_PLACE,
            needs_zone=False,
        ),
    ),
)

KINDS = {
    kind.name: kind
    for kind in (
        _ELECTRICITY_MAPS,
        _WATTTIME,
        _UK_CARBON_INTENSITY,
        _ENTSOE,
        _CAISO,
        _AEMO,
        _NYISO,
        _ERCOT,
        _EIA930,
        _ENERGY_CHARTS,
        _OPEN_METEO,
        _PVGIS,
        _RENEWABLES_NINJA,
        _CN_POINTS,
    )
}
"""All kinds by name, in the order of the help."""

WORK_KINDS = {"slurm": "jobs of Slurm: `sacct -P`"}
"""Kinds of logs of work, by name."""
