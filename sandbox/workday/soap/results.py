"""Owns what a permitted SOAP operation returns; must not decide whether it is permitted."""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from sandbox.workday.security import Sight
from sandbox.workday.soap.faults import Fault, FaultError, invalid_id, missing_element
from sandbox.workday.soap.operations import Operation
from sandbox.workday.soap.schema import flag, number
from sandbox.workday.soap.worker_sections import DEFAULT_FLAGS, SECTIONS
from sandbox.workday.soap.xml import Element, add, add_reference, children, response, serialise, split, wd
from sandbox.workday.tenant import Tenant, Worker, workday_id

T = TypeVar("T")

_TRUE = frozenset({"1", "true"})

# Reading a candidate takes either policy; each shows its own part.
CANDIDATE_PARTS = (
    ("Name_Data", "Candidate Data: Personal Information"),
    ("Job_Application_Data", "Candidate Data: Job Application"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permitted:
    """A request that may go on: what it asks, in which tenant, and what the caller sees."""

    tenant: Tenant
    operation: Operation
    request: Element
    version: str
    sight: Sight
    sees: Callable[[tuple[str, ...]], Sight | None]


def result(permitted: Permitted) -> tuple[bytes, bool]:
    """Return the body, and whether it holds any data."""
    envelope, root = response(permitted.operation.response, permitted.version)
    if permitted.operation.request == "Server_Timestamp_Get":
        moment = datetime.fromtimestamp(permitted.tenant.clock(), UTC).isoformat(timespec="milliseconds")
        add(root, "Server_Timestamp_Data", moment)
        return serialise(envelope), True
    filled = _workers(permitted, root) if permitted.operation.noun == "Worker" else _plain(permitted, root)
    return serialise(envelope), filled


def is_risky(tenant: Tenant, request: Element) -> bool:
    """Tell whether a write could change something in some tenant: it names something that exists, or nothing."""
    ids = list(request.iter(wd("ID")))
    return not ids or any(_worker_by_id(tenant, element) is not None for element in ids)


def written(permitted: Permitted) -> bytes:
    """Return the answer to a write whose references exist; raise Invalid ID for the first that does not."""
    tenant, switches = permitted.tenant, permitted.tenant.switches
    ids = list(permitted.request.iter(wd("ID")))
    if not ids:
        inside = permitted.operation.request.removesuffix("_Request").replace("_", " ")
        raise FaultError(missing_element("Reference", inside, switches=switches))
    for element in ids:
        _lookup(tenant, element)
    tenant.writes.append(permitted.operation.request)
    envelope, root = response(permitted.operation.response, permitted.version)
    add_reference(root, "Reference", ("WID", (ids[0].text or "").strip()))
    return serialise(envelope)


def _workers(permitted: Permitted, root: Element) -> bool:
    request = permitted.request
    group = request.find(wd("Response_Group"))
    flags = DEFAULT_FLAGS if group is None else {split(one)[1] for one in children(group) if flag(one)}
    workers = [worker for worker in _wanted(permitted) if permitted.sight.covers(worker.organization)]
    references = request.find(wd("Request_References"))
    if references is not None:
        root.append(copy.deepcopy(references))
    if group is not None:
        echo = add(root, "Response_Group")
        for one in children(group):
            add(echo, split(one)[1], "1" if flag(one) else "0")
    page = _page(request, root, workers)
    if group is not None and not children(group):
        return bool(page)
    if page:
        data = add(root, "Response_Data")
        for worker in page:
            _worker(permitted, data, worker, flags)
    return bool(page)


def _worker(permitted: Permitted, data: Element, worker: Worker, flags: set[str] | frozenset[str]) -> None:
    element = add(data, "Worker")
    if "Include_Reference" in flags:
        add_reference(element, "Worker_Reference", ("WID", worker.wid), ("Employee_ID", worker.employee_id))
    add(element, "Worker_Descriptor", worker.descriptor)
    if flags == {"Include_Reference"}:
        return
    worker_data = add(element, "Worker_Data")
    add(worker_data, "Worker_ID", worker.employee_id)
    for section in SECTIONS:
        if section.flag not in flags:
            continue
        if section.policies:
            sight = permitted.sees(section.policies)
            if sight is None or not sight.covers(worker.organization):
                continue
        parent = worker_data
        for name in section.path:
            found = parent.find(wd(name))
            parent = add(parent, name) if found is None else found
        section.fill(parent, worker)


def _wanted(permitted: Permitted) -> list[Worker]:
    tenant, request = permitted.tenant, permitted.request
    if "Get_Workers_Request" in tenant.empty or _zero_window(request):
        return []
    references = request.find(wd("Request_References"))
    if references is None:
        return tenant.workers
    forgiving = references.get(wd("Skip_Non_Existing_Instances")) in _TRUE
    found = []
    for reference in references.iter(wd("Worker_Reference")):
        for element in reference.iter(wd("ID")):
            worker = _worker_by_id(tenant, element)
            if worker is not None:
                found.append(worker)
                break
            if not forgiving:
                raise FaultError(_no_such_id(tenant, element))
    return found


def _zero_window(request: Element) -> bool:
    """Return whether the request asks for changes in a window of no length, as connection tests do."""
    ends = [
        (data.findtext(wd("Updated_From")), data.findtext(wd("Updated_Through")))
        for data in request.iter(wd("Transaction_Date_Range_Data"))
    ]
    return any(start is not None and start == end for start, end in ends)


def _plain(permitted: Permitted, root: Element) -> bool:
    """Answer any other read: three invented instances with a reference each."""
    tenant, operation = permitted.tenant, permitted.operation
    instances = [] if operation.request in tenant.empty else [f"{operation.noun}_{n}" for n in (1, 2, 3)]
    if operation.noun in {"Workday_Account", "Integration_System_User"} and instances:
        instances = sorted(tenant.accounts.by_name)
    if operation.request == "Worker_Event_History_Get":
        add(root, operation.noun)
        return True
    page = _page(permitted.request, root, instances)
    if not page:
        return False
    data = add(root, "Response_Data")
    for name in page:
        element = add(data, operation.noun)
        wid = workday_id(tenant.name, operation.noun, name)
        add_reference(element, f"{operation.noun}_Reference", ("WID", wid), (f"{operation.noun}_ID", name))
        if operation.noun == "Candidate":
            inside = add(element, "Candidate_Data")
            for part, policy in CANDIDATE_PARTS:
                if permitted.sees((policy,)) is not None:
                    add(inside, part)
        if operation.noun in {"Workday_Account", "Integration_System_User"}:
            _account(tenant, element, name)
    return True


def _account(tenant: Tenant, parent: Element, name: str) -> None:
    """Return of an account what the API can tell: neither password expiry nor exemption nor lock."""
    account = tenant.accounts.by_name[name]
    noun = split(parent)[1]
    data = add(parent, f"{noun}_Data")
    add(data, "User_Name", account.name)
    add(data, "Account_Disabled", str(int(account.disabled)))
    add(data, "Require_New_Password_at_Next_Sign_In", str(int(account.require_new_password)))
    add(data, "Session_Timeout_Minutes", str(account.session_timeout))
    if account.expires_at is not None:
        add(data, "Account_Expiration_Date", datetime.fromtimestamp(account.expires_at, UTC).isoformat())
    if noun == "Integration_System_User":
        add(data, "Do_Not_Allow_UI_Sessions", str(int(account.ui_sessions_blocked)))


def _page(request: Element, root: Element, instances: list[T]) -> list[T]:
    """Write Response_Results and return the instances of the page that was asked for."""
    filter_ = request.find(wd("Response_Filter"))
    count, page = number(filter_, "Count", 100), number(filter_, "Page", 1)
    shown = instances[(page - 1) * count : page * count]
    results = add(root, "Response_Results")
    add(results, "Total_Results", str(len(instances)))
    add(results, "Total_Pages", str(math.ceil(len(instances) / count)))
    add(results, "Page_Results", str(len(shown)))
    add(results, "Page", str(page))
    return shown


def _worker_by_id(tenant: Tenant, element: Element) -> Worker | None:
    value = (element.text or "").strip()
    return next((one for one in tenant.workers if value in {one.wid, one.employee_id}), None)


def _lookup(tenant: Tenant, element: Element) -> None:
    if _worker_by_id(tenant, element) is None:
        raise FaultError(_no_such_id(tenant, element))


def _no_such_id(tenant: Tenant, element: Element) -> Fault:
    return invalid_id((element.text or "").strip(), element.get(wd("type"), "WID"), switches=tenant.switches)
