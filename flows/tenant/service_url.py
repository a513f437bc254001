"""How a pasted address is understood, right or wrong; it calls nothing, and no text raises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from flows.tenant.account_names import (
    PasswordProblem,
    UserName,
    UserNameProblem,
    check_password,
    check_user_name,
    qualified_user,
)
from flows.tenant.endpoint import Endpoint
from flows.tenant.hosts import (
    Environment,
    HostKind,
    allowed_host,
    is_services_host,
    kind_of_host,
    services_hosts,
)
from flows.tenant.url_path import (
    SERVED_TO_BROWSERS,
    TALK,
    PasteKind,
    Route,
    is_nameless,
    is_placeholder,
    is_tenant,
    read_path,
)
from flows.tenant.url_text import WRAPPING, Address, addresses_in, as_typed, joined, words_of

__all__ = [
    "Endpoint",
    "Environment",
    "PasswordProblem",
    "PasteKind",
    "Pasted",
    "UserName",
    "UserNameProblem",
    "check_password",
    "check_user_name",
    "find_url",
    "qualified_user",
    "read_endpoint",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasted:
    """What a pasted text says: as much of host and tenant as it holds, and what may be asked next.

    `endpoint` is set when the text itself names it. `candidates` are the endpoints worth testing: that one,
    or the services hosts that may stand behind a browser address.
    """

    kind: PasteKind
    host: str = ""
    tenant: str = ""
    candidates: tuple[Endpoint, ...] = ()
    endpoint: Endpoint | None = None
    user: str | None = None

    def is_elsewhere(self, known: Endpoint) -> bool:
        """Tell whether it leads to another tenant, or another server, than `known`."""
        places = {(one.host, one.tenant.casefold()) for one in self.candidates}
        return bool(places) and (known.host, known.tenant.casefold()) not in places


_MOST_WORDS, _MOST_READINGS, _MOST_NAMES = 400, 50, 40
"""Nobody pastes more than that beside an address; what follows is not read, so that no text takes long."""

_OF_HOSTS = {
    HostKind.CAREERS: PasteKind.CAREERS,
    HostKind.COMMUNITY: PasteKind.COMMUNITY,
    HostKind.SUV: PasteKind.SUV,
    HostKind.WRAPPER: PasteKind.WRAPPED,
}
_NOTHING_LIKE_IT = frozenset({PasteKind.NOT_A_URL, PasteKind.TENANT_ONLY, PasteKind.USER_AT_TENANT, PasteKind.WRAPPED})
_NO_SERVER = frozenset({PasteKind.FOREIGN, PasteKind.WRAPPED, PasteKind.NOT_A_URL, PasteKind.TENANT_ONLY})
_WAITS_FOR_TENANT = frozenset({PasteKind.HOST_ONLY, PasteKind.BROWSER})
_SUBDOMAIN_AS_TENANT = re.compile(r"(?P<tenant>[a-z0-9_]+)\.(?:my)?workday\.com", re.ASCII)
_SERVER_NAME = re.compile(r"(?:wd\d+-)?(?:impl-)?services\d?|wd\d+(?:-impl)?", re.ASCII | re.IGNORECASE)
_EXAMPLE = re.compile(r"[{}\[\]<>]|tenant|your|company", re.IGNORECASE)
"""Says of a word that stands alone that it was left from an example; "10:30" and "100%" were not."""
_CAN_BE_ADDRESS = re.compile(r"[.:@%]|s/")
_SERVER = re.compile(r"(?:\w+:/*)?[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:/ccx)?/*|/|\W+", re.ASCII | re.IGNORECASE)
_USER_AT_TENANT = re.compile(r"(?P<user>[^\s/@:]+(?:@[^\s/@:]+)?)@(?P<tenant>[A-Za-z0-9_-]{1,64})", re.ASCII)
_TENANT_LABEL = re.compile(
    r"(?i)(?:\b|_)(?:tenants?|mandant|organi[sz]ation[ _-]?id)(?:[ _-]?(?:name|id|alias))?[\"'*`]{0,3}[ \t]{0,9}"
    r"(?:[:=\t|]+|\bis\b|\bist\b|\best\b|[-=]>|→)\s{0,9}[\"'*`{]{0,3}(?P<tenant>[\w-]{1,64}+)(?![:/@]|\.\w)"
)
_TENANT_LINE = re.compile(r"(?im)^\W{0,9}tenant(?:[ _-]?(?:name|id|alias))?[ \t]{1,9}(?P<tenant>[\w-]{1,64})\W{0,9}$")


def read_endpoint(text: str, *, extra_hosts: frozenset[str] = frozenset()) -> Pasted:
    """Understand a pasted address, whatever form it has; an endpoint in the answer has an allowed host.

    Takes time in proportion to the text. What names two tenants or two servers of a kind is not decided here.
    """
    return _read_text(text, extra_hosts, is_chat=False)


def find_url(text: str, *, extra_hosts: frozenset[str] = frozenset()) -> Pasted | None:
    """Find something in a chat message that looks like an address of Workday, right or wrong."""
    found = _read_text(text, extra_hosts, is_chat=True)
    if found.kind in _NOTHING_LIKE_IT or (found.kind is PasteKind.FOREIGN and "workday" not in found.host):
        return None
    return found


def _read_text(text: str, extra_hosts: frozenset[str], *, is_chat: bool) -> Pasted:
    typed = as_typed(text)
    found = _best(typed, extra_hosts, is_chat=is_chat)
    if found.candidates or found.kind is PasteKind.AMBIGUOUS:
        return found
    whole = joined(typed)
    mended = _best(whole, extra_hosts, is_chat=is_chat) if whole != typed else found
    return mended if mended.candidates and mended.tenant.casefold() not in TALK else found


def _best(typed: str, extra_hosts: frozenset[str], *, is_chat: bool) -> Pasted:
    words = words_of(typed)
    likely = islice((word for word in words if _CAN_BE_ADDRESS.search(word)), _MOST_WORDS)
    telling = list(islice((found for word in likely for found in _read_word(word, extra_hosts)), _MOST_READINGS))
    if not telling:
        # A lone word may be a tenant; a sentence without an address says nothing.
        return _read_name(words[0].strip(WRAPPING)) if len(words) == 1 else Pasted(kind=PasteKind.NOT_A_URL)
    if _name_two_places(telling):
        return Pasted(kind=PasteKind.AMBIGUOUS)
    best = max(telling, key=_weight)
    if best.kind in _WAITS_FOR_TENANT and best.host and not best.tenant:
        tenant = _labelled_tenant(typed) or _lone_tenant(typed, words, is_chat=is_chat)
        if tenant:
            return _placed(best, tenant, own=best.host in extra_hosts)
    return best


def _name_two_places(readings: list[Pasted]) -> bool:
    """Tell whether a text leads to two tenants or two servers; the page for people beside its server is one place."""
    named = {(found.endpoint.host, found.tenant.casefold()) for found in readings if found.endpoint}
    placed = [found for found in readings if found.candidates]
    tenants = {found.tenant.casefold() for found in placed}
    environments = {found.candidates[0].environment for found in placed} - {Environment.UNKNOWN}
    return len(named) > 1 or len(tenants) > 1 or len(environments) > 1


def _weight(reading: Pasted) -> tuple[bool, int, bool, bool]:
    return (
        reading.endpoint is not None,
        len(reading.candidates),
        reading.kind is PasteKind.CREDENTIALS,
        reading.kind not in _NO_SERVER,
    )


def _labelled_tenant(typed: str) -> str:
    found = _TENANT_LABEL.search(typed) or _TENANT_LINE.search(typed)
    return found["tenant"] if found and _can_be_tenant(found["tenant"]) else ""


def _lone_tenant(typed: str, words: list[str], *, is_chat: bool) -> str:
    """Return the only other name beside a server; in talk it has to look like one, or to have a line of its own."""
    if len(words) > _MOST_NAMES:
        return ""
    plain = [word.strip(WRAPPING.replace("_", "")) for word in words]
    names = [word for word in plain if word.casefold() not in TALK and not _SERVER.fullmatch(word)]
    if len(names) != 1 or not _can_be_tenant(names[0]):
        return ""
    stands_out = re.search(r"[\d_]", names[0]) or any(line.strip(" \t*`") == names[0] for line in typed.splitlines())
    return names[0] if stands_out or not is_chat else ""


def _can_be_tenant(word: str) -> bool:
    return is_tenant(word) and not is_placeholder(word) and word.casefold() not in TALK


def _read_word(word: str, extra_hosts: frozenset[str]) -> Iterator[Pasted]:
    if match := _USER_AT_TENANT.fullmatch(word.strip(WRAPPING)):
        yield Pasted(kind=PasteKind.USER_AT_TENANT, tenant=match["tenant"], user=match["user"])
        return
    for address in addresses_in(word, extra_hosts):
        yield _judged(address, extra_hosts)


def _read_name(word: str) -> Pasted:
    if _SERVER_NAME.fullmatch(word):
        return Pasted(kind=PasteKind.HOST_ONLY)
    if is_placeholder(word) and _EXAMPLE.search(word):
        return Pasted(kind=PasteKind.PLACEHOLDER)
    if is_tenant(word):
        return Pasted(kind=PasteKind.TENANT_ONLY, tenant=word)
    return Pasted(kind=PasteKind.NOT_A_URL)


def _judged(address: Address, extra_hosts: frozenset[str]) -> Pasted:
    written = address.host.lower()
    host = allowed_host(written, extra_hosts)
    if is_nameless(written) and ("workday" in written or "/ccx" in address.path):
        return Pasted(kind=PasteKind.PLACEHOLDER)
    kind = kind_of_host(written.partition(":")[0])
    if kind is HostKind.COMMUNITY and address.path.startswith("/invalid-url"):
        return Pasted(kind=PasteKind.INVALID_URL, host=written)
    if kind and host not in extra_hosts:
        return Pasted(kind=_OF_HOSTS[kind], host=written)
    if host is None or not address.is_web:
        return Pasted(kind=PasteKind.FOREIGN, host=written)
    if address.signed:
        return Pasted(kind=PasteKind.CREDENTIALS, host=host)
    return _read_server(host, address, own=host in extra_hosts)


def _read_server(host: str, address: Address, *, own: bool) -> Pasted:
    route = read_path(address.path)
    ends_in_tenant = address.path.rstrip("/").endswith(f"/{route.tenant}")
    if address.cut and route.tenant and ends_in_tenant and not address.query:
        route = Route(kind=PasteKind.HOST_ONLY)  # the last letters of the name may be missing
    if route.kind is PasteKind.PLACEHOLDER:
        return Pasted(kind=PasteKind.PLACEHOLDER, host=host)
    if not route.tenant:
        if services_hosts(host):
            return Pasted(kind=PasteKind.BROWSER, host=host)
        guess = None if own or is_services_host(host) else _SUBDOMAIN_AS_TENANT.fullmatch(host)
        if guess and not address.path.strip("/"):
            return Pasted(kind=PasteKind.TENANT_ONLY, tenant=guess["tenant"])
        return Pasted(kind=PasteKind.HOST_ONLY, host=host)
    kind = route.kind
    if kind is PasteKind.SOAP and address.query.lower().startswith("wsdl"):
        kind = PasteKind.WSDL
    return _placed(Pasted(kind=kind, host=host, user=route.user), route.tenant, own=own)


def _placed(found: Pasted, tenant: str, *, own: bool) -> Pasted:
    """Add the tenant to what is known of a server: its endpoint, or the endpoints worth asking."""
    browser = services_hosts(found.host)
    named = found.kind not in SERVED_TO_BROWSERS and (not browser or found.host in browser)
    hosts = (found.host,) if named or own or is_services_host(found.host) else browser
    candidates = tuple(Endpoint(host=name, tenant=tenant) for name in hosts)
    endpoint = candidates[0] if named else None
    return replace(found, tenant=tenant, candidates=candidates, endpoint=endpoint)
