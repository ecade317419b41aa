"""Proofs about the whole way through: the engine agrees with the judge, and answers do not depend on what they must not."""
