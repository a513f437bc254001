"""What decisions need to know beyond the link: our name, the profiles, the fallback calendar; decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from flows.permissions import Permissions


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """What decisions need to know beyond the link: the vendor's name, its profiles, the fallback calendar.

    `opens` and `closes` are local times of working days; `zone` serves people whose own zone is unknown. `backup` is
    the Slack user who is told when a link's owner does not react. `hands_off` tells that there is a backend to hand
    credentials to; with `keeps_secrets` off they are forgotten once it has them. Of a link that nobody has moved for
    `idle_days` they are forgotten, too; a link that is frozen for `quarantine_days` ends. `pictures` is the address
    under which the drawings of Workday's pages stand, empty where there are none; `egress` the addresses that we call
    from, for tenants that restrict networks; `security_page` what a customer's reviewer reads. `hides_buttons` tells
    that our own people's buttons are shown to them alone, `hides_admins_buttons` that the admin's are, too.
    """

    vendor: str
    permissions: Permissions
    zone: str = "UTC"
    opens: time = time(9)
    closes: time = time(17)
    backup: str = ""
    hands_off: bool = False
    keeps_secrets: bool = True
    idle_days: int = 90
    quarantine_days: int = 14
    pictures: str = ""
    egress: tuple[str, ...] = ()
    security_page: str = ""
    hides_buttons: bool = True
    hides_admins_buttons: bool = False
