"""Readers of orders: what each reads, and what it says of what it cannot."""
