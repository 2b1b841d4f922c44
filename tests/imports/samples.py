"""A small file of every kind, in its layout, with invented numbers, and what is found in it."""

from __future__ import annotations

import json
from dataclasses import dataclass

Found = tuple[str, str, str, int, list[float]]
"""Label, unit, start (UTC), step (min) and values of a series; nan where one is missing."""
NAN = float("nan")


@dataclass(frozen=True)
class Sample:
    kind: str
    name: str
    content: str | bytes
    series: list[Found]


def table(head: str, *rows: str, end: str = "\n") -> str:
    return end.join([head, *rows]) + end


ELECTRICITY_MAPS = table(
    "Datetime (UTC),Country,Zone name,Zone id,Carbon intensity gCO₂eq/kWh (direct),"
    "Carbon intensity gCO₂eq/kWh (Life cycle),Data source",
    "2025-10-25 22:00:00,Germany,Germany,DE,300.5,360,entsoe.eu",
    "2025-10-25 23:00:00,Germany,Germany,DE,,,entsoe.eu",
    "2025-10-26 00:00:00,Germany,Germany,DE,280,340,entsoe.eu",
)
ELECTRICITY_MAPS_OLD = (
    ELECTRICITY_MAPS.replace("Zone name,Zone id", "Zone Name,Zone Id")
    .replace("Carbon i", "Carbon I")
    .replace("Life cycle", "LCA")
)
ELECTRICITY_MAPS_JSON = json.dumps(
    {
        "zone": "FR",
        "history": [
            {
                "zone": "FR",
                "carbonIntensity": 40 + hour,
                "datetime": f"2025-11-20T{9 + hour:02}:00:00.000Z",
                "updatedAt": "2025-11-20T11:41:00.512Z",
                "emissionFactorType": "lifecycle",
                "isEstimated": False,
                "estimationMethod": None,
            }
            for hour in range(3)
        ],
        "temporalGranularity": "hourly",
    }
)
WATTTIME = json.dumps(
    {
        "data": [
            {"point_time": "2025-07-15T00:00:00+00:00", "value": 1000},
            {"point_time": "2025-07-15T00:05:00+00:00", "value": 500.0},
            {"point_time": "2025-07-15T00:15:00+00:00", "value": 250},
        ],
        "meta": {"region": "CAISO_NORTH", "signal_type": "co2_moer", "units": "lbs_co2_per_mwh"},
    }
)
UK = json.dumps(
    {
        "data": [
            {"from": start, "to": "", "intensity": {"forecast": forecast, "actual": actual, "index": "low"}}
            for start, forecast, actual in (
                ("2025-10-25T23:00Z", 165, 152),
                ("2025-10-25T23:30Z", 150, 149),
                ("2025-10-26T00:00Z", 140, None),
            )
        ]
    }
)
ENTSOE = table(
    '"MTU (CET/CEST)","Area","Sequence","Day-ahead Price (EUR/MWh)","Intraday Price (EUR/MWh)"',
    *(
        f'"{span}","BZN|DE-LU","Sequence {sequence}","{price}",""'
        for span, prices in (
            ("26/10/2025 01:30:00 - 26/10/2025 01:45:00", ("80", "-5.5")),
            ("26/10/2025 01:45:00 (CEST) - 26/10/2025 02:00:00 (CEST)", ("81", "n/e")),
            ("26/10/2025 02:00:00 (CEST) - 26/10/2025 02:15:00 (CEST)", ("82", "3")),
        )
        for sequence, price in enumerate(prices, 1)
    ),
)
ENTSOE_OLD = table(
    '"MTU (CET/CEST)","Day-ahead Price [EUR/MWh]","Currency","BZN|DE-LU"',
    '"30.10.2022 01:00 - 30.10.2022 02:00","164.56","EUR",""',
    '"30.10.2022 02:00 - 30.10.2022 03:00","157.94","EUR",""',
    '"30.10.2022 02:00 - 30.10.2022 03:00","144.3","EUR",""',
    '"30.10.2022 03:00 - 30.10.2022 04:00","132.36","EUR",""',
)
CAISO = table(
    "INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,OPR_DT,OPR_HR,NODE,MARKET_RUN_ID,LMP_TYPE,MW,GROUP",
    "2025-03-09T10:00:00-00:00,2025-03-09T11:00:00-00:00,2025-03-09,3,TH_SP15,DAM,LMP,30.5,1",
    "2025-03-09T08:00:00-00:00,2025-03-09T09:00:00-00:00,2025-03-09,1,TH_SP15,DAM,LMP,20,1",
    "2025-03-09T08:00:00-00:00,2025-03-09T09:00:00-00:00,2025-03-09,1,TH_SP15,DAM,MCC,-1,2",
    "2025-03-09T09:00:00-00:00,2025-03-09T10:00:00-00:00,2025-03-09,2,TH_SP15,DAM,LMP,25,1",
)
AEMO = table(
    "REGION,SETTLEMENTDATE,TOTALDEMAND,RRP,PERIODTYPE",
    'SA1,"2025/10/05 00:05:00",1400.5,-1000,TRADE',
    'SA1,"2025/10/05 00:10:00",1410.5,17500,TRADE',
    'SA1,"2025/10/05 00:15:00",1420.5,60.5,TRADE',
    end="\r\n",
)
NYISO = table(
    '"Time Stamp","Name","PTID","LBMP ($/MWHr)","Marginal Cost Losses ($/MWHr)"',
    *(
        f'"11/02/2025 0{hour}:00","{zone}",6,{price},1.5'
        for hour, prices in ((0, (10, 20)), (1, (11, 21)), (1, (12, 22)), (2, (13, 23)))
        for zone, price in zip(("N.Y.C.", "WEST"), prices, strict=True)
    ),
)
ERCOT = table(
    "DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag",
    "11/02/2025,01:00,HB_NORTH, 38.17,N",
    "11/02/2025,02:00,HB_NORTH, 28.73,Y",
    "11/02/2025,02:00,HB_NORTH, 32.67,N",
    "11/02/2025,03:00,HB_NORTH, 27.96,N",
    *(f"11/02/2025,{hour:02}:00,HB_NORTH, {hour}.5,N" for hour in range(4, 25)),
)
EIA930 = table(
    '"Balancing Authority","Data Date","UTC Time at End of Hour","Demand (MW)","Demand (MW) (Imputed)",'
    '"Demand (MW) (Adjusted)","Net Generation (MW) from Coal"',
    '"CISO","11/02/2025","11/02/2025 11:00:00 AM","24,269",,"24,269","1,204"',
    '"CISO","11/02/2025","11/02/2025 12:00:00 PM","-2,612",,"22,612","187"',
    '"CISO","11/02/2025","11/02/2025 1:00:00 PM",,"9","22,000","188"',
)
EIA930_JSON = json.dumps(
    {
        "response": {
            "total": "2",
            "data": [
                {"period": f"2025-11-03T0{hour}", "respondent": "CISO", "type": "D", "type-name": "Demand",
                 "value": str(25000 + hour), "value-units": "megawatthours"}
                for hour in (8, 7)
            ],
        },
        "request": {"params": {"data": ["value"]}},
    }
)  # fmt: skip
ENERGY_CHARTS = json.dumps(
    {
        "unix_seconds": [1761429600, 1761430500, 1761431400],
        "co2eq": [290.5, 286, None],
        "co2eq_forecast": [297, 286, 284],
        "deprecated": False,
    }
)
ENERGY_CHARTS_PRICE = json.dumps(
    {
        "license_info": "CC BY 4.0",
        "unix_seconds": [1761429600, 1761430500],
        "price": [54.4, -4.1],
        "unit": "EUR / MWh",
        "deprecated": False,
    }
)
ENERGY_CHARTS_POWER = json.dumps(
    {
        "unix_seconds": [1761436800, 1761440400],
        "production_types": [
            {"name": "Solar", "data": [0.0, 8127.5]},
            {"name": "Renewable share of load", "data": [45.5, 46]},
        ],
    }
)
OPEN_METEO = json.dumps(
    {
        "latitude": 37.25,
        "longitude": -121.5,
        "utc_offset_seconds": -25200,
        "timezone": "America/Los_Angeles",
        "hourly_units": {"time": "iso8601", "temperature_2m": "°C"},
        # On 13 March 2022 clocks skip 02:00; the file does not.
        "hourly": {
            "time": ["2022-03-13T01:00", "2022-03-13T02:00", "2022-03-13T03:00"],
            "temperature_2m": [5, 15.0, 40],
        },
    }
)
PVGIS = (
    "Latitude (decimal degrees):\t43.800\nLongitude (decimal degrees):\t87.600\nElevation (m):\t830\n\n"
    "Nominal power of the PV system (c-Si) (kWp):\t5.0\nSystem losses (%):\t14.0\n\n"
    "time,P,G(i),T2m\n20200601:0011,0.0,0.0,23.4\n20200601:0111,2500.0,551.7,23.9\n20200601:0211,3500,1,2\n"
    "\nP: PV system power (W)\nG(i): Global irradiance (W/m2)\n\nPVGIS (c) European Union, 2001-2026\n"
)
PVGIS_JSON = json.dumps(
    {
        "inputs": {
            "location": {"latitude": 45.0, "longitude": 8.0},
            "pv_module": {"technology": "c-Si", "peak_power": 2.0},
        },
        "outputs": {"hourly": [{"time": "20160101:1010", "P": 500.0}, {"time": "20160101:1110", "P": 1000}]},
    }
)
NINJA = (
    "# Renewables.ninja Wind (Point API) - 56.0, -3.0 - License: CC BY-NC\n# Units: time in UTC\n"
    '# {"units": {"electricity": "kW"}, "params": {"lat": 56.0, "lon": -3.0, "capacity": 4.0}}\n'
    "time,local_time,electricity\n2019-03-31 00:00,2019-03-31 00:00,1\n2019-03-31 01:00,2019-03-31 02:00,3\n"
)
CN_LONG = (
    table(
        "日期,时刻,日前出清电价(元/MWh),实时出清电价（元/千瓦时）,系统负荷(万千瓦)",
        "2026年3月6日,23:45,323.23,0.3,３０，８８２．５",
        "2026年3月6日,24:00,279.04,--,30203",
        "2026年3月7日,00:15,293.27,0.5,30080",
        end="\r\n",
    )
    .replace("３０，８８２．５", '"３０，８８２．５"')
    .encode("gb18030")
)
CN_WIDE = table(
    "日期," + ",".join(f"{15 * k // 60:02}:{15 * k % 60:02}" for k in range(1, 97)),
    *(f"2026/7/{day}," + ",".join(str(100 * day + k) for k in range(1, 97)) for day in (1, 2)),
)

