"""What every start of the app reads and works out anew; loaded by the process that is forked, it is there already."""

from __future__ import annotations

import gc

from sqlalchemy.orm import configure_mappers

from bot.config.look_settings import LookSettings
from flows.link.thread_messages import get_ready
from flows.permissions import load_permissions
from flows.workday.outbound import Outbound

LookSettings().library()
configure_mappers()
Outbound().tls.get_ciphers()
get_ready(load_permissions().policies)

# A start looks for garbage in all that was loaded: what is put away here it passes over.
gc.collect()
gc.freeze()
