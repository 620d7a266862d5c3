"""Fixtures that every test may use: the built-in pack, its exact figures, hypothesis' profile."""

from __future__ import annotations

import csv
from pathlib import Path

import hypothesis
import pytest

from workbench.exact import exact_run
from workbench.pack import read_pack

REFERENCE = Path(__file__).parent / "reference"

hypothesis.settings.register_profile(
    "suite", max_examples=25, deadline=None, derandomize=True, database=None
)
hypothesis.settings.load_profile("suite")


@pytest.fixture(scope="session")
def inputs():
    """The built-in pack."""
    return read_pack(None)


@pytest.fixture(scope="session")
def exact(inputs):
    """Exact figures of the built-in pack, collective form."""
    return exact_run(inputs)


@pytest.fixture(scope="session")
def reference():
    """Reader of tests/reference: name → list of rows as dictionaries."""

    def read(name: str) -> list[dict[str, str]]:
        with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read
