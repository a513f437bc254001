"""`workday-link`, also as `python -m bot`: loads the rest and hands over to it."""

import gc
import sys


def main() -> int:
    """Run the command."""
    # What loads stays, so the collector would only look through all of it again and again: a sixth of the start.
    gc.disable()
    # The command line that httpx has of its own takes another four megabytes where what it draws with is installed.
    sys.modules["httpx._main"] = None  # type: ignore[assignment]  # so that it does without
    from bot.ops import cli  # noqa: PLC0415  while the collector is off

    gc.enable()
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
