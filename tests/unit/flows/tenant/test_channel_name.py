"""A customer's name is guessed from a channel's, or not at all."""

import pytest

from flows.tenant.channel_name import customer_from_channel


@pytest.mark.parametrize(
    ("channel", "customer"),
    [
        ("ext-acme-wintro", "Acme"),
        ("#shared_acme_group", "Acme Group"),
        ("acme-GmbH-workday", "Acme GmbH"),
        ("wintro-workday", ""),
        ("privategroup", ""),
        ("directmessage", ""),
        ("", ""),
        ("acme-x-wintro", "Acme"),
        ("wintro-x-acme", "Acme"),
        ("ext-acme", "Acme"),
        ("acme-and-wintro", "Acme"),
        ("wintro_acme_onboarding", "Acme"),
        ("customer-acme-corp", "Acme Corp"),
        ("acme-wd-integration", "Acme"),
        ("proj-acme-2026", "Acme"),
        ("acme-rollout-q3", "Acme"),
        ("3m-x-wintro", "3m"),
        ("7-eleven-wintro", "7 Eleven"),
        ("x-wintro", ""),
        ("mpdm-ada--sam--kim-1", ""),
        ("ext-2026", ""),
        ("wintro-general", ""),
        ("müller-söhne-wintro", "Müller Söhne"),
        ("\u30a2\u30af\u30e1-wintro", "\u30a2\u30af\u30e1"),
        ("ext.acme.wintro", "Acme"),
    ],
)
def test_a_channel_names_the_customer(channel: str, customer: str) -> None:
    assert customer_from_channel(channel, "Wintro") == customer


def test_a_vendor_of_two_words_is_left_out_however_it_is_written() -> None:
    for channel in ("acme-blue-river", "acme-x-blueriver", "Blue_River-acme"):
        assert customer_from_channel(channel, "Blue River") == "Acme"
