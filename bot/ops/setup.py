"""What `workday-link setup` writes: the finished manifest and `.env`, and the next clicks; it calls nobody."""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

from bot.config.preflight import HISTORY
from bot.config.settings import SettingsError
from bot.ops.record import Say
from flows.small_files import read_text
from storage.credentials.keyring import new_key

MANIFEST, ENVIRONMENT = "manifest.yml", ".env"
TEMPLATE = Path(__file__).with_name("app_manifest.yml")
PLACEHOLDER = "https://example.com"
ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(:\d+)?(/[A-Za-z0-9._~/-]*)?")
UNQUOTABLE = '"$`\\'
"""What a shell, systemd and compose read in different ways between quotes."""

HEARD = tuple(f"message.{scope.partition(':')[0]}" for scope in HISTORY if not scope.startswith("im:"))
"""Events that Slack sends only to whoever may read history."""

Ask = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """How the app is to be reached, and what customers call its vendor."""

    address: str
    """The public https address, without a slash at its end; may be empty with Socket Mode."""
    is_socket: bool
    vendor: str
    reads_back: bool


def add_verb(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen; what is not said is read in `.env`, or asked for at a terminal."""
    parser.add_argument("--address", metavar="URL", help="the public https address, such as https://link.example.com")
    parser.add_argument("--socket-mode", action="store_true", default=None, help="Slack needs no way in to this app")
    parser.add_argument("--vendor", metavar="NAME", help="what your customers call you, also in ISU_… and ISSG_…")
    parser.add_argument("--read-back", choices=("on", "off"), help="off: ask Slack for no right to read history")
    parser.add_argument("--to", type=Path, default=Path(), metavar="FOLDER", help="where to write; here, if not said")


def answer(chosen: argparse.Namespace, say: Say, ask: Ask | None = None) -> int:
    """Write both files and say what to do next; raises SettingsError."""
    folder: Path = chosen.to.resolve()
    file = folder / ENVIRONMENT
    kept = {name: value or "" for name, value in read_environment(file).items()} if file.exists() else {}
    ask = ask or (input if sys.stdin.isatty() else None)
    choice = _choose(chosen, kept, ask)
    wanted = _wanted(choice, folder)
    known = wanted | {name: value for name, value in kept.items() if value}
    old = read_text(file) if file.exists() else ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MANIFEST).write_text(manifest(choice), "utf-8")
        _write_private(file, _filled(old, wanted, kept))
    except OSError as error:
        raise SettingsError(f"--to: {folder} cannot be written ({error.strerror})") from None
    how = "Socket Mode" if choice.is_socket else f"HTTP at {choice.address}"
    say(f"{MANIFEST}: written, for {how}.")
    for line in _told(wanted, kept):
        say(f"{ENVIRONMENT}: {line}")
    if not choice.reads_back:
        say(
            f"{MANIFEST}: asks for no right to history, so the app hears nothing that is typed in a thread: it cannot "
            "answer there, nor warn about a password that somebody posts."
        )
    say("\nNext:")
    for number, line in enumerate(_clicks(choice, known, folder), 1):
        say(f"{number}. {line}")
    return 0


def read_environment(file: Path) -> Mapping[str, str | None]:
    """Read a file of variables as it stands; raises SettingsError."""
    try:
        # Given a name alone, it takes one that is not there for an empty file.
        return dotenv_values(stream=io.StringIO(read_text(file)), interpolate=False)
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"--env-file: {file} must be a readable file; `workday-link setup` writes one") from None


def manifest(chosen: Chosen) -> str:
    """Finish the manifest: every address, only the mode's settings, and only the scopes that are used."""
    template = TEMPLATE.read_text("utf-8")
    lines = [line for line in template.splitlines() if not line.startswith("#")]
    if not chosen.reads_back:
        lines = [line for line in lines if _item(line) not in {*HISTORY, *HEARD}]
    if chosen.is_socket:
        lines = [line for line in lines if PLACEHOLDER not in line]
        lines = [line.replace("socket_mode_enabled: false", "socket_mode_enabled: true") for line in lines]
    return "\n".join(line.replace(PLACEHOLDER, chosen.address) for line in lines) + "\n"


def _item(line: str) -> str:
    found = re.match(r"\s*- (\S+)", line)
    return found[1] if found else ""


def _choose(chosen: argparse.Namespace, kept: Mapping[str, str], ask: Ask | None) -> Chosen:
    address = chosen.address if chosen.address is not None else kept.get("PUBLIC_URL", "")
    is_socket = bool(chosen.socket_mode) or (chosen.socket_mode is None and "SLACK_APP_TOKEN" in kept)
    if chosen.address is not None and chosen.socket_mode is None and not kept.get("SLACK_APP_TOKEN"):
        is_socket = False
    if not address and not is_socket:
        if ask is None:
            raise SettingsError("--address: say where Slack reaches the app, or --socket-mode if it cannot")
        address = ask("Public https address (empty: Socket Mode, behind a firewall): ").strip()
        is_socket = not address
    if address and not ADDRESS.fullmatch(address):
        raise SettingsError("--address: must be an https address such as https://link.example.com")
    vendor = chosen.vendor if chosen.vendor is not None else kept.get("VENDOR_NAME", "")
    if not vendor and ask:
        vendor = ask("What your customers call you (empty: the workspace's name): ").strip()
    if set(vendor) & set(UNQUOTABLE):
        raise SettingsError(f"--vendor: must have none of {' '.join(UNQUOTABLE)} in it")
    read_back = chosen.read_back or kept.get("READ_BACK") or "on"
    return Chosen(
        address=address.rstrip("/"), is_socket=is_socket, vendor=vendor.strip(), reads_back=read_back != "off"
    )


def _wanted(chosen: Chosen, folder: Path) -> dict[str, str]:
    """Name every variable of a first run, in the order in which people fill them in."""
    return {
        "SLACK_BOT_TOKEN": "",
        "SLACK_SIGNING_SECRET": "",
        **({"SLACK_APP_TOKEN": ""} if chosen.is_socket else {}),
        "CREDENTIAL_KEYS": new_key("k1"),
        "DATABASE_URL": f"sqlite:///{folder / 'workday-link.db'}",
        **({"PUBLIC_URL": chosen.address} if chosen.address else {}),
        **({"VENDOR_NAME": chosen.vendor} if chosen.vendor else {}),
        **({} if chosen.reads_back else {"READ_BACK": "off"}),
    }


COMMENTS = {
    "SLACK_BOT_TOKEN": "OAuth & Permissions > Bot User OAuth Token, xoxb-...",
    "SLACK_SIGNING_SECRET": "Basic Information > App Credentials > Signing Secret",
    "SLACK_APP_TOKEN": "Basic Information > App-Level Tokens, with the scope connections:write, xapp-...",
    "CREDENTIAL_KEYS": "Opens all that is stored. Keep a copy of it apart from the database.",
    "DATABASE_URL": "One file for one process; several need postgresql+psycopg://user:password@host/name",
    "PUBLIC_URL": "Where people reach the page for secrets, Workday's pictures and the papers' keys",
    "VENDOR_NAME": "What customers call you",
    "READ_BACK": "The app may not read history",
}


def _filled(old: str, wanted: Mapping[str, str], kept: Mapping[str, str]) -> str:
    """Fill in what is empty or not there; whatever has a value stays as it is, in its place."""
    lines = []
    for line in old.splitlines():
        name = line.partition("=")[0].removeprefix("export ").strip()
        is_open = name in wanted and not kept.get(name) and name in kept
        lines.append(f"{name}={_quoted(wanted[name])}" if is_open else line)
    new = [(name, value) for name, value in wanted.items() if name not in kept]
    for name, value in new:
        lines += [f"# {COMMENTS[name]}", f"{name}={_quoted(value)}"]
    head = [] if old else ["# Whoever reads this file can act as the app: keep it to its owner, and out of git."]
    return "\n".join([*head, *lines]) + "\n"


def _quoted(value: str) -> str:
    return value if re.fullmatch(r"[\w@%+=:,./-]*", value, re.ASCII) else f'"{value}"'


def _told(wanted: Mapping[str, str], kept: Mapping[str, str]) -> Iterator[str]:
    if kept.get("CREDENTIAL_KEYS"):
        yield "CREDENTIAL_KEYS stays as it was."
    else:
        yield "CREDENTIAL_KEYS is new; keep a copy of it apart from the database, as nothing stored opens without it."
    for name in ("PUBLIC_URL", "VENDOR_NAME", "READ_BACK"):
        if kept.get(name, wanted.get(name, "")) != wanted.get(name, "") and kept.get(name):
            now = wanted.get(name) or ("on" if name == "READ_BACK" else "nothing")
            yield f"{name} stays {kept[name]}, though you said {now}; change it by hand if you mean it."


def _clicks(chosen: Chosen, known: Mapping[str, str], folder: Path) -> Iterator[str]:
    """Say what is left to do; a step whose value is there already is done."""
    here = folder == Path.cwd()
    env = ENVIRONMENT if here else str(folder / ENVIRONMENT)
    if not known["SLACK_SIGNING_SECRET"]:
        where = MANIFEST if here else folder / MANIFEST
        yield f"Open https://api.slack.com/apps?new_app=1, choose From a manifest and your workspace, paste {where}."
        yield f"Basic Information > App Credentials: copy the Signing Secret into {env}, SLACK_SIGNING_SECRET."
    if chosen.is_socket and not known.get("SLACK_APP_TOKEN"):
        yield (
            "Basic Information > App-Level Tokens > Generate Token and Scopes: add connections:write, "
            f"copy the token into {env}, SLACK_APP_TOKEN."
        )
    if not known["SLACK_BOT_TOKEN"]:
        yield f"Install App > Install to your workspace: copy the Bot User OAuth Token into {env}, SLACK_BOT_TOKEN."
    command = f"workday-link --env-file {env}"
    yield f"{command} check"
    if chosen.is_socket:
        yield f"{command} serve"
    else:
        yield f"{command} serve, with your TLS proxy in front of it ({chosen.address} to 127.0.0.1:3000)."
        yield "Event Subscriptions: press Retry beside the Request URL until Slack says Verified."
    yield "In the channel you share with a customer: /invite @Link Workday, then /link-workday."


def _write_private(file: Path, text: str) -> None:
    """Put the file in place at once, for its owner alone, so that a crash leaves the old one and its keys."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as new:
            new.write(text)
            new.flush()
            os.fsync(new.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
