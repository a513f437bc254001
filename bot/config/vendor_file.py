"""The vendor's own file: its name, tone, contact, pages, texts and permissions, read and checked as one; says nothing.

Whatever is wrong in it is named with its place in the file and what it must be, all of it at once. What a variable of
the environment sets as well is that variable's to say: `bot.config.look_settings` decides that.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError

from flows.link.rulebook import FIRST_LANGUAGE, HelpLink, Voice
from flows.link.state import Step
from flows.permissions import Permissions, PermissionsError, read_permissions
from flows.small_files import read_text
from flows.words import PRODUCT, Dress, Tone

PAGE = re.compile(r"https://[A-Za-z0-9.:-]+(/[A-Za-z0-9._~/%#?&=+-]*)?|http://127\.0\.0\.1(:\d+)?(/[A-Za-z0-9._~/-]*)?")
"""What a browser opens; plain http is for the sandbox on this machine."""

_MARKUP = frozenset("<>&{}`*_~\n")
LONGEST_PRODUCT = 24
"""Characters of a modal's title, which the product's name is."""

LONGEST_TEXT, LONGEST_CONTACT, MOST_LINKS = 500, 100, 10


class VendorFileError(ValueError):
    """A vendor's file that cannot be used: one line for each thing that is wrong, with its place and its mend."""


def _product(value: str) -> str:
    if not 1 <= len(value) <= LONGEST_PRODUCT or value != value.strip() or _MARKUP & set(value):
        raise ValueError(f"must be a name of 1 to {LONGEST_PRODUCT} characters without any of < > & {{ }} ` * _ ~")
    return value


def _name(value: str) -> str:
    if not 1 <= len(value) <= LONGEST_CONTACT or value != value.strip():
        raise ValueError(f"must be a name of 1 to {LONGEST_CONTACT} characters without blanks around it")
    return value


def _page(value: str) -> str:
    if not PAGE.fullmatch(value):
        raise ValueError("must be an https address")
    return value.rstrip("/")


def _contact(value: str) -> str:
    if not 1 <= len(value) <= LONGEST_CONTACT or value != value.strip() or "\n" in value:
        raise ValueError(f"must be an address of mail, a page or words, 1 to {LONGEST_CONTACT} characters on one line")
    return value


def _by_language(value: object) -> object:
    return {FIRST_LANGUAGE: value} if isinstance(value, str) else value


def _texts(value: dict[str, str]) -> dict[str, str]:
    if not value:
        raise ValueError("must be a text, or a table of texts by language such as en and de")
    for language, text in value.items():
        if not _is_language(language):
            raise ValueError(f"knows no language {language!r}; use codes such as en and de")
        if not 1 <= len(text.strip()) <= LONGEST_TEXT:
            raise ValueError(f"must have 1 to {LONGEST_TEXT} characters in {language}")
    return value


def _step(value: str) -> str:
    if value not in set(Step):
        raise ValueError(f"must be one of {', '.join(Step)}")
    return value


def _changes(value: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    for language, table in value.items():
        if not _is_language(language):
            raise ValueError(f"knows no language {language!r}; use codes such as en and de")
        if "locale" in table:
            raise ValueError(
                f"changes texts of {language} and takes no locale; a whole language is a file in WORDS_DIR"
            )
    return value


def _is_language(code: str) -> bool:
    try:
        Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        return False
    return True


Texts = Annotated[dict[str, str], BeforeValidator(_by_language), AfterValidator(_texts)]
Page = Annotated[str, AfterValidator(_page)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, strict=True)


class _Link(_Table):
    text: Texts
    url: Page
    steps: list[Annotated[str, AfterValidator(_step)]] = []


class _Support(_Table):
    contact: Annotated[str, AfterValidator(_contact)] = ""
    links: list[_Link] = []


def _few(value: _Support) -> _Support:
    if len(value.links) > MOST_LINKS:
        raise ValueError(f"must have at most {MOST_LINKS} links")
    return value


def _tone(value: str) -> str:
    if value not in set(Tone):
        raise ValueError(f"must be {' or '.join(Tone)}")
    return value


class _File(_Table):
    product: Annotated[str, AfterValidator(_product)] = PRODUCT
    name: Annotated[str, AfterValidator(_name)] | None = None
    tone: Annotated[str, AfterValidator(_tone)] = Tone.WARM
    greeting: Texts | None = None
    security_page: Page | None = None
    pictures: Page | None = None
    support: Annotated[_Support, AfterValidator(_few)] = _Support()
    words: Annotated[dict[str, dict[str, Any]], AfterValidator(_changes)] = {}
    permissions: dict[str, Any] | None = None
    profiles: dict[str, Any] | None = None


class VendorFile:
    """A file that can be used. `name`, `pictures` and `security_page` are empty where it does not say them."""

    def __init__(self, path: Path, said: _File, permissions: Permissions | None) -> None:
        self.name = said.name or ""
        self.pictures = said.pictures or ""
        self.security_page = said.security_page or ""
        self.permissions = permissions
        self.dress = Dress(product=said.product, tone=Tone(said.tone), changes=said.words, source=str(path))
        self.voice = Voice(
            greeting=said.greeting or {},
            contact=said.support.contact,
            links=tuple(
                HelpLink(text=one.text, url=one.url, steps=frozenset(map(Step, one.steps)))
                for one in said.support.links
            ),
        )


def read_vendor_file(path: Path) -> VendorFile:
    """Read a vendor's file; raises VendorFileError with one line for each thing that is wrong."""
    try:
        document = tomllib.loads(read_text(path))
    except OSError as error:
        raise VendorFileError(f"{path} cannot be read ({error.strerror}); name a readable file") from None
    except ValueError as error:
        raise VendorFileError(f"{path} is not TOML in UTF-8 ({error}); mend that line") from None
    try:
        said = _File.model_validate(document)
    except ValidationError as error:
        lines = [_line(entry["loc"], entry["type"], entry["msg"]) for entry in error.errors(include_input=False)]
        raise VendorFileError("\n".join(f"{path}: {line}" for line in lines)) from None
    return VendorFile(path, said, _permissions(path, said))


def _permissions(path: Path, said: _File) -> Permissions | None:
    if said.permissions is None and said.profiles is None:
        return None
    try:
        return read_permissions({"permissions": said.permissions, "profiles": said.profiles})
    except PermissionsError as error:
        raise VendorFileError(f"{path}: {error}") from None


_KINDS: Mapping[str, str] = {
    "string_type": "must be a text in quotes",
    "list_type": "must be a list in brackets",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "missing": "is missing",
}


def _line(place: tuple[int | str, ...], kind: str, message: str) -> str:
    where = ".".join(str(one) for one in place)
    if kind == "extra_forbidden":
        known = _known(place[:-1])
        return f"{where} is not known; use {known}, or remove it"
    return f"{where} {message.removeprefix('Value error, ') if kind == 'value_error' else _KINDS.get(kind, message)}"


def _known(place: tuple[int | str, ...]) -> str:
    table = _File if not place else _Support if place == ("support",) else _Link
    return ", ".join(table.model_fields)
