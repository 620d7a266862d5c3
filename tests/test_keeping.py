"""What the engine keeps is bounded, and what is asked for again is not made again."""

from dataclasses import dataclass

import numpy as np

from workbench.engine.keeping import Kept


@dataclass(frozen=True)
class Law:
    """An array inside a noun, as laws have them."""

    mass: np.ndarray


def made(size):
    return lambda: (Law(np.zeros(size)), "words take no room")


def test_the_one_asked_for_longest_ago_makes_room():
    kept = Kept(2, 10_000)
    first = kept.remember("a", made(10))
    kept.remember("b", made(20))
    assert kept.remember("a", made(10)) is first
    kept.remember("c", made(30))
    assert len(kept) == 2
    assert kept.bytes == 8 * (10 + 30)
    assert kept.remember("a", made(10)) is first


def test_bytes_bound_it_but_one_always_stays():
    kept = Kept(100, 8 * 100)
    for size in (40, 50, 60):
        kept.remember(size, made(size))
    assert len(kept) == 1
    assert kept.bytes == 8 * 60
    large = kept.remember("large", made(1_000))
    assert kept.remember("large", made(1_000)) is large
    assert (len(kept), kept.bytes) == (1, 8_000)
    kept.clear()
    assert (len(kept), kept.bytes) == (0, 0)


def test_two_makers_of_one_content_are_counted_once():
    kept = Kept(4, 10_000)

    def nested():
        kept.remember("a", made(10))
        return made(10)()

    kept.remember("a", nested)
    assert (len(kept), kept.bytes) == (1, 80)
