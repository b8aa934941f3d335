"""Benchmarks: `python -m tests.benchmarks [name…]`, each a module with `main() -> int`."""
