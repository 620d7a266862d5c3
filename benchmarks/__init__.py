"""Speed as ratios against stated references, measured in one run: `python -m benchmarks`."""
