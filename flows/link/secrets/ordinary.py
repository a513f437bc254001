"""Tells what resembles a secret and is none; it knows no secret.

The many words with digits that people write in every thread, dates, versions, tickets, files and ids; and what stands
where a secret would, a blank to fill in, a variable, a row of stars.
"""

from __future__ import annotations

import re
from base64 import b64decode
from typing import Final

from flows.link.secrets.words import NUMBERED, PLACEHOLDERS, PLACES, TRADE, UNITS, fold

LONGEST: Final = 256
"""Characters of one word that are looked at; Workday takes no longer password, and tokens show themselves sooner."""

_HEAD: Final = re.compile(r"[-/.]")
_ORDINARY: Final = re.compile(
    r"\d{1,4}[-/.]\d{1,4}(?:[-/.]\d{1,4})?(?:T[\d:.+Z-]*)?"  # dates, 14/14
    r"|\d{1,2}[-.]?(?i:jan|feb|mar|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-z]{0,6}[-.]?\d{0,4}"
    r"|(?:\w+@)?\d{1,2}:\d\d\S*|\d+\s*[-\u2013~]\s*\d+\S*"  # times, ranges
    r"|(?:UTC|GMT|CET|CEST)[+-]\d{1,2}(?::?\d\d)?"  # zones
    r"|v?\d+(?:\.\d+)+[\w.+-]*|v\d{1,3}(?:[.-][\w.-]+)?"  # versions
    r"|(?:[a-z][a-z+]{1,20}-v?|(?:[A-Z][a-z]+_)+v)\d+\.\d+(?:\.\d+)*"
    rf"|[~≈<>]?\d+[.,+-]?\d*[-+]?(?:%|(?:{UNITS})\b.*)"  # 90days, 16-character
    r"|[A-Z]{1,5}-?\d{1,}(?:-\d+)*|[A-Z]{2,10}-\d+(?:#[\w-]+)?"  # tickets and codes: INC1234567, HRIS-12, S22
    r"|(?:19|20)\d\dR[12]\w*|(?:Q\d)?(?:FY\d\d)+(?:Q\d)?|Q\dFY\d+|\d{4}-?W\d\d"  # releases, quarters, weeks
    r"|[A-Za-z]\w*[-_]20\d\d[01]\d[0-3]\d(?:[-_T]?\d{4,6})?"  # what ran at a moment
    r"|0x[0-9A-Fa-f]+|\d+\$\d+(?:\.\w+)?"  # codes of Windows, ids of Workday's tasks
    r"|[A-Z][A-Za-z\d]*(?:Error|Exception|Fault)"  # what programs throw: OAuth2Error
    r"|[a-z]+[A-Za-z\d]*[a-z\d](?:DataSource|Reference|Moment|Time|Date|Url|Uri|Endpoint|Flag)"  # fields of programs
    r"|\w*;[A-Za-z]+=(?:\d|true|false|yes|no)"  # the end of a value, and the next field
    r"|[A-Z]{0,3}[$€£¥][\d.,]+\w?(?:/\w+)*|[A-Z]{3}[\d.,]+"  # money
    r"|[A-Z]:\\\S*|\\\\\S*",  # paths
)
_ORDINARY_WITH: Final = {
    sign: re.compile(pattern)
    for sign, pattern in {
        "IS": r"(?:\w+[_-])?IS(?:U|SG|SS)(?:[_-][\w-]+)?(?:@[\w.-]*[A-Za-z][\w.-]*){0,2}(?::\d+)?"
        r"|\w+ISU(?:[_-]?v?\d+)?(?:@[\w.-]+)?",  # users, groups
        "@": r"[\w.+-]+@[\w-]+\.[\w.-]+(?:@\w+)?"
        r"|[A-Za-z][\w.+-]*@[a-z][a-z\d]*_(?:dpt|pt|cc|impl|preview|gms|test|dev|prod)\d{0,2}",  # users of a tenant
        ".": r"[\w.:/\\()'#&+,@!$%~-]*\.(?:java|py|js|ts|cs|go|rb|php|xml|json|xlsx?|docx?|pptx?|pdf|csv|txt|zip|png"
        r"|jpe?g|heic|log|html?d?|[ch](?:pp|xx)?|md|ya?ml|toml|ini|cfg|conf|sh|bat|ps1|sql|wsdl|xsd|xslt?|eml|msg|ics|gif"
        r"|svg|webp|mp[34]|m4a|mov|gz|tar|tgz|7z|jar|war|whl|exe|msi|dll|parquet|ipynb|pbix|har)(?::\d+\S*)?"  # files
        r"|[\w.$<>]+\([\w.]+:\d+\)?"  # a.b.C.<init>(C.java:42)
        r"|@?(?=[\w-]*[a-z])[\w-]+(?:\.\$?(?=[\w-]*[a-z])[\w-]+){2,6}(?:[:/]\S*)?",  # hosts, classes
        "/": r"[a-z][\w.-]*(?:/[a-z][\w.-]*){2,}(?:#[a-z_]\w*)?"  # kv/workday/isu#password
        r"|\w[\w./-]*/[\w.-]+#\d+|[\w.-]+/[\w./-]*\*+"  # owner/project#12, contrib/zlib/*
        r"|/\S*|\w+:/\S*",  # paths, addresses
    }.items()
}
"""By what stands in each, so that most words are not tried on them."""
_OF_PLACE: Final = re.compile(r"(?P<place>[A-Za-z]+)[-_ ]?\d{1,2}(?:\.\d+)*[a-z]?")
"""Sandbox2, Team3."""
_NUMBERED: Final = re.compile(r"(?P<thing>[^\W\d_]+)[-_. ]?(?:(?P<number>\d{1,6}[A-Za-z]?)|\d\S{0,12})")
_ID_FORMS: Final = re.compile(
    r"(?:[A-Z]{2,4}\|)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}"  # UUIDs
    r"|(?:00[a-z]|0[a-z]{2}|exk|aus)[\dA-Za-z]{17}|00[\dA-Za-z]{13}(?:[\dA-Za-z]{3})?"  # Okta, Salesforce
    r"|(?=[\dA-Za-z]{15}(?:[\dA-Za-z]{3})?$)[\dA-Za-z]{5}0{4}[\dA-Za-z]+"  # Salesforce again
    r"|(?:ami|i|vpc|vol|sg|subnet|snap|eni|rtb|igw|lt)-[0-9a-f]{8,17}"  # Amazon
    r"|[a-z][a-z\d]*(?:-[a-z\d]+)*-[bcdf-hj-np-tv-xz2-9]{8,10}-[bcdf-hj-np-tv-xz2-9]{5}"  # what Kubernetes runs
    r"|1Z[\dA-Z]{16}|[A-HJ-NPR-Z\d]{17}|(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}"  # parcels, vehicles, network cards
)
_DIGEST: Final = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_LENGTHS: Final = frozenset({16, 24, 32, 40, 64})
_LONGEST_KEY: Final = 40
"""Characters; what is longer is a digest or the id of a message, whatever its length."""
_SHORT: Final = frozenset({7, 8, 12})
"""So programs shorten a digest; people may type as much themselves."""
_UUID_BEGUN: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{0,28}")
_CLIENT_ID: Final = range(12, 49)
"""Characters of a UUID in base64, which is what Workday calls its API clients; people write its beginning alone."""
_MOST_PARTS: Final = 3
"""Parts of a value for each that is a blank."""
_SAYS: Final = re.compile(r"[^\W_]")
_NO_LETTERS: Final = re.compile(r"[\W_]+")
_TEMPLATE: Final = re.compile(
    r"[<{\[(%]+[^<>{}\[\]()%]*[>}\])%]+(?:[/._:@-][<{\[(%]+[^<>{}\[\]()%]*[>}\])%]+)*|#\{[^{}]*\}#?|__[A-Za-z_]+__|@@[A-Za-z_]+@@|\$+[{(]?[A-Za-z_#][\w:.#]*[})]*|%\w+%|@[\w.]+(?:\(.*)?|:\w+|\{\{.*|f[\"'].*"
    r"|(?i:your)[\w-]{0,20}(?i:pass?wor[dt]|kennwort|secret|token)[\w-]{0,6}!?"
)
_REFERENCE: Final = re.compile(
    r"[A-Za-z_][\w.:-]*[(\[].*|(?:process|os|env|environ|secrets?|config|vault|settings|self|this|args|params|request"
    r"|system|arn|data|var|local|getenv)[.:]\S*",
    re.IGNORECASE,
)
_PATTERN: Final = re.compile(r"[aA]-[zZ]|0-9|\\[dw]|\$\{?[A-Z]+_[A-Z_]+")
"""Stand for characters, or for what is elsewhere."""
_SAME: Final = re.compile(r"(.)\1*|[xX*•·●.…_?#-]+(?:\d{0,4})|-?[*•·●…]{3,}[-*•·●… ]*\w{0,4}")


