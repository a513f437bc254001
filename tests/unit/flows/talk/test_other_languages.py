"""Whoever asks in a language of their own is heard, and whoever chats in it is not."""

from __future__ import annotations

import pytest

from flows.talk.other_languages import asks_in_other_language


@pytest.mark.parametrize(
    ("text", "is_heard"),
    [
        ("où est-ce que je trouve l'URL ?", True),
        ("ou est ce que je trouve l'adresse", True),
        ("no me deja guardar el grupo", True),
        ("não consigo encontrar esse domínio na lista", True),
        ("gdzie znajdę ten adres?", True),
        ("var hittar jag adressen?", True),
        ("グループを作成できません", True),
        ("在哪里可以找到这个地址", True),
        ("je ne trouve pas la tâche, on verra demain", False),
        ("¿dónde quedamos?", False),
        ("完了しました", False),
        ("where do I come to the account", False),
        ("", False),
    ],
)
def test_other_languages(text: str, *, is_heard: bool) -> None:
    assert asks_in_other_language(text) == is_heard
