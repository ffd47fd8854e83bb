"""Benchmarks: ratios measured in one run. No test asserts a duration."""
