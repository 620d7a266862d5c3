"""Helpers of the tests on bad input: packs broken on purpose, and the words of faults."""
