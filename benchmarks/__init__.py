"""Benchmarks: rival, limit and ours in one run on one machine; what counts is the ratio, not the figure."""
