"""FHIR R4 → records: `detect` tells what is FHIR, `files` opens it, `parse` makes typed resources of it, `records`
puts each patient's together, and a module a kind of resource says what it means in the words of a case file.

Loaded when a FHIR source is read; only `detect` is loaded before.
"""
