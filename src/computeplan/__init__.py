"""Exact planning of computing work over sites and time."""
