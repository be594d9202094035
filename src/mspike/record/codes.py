"""The code tables as this room uses them: its one door to the names, words, tests and units of the knowledge room."""

from mspike.knowledge.codes import Codes, TestSpec, load_codes, unit_key, word_key

__all__ = ["Codes", "TestSpec", "load_codes", "unit_key", "word_key"]
