"""Build hook: what a wheel carries beside the package's own files.

The knowledge, compiled into one pack, so that an installed mspike parses no rule files; the example patients, for
`mspike demo`; and the vectors, for `mspike conformance`. An editable install needs none of them: a checkout keeps its
own pack fresh and has the rest.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACK = "mspike/knowledge/knowledge.pack"
EXAMPLES = "mspike/examples"
VECTORS = "mspike/conformance/vectors"


class Extras(BuildHookInterface[Any]):
    """Adds pack and examples; the folder that the pack is made in is gone when the build ends."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        source = Path(self.root) / "src"
        sys.path.insert(0, str(source))
        try:
            from mspike.knowledge.pack import write_pack
        finally:
            sys.path.remove(str(source))
        self.made = tempfile.TemporaryDirectory()
        target = Path(self.made.name) / "knowledge.pack"
        write_pack(source / "mspike" / "knowledge" / "data", target)
        build_data["force_include"][str(target)] = PACK
        build_data["force_include"][str(Path(self.root) / "examples" / "patients")] = EXAMPLES
        build_data["force_include"][str(Path(self.root) / "conformance" / "vectors")] = VECTORS

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if version != "editable":
            self.made.cleanup()
