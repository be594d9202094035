"""The console script, and `python -m mspike`: an interrupt ends it quietly, also while the program is being loaded."""

from __future__ import annotations


def main() -> None:
    try:
        from mspike.cli import main as run

        run()
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
