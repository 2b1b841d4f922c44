"""A config without faults in a folder of its own, with the tables that it reads."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl

CONFIG = (Path(__file__).parent / "good.yaml").read_text(encoding="utf-8")

_HOURS = [f"2026-03-02T{hour:02}:00" for hour in range(24)]
PRICES = "time,price\n" + "".join(f"{hour},{300 + 10 * i}\n" for i, hour in enumerate(_HOURS))
WIND = "share\n" + "".join(f"{0.2 + 0.02 * i:.2f}\n" for i in range(24))
REGISTER = """\
workload,owner,zone,units,requires,profile
Orders 1,Acme,cq,3,mlps-3,office
订单,重庆公司,hami,1.5,,
Backups,Babel,cq,0.5,mlps-3;mlps-3,
"""
LATENCIES = "from,china,cq,hami\nchina,,,\ncq,,2,40\nhami,,40,1\n"

TABLES = {"prices.csv": PRICES, "wind.csv": WIND, "register.csv": REGISTER, "latencies.csv": LATENCIES}


def write_good(folder: Path) -> Path:
    """Write the config and its tables, as CSV and Parquet; return the config's path."""
    data = folder / "data"
    data.mkdir()
    for name, text in TABLES.items():
        (data / name).write_text(text, encoding="utf-8")
        (data / name).with_suffix(".parquet").write_bytes(parquet(text))
    config = folder / "config.yaml"
    config.write_text(CONFIG, encoding="utf-8")
    return config


def parquet(text: str) -> bytes:
    """The table as a Parquet file."""
    buffer = io.BytesIO()
    pl.read_csv(text.encode()).write_parquet(buffer)
    return buffer.getvalue()
