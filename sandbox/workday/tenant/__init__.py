"""One tenant: the tasks an admin runs in it, its workers, and its decisions on access."""

from sandbox.workday.tenant.reports import Report
from sandbox.workday.tenant.switches import InvalidTokenBody, MaintenanceAnswer, Switches, UnknownTenantSoap
from sandbox.workday.tenant.tenant import Tenant, Version
from sandbox.workday.tenant.workers import Worker, workday_id

__all__ = [
    "InvalidTokenBody",
    "MaintenanceAnswer",
    "Report",
    "Switches",
    "Tenant",
    "UnknownTenantSoap",
    "Version",
    "Worker",
    "workday_id",
]
