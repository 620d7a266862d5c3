"""Random words: the only source of chance.

Floor 0. A stream is named by what it is for, never by when or where it is drawn: NumPy's
Philox4x64-10 with key (seed, hash of the meaning) and the logical block in the counter.
Source: Salmon, Moraes, Dror and Shaw (2011), Parallel random numbers: as easy as 1, 2, 3.
"""

from __future__ import annotations

import hashlib

import numpy as np

__all__ = ["BLOCK_YEARS", "generator", "meaning_key", "words"]

BLOCK_YEARS = 64
"""Simulated years in one logical block; part of every result, never to be changed."""


def meaning_key(*meaning: object) -> int:
    """Return a 64-bit key of what a stream is for, the same on every machine."""
    text = "\x1f".join(str(part) for part in meaning)
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:8], "little")


def words(seed: int, key: int, block: int) -> np.random.Philox:
    """Return the source of 64-bit words of one stream and logical block (`random_raw(n)`)."""
    return np.random.Philox(
        key=np.array([seed, key], dtype=np.uint64),
        counter=np.array([0, 0, block, 0], dtype=np.uint64),
    )


def generator(seed: int, key: int, block: int) -> np.random.Generator:
    """Return a generator of variates over one stream and block.

    For laws that have no sealed table (binomial counts of the individual form).
    """
    return np.random.Generator(words(seed, key, block))
