"""Words of chance: published vectors, keys by meaning, blocks apart."""

import numpy as np
import pytest

from workbench.streams import generator, meaning_key, words

# Salmon et al. (2011), Random123 1.14, file kat_vectors, lines "philox4x64 10".
KNOWN = [
    (
        [0, 0, 0, 0],
        [0, 0],
        [0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B],
    ),
    (
        [0xFFFFFFFFFFFFFFFF] * 4,
        [0xFFFFFFFFFFFFFFFF] * 2,
        [0x87B092C3013FE90B, 0x438C3C67BE8D0224, 0x9CC7D7C69CD777B6, 0xA09CAEBF594F0BA0],
    ),
    (
        [0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89],
        [0x452821E638D01377, 0xBE5466CF34E90C6C],
        [0xA528F45403E61D95, 0x38C72DBD566E9788, 0xA5A1610E72FD18B5, 0x57BD43B5E52B7FE6],
    ),
]


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN)
def test_philox_gives_the_published_words(counter, key, expected):
    # NumPy counts up before it draws: start one below the published counter.
    number = sum(word << (64 * place) for place, word in enumerate(counter))
    before = (number - 1) % 2**256
    start = [(before >> (64 * place)) % 2**64 for place in range(4)]
    source = np.random.Philox(
        key=np.array(key, dtype=np.uint64), counter=np.array(start, dtype=np.uint64)
    )
    assert source.random_raw(4).tolist() == expected


def test_a_stream_is_its_seed_meaning_and_block():
    key = meaning_key("illness", "employee", "P1", "P2")
    first = words(1, key, 5).random_raw(8)
    assert np.array_equal(first, words(1, key, 5).random_raw(8))
    for seed, other, block in ((2, key, 5), (1, meaning_key("illness", "employee", "P1P2"), 5)):
        assert not np.any(first == words(seed, other, block).random_raw(8))
    assert not np.any(first == words(1, key, 6).random_raw(8))


def test_the_key_of_a_meaning_never_changes():
    key = meaning_key("shock", "hospital")
    assert key == 0x4B2B509B00758683
    drawn = words(1, key, 7).random_raw(3).tolist()
    assert drawn == [10843021221867301746, 1739436523727078019, 16738271728739146592]


def test_blocks_never_overlap():
    key = meaning_key("shock", "hospital")
    source = words(3, key, 0)
    long_block = set(source.random_raw(200_000).tolist())
    assert not long_block & set(words(3, key, 1).random_raw(1_000).tolist())


def test_a_generator_stands_on_the_same_words():
    key = meaning_key("members", "employee", "P1", 0)
    drawn = generator(4, key, 2).binomial(1000, 0.07, size=5)
    assert np.array_equal(drawn, generator(4, key, 2).binomial(1000, 0.07, size=5))
