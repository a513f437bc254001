"""`workday-link`, also as `python -m bot`: loads the rest and hands over to it."""

import gc
import sys

RARELY = 20_000
"""Objects more before the collector looks for cycles. Links hold none, and where thousands of them are read it would
look through all, again and again: a fifth of a plan."""


def main() -> int:
    """Run the command."""
    # What loads stays, so the collector would only look through all of it again and again: a fifth of a start.
    gc.disable()
    from bot.ops import cli  # noqa: PLC0415  while the collector is off

    gc.freeze()
    gc.set_threshold(RARELY)
    gc.enable()
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
