"""OMOP CDM 5.4: read as records (`reader`), written from them (`writer`)."""
