"""Policies as dated files: read, verified, covered, cased, and compiled to tables."""
