"""From orders to lines: courses, codes, units, waste, supplies, visits and modifiers."""
