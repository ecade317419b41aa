"""Bytes to rows and back; this floor knows no policy."""
