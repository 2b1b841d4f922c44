"""A plan whose report has everything: many workloads, names with markup and in Chinese, contracts, tiers."""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64decode

MARKUP = "<img src=x onerror=window.hurt=1> & <b>Söhne</b>"
CHINESE = "市级公共服务"
COMPANIES = 15_000

TEXT = f"""\
name: 重庆 & <i>Xinjiang</i>
horizon: {{start: 2026-03-02T00:00, time_zone: Asia/Shanghai, duration: 6 h}}
objective: {{carbon_price: 80 CNY/t}}   # S a price list of 2026
zones: {{city: {{}}, north: {{}}}}
network:
  latency: round_trip
  links: {{line: {{between: [city, north], latency: 33 ms, bandwidth: 10 Gbps, price: 0.02}}}}
hardware: {{gpu: {{idle_power: 1 kW, busy_power: 10 kW}}}}
# Capacity: A throughout.
sites:
  "home <b>":
    zone: city
    pue: 1.3                            # D from two figures
    grid: {{price: [0.3, 0.3, 1, 1, 1, 0.3], carbon: {{location: 0.55, market: 0.6}}}}
    pools:
      own: {{hardware: gpu, term: owned, units: 300}}
      rent: {{hardware: gpu, term: on_demand, price: 20}}
  哈密:
    zone: north
    grid: {{price: 0.3, carbon: {{location: 0.6, market: 0.61}}}}
    contracts:
      wind: {{profile: [0.2, 0.4, 1, 1, 0.5, 0.1], capacity: 900 kW, price: 0.2, settlement: take_or_pay}}
    pools:
      booked: {{hardware: gpu, term: reserved, max_units: 500, price: 5}}
workloads:
  near: {{company: {MARKUP!r}, zone: city, demand: 40, max_latency: 5 ms}}
  records: {{company: {CHINESE}, zone: city, demand: 30, mobility: fixed, data: 100 GB}}
  model: {{company: {CHINESE}, zone: city, job: {{volume: 300 unit*h, release: 2026-03-02T01:00,
           deadline: 2026-03-02T06:00, max_rate: 100}}}}
population:
  seed: 1
  total_demand: 500
  name: "{{tier}}-{{number}}"
  tiers:
    large: {{companies: 20, size: {{law: pareto, alpha: 1, min: 100, max: 1000}}}}
    small: {{companies: {COMPANIES - 20}, size: {{law: pareto, alpha: 1, min: 1, max: 100}}}}
  archetypes:
    chat: {{share: 2, zone: city, kind: any, traffic: 1}}
    batch: {{share: 1, zone: city, kind: any, max_delay: 3 h}}
scenarios:
  alone: {{workloads: {{near: {{demand: 41}}}}}}
"""

SMALL = """\
name: Small
horizon: {start: 2026-03-02T00:00, duration: 4 h}
zones: {here: {}}
hardware: {gpu: {busy_power: 10 kW}}
sites:
  home:
    zone: here
    grid: {price: [1, 2, 2, 1], carbon: 0.6}
    pools: {own: {hardware: gpu, term: owned, units: 4}}
workloads: {chat: {zone: here, demand: 1}}
scenarios:
  waits: {workloads: {batch: {zone: here, demand: [0, 2, 0, 0], max_delay: 2 h}}}
  full: {workloads: {chat: {demand: [4, 4, 4, 4]}, extra: {zone: here, demand: 1, shortfall_price: 3}}}
  clean: {objective: {minimize: carbon, carbon_basis: hourly}}
  capped: {objective: {carbon_cap: 10 t}}
  blocks:
    horizon:
      start: null
      duration: null
      blocks: [{start: 2026-01-05T00:00, duration: 2 h, weight: 3}, {start: 2026-07-06T00:00, duration: 2 h}]
"""


def unpacked(html: str, name: str) -> str:
    """What the page carries compressed."""
    found = re.search(rf'<script type="application/octet-stream" id="{name}">([^<]*)</script>', html)
    assert found, name
    return zlib.decompress(b64decode(found[1]), wbits=31).decode()


def data_of(html: str) -> dict:
    """The charts, tables and words of a report."""
    return json.loads(unpacked(html, "data"))
