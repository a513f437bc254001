"""`python -m bot` is `workday-link`."""

import sys

from bot.cli import main

sys.exit(main())
