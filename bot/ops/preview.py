"""`workday-link preview`: everything that people can see, as one HTML file; needs no Slack, no database, no key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.config.look_settings import LookSettings, SettingsError, look_of
from bot.preview.page import OWN_PICTURES, page
from flows.words import Words
from flows.words.files import FOLDER


def written(settings: LookSettings) -> str:
    """Draw the page as an installation with these settings would show it, in every language that it has."""
    rules = look_of(settings, "Northwind")
    own = f"{settings.public_url}/pictures"
    rules = rules if rules.pictures not in {"", own} else replace(rules, pictures=OWN_PICTURES)
    return page(rules, languages(settings))


def languages(settings: LookSettings) -> list[Words]:
    """Read each language that there is, the one that is set first; raises SettingsError."""
    folders = (FOLDER, settings.words_dir) if settings.words_dir else (FOLDER,)
    others = sorted({path.stem for folder in folders for path in folder.glob("*.toml")} - {settings.words_language})
    return [settings.words(), *(_in(settings, one).words() for one in others)]


def _in(settings: LookSettings, language: str) -> LookSettings:
    """Choose a language; that WORDS_DIR has no file for one that is not set is nothing wrong."""
    own = settings.words_dir if settings.words_dir and (settings.words_dir / f"{language}.toml").exists() else None
    return settings.model_copy(update={"words_language": language, "words_dir": own})


def write(to: Path, settings: LookSettings) -> None:
    """Write the page into a file; raises SettingsError, also where it cannot be written."""
    try:
        to.write_text(written(settings), encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"--to: {to} cannot be written ({error.strerror}); name another file") from None
