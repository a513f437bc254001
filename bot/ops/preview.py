"""`workday-link preview`: everything that people can see, as one HTML file; needs no Slack, no database, no key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.config.look_settings import LookSettings, SettingsError, look_of
from bot.preview.page import OWN_PICTURES, page


def written(settings: LookSettings) -> str:
    """Draw the page as an installation with these settings would show it, in every language that it has."""
    rules = look_of(settings, "Northwind")
    own = f"{settings.public_url}/pictures"
    rules = rules if rules.pictures not in {"", own} else replace(rules, pictures=OWN_PICTURES)
    library = settings.library()
    return page(rules, [library.words[tag] for tag in library.languages])


def write(to: Path, settings: LookSettings) -> None:
    """Write the page into a file; raises SettingsError, also where it cannot be written."""
    try:
        to.write_text(written(settings), encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"--to: {to} cannot be written ({error.strerror}); name another file") from None
