"""Shared fixtures. The material folder comes from MSPIKE_SHARED, else `../shared` beside the checkout."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

# The same generated examples in every run, so that a failure can be repeated; MSPIKE_SEARCH=1 looks for new ones.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None)
settings.load_profile("search" if os.environ.get("MSPIKE_SEARCH") else "same")


def shared_folder() -> Path | None:
    """The folder with cases and gold answers, or None where it is absent."""
    folder = Path(os.environ.get("MSPIKE_SHARED") or ROOT.parent / "shared")
    return folder if (folder / "contract").is_dir() else None


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = shared_folder()
    if folder is None:
        pytest.skip("no material folder: set MSPIKE_SHARED to run this test")
    return folder