def is_ordinary(value: str) -> bool:
    """Tell whether a word is a date, a version, a ticket, a file or another thing with digits that people write."""
    folded = value.casefold()
    head = _HEAD.split(folded, maxsplit=1)[0]
    if folded in TRADE or head in TRADE:
        return True
    value = value[:LONGEST]
    placed = _OF_PLACE.fullmatch(value)
    if placed and placed["place"].lower() in PLACES:
        return True
    return bool(_ORDINARY.fullmatch(value)) or any(
        sign in value and pattern.fullmatch(value) for sign, pattern in _ORDINARY_WITH.items()
    )


def is_numbered(value: str) -> bool:
    """Tell whether a word is the name of something with its number or version: Windows11, Build4821."""
    found = _NUMBERED.fullmatch(value)
    if found is None:
        return False
    thing = found["thing"].lower()
    return thing in NUMBERED or (found["number"] is not None and thing in PLACES)


def is_id(value: str) -> bool:
    """Tell whether a word is an id, by its form or as a digest of a usual length."""
    is_long = len(value) in _LENGTHS or len(value) > _LONGEST_KEY
    return is_formed_id(value) or (is_long and bool(_DIGEST.fullmatch(value)))


def is_any_id(value: str) -> bool:
    """Tell whether a word is an id, or a shortened digest."""
    return is_id(value) or (len(value) in _SHORT and bool(_DIGEST.fullmatch(value)))


