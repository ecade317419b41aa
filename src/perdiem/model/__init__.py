"""The nouns: tables with their grain, citations, errors."""
