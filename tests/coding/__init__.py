"""The coder: courses, codes, units, waste, supplies, visits and places of therapies."""
