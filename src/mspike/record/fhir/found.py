"""What a source of FHIR holds: its texts, and the resources in them with where they stand."""

from __future__ import annotations

from typing import Any, NamedTuple

from mspike.record.fhir.types import OfPatient, Reference


class Text(NamedTuple):
    """One JSON text of a source: a whole file, or a line."""

    data: bytes
    at: str
    """The file and line, where there are several."""
    whole: bool


class Found:
    """A resource and where it stands. Made for every resource of a source: what few need is worked out when asked."""

    __slots__ = ("entry", "place", "resource", "url")

    def __init__(self, resource: Any, url: str, place: str, entry: int = -1) -> None:
        self.resource = resource
        self.url = url
        self.place = place
        """The file and line, where there are several; `entry`: its number in a Bundle there."""
        self.entry = entry

    @property
    def kind(self) -> str:
        return type(self.resource).__name__

    @property
    def resource_id(self) -> str:
        return getattr(self.resource, "id", "")

    @property
    def at(self) -> str:
        id = self.resource_id
        if id or self.url:
            return f"{self.kind}/{id}" if id else self.url
        entry = f"entry[{self.entry}]" if self.entry >= 0 else ""
        return ", ".join(filter(None, (self.place, entry))) or self.kind

    @property
    def about_patient(self) -> bool:
        return isinstance(self.resource, OfPatient)

    @property
    def subject(self) -> Reference | None:
        resource = self.resource
        if not isinstance(resource, OfPatient):
            return None
        return resource.subject if resource.subject is not None else resource.patient
