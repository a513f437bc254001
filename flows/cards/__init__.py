"""What people see, before any Slack block: every card, modal, message and notice, drawn from a scene."""

from flows.cards.context import Scene
from flows.cards.messages import overheard, said, told, whispered
from flows.cards.modals import dialog, start_dialog, web_page
from flows.cards.parent import parent
from flows.cards.parts import Card, Modal
from flows.cards.reminder_card import nudge
from flows.cards.thread_card import card

__all__ = [
    "Card",
    "Modal",
    "Scene",
    "card",
    "dialog",
    "nudge",
    "overheard",
    "parent",
    "said",
    "start_dialog",
    "told",
    "web_page",
    "whispered",
]