def is_formed_id(value: str) -> bool:
    """Tell whether a word has the form of an id that no secret has."""
    return bool(_ID_FORMS.fullmatch(value)) or _is_client_id(value)


def _is_client_id(value: str) -> bool:
    if len(value) not in _CLIENT_ID or not value.isascii() or not value.isalnum():
        return False
    return bool(_UUID_BEGUN.fullmatch(b64decode(value[: len(value) // 4 * 4]).decode("latin-1")))


def is_placeholder(value: str) -> bool:
    """Tell whether something stands where the secret would: `<hidden>`, `${PASSWORD}`, `********`, `getpass()`."""
    if len(value) > LONGEST or not _SAYS.search(value):
        return len(value) <= LONGEST
    if any(pattern.fullmatch(value) for pattern in (_TEMPLATE, _REFERENCE, _SAME)) or _PATTERN.search(value):
        return True
    parts = [part for part in _NO_LETTERS.split(fold(value)) if part]
    # A phrase may well hold one such word by chance.
    blanks = sum(part in PLACEHOLDERS for part in parts)
    return 0 < len(parts) <= _MOST_PARTS * blanks and not any(part.isdigit() for part in parts)


def is_pattern(value: str) -> bool:
    """Tell whether characters in it stand for others, or for what is elsewhere."""
    return bool(_PATTERN.search(value))
