"""Guide: what is known before a claim is billed, and what many claims together show."""
