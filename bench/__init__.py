"""The benchmarks: `python3 dev.py bench`. Each goal is a ratio between two things measured in the same run."""
