"""The benchmarks' own claims and harness; no test looks at a time."""
