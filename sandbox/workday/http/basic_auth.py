"""Owns reading an HTTP Basic header; must not know any account."""

import base64
import binascii

_BASIC = "basic "


def is_basic(authorization: str) -> bool:
    """Return whether a header is meant as HTTP Basic."""
    return authorization.lower().startswith(_BASIC)


def basic(authorization: str) -> tuple[str, str]:
    """Return name and password of an HTTP Basic header, empty when it is none."""
    if not is_basic(authorization):
        return "", ""
    try:
        decoded = base64.b64decode(authorization[len(_BASIC) :].strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    name, _, password = decoded.partition(":")
    return name, password
