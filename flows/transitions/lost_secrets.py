"""What a key that is gone does to a link: what it sealed is given up and asked for anew; opens nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flows.link.effects import Decision
from flows.link.events import SecretsLost
from flows.link.state import Last, Link, Status, Step
from flows.link.steps import row_of
from flows.permissions import Way
from flows.transitions.handoff import without_secrets
from flows.transitions.moves import go, say, stay


def lost(link: Link, event: SecretsLost, now: datetime) -> Decision:
    """Give up all credentials of a link that has lost one, and ask its admin for them; nothing else is forgotten.

    They belong together, and an admin who has to come back enters all of them in one go. A link that had come to its
    end goes on from the user, because without a password nothing of it works.
    """
    if link.secrets.isdisjoint(event.refs):
        return Decision(link=link)
    bare = replace(without_secrets(link), previous=None, touched=now, last=Last(key="lost", at=now))
    said = say("say.lost_key" if link.setup.way is Way.KEY else "say.lost")
    if link.step not in {Step.CHECK, Step.LINKED}:
        return stay(bare, said)
    setup = replace(bare.setup, matrix=None, key=None, ticked=frozenset(), policy_needed=False)
    step = row_of(setup).proves
    status = Status.ACTIVE if link.status is Status.LINKED else link.status
    return go(replace(bare, status=status, setup=setup, issue=None, snoozed_until=None), step, said)
