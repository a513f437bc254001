"""Owns the names of the ways an answer can be odd; must not make the answers."""

from enum import StrEnum


class Oddity(StrEnum):
    """Something that is not Workday speaking, or Workday speaking badly.

    Those of `AFTER_WORK` let the request be decided, and counted, before its answer is spoilt.
    """

    HTML_PAGE = "HTML page"
    REDIRECT = "redirect"
    DTD = "DTD"
    ENTITY_BOMB = "entity bomb"
    TEN_MEGABYTES = "10 MB body"
    GZIP_BOMB = "gzip bomb"
    CONNECTION_CUT = "connection cut"
    INVALID_JSON = "invalid JSON"
    INVALID_XML = "invalid XML"
    EMPTY_BODY = "empty body"
    SERVER_ERROR = "500 without a fault"
    BAD_GATEWAY = "502"
    SERVICE_UNAVAILABLE = "503"
    GATEWAY_TIMEOUT = "504"
    UNKNOWN_FAULT = "unknown fault text"
    BARE_FAULT = "fault without a reason"
    OVERLOADED = "500 when overloaded"
    FOREIGN_FAULT = "fault of a gateway"
    PROXY_PAGE = "403 page of a proxy"
    PROXY_SIGN_IN = "407 page of a proxy"
    FORBIDDEN = "403 without a page"
    TOO_SLOW = "408"
    HANG = "no answer at all"
    TRUNCATED = "truncated answer"
    SLOW_DRIP = "slow drip"
    CONNECTION_CUT_AFTER_WORK = "connection cut after the work"
    LOCALISED_FAULT = "localised fault text"
    SOAP_12 = "SOAP 1.2"
    RELABELLED = "rewritten by a gateway"
    GZIPPED = "compressed unasked"


AFTER_WORK = frozenset(
    {
        *(Oddity.TRUNCATED, Oddity.SLOW_DRIP, Oddity.CONNECTION_CUT_AFTER_WORK),
        *(Oddity.LOCALISED_FAULT, Oddity.SOAP_12, Oddity.RELABELLED, Oddity.GZIPPED),
    }
)
