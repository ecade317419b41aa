"""Proofs about the house itself: its floors, words and sizes, its rule data, and that no payer's text stands in it."""
