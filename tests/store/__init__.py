"""Proofs about what is kept on disk: whole or not at all, once, and read as it was written."""
