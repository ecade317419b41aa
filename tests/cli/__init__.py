"""Proofs about the command line, as its users meet it: another process, its exit status, its two streams, its files."""
