"""What outlives a run: the history of claims."""
