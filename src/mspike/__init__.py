"""mspike: when the M-spike comes back, every treatment path the sources list, with its reasons."""

__version__ = "0.1.0"
