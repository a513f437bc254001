"""Response classification: what a single observation means, as a table of rules; it concludes nothing over a check."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from flows.diagnosis.observations import Content, Layer, Observation, Transport
from flows.diagnosis.reasons import Reason
from flows.diagnosis.rule import Kind, Rule, code_of
from flows.talk.localised_faults import name_or_password_at, task_denied_at

_REACH = frozenset({Layer.REACH})
_LOGIN = frozenset({Layer.LOGIN})
_PERMISSION = frozenset({Layer.PERMISSION})
_SIGNED_IN = _LOGIN | _PERMISSION
_SOAP = _REACH | _SIGNED_IN
_TOKEN = frozenset({Layer.TOKEN})
_REST = frozenset({Layer.REST})
_WITH_DATA = _PERMISSION | _REST
_R, _T = Reason, Transport

_GOOD: Final = (200, 299)
_BROKEN: Final = (500, 599)
_OVERLOADS: Final = {
    "overload-throttled": "throttl",
    "overload-rate": "rate limit",
    "overload-busy": "server busy",
    "overload-unavailable": "system unavailable",
    "overload-concurrent": "too many concurrent",
    "overload-requests": "too many requests",
}

_OF_ASSERTIONS: Final = (
    ("jwt-signature", "signature", _R.JWT_WRONG_KEY),
    ("jwt-key-expired", "certificate", _R.JWT_KEY_EXPIRED),
    ("jwt-no-key", "public key", _R.JWT_NO_KEY),
    ("jwt-time", "not yet valid", _R.JWT_CLOCK),
    # An account expires, too; while clocks agree, an assertion of a few minutes does not.
    ("jwt-user", "user", _R.JWT_WRONG_USER),
    ("jwt-account", "account", _R.JWT_WRONG_USER),
    ("jwt-expired", "expired", _R.JWT_CLOCK),
)

# First match wins: what stopped the request, then what the layer itself said, then the shape of the answer.
RULES: Final[tuple[Rule, ...]] = (
    # An address that has answered before is right; the way to it is not there.
    Rule(id="unreached", transport=frozenset({_T.DNS, _T.ADDRESS_REFUSED}), proved=True, reason=_R.UNREACHED),
    Rule(id="dns", transport=frozenset({_T.DNS}), reason=_R.HOST_NOT_FOUND),
    Rule(id="address-refused", transport=frozenset({_T.ADDRESS_REFUSED}), reason=_R.ADDRESS_REFUSED),
    Rule(id="tls", transport=frozenset({_T.TLS}), reason=_R.TLS_FAILED),
    # The rest of Workday may well be there.
    Rule(
        id="token-silence",
        layers=_TOKEN,
        transport=frozenset({_T.CONNECT, _T.TIMEOUT, _T.CUT}),
        reason=_R.TOKEN_AWAY,
    ),
    Rule(id="silence", transport=frozenset({_T.CONNECT, _T.TIMEOUT, _T.CUT}), reason=_R.NOT_ANSWERING),
    Rule(id="unreadable-transfer", transport=frozenset({_T.TOO_LARGE, _T.ENCODING}), reason=_R.UNREADABLE),
    Rule(id="proxy-refused", transport=frozenset({_T.PROXY}), reason=_R.PROXY_IN_BETWEEN),
    Rule(id="unsendable", transport=frozenset({_T.UNSENDABLE}), reason=_R.UNSENDABLE),
    Rule(id="held-back", transport=frozenset({_T.HELD_BACK}), reason=_R.HELD_BACK),
    Rule(id="throttled", status=(429, 429), reason=_R.THROTTLED),
    # Whoever waited for our request has not seen the whole of it.
    Rule(id="token-too-slow", layers=_TOKEN, status=(408, 408), reason=_R.TOKEN_AWAY),
    Rule(id="too-slow", status=(408, 408), reason=_R.NOT_ANSWERING),
    # So Workday answers for a tenant that it does not have.
    Rule(id="invalid-url-redirect", status=(300, 399), text="invalid-url", reason=_R.UNKNOWN_TENANT_OR_HOST),
    Rule(id="maintenance-redirect", status=(300, 399), text="maintenance", reason=_R.MAINTENANCE),
    Rule(id="outage-redirect", status=(300, 399), text="outage", reason=_R.MAINTENANCE),
    # An address that has answered before is right, whatever stands in for it now.
    Rule(id="redirect-in-between", status=(300, 399), proved=True, reason=_R.WEB_PAGE),
    Rule(id="redirect", status=(300, 399), reason=_R.REDIRECTED),
    Rule(
        id="maintenance-page",
        content=Content.HTML,
        text="workday is currently unavailable",
        reason=_R.MAINTENANCE,
    ),
    Rule(
        id="maintenance-script",
        content=Content.HTML,
        text="workday.com/maintenance-page",
        reason=_R.MAINTENANCE,
    ),
    # Workday answers overload with HTTP 500, over SOAP too; its exact words are not known.
    *(Rule(id=name, status=_BROKEN, text=text, reason=_R.OVERLOADED) for name, text in _OVERLOADS.items()),
    Rule(id="proxy-sign-in", status=(407, 407), reason=_R.PROXY_IN_BETWEEN),
    Rule(id="proxy-page", status=(403, 403), content=Content.HTML, reason=_R.PROXY_IN_BETWEEN),
    # A gateway's error page says no more than its status, which the layers read below.
    Rule(id="html-in-between", status=(100, 499), content=Content.HTML, proved=True, reason=_R.WEB_PAGE),
    Rule(id="html", status=(100, 499), content=Content.HTML, reason=_R.HTML_INSTEAD),
    # SOAP. A version fault can come without credentials, so it proves nothing about them.
    Rule(id="soap-version", layers=_SOAP, text="invalid request service version", reason=_R.BAD_VERSION),
    Rule(
        id="soap-service",
        layers=_SOAP,
        text="web service or version is invalid for the requested operation",
        reason=_R.WRONG_SERVICE,
    ),
    Rule(id="reach-ok", layers=_REACH, status=_GOOD, content=Content.XML, intact=True, reason=_R.OK),
    # A request for a WSDL names nothing but service and version, so only they can be invalid in it.
    Rule(id="reach-validation", layers=_REACH, code="validationError", reason=_R.BAD_VERSION),
    Rule(id="reach-gateway", layers=_REACH, status=(502, 502), reason=_R.NOT_ANSWERING),
    Rule(id="reach-gateway-timeout", layers=_REACH, status=(504, 504), reason=_R.NOT_ANSWERING),
    Rule(id="reach-outage", layers=_REACH, status=_BROKEN, proved=True, reason=_R.NOT_ANSWERING),
    # What a wrong server, a tenant that is not there and a service window all look like.
    Rule(id="reach-broken", layers=_REACH, status=_BROKEN, reason=_R.ADDRESS_OR_OUTAGE),
    # A WSDL is there for everybody, so who refuses it is no Workday that knows better.
    Rule(id="reach-refused", layers=_REACH, status=(403, 403), reason=_R.PROXY_IN_BETWEEN),
    Rule(id="reach-unknown", layers=_REACH, status=(400, 499), reason=_R.UNKNOWN_TENANT_OR_HOST),
    # The same words as for a password, of a token that Workday has given out just before.
    Rule(id="soap-bearer", layers=_SIGNED_IN, code="authenticationError", bearer=True, reason=_R.BEARER_REFUSED),
    Rule(
        id="soap-bearer-text",
        layers=_SIGNED_IN,
        text="invalid username or password",
        bearer=True,
        reason=_R.BEARER_REFUSED,
    ),
    Rule(
        id="soap-bearer-localised", layers=_SIGNED_IN, said=name_or_password_at, bearer=True, reason=_R.BEARER_REFUSED
    ),
    Rule(
        id="soap-bearer-security",
        layers=_SIGNED_IN,
        code="FailedAuthentication",
        bearer=True,
        reason=_R.BEARER_REFUSED,
    ),
    Rule(id="soap-bearer-401", layers=_SIGNED_IN, status=(401, 401), bearer=True, reason=_R.BEARER_REFUSED),
    Rule(id="soap-authentication", layers=_SIGNED_IN, code="authenticationError", reason=_R.INVALID_CREDENTIALS),
    Rule(
        id="soap-authentication-text",
        layers=_SIGNED_IN,
        text="invalid username or password",
        reason=_R.INVALID_CREDENTIALS,
    ),
    Rule(
        id="soap-authentication-localised",
        layers=_SIGNED_IN,
        said=name_or_password_at,
        reason=_R.INVALID_CREDENTIALS,
    ),
    # What WS-Security itself calls it, without a word of Workday's own.
    Rule(id="soap-security", layers=_SIGNED_IN, code="FailedAuthentication", reason=_R.INVALID_CREDENTIALS),
    Rule(id="soap-401", layers=_SIGNED_IN, status=(401, 401), reason=_R.INVALID_CREDENTIALS),
    # The permission comes before the references: a write to nothing that gets this far may write.
    Rule(
        id="write-allowed",
        layers=_PERMISSION,
        code="validationError",
        text="is not a valid id value",
        write=True,
        reason=_R.OK,
    ),
    # Accounts of the order of schema and sign-on differ, so a request of ours that is rejected proves nothing.
    Rule(id="soap-validation", layers=_SIGNED_IN, code="validationError", reason=_R.OUR_REQUEST_REFUSED),
    Rule(id="soap-gateway", layers=_SIGNED_IN, status=(502, 504), reason=_R.NOT_ANSWERING),
    # What every server of SOAP calls a request that it cannot take apart.
    *(
        Rule(id=f"soap-{code.lower()}", layers=_SIGNED_IN, code=code, reason=_R.OUR_REQUEST_REFUSED)
        for code in ("VersionMismatch", "MustUnderstand", "DataEncodingUnknown")
    ),
    # Workday weighs what a user may only once it has let the user in.
    Rule(
        id="login-denied",
        layers=_LOGIN,
        content=Content.XML,
        text="task submitted is not authorized",
        reason=_R.OK,
    ),
    # With this code Workday fails after the sign-on, and so answers it with yes; others on the way speak SOAP too.
    Rule(id="login-other-fault", layers=_LOGIN, content=Content.XML, code="processingError", reason=_R.OK),
    Rule(id="login-ok", layers=_LOGIN, status=_GOOD, content=Content.XML, intact=True, reason=_R.OK),
    # Only this exact phrase denies; a bare "Processing error occurred" or "not authorized" proves nothing.
    Rule(
        id="soap-denied",
        layers=_PERMISSION,
        text="task submitted is not authorized",
        reason=_R.NOT_AUTHORIZED,
    ),
    # What tenants in other languages are expected to say; the code alone would also fit other failures.
    Rule(
        id="soap-denied-localised",
        layers=_PERMISSION,
        code="processingError",
        said=task_denied_at,
        reason=_R.NOT_AUTHORIZED,
    ),
    Rule(id="soap-other-fault", layers=_PERMISSION, content=Content.XML, faulty=True, reason=_R.UNKNOWN),
    # A write to nothing must fail; one that does not is for us to look at, and no sign of a permission.
    Rule(
        id="write-taken",
        layers=_PERMISSION,
        status=_GOOD,
        content=Content.XML,
        intact=True,
        write=True,
        reason=_R.UNKNOWN,
    ),
    # It has answered, and blames the request: to ask again later is no use.
    *(
        Rule(id=f"login-blames-{code.lower()}", layers=_LOGIN, content=Content.XML, code=code, reason=_R.UNKNOWN)
        for code in ("Client", "Sender", "InvalidSecurity", "InvalidSecurityToken", "SecurityError")
    ),
    Rule(id="soap-unavailable", layers=_SIGNED_IN, status=(500, 599), reason=_R.NOT_ANSWERING),
    # Workday refuses with a fault; who does it without one stands in between.
    Rule(id="soap-refused", layers=_SIGNED_IN, status=(403, 403), reason=_R.PROXY_IN_BETWEEN),
    # OAuth: what a tenant says beside the code, where it says anything; its exact words are not known.
    Rule(id="token-off", layers=_TOKEN, text="not enabled", reason=_R.OAUTH_SWITCHED_OFF),
    Rule(id="token-disabled", layers=_TOKEN, error="invalid_client", text="disabled", reason=_R.OAUTH_CLIENT_DISABLED),
    Rule(id="token-locked", layers=_TOKEN, error="invalid_client", text="locked", reason=_R.OAUTH_CLIENT_LOCKED),
    *(
        Rule(id=name, layers=_TOKEN, error="invalid_grant", text=text, asserted=True, reason=reason)
        for name, text, reason in _OF_ASSERTIONS
    ),
    Rule(id="jwt-clock", layers=_TOKEN, error="invalid_grant", asserted=True, skewed=True, reason=_R.JWT_CLOCK),
    Rule(id="jwt-refused", layers=_TOKEN, error="invalid_grant", asserted=True, reason=_R.JWT_REFUSED),
    Rule(id="jwt-client", layers=_TOKEN, error="invalid_client", asserted=True, reason=_R.JWT_UNKNOWN_CLIENT),
    Rule(id="jwt-401", layers=_TOKEN, status=(401, 401), asserted=True, reason=_R.JWT_UNKNOWN_CLIENT),
    Rule(id="jwt-kind", layers=_TOKEN, error="unauthorized_client", asserted=True, reason=_R.JWT_GRANT_NOT_ALLOWED),
    Rule(
        id="jwt-grant-type",
        layers=_TOKEN,
        error="unsupported_grant_type",
        asserted=True,
        reason=_R.JWT_GRANT_NOT_ALLOWED,
    ),
    Rule(id="token-client", layers=_TOKEN, error="invalid_client", reason=_R.OAUTH_INVALID_CLIENT),
    Rule(id="token-grant", layers=_TOKEN, error="invalid_grant", reason=_R.OAUTH_INVALID_GRANT),
    Rule(id="token-kind", layers=_TOKEN, error="unauthorized_client", reason=_R.OAUTH_WRONG_CLIENT_KIND),
    Rule(id="token-tenant", layers=_TOKEN, error="invalid_request", reason=_R.OAUTH_BAD_TENANT),
    Rule(id="token-grant-type", layers=_TOKEN, error="unsupported_grant_type", reason=_R.OUR_REQUEST_REFUSED),
    Rule(id="token-scope", layers=_TOKEN, error="invalid_scope", reason=_R.OUR_REQUEST_REFUSED),
    Rule(id="token-401", layers=_TOKEN, status=(401, 401), reason=_R.OAUTH_INVALID_CLIENT),
    Rule(id="token-ok", layers=_TOKEN, status=_GOOD, content=Content.JSON, intact=True, reason=_R.OK),
    # REST.
    Rule(id="rest-bearer", layers=_REST, status=(401, 401), bearer=True, reason=_R.BEARER_REFUSED),
    Rule(id="rest-token", layers=_REST, status=(401, 401), reason=_R.REST_INVALID_TOKEN),
    Rule(id="rest-old-token", layers=_REST, error="invalid_token", reason=_R.REST_INVALID_TOKEN),
    # The operation's security comes before what it names: a dry run that gets this far may write.
    Rule(
        id="rest-write-allowed",
        layers=_REST,
        status=(400, 400),
        text="permission-test-no-such-id",
        write=True,
        reason=_R.OK,
    ),
    Rule(id="rest-write-taken", layers=_REST, status=_GOOD, write=True, reason=_R.UNKNOWN),
    Rule(id="rest-forbidden", layers=_REST, status=(403, 403), reason=_R.REST_FORBIDDEN),
    Rule(id="rest-denied", layers=_REST, error="S22", reason=_R.REST_FORBIDDEN),
    Rule(id="rest-hidden", layers=_REST, error="S21", reason=_R.REST_FORBIDDEN),
    Rule(id="rest-not-found", layers=_REST, status=(404, 404), reason=_R.REST_NOT_FOUND),
    Rule(id="rest-refused", layers=_REST, status=(400, 400), reason=_R.OUR_REQUEST_REFUSED),
    Rule(id="token-unavailable", layers=_TOKEN, status=_BROKEN, reason=_R.TOKEN_AWAY),
    Rule(id="json-unavailable", layers=_REST, status=(500, 599), reason=_R.NOT_ANSWERING),
    # A good answer that holds nothing.
    Rule(id="empty", layers=_WITH_DATA, status=_GOOD, intact=True, gap=True, reason=_R.REACHABLE_BUT_EMPTY),
    Rule(id="permission-ok", layers=_PERMISSION, status=_GOOD, content=Content.XML, intact=True, reason=_R.OK),
    Rule(id="rest-ok", layers=_REST, status=_GOOD, content=Content.JSON, intact=True, reason=_R.OK),
    Rule(id="damaged-answer", status=_GOOD, proved=True, reason=_R.DAMAGED),
    Rule(id="reach-strange", layers=_REACH, status=_GOOD, reason=_R.ADDRESS_OR_OUTAGE),
)
UNMATCHED: Final = "unmatched"
_CODES: Final = frozenset(rule.code for rule in RULES)
_ERRORS: Final = frozenset(rule.error for rule in RULES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What an observation means, and the id of the rule that said so."""

    reason: Reason
    rule_id: str


def diagnose(seen: Observation) -> Diagnosis:
    """Return what one observation means: the first rule that matches, else unknown and ours to look at."""
    code, error = code_of(seen.fault_code), seen.error_code
    kind = Kind(
        layer=seen.layer,
        transport=seen.transport,
        status=seen.http_status or 0,
        # Others say nothing to any rule, and are not to be remembered.
        code=code if code in _CODES else "",
        error=error if error in _ERRORS else "",
        content=seen.content,
        has_text=bool(seen.fault_text),
    )
    for rule in _rules_for(kind):
        if rule.matches(seen):
            return Diagnosis(reason=rule.reason, rule_id=rule.id)
    return Diagnosis(reason=Reason.UNKNOWN, rule_id=UNMATCHED)


@lru_cache(maxsize=1024)
def _rules_for(kind: Kind) -> tuple[Rule, ...]:
    """Return the rules that an answer of this kind can come to, in their order."""
    return tuple(rule for rule in RULES if rule.is_for(kind))
