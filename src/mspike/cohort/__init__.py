"""Cohort: many patients at once. Columns in, columns out, by the same functions that serve one patient.

`encode_block` turns the tables of `mspike.record.columns` into a block, `derive_block(tables, rules)` derives it;
`mspike.derive.read_rules` makes the rules, INPUT and OUTPUT describe the columns. numpy and numba (the extra `batch`)
and pyarrow (`tables`) are loaded when they are used, not before.
"""

from mspike.cohort.block import BlockError, derive_block
from mspike.cohort.cache import CacheError
from mspike.cohort.columns import INPUT, OUTPUT, Column, Table
from mspike.cohort.encode import Encoded, encode_block

__all__ = ["INPUT", "OUTPUT", "BlockError", "CacheError", "Column", "Encoded", "Table", "derive_block", "encode_block"]
