"""What the operator sets about what people see: the vendor's file, words, permissions, pages; draws nothing.

A variable that is set wins over the vendor's file, and the file over what is built in. Texts add up: those of the
vendor's file lie over the language, those of WORDS_DIR over both.
"""

from __future__ import annotations

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, PrivateAttr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.config.vendor_file import VendorFile, VendorFileError, read_vendor_file
from flows.link.rulebook import Rulebook, Voice
from flows.permissions import Permissions, PermissionsError, load_permissions
from flows.words import FOLDER, Dress, Library, Words, WordsError, load_words

PUBLIC = re.compile(r"https://[A-Za-z0-9.:-]+(/[A-Za-z0-9._~/-]*)?|http://127\.0\.0\.1(:\d+)?/?")
"""What people and Slack can reach; plain http is for the sandbox on this machine."""


LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Za-z0-9]{2,4})?")
"""How the file of a language is called; others may lie beside it."""


class SettingsError(Exception):
    """A value that cannot be used: one line per variable, each with the mend, none with the value."""


def _public_url(value: str) -> str:
    if value and not PUBLIC.fullmatch(value):
        raise ValueError("must be the https address under which people reach this app; leave it out to offer no page")
    return value.rstrip("/")


def _pictures_url(value: str) -> str:
    if value and not PUBLIC.fullmatch(value):
        raise ValueError("must be the https folder of your own pictures; leave it out to show the app's own")
    return value.rstrip("/")


def _security_url(value: str) -> str:
    if value and not PUBLIC.fullmatch(value):
        raise ValueError("must be the https address of your security page; leave it out to name none")
    return value


def _egress_ips(value: str) -> str:
    for one in addresses(value):
        try:
            ip_network(one)
        except ValueError:
            raise ValueError(f"must be IP addresses or networks, set apart by commas; {one!r} is none") from None
    return value


def addresses(value: str) -> tuple[str, ...]:
    """Parse a list of addresses set apart by commas or blanks."""
    return tuple(value.replace(",", " ").split())


class LookSettings(BaseSettings):
    """Every setting of what people see; none of them is a secret."""

    model_config = SettingsConfigDict(extra="ignore", hide_input_in_errors=True, env_ignore_empty=True)

    vendor_file: Path | None = None
    vendor_name: str = ""
    permissions_file: Path | None = None
    words_dir: Path | None = None
    words_language: str = "en"
    public_url: Annotated[str, AfterValidator(_public_url)] = ""
    pictures_url: Annotated[str, AfterValidator(_pictures_url)] = ""
    security_url: Annotated[str, AfterValidator(_security_url)] = ""
    egress_ips: Annotated[str, AfterValidator(_egress_ips)] = ""
    hide_buttons: Literal["staff", "all", "off"] = "staff"

    _library: Library | None = PrivateAttr(default=None)

    @field_validator("*", mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        """Take off what comes along: the end of a line from `echo … | base64`, quotes from a file that a shell reads.

        Docker's --env-file is such a file to people and leaves them in.
        """
        if not isinstance(value, str):
            return value
        value = value.strip()
        is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
        return value[1:-1].strip() if is_quoted else value

    def vendor(self) -> VendorFile | None:
        """Read the vendor's own file, where there is one; raises SettingsError with one line for each fault."""
        if self.vendor_file is None:
            return None
        try:
            return read_vendor_file(self.vendor_file)
        except VendorFileError as error:
            raise SettingsError("\n".join(f"VENDOR_FILE: {line}" for line in str(error).splitlines())) from None

    def permissions(self) -> Permissions:
        """Read the permission profiles; raises SettingsError."""
        vendor = None if self.permissions_file else self.vendor()
        if vendor and vendor.permissions:
            return vendor.permissions
        try:
            return load_permissions(self.permissions_file)
        except PermissionsError as error:
            raise SettingsError(f"PERMISSIONS_FILE: {error}") from None

    def library(self) -> Library:
        """Read the wording in every language there is, once: built in, in WORDS_DIR, and the one that is set."""
        if self._library is None:
            self._library = self._read_library()
        return self._library

    def _read_library(self) -> Library:
        own = {path.stem for path in self.words_dir.glob("*.toml")} if self.words_dir else set[str]()
        tags = {path.stem for path in FOLDER.glob("*.toml")} | {self.words_language}
        tags |= {one for one in own if LANGUAGE.fullmatch(one)}
        words = {tag: self.words(tag) for tag in sorted(tags)}
        return Library(words=words, default=self.words_language)

    def words(self, language: str = "en") -> Words:
        """Read the wording of one language, what it lacks in English; raises SettingsError."""
        vendor = self.vendor()
        own = self.words_dir / f"{language}.toml" if self.words_dir else None
        if own and language != self.words_language and not own.exists():
            own = None
        has_rows = bool(self.permissions_file or (vendor and vendor.permissions))
        dress = vendor.dress if vendor else Dress()
        try:
            return load_words(own, language, dress=dress, own_rows=has_rows, borrows=True)
        except WordsError as error:
            # The text names the file that it is about.
            is_vendors = vendor is not None and str(error).startswith(vendor.dress.source)
            name = "VENDOR_FILE" if is_vendors else "WORDS_DIR" if self.words_dir else "WORDS_LANGUAGE"
            raise SettingsError(f"{name}: {error}") from None


def look_of(settings: LookSettings, vendor: str = "") -> Rulebook:
    """Make the part of the rulebook that people see; `vendor` stands in for a name that nothing gives."""
    said = settings.vendor()
    own = f"{settings.public_url}/pictures" if settings.public_url else ""
    return Rulebook(
        vendor=settings.vendor_name or (said.name if said else "") or vendor,
        permissions=settings.permissions(),
        security_page=settings.security_url or (said.security_page if said else ""),
        voice=said.voice if said else Voice(),
        egress=addresses(settings.egress_ips),
        hides_buttons=settings.hide_buttons != "off",
        hides_admins_buttons=settings.hide_buttons == "all",
        languages=settings.library().languages,
        pictures=settings.pictures_url or (said.pictures if said else "") or own,
    )
