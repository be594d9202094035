"""A FHIR server's bulk export → a folder of NDJSON. `export` asks, waits and fetches; `token` signs in; `web` carries.

HL7 FHIR Bulk Data Access: https://hl7.org/fhir/uv/bulkdata/. Nothing here runs unless a person asks for a server.
"""
