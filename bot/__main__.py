"""`workday-link`, also as `python -m bot`: loads the rest and hands over to it."""

import gc
import sys


def main() -> int:
    """Run the command."""
    # What loads stays, so the collector would only look through all of it again and again: a fifth of a start.
    gc.disable()
    from bot.ops import cli  # noqa: PLC0415  while the collector is off

    gc.freeze()
    gc.enable()
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
