"""Two customers who claim the same user of Workday: the owner, and one who does not know the password."""

from __future__ import annotations

from flows.link.state import Link
from sandbox.workday import Tenant
from tests.support.backdrop import ISU
from tests.support.stage import Stage


async def to_somebody_elses_user(stage: Stage) -> Tenant:
    """Link Acme, then walk Globex up to entering the very user and address of Acme."""
    tenant = await stage.to_linked()
    await stage.quiet()
    stage.ada, stage.channel = stage.eve, "ext-globex-wintro"
    await stage.to_isu(admin="@eve", Customer="Globex")
    await stage.enter("Wrong-1-password")
    await stage.quiet()
    return tenant


def of(stage: Stage, customer: str) -> Link:
    return next(link for link in stage.links() if link.customer == customer)


async def owner_looks(stage: Stage, tenant: Tenant) -> bool:
    """Press "Check now" as Acme's admin; tell whether Workday was asked and let the user in."""
    before = tenant.logins(ISU).good
    await stage.said()[0].press("Check now", by=stage.slack.person("ada"))
    await stage.quiet()
    acme = of(stage, "Acme")
    return tenant.logins(ISU).good > before and acme.cooling_until is None and acme.open_issue is None
