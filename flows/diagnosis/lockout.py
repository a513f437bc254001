"""Which answers to a password may have been a refusal, for the count that keeps a user from being locked.

It counts nothing and asks nothing. Whatever is not known for certain may have been a refusal.
"""

from __future__ import annotations

from typing import Final

from flows.diagnosis.answer_rules import diagnose
from flows.diagnosis.observations import Layer, Observation, Report, Transport
from flows.diagnosis.reasons import Login

_SIGNED: Final = frozenset({Layer.LOGIN, Layer.PERMISSION})
NOT_SENT: Final = frozenset(
    {Transport.DNS, Transport.ADDRESS_REFUSED, Transport.CONNECT, Transport.TLS, Transport.UNSENDABLE}
)
"""Failures before a password could have reached Workday."""
_OTHER_FAULTS: Final = frozenset({"login-other-fault", "soap-other-fault"})
_AFTER_SIGN_ON: Final = "processingError"


def may_be_bad(seen: Observation) -> bool:
    """Tell whether a request may have been a bad login."""
    if seen.layer not in _SIGNED:
        return False
    if seen.transport:
        return seen.transport not in NOT_SENT
    found = diagnose(seen)
    if seen.layer is Layer.PERMISSION and found.rule_id in _OTHER_FAULTS:
        # Asked only after the same password was accepted, and a refusal is known by its code whatever its words.
        return False
    if found.rule_id in _OTHER_FAULTS:
        # Others on the way speak SOAP too, but not with Workday's code for what fails after the sign-on.
        return seen.fault_code.rpartition(".")[2] != _AFTER_SIGN_ON
    return found.reason.traits.login in {Login.REFUSED, Login.UNKNOWN}


def is_harmless(report: Report) -> bool:
    """Tell whether none of the requests of a check can have been a bad login."""
    return not any(map(may_be_bad, report.observations))
