"""Owns the sections of a worker and the policies that open them; must not decide who is calling."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.workday.soap.xml import Element, add, add_reference
from sandbox.workday.tenant import Worker, workday_id

DEFAULT_FLAGS = frozenset(
    {
        "Include_Reference",
        "Include_Personal_Information",
        "Include_Employment_Information",
        "Include_Compensation",
        "Include_Organizations",
        "Include_Roles",
    }
)


@dataclass(frozen=True, slots=True)
class Section:
    """A piece of Worker_Data: the flag that asks for it, where it goes, which policies open it, if any."""

    flag: str
    path: tuple[str, ...]
    policies: tuple[str, ...]
    fill: Callable[[Element, Worker], None]


def _words(*pairs: tuple[str, str]) -> Callable[[Element, Worker], None]:
    def fill(parent: Element, worker: Worker) -> None:
        for name, text in pairs:
            add(parent, name, text.format(worker=worker))

    return fill


def _name(parent: Element, worker: Worker) -> None:
    detail = add(add(parent, "Legal_Name_Data"), "Name_Detail_Data", Formatted_Name=worker.descriptor)
    add(detail, "First_Name", worker.first_name)
    add(detail, "Last_Name", worker.last_name)


def _gender(parent: Element, worker: Worker) -> None:
    add(parent, "Birth_Date", "1990-01-01")
    add_reference(parent, "Gender_Reference", ("WID", workday_id(worker.wid, "gender")), ("Gender_Code", "X"))


def _email(usage: str, address: str) -> Callable[[Element, Worker], None]:
    def fill(parent: Element, worker: Worker) -> None:
        data = add(parent, "Email_Address_Data")
        add(data, "Email_Address", address.format(worker=worker))
        kind = add(add(data, "Usage_Data", Public="1"), "Type_Data", Primary="1")
        add_reference(kind, "Type_Reference", ("Communication_Usage_Type_ID", usage))

    return fill


def _primary_job(parent: Element, worker: Worker) -> None:
    position = add(parent, "Position_Data")
    add(position, "Position_ID", f"P-{worker.employee_id}")
    add(position, "Business_Title", worker.title)


def _organization(parent: Element, worker: Worker) -> None:
    data = add(parent, "Worker_Organization_Data")
    add_reference(
        data,
        "Organization_Reference",
        ("WID", workday_id(worker.organization)),
        ("Organization_Reference_ID", worker.organization),
    )


_WORK = (
    "Person Data: Work Contact Information",
    "Person Data: Public Work Email Address Integration",
)
_HOME = ("Person Data: Home Contact Information", "Person Data: Private Home Email Integration")
_STAFFING = ("Worker Data: Current Staffing Information", "Worker Data: Workers")

_PERSONAL = "Include_Personal_Information"
_EMPLOYMENT = "Include_Employment_Information"

SECTIONS = (
    Section(_PERSONAL, ("Personal_Data", "Name_Data"), ("Person Data: Name", "Person Data: Personal Data"), _name),
    Section(
        _PERSONAL,
        ("Personal_Data",),
        ("Person Data: Personal Data", "Person Data: Gender", "Person Data: Date of Birth"),
        _gender,
    ),
    Section(
        _PERSONAL,
        ("Personal_Data", "Disability_Status_Data"),
        ("Worker Data: Disabilities",),
        _words(("Disability_Status_Date", "2020-01-01")),
    ),
    Section(
        _PERSONAL,
        ("Personal_Data", "Identification_Data"),
        ("Person Data: ID Information", "Worker: ID Information", "Person Data: National IDs"),
        _words(("National_ID", "")),
    ),
    Section(_PERSONAL, ("Personal_Data", "Contact_Data"), _WORK, _email("WORK", "{worker.work_email}")),
    Section(_PERSONAL, ("Personal_Data", "Contact_Data"), _HOME, _email("HOME", "{worker.wid}@home.example")),
    Section(_EMPLOYMENT, ("Employment_Data", "Worker_Job_Data"), _STAFFING, _primary_job),
    Section(
        _EMPLOYMENT,
        ("Employment_Data", "Worker_Status_Data"),
        ("Worker Data: Employment Data", "Worker Data: Active and Terminated Workers"),
        _words(("Active", "1"), ("Hire_Date", "2020-01-01")),
    ),
    Section(
        "Include_Additional_Jobs",
        ("Employment_Data", "Additional_Job_Data"),
        ("Worker Data: All Positions",),
        _words(("Position_ID", "P-{worker.employee_id}-2")),
    ),
    Section(
        "Include_Compensation",
        ("Compensation_Data",),
        ("Worker Data: Compensation", "Worker Data: Compensation by Organization"),
        _words(("Compensation_Effective_Date", "2024-01-01")),
    ),
    Section(
        "Include_Organizations",
        ("Organization_Data",),
        ("Worker Data: Organization Information",),
        _organization,
    ),
    Section(
        "Include_Roles",
        ("Role_Data",),
        ("Worker Data: Organization Information", "Manage: Organization Roles"),
        _words(("Organization_Role", "Manager")),
    ),
    Section(
        "Include_Management_Chain_Data",
        ("Management_Chain_Data",),
        ("Worker Data: Organization Information",),
        _words(("Management_Chain", "{worker.organization}")),
    ),
    Section(
        "Include_Benefit_Enrollments",
        ("Benefit_Enrollment_Data",),
        ("Worker Data: Benefit Elections",),
        _words(("Benefit_Plan", "Medical")),
    ),
    Section(
        "Include_Related_Persons",
        ("Related_Person_Data",),
        ("Worker Data: Benefit Elections",),
        _words(("Related_Person", "")),
    ),
    Section(
        "Include_Qualifications",
        ("Qualification_Data",),
        ("Worker: Skills and Experience", "Qualified Workers"),
        _words(("Skill", "Python")),
    ),
    Section(
        "Include_Employee_Review",
        ("Employee_Review_Data",),
        ("Worker Data: Employee Reviews",),
        _words(("Review", "2024")),
    ),
    Section("Include_Goals", ("Goal_Data",), ("Worker Data: Employee Goals",), _words(("Goal", "1"))),
    Section("Include_Photo", ("Photo_Data",), (), _words(("Filename", "{worker.employee_id}.jpg"))),
    Section("Include_Worker_Documents", ("Worker_Document_Data",), (), _words(("Filename", "contract.pdf"))),
    Section(
        "Include_Succession_Profile",
        ("Succession_Profile_Data",),
        ("Worker Data: Succession",),
        _words(("Succession_Plan", "1")),
    ),
    Section(
        "Include_Talent_Assessment",
        ("Talent_Assessment_Data",),
        ("Worker Data: Talent",),
        _words(("Potential", "1")),
    ),
    Section(
        "Include_User_Account",
        ("User_Account_Data",),
        ("Workday Accounts",),
        _words(("User_Name", "{worker.employee_id}")),
    ),
    Section(
        "Include_Account_Provisioning",
        ("Account_Provisioning_Data",),
        ("External Account Provisioning",),
        _words(("Provisioning_Group", "E-mail")),
    ),
)
