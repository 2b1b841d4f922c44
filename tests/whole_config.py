"""A config with decisions in whole numbers: a site to open, units in steps, and work in one piece."""

from __future__ import annotations

WHOLE = """\
name: Two halls
currency: USD
horizon: {start: 2026-06-01T00:00, duration: 6 h}
objective: {carbon_price: 20}
zones: {north: {}, south: {}}
hardware: {gpu: {idle_power: 300 W, busy_power: 1.5 kW}}
sites:
  coal:
    zone: north
    grid: {price: 0.08, carbon: 0.7}
    pools: {owned: {hardware: gpu, term: owned, units: 15}}
  hydro:
    zone: south
    opening: {cost: 1500}
    grid: {price: 0.16, carbon: 0.05}
    pools: {booked: {hardware: gpu, term: reserved, step: 4, max_units: 24, price: 0.02}}
workloads:
  chat: {zone: north, demand: 6}
  batch: {zone: south, company: Acme, demand: 3, max_delay: 2 h}
  index: {zone: south, demand: 5, mobility: whole}
"""
