"""Random words: the only source of chance.

Floor 0. A stream is named by what it is for, never by when or where it is drawn: NumPy's
Philox4x64-10 with key (seed, hash of the meaning) and the logical block in the counter.
Source: Salmon, Moraes, Dror and Shaw (2011), Parallel random numbers: as easy as 1, 2, 3.
"""

from __future__ import annotations

import hashlib

import numpy as np

__all__ = ["BLOCK_YEARS", "generator", "known_answer", "meaning_key", "words"]

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


def known_answer() -> tuple[int, int]:
    """Return the first word of Philox4x64-10 at counter 0 and key 0: drawn here, and published.

    Source: Salmon et al. (2011), Random123 1.14, file kat_vectors.
    """
    # NumPy counts up before it draws, so it starts one below zero.
    source = np.random.Philox(
        key=np.zeros(2, dtype=np.uint64), counter=np.full(4, 2**64 - 1, dtype=np.uint64)
    )
    return int(source.random_raw()), 0x16554D9ECA36314C
