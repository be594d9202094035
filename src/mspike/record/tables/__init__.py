"""Tidy tables: read as records (`reader`, by a `mapping`), written from them (`writer`)."""
