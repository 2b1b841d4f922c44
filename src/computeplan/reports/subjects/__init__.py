"""Subjects: each makes its blocks once, for every renderer."""
