"""How fast generated gradients are: `python -m tests.benchmarks [--quick]`."""
