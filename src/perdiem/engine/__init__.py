"""The embedded engine, behind a few verbs."""