CARBON_UTC = "2025-10-25T22:00Z"
MAPS_FOUND: list[Found] = [
    ("DE direct", "g/kWh", CARBON_UTC, 60, [300.5, NAN, 280]),
    ("DE life cycle", "g/kWh", CARBON_UTC, 60, [360, NAN, 340]),
]
ERCOT_FOUND = [38.17, 28.73, 32.67, 27.96, *(hour + 0.5 for hour in range(4, 25))]

SAMPLES = [
    Sample("electricity-maps", "new.csv", ELECTRICITY_MAPS, MAPS_FOUND),
    Sample("electricity-maps", "old.csv", ELECTRICITY_MAPS_OLD, MAPS_FOUND),
    Sample(
        "electricity-maps",
        "api.json",
        ELECTRICITY_MAPS_JSON,
        [("FR life cycle", "g/kWh", "2025-11-20T09:00Z", 60, [40, 41, 42])],
    ),
    Sample(
        "watttime",
        "moer.json",
        WATTTIME,
        [
            (
                "CAISO_NORTH marginal",
                "g/kWh",
                "2025-07-15T00:00Z",
                5,
                [453.59237, 226.796185, NAN, 113.3980925],
            )
        ],
    ),
    Sample(
        "uk-carbon-intensity",
        "uk.json",
        UK,
        [
            ("forecast", "g/kWh", "2025-10-25T23:00Z", 30, [165, 150, 140]),
            ("actual", "g/kWh", "2025-10-25T23:00Z", 30, [152, 149, NAN]),
        ],
    ),
    Sample(
        "entsoe",
        "new.csv",
        ENTSOE,
        [
            ("DE-LU price Sequence 1", "EUR/MWh", "2025-10-25T23:30Z", 15, [80, 81, 82]),
            ("DE-LU price Sequence 2", "EUR/MWh", "2025-10-25T23:30Z", 15, [-5.5, NAN, 3]),
        ],
    ),
    Sample(
        "entsoe",
        "old.csv",
        ENTSOE_OLD,
        [("DE-LU price", "EUR/MWh", "2022-10-29T23:00Z", 60, [164.56, 157.94, 144.3, 132.36])],
    ),
    Sample(
        "caiso", "dam.csv", CAISO, [("TH_SP15 price", "USD/MWh", "2025-03-09T08:00Z", 60, [20, 25, 30.5])]
    ),
    Sample(
        "aemo",
        "sa1.csv",
        AEMO,
        [
            ("SA1 demand", "MW", "2025-10-04T14:00Z", 5, [1400.5, 1410.5, 1420.5]),
            ("SA1 price", "AUD/MWh", "2025-10-04T14:00Z", 5, [-1000, 17500, 60.5]),
        ],
    ),
    Sample(
        "nyiso",
        "dam.csv",
        NYISO,
        [
            ("N.Y.C. price", "USD/MWh", "2025-11-02T04:00Z", 60, [10, 11, 12, 13]),
            ("WEST price", "USD/MWh", "2025-11-02T04:00Z", 60, [20, 21, 22, 23]),
        ],
    ),
    Sample("ercot", "dam.csv", ERCOT, [("HB_NORTH price", "USD/MWh", "2025-11-02T05:00Z", 60, ERCOT_FOUND)]),
    Sample(
        "eia930",
        "balance.csv",
        EIA930,
        [
            ("CISO Demand", "MW", "2025-11-02T10:00Z", 60, [24269, -2612, NAN]),
            ("CISO Demand (Adjusted)", "MW", "2025-11-02T10:00Z", 60, [24269, 22612, 22000]),
            ("CISO Net Generation from Coal", "MW", "2025-11-02T10:00Z", 60, [1204, 187, 188]),
        ],
    ),
    Sample(
        "eia930", "api.json", EIA930_JSON, [("CISO Demand", "MW", "2025-11-03T06:00Z", 60, [25007, 25008])]
    ),
    Sample(
        "energy-charts",
        "co2eq.json",
        ENERGY_CHARTS,
        [
            ("carbon", "g/kWh", "2025-10-25T22:00Z", 15, [290.5, 286, NAN]),
            ("carbon forecast", "g/kWh", "2025-10-25T22:00Z", 15, [297, 286, 284]),
        ],
    ),
    Sample(
        "energy-charts",
        "price.json",
        ENERGY_CHARTS_PRICE,
        [("price", "EUR/MWh", "2025-10-25T22:00Z", 15, [54.4, -4.1])],
    ),
    Sample(
        "energy-charts",
        "power.json",
        ENERGY_CHARTS_POWER,
        [
            ("Solar", "MW", "2025-10-26T00:00Z", 60, [0, 8127.5]),
            ("Renewable share of load", "%", "2025-10-26T00:00Z", 60, [45.5, 46]),
        ],
    ),
    Sample(
        "open-meteo",
        "archive.json",
        OPEN_METEO,
        [("37.25, -121.5 temperature", "°C", "2022-03-13T08:00Z", 60, [5, 15, 40])],
    ),
    Sample("pvgis", "pv.csv", PVGIS, [("43.800, 87.600 solar", "1", "2020-06-01T00:00Z", 60, [0, 0.5, 0.7])]),
    Sample("pvgis", "pv.json", PVGIS_JSON, [("45.0, 8.0 solar", "1", "2016-01-01T10:00Z", 60, [0.25, 0.5])]),
    Sample(
        "renewables-ninja",
        "wind.csv",
        NINJA,
        [("56.0, -3.0 generation", "1", "2019-03-31T00:00Z", 60, [0.25, 0.75])],
    ),
    Sample(
        "cn-points",
        "long.csv",
        CN_LONG,
        [
            ("日前出清电价", "CNY/MWh", "2026-03-06T15:30Z", 15, [323.23, 279.04, 293.27]),
            ("实时出清电价", "CNY/MWh", "2026-03-06T15:30Z", 15, [300, NAN, 500]),
            ("系统负荷", "MW", "2026-03-06T15:30Z", 15, [308825, 302030, 300800]),
        ],
    ),
    Sample(
        "cn-points",
        "load.csv",
        CN_WIDE,
        [("load", "", "2026-06-30T16:00Z", 15, [*range(101, 197), *range(201, 297)])],
    ),
]
