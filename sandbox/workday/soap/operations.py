"""Owns the SOAP operations: their elements, their services, the policies that guard them; runs none."""

from dataclasses import dataclass
from types import MappingProxyType

from sandbox.workday.security import Right

HUMAN_RESOURCES = "Human_Resources"
STAFFING = "Staffing"
RECRUITING = "Recruiting"
INTEGRATIONS = "Integrations"
ABSENCE_MANAGEMENT = "Absence_Management"
PAYROLL = "Payroll"

SERVICES = frozenset({HUMAN_RESOURCES, STAFFING, RECRUITING, INTEGRATIONS, ABSENCE_MANAGEMENT, PAYROLL})

_ACCOUNTS = ("Workday Accounts",)
_APPLICANTS = ("Manage Recruiting: Consider Applicants",)
_BUILD = ("Integration Build",)
_CANDIDATE = ("Candidate Data: Job Application", "Candidate Data: Personal Information")
_EVENT = ("Integration Event", "Integration Process", "Integration Debug")
_GROUP_ADMIN = ("User-Based Security Group Administration",)
_HOME = ("Person Data: Home Contact Information",)
_ID = ("Person Data: ID Information", "Worker: ID Information")
_JOB = ("Job Information", "Job Profile: View")
_PAY = ("Reports: Pay Calculation Results for Worker (Results)", "Worker Data: Payroll")
_PERSONAL_SETUP = ("Set Up: Contact Info, IDs, and Personal Data",)
_POSTINGS = ("Job Postings (External)", "Job Postings (Internal)")
_PROVISIONING = ("External Account Provisioning",)
_REPORTS = ("Worker Data: Public Worker Reports",)
_REQUISITIONS = ("Job Requisition Data", "Job Requisitions for Recruiting")
_TIME_OFF_SETUP = ("Set Up: Time Off",)
_TIME_OFF_BALANCES = ("Worker Data: Time Off (Time Off Balances)",)
_TIME_OFF = ("Worker Data: Time Off (Time Off)",)
_WORK = ("Person Data: Work Contact Information",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation: element names, where it lives, who may call it, what it returns."""

    request: str
    response: str
    noun: str
    services: frozenset[str]
    policies: tuple[str, ...]
    right: Right = Right.GET
    required_criterion: str | None = None
    wrapper: str | None = None


# What the schema wants around the references of a write (Recruiting v26.1); the others name them beside their data.
_WRAPPERS = MappingProxyType(
    {
        "Edit_Job_Requisition_Request": "Edit_Job_Requisition_Data",
        "Move_Candidate_Request": "Move_Candidate_Data",
    }
)


def _operation(request: str, noun: str, services: str, policies: tuple[str, ...], response: str = "") -> Operation:
    return Operation(
        request=request,
        response=response or request.removesuffix("_Request") + "_Response",
        noun=noun,
        services=frozenset(services.split()),
        policies=policies,
        right=Right.GET if request.startswith("Get_") or request.endswith("_Get") else Right.PUT,
        required_criterion="Reference_ID_Type" if request == "Get_References_Request" else None,
        wrapper=_WRAPPERS.get(request),
    )


_BOTH = f"{HUMAN_RESOURCES} {STAFFING}"

_ALL = (
    _operation("Server_Timestamp_Get", "Server_Timestamp_Data", f"{_BOTH} {RECRUITING}", (), "Server_Timestamp"),
    _operation("Get_Workers_Request", "Worker", _BOTH, _REPORTS),
    _operation("Get_Change_Work_Contact_Information_Request", "Work_Contact", _BOTH, _WORK),
    _operation("Get_Change_Home_Contact_Information_Request", "Home_Contact", _BOTH, _HOME),
    _operation("Get_Change_Government_IDs_Request", "Government_IDs", HUMAN_RESOURCES, _ID),
    _operation("Get_Worker_Photos_Request", "Worker_Photo", HUMAN_RESOURCES, ("Personal Photo",)),
    _operation("Get_Locations_Request", "Location", HUMAN_RESOURCES, ("Manage: Location",)),
    _operation("Get_Organizations_Request", "Organization", HUMAN_RESOURCES, ("Manage: Organization Integration",)),
    _operation("Get_Job_Profiles_Request", "Job_Profile", HUMAN_RESOURCES, _JOB),
    _operation("Get_Job_Families_Request", "Job_Family", HUMAN_RESOURCES, _JOB),
    _operation("Get_Job_Family_Groups_Request", "Job_Family_Group", HUMAN_RESOURCES, _JOB),
    _operation(
        "Worker_Event_History_Get",
        "Worker_Event_Data",
        HUMAN_RESOURCES,
        ("Historical Staffing Information",),
        "Worker_Event_History",
    ),
    _operation("Get_Ethnicities_Request", "Ethnicity", HUMAN_RESOURCES, _PERSONAL_SETUP),
    _operation("Get_Gender_Identities_Request", "Gender_Identity", HUMAN_RESOURCES, _PERSONAL_SETUP),
    _operation("Get_Disabilities_Request", "Disability", HUMAN_RESOURCES, _PERSONAL_SETUP),
    _operation("Get_Workday_Account_Request", "Workday_Account", HUMAN_RESOURCES, _ACCOUNTS),
    _operation("Get_Assign_User-Based_Security_Group_Request", "Assignment", HUMAN_RESOURCES, _GROUP_ADMIN),
    _operation("Get_Assign_User-Based_Security_Groups_Request", "Assignment", HUMAN_RESOURCES, _GROUP_ADMIN),
    _operation("Get_User-Based_Security_Group_Assignments_Request", "Assignment", HUMAN_RESOURCES, _GROUP_ADMIN),
    _operation(
        "Get_Provisioning_Groups_Request",
        "Provisioning_Group",
        HUMAN_RESOURCES,
        _PROVISIONING,
        "Provisioning_Groups_Response",
    ),
    _operation(
        "Get_Provisioning_Group_Assignments_Request",
        "Provisioning_Group_Assignment",
        HUMAN_RESOURCES,
        _PROVISIONING,
        "Provisioning_Group_Assignments_Response",
    ),
    _operation("Get_Holiday_Calendars_Request", "Holiday_Calendar", HUMAN_RESOURCES, _TIME_OFF_SETUP),
    _operation("Get_References_Request", "Reference_ID", INTEGRATIONS, _BUILD),
    _operation("Get_Integration_Systems_Request", "Integration_System", INTEGRATIONS, _BUILD),
    _operation(
        "Get_Integration_System_Users_Request",
        "Integration_System_User",
        INTEGRATIONS,
        ("Integration Security",),
    ),
    _operation("Get_Integration_Events_Request", "Integration_Event", INTEGRATIONS, _EVENT),
    _operation("Get_Time_Off_Plan_Balances_Request", "Time_Off_Plan_Balance", ABSENCE_MANAGEMENT, _TIME_OFF_BALANCES),
    _operation("Get_Absence_Inputs_Request", "Absence_Input", ABSENCE_MANAGEMENT, _TIME_OFF),
    _operation("Get_Override_Balances_Request", "Override_Balance", ABSENCE_MANAGEMENT, _TIME_OFF_BALANCES),
    _operation("Get_Payroll_Results_Request", "Payroll_Result", PAYROLL, _PAY),
    _operation("Get_Job_Requisitions_Request", "Job_Requisition", f"{RECRUITING} {STAFFING}", _REQUISITIONS),
    _operation("Get_Candidates_Request", "Candidate", RECRUITING, _CANDIDATE),
    _operation("Get_Applicants_Request", "Applicant", f"{RECRUITING} {STAFFING}", _APPLICANTS),
    _operation(
        "Get_Candidate_Attachments_Request",
        "Candidate_Attachment",
        RECRUITING,
        ("Candidate Data: Attachments", "Candidate Data: Other Information"),
    ),
    _operation(
        "Get_Evergreen_Requisitions_Request",
        "Evergreen_Requisition",
        RECRUITING,
        ("Manage: Evergreen Requisitions",),
    ),
    _operation("Get_Job_Postings_Request", "Job_Posting", RECRUITING, _POSTINGS),
    _operation("Get_Job_Posting_Sites_Request", "Job_Posting_Site", RECRUITING, _POSTINGS),
    _operation("Change_Work_Contact_Information_Request", "", _BOTH, _WORK),
    _operation("Change_Home_Contact_Information_Request", "", _BOTH, _HOME),
    _operation("Change_Government_IDs_Request", "", HUMAN_RESOURCES, _ID),
    _operation("Put_Worker_Photo_Request", "", HUMAN_RESOURCES, ("Personal Photo",)),
    _operation("Put_Location_Request", "", HUMAN_RESOURCES, ("Manage: Location",)),
    _operation("Organization_Add_Update", "", HUMAN_RESOURCES, ("Manage: Organization Integration",)),
    _operation("Put_Job_Profile_Request", "", HUMAN_RESOURCES, _JOB),
    _operation("Put_Job_Family_Request", "", HUMAN_RESOURCES, _JOB),
    _operation("Put_Job_Family_Group_Request", "", HUMAN_RESOURCES, _JOB),
    _operation("Put_Ethnicity_Request", "", HUMAN_RESOURCES, _PERSONAL_SETUP),
    _operation("Put_Holiday_Calendar_Request", "", HUMAN_RESOURCES, _TIME_OFF_SETUP),
    _operation("Update_Workday_Account_Request", "", HUMAN_RESOURCES, _ACCOUNTS),
    _operation("Workday_Account_for_Worker_Update", "", HUMAN_RESOURCES, _ACCOUNTS),
    _operation("Put_Assign_User-Based_Security_Group_Request", "", HUMAN_RESOURCES, _GROUP_ADMIN),
    _operation("Put_Provisioning_Group_Assignment_Request", "", HUMAN_RESOURCES, _PROVISIONING),
    _operation("Put_Reference_Request", "", INTEGRATIONS, _BUILD),
    _operation("Put_Integration_System_User_Request", "", INTEGRATIONS, ("Integration Security",)),
    _operation("Launch_Integration_Event_Request", "", INTEGRATIONS, _EVENT),
    _operation("Put_Absence_Input_Request", "", ABSENCE_MANAGEMENT, _TIME_OFF),
    _operation("Put_Override_Balance_Request", "", ABSENCE_MANAGEMENT, _TIME_OFF_BALANCES),
    _operation("Put_Candidate_Request", "", RECRUITING, _CANDIDATE),
    _operation(
        "Put_Candidate_Attachment_Request",
        "",
        RECRUITING,
        ("Candidate Data: Attachments", "Candidate Data: Other Information"),
    ),
    _operation("Move_Candidate_Request", "", RECRUITING, ("Move Candidate",)),
    _operation("Put_Applicant_Request", "", f"{RECRUITING} {STAFFING}", _APPLICANTS),
    _operation("Edit_Job_Requisition_Request", "", f"{RECRUITING} {STAFFING}", _REQUISITIONS),
    _operation("Edit_Evergreen_Requisition_Request", "", RECRUITING, ("Manage: Evergreen Requisitions",)),
    _operation("Put_Job_Posting_Site_Request", "", RECRUITING, _POSTINGS),
)

OPERATIONS = MappingProxyType({operation.request: operation for operation in _ALL})
