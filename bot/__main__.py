"""`python -m bot` is `workday-link`."""

import sys

from bot.ops.cli import main

sys.exit(main())
