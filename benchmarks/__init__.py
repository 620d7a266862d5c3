"""Benchmarks: `python -m benchmarks` (see docs/performance.md). One thread, linear algebra too."""

import os

# Before NumPy is loaded: a small matrix product must not wake other cores.
for _name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
