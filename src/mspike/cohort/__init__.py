"""Cohort: many patients at once. Columns in, columns out, by the same functions that serve one patient.

`derive_block(tables, rules)` is the door, `mspike.derive.read_rules` makes the rules; INPUT and OUTPUT describe the
columns. numpy and numba (the extra `batch`) are loaded when a block is derived, not before.
"""

from mspike.cohort.block import BlockError, derive_block
from mspike.cohort.cache import CacheError
from mspike.cohort.columns import INPUT, OUTPUT, Column, Table

__all__ = ["INPUT", "OUTPUT", "BlockError", "CacheError", "Column", "Table", "derive_block"]
