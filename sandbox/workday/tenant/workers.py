"""Owns the invented workers every sandbox tenant starts with; nobody here exists."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """An employee; `wid` is Workday's own 32-digit id."""

    wid: str
    employee_id: str
    first_name: str
    last_name: str
    organization: str
    title: str

    @property
    def descriptor(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def work_email(self) -> str:
        return f"{self.first_name}.{self.last_name}@example.com".lower()


def workday_id(*parts: str) -> str:
    """Return a WID: 32 hex digits, the same for the same parts, another in another tenant."""
    return hashlib.blake2b("/".join(parts).encode(), digest_size=16).hexdigest()


_STAFF = (
    ("21001", "Logan", "Vale", "Engineering", "Engineer"),
    ("21002", "Maja", "Stern", "Engineering", "Staff Engineer"),
    ("21003", "Oskar", "Lund", "People", "HR Partner"),
    ("21004", "Tess", "Amano", "Sales", "Account Executive"),
    ("21005", "Ravi", "Penn", "Sales", "Sales Director"),
)


def staff(tenant: str) -> list[Worker]:
    """Return the workers of a new tenant."""
    return [
        Worker(
            wid=workday_id(tenant, "worker", number),
            employee_id=number,
            first_name=first,
            last_name=last,
            organization=organization,
            title=title,
        )
        for number, first, last, organization, title in _STAFF
    ]
