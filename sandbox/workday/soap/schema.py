"""Owns the part of Workday's schema that a request is held against; must not ask who is calling."""

from types import MappingProxyType

from sandbox.workday.security import Right
from sandbox.workday.soap.faults import Fault, FaultError, element_not_found, invalid, missing_element
from sandbox.workday.soap.operations import Operation
from sandbox.workday.soap.xml import WD, Element, children, split, wd
from sandbox.workday.tenant import Switches

REQUEST = ("Request_References", "Request_Criteria", "Response_Filter", "Response_Group")
RESPONSE_FILTER = ("As_Of_Effective_Date", "As_Of_Entry_DateTime", "Page", "Count")

WORKER_RESPONSE_GROUP = (
    "Include_Reference",
    "Include_Personal_Information",
    "Include_Additional_Jobs",
    "Include_Employment_Information",
    "Include_Compensation",
    "Include_Organizations",
    "Exclude_Organization_Support_Role_Data",
    "Exclude_Location_Hierarchies",
    "Exclude_Cost_Centers",
    "Exclude_Cost_Center_Hierarchies",
    "Exclude_Companies",
    "Exclude_Company_Hierarchies",
    "Exclude_Matrix_Organizations",
    "Exclude_Pay_Groups",
    "Exclude_Regions",
    "Exclude_Region_Hierarchies",
    "Exclude_Supervisory_Organizations",
    "Exclude_Teams",
    "Exclude_Custom_Organizations",
    "Include_Roles",
    "Include_Management_Chain_Data",
    "Include_Multiple_Managers_in_Management_Chain_Data",
    "Include_Benefit_Enrollments",
    "Include_Benefit_Eligibility",
    "Include_Related_Persons",
    "Include_Qualifications",
    "Include_Employee_Review",
    "Include_Goals",
    "Include_Development_Items",
    "Include_Skills",
    "Include_Photo",
    "Include_Worker_Documents",
    "Include_Transaction_Log_Data",
    "Include_Subevents_for_Corrected_Transaction",
    "Include_Subevents_for_Rescinded_Transaction",
    "Include_Succession_Profile",
    "Include_Talent_Assessment",
    "Include_Employee_Contract_Data",
    "Include_Collective_Agreement_Data",
    "Include_Probation_Period_Data",
    "Include_Extended_Employee_Contract_Details",
    "Include_Feedback_Received",
    "Include_User_Account",
    "Include_Career",
    "Include_Account_Provisioning",
    "Include_Background_Check_Data",
    "Include_Contingent_Worker_Tax_Authority_Form_Information",
    "Exclude_Funds",
    "Exclude_Fund_Hierarchies",
    "Exclude_Grants",
    "Exclude_Grant_Hierarchies",
    "Exclude_Business_Units",
    "Exclude_Business_Unit_Hierarchies",
    "Exclude_Programs",
    "Exclude_Program_Hierarchies",
    "Exclude_Gifts",
    "Exclude_Gift_Hierarchies",
)

_BOOLEANS = MappingProxyType({"1": True, "true": True, "0": False, "false": False})


def validate(request: Element, operation: Operation, switches: Switches) -> None:
    """Raise the validation fault this request deserves, if any; writes are held to the namespace and their wrapper."""
    _attributes(request, switches)
    if operation.right is Right.PUT or operation.request == "Worker_Event_History_Get":
        _namespace(request, switches)
        if operation.wrapper is not None and request.find(wd(operation.wrapper)) is None:
            inside = operation.request.replace("_", " ")
            raise FaultError(missing_element(operation.wrapper, inside, switches=switches))
        return
    allowed = () if operation.request == "Server_Timestamp_Get" else REQUEST
    _sequence(request, allowed, switches)
    filter_ = request.find(wd("Response_Filter"))
    if filter_ is not None:
        _sequence(filter_, RESPONSE_FILTER, switches)
        _bounds(filter_, switches)
    group = request.find(wd("Response_Group"))
    if group is not None:
        _response_group(group, operation, switches)
    for part in ("Request_References", "Request_Criteria"):
        element = request.find(wd(part))
        if element is not None:
            _namespace(element, switches)
    _required(request, operation, switches)


def flag(element: Element) -> bool:
    """Read an xsd:boolean that was validated before."""
    return _BOOLEANS[(element.text or "").strip()]


def number(filter_: Element | None, name: str, default: int) -> int:
    """Read Page or Count, validated before."""
    text = filter_.findtext(wd(name)) if filter_ is not None else None
    return int(text) if text is not None else default


def _attributes(request: Element, switches: Switches) -> None:
    for name in map(str, request.attrib):
        if not name.startswith(f"{{{WD}}}"):
            message = f"Validation error occurred. Attribute not found={name}"
            raise FaultError(invalid(message, xpath=_xpath(request), switches=switches))


def _sequence(parent: Element, allowed: tuple[str, ...], switches: Switches) -> None:
    """Hold the children against an ordered sequence in which each may come once."""
    position = 0
    for child in children(parent):
        namespace, name = split(child)
        if namespace != WD or name not in allowed[position:]:
            raise FaultError(_not_found(child, switches))
        position = allowed.index(name) + 1


def _response_group(group: Element, operation: Operation, switches: Switches) -> None:
    if operation.noun == "Worker":
        _sequence(group, WORKER_RESPONSE_GROUP, switches)
    for child in children(group):
        namespace, name = split(child)
        if namespace != WD or not name.startswith(("Include_", "Exclude_")):
            raise FaultError(_not_found(child, switches))
        if (child.text or "").strip() not in _BOOLEANS:
            message = f"Validation error occurred. Invalid value for element '{name}', expected a boolean"
            raise FaultError(invalid(message, xpath=_xpath(child), switches=switches))


def _bounds(filter_: Element, switches: Switches) -> None:
    for name, most in (("Page", None), ("Count", 999)):
        text = filter_.findtext(wd(name))
        if text is None:
            continue
        value = int(text) if text.strip().isdecimal() else -1
        if name == "Page" and value == 0:
            raise FaultError(invalid("Validation error occurred. Page Number cannot be zero.", switches=switches))
        if value < 1 or (most is not None and value > most):
            message = f"Validation error occurred. Invalid value '{text}' for element '{name}'"
            raise FaultError(invalid(message, switches=switches))


def _required(request: Element, operation: Operation, switches: Switches) -> None:
    name = operation.required_criterion
    if name is not None and not request.findtext(f"{wd('Request_Criteria')}/{wd(name)}"):
        fault = missing_element(name, "Get References Request Criteria", switches=switches)
        raise FaultError(fault)


def _namespace(parent: Element, switches: Switches) -> None:
    for element in parent.iter("*"):
        if split(element)[0] != WD:
            raise FaultError(_not_found(element, switches))


def _not_found(element: Element, switches: Switches) -> Fault:
    namespace, name = split(element)
    return element_not_found(namespace, name, xpath=_xpath(element), switches=switches)


def _xpath(element: Element) -> str:
    steps = [element, *element.iterancestors()]
    names = [split(step)[1] for step in reversed(steps)]
    return "/" + "/".join(f"wd:{name}[1]" for name in names if name not in {"Envelope", "Body"})
