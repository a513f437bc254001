"""What decisions need to know beyond the link: our name, the profiles, the fallback calendar; decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time

from flows.link.state import Step
from flows.permissions import Permissions, Way

FIRST_LANGUAGE = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpLink:
    """A page of the vendor's, its text by language: on the cards of `steps`, without any beside every piece of help."""

    text: Mapping[str, str]
    url: str
    steps: frozenset[Step] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What only the vendor can say: `greeting` by language; `contact` is an address of mail, a page or plain words."""

    greeting: Mapping[str, str] = field(default_factory=dict[str, str])
    contact: str = ""
    links: tuple[HelpLink, ...] = ()


def in_language(texts: Mapping[str, str], language: str) -> str:
    """Choose the text of a language: its own, else the English one, else the first; empty where there is none."""
    return texts.get(language) or texts.get(FIRST_LANGUAGE) or next(iter(texts.values()), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """What decisions need to know beyond the link: the vendor's name, its profiles, the fallback calendar.

    `opens` and `closes` are local times of working days; `zone` serves people whose own zone is unknown. `backup` is
    the Slack user who is told when a link's owner does not react. `hands_off` tells that there is a backend to hand
    credentials to; with `keeps_secrets` off they are forgotten once it has them, but for keys with `keeps_keys`: these
    it is never handed. Of a link that nobody has moved for
    `idle_days` they are forgotten, too; a link that is frozen for `quarantine_days` ends. `pictures` is the address
    under which the drawings of Workday's pages stand, empty where there are none; `egress` the addresses that we call
    from, for tenants that restrict networks; `security_page` what a customer's reviewer reads; `voice` what only the
    vendor can say; `languages` are the tags of all that the app speaks, the vendor's own first. `hides_buttons` tells
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
    keeps_keys: bool = False
    idle_days: int = 90
    quarantine_days: int = 14
    pictures: str = ""
    egress: tuple[str, ...] = ()
    security_page: str = ""
    voice: Voice = Voice()
    languages: tuple[str, ...] = ()
    hides_buttons: bool = True
    hides_admins_buttons: bool = False

    def keeps(self, way: Way) -> bool:
        """Tell whether what a user signs in with this way stays after the hand-off."""
        return self.keeps_secrets or (self.keeps_keys and way is Way.KEY)
