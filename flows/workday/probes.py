"""Probe requests, as tables: reads for one entry, and dry runs of writes; none changes anything, it sends none."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

from flows.permissions import Probe, WriteProbe
from flows.workday.soap import Node, Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class SoapProbe:
    """A SOAP request; `counts` tells that an answer without entries says something about permissions."""

    service: str
    body: Node
    counts: bool = True

    @property
    def operation(self) -> str:
        """Return the name of the request element."""
        return self.body[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestProbe:
    """A REST resource; `{worker}` in it is the Workday id of some worker."""

    module: str
    resource: str
    counts: bool = False

    @property
    def needs_worker(self) -> bool:
        """Return whether a worker's id must be known first."""
        return "{worker}" in self.resource


@dataclass(frozen=True, slots=True, kw_only=True)
class RestWrite:
    """A write over REST that Workday is asked to validate only; `{worker}` is the Workday id of some worker.

    `content` names something that does not exist all the same, so that a service which does not know the header keeps
    nothing either.
    """

    module: str
    resource: str
    content: Mapping[str, object]


DryRun: TypeAlias = SoapProbe | RestWrite

HUMAN_RESOURCES: Final = "Human_Resources"
RECRUITING: Final = "Recruiting"
INTEGRATIONS: Final = "Integrations"
ABSENCE: Final = "absenceManagement/v1"

# Page comes before Count: the schema is a sequence, and Count first is rejected.
_ONE: Final[Node] = ("Response_Filter", (("Page", "1"), ("Count", "1")))

LOGIN: Final = SoapProbe(service=HUMAN_RESOURCES, body=("Server_Timestamp_Get", ()))
REST_LOGIN: Final = RestProbe(module="v1", resource="workers?limit=1", counts=True)


def _workers(*flags: str) -> SoapProbe:
    wanted = tuple((flag, "1") for flag in ("Include_Reference", *flags))
    return SoapProbe(service=HUMAN_RESOURCES, body=("Get_Workers_Request", (_ONE, ("Response_Group", wanted))))


def _one(service: str, request: str, *, counts: bool = True) -> SoapProbe:
    return SoapProbe(service=service, body=(request, (_ONE,)), counts=counts)


SOAP_PROBES: Final[Mapping[Probe, SoapProbe]] = MappingProxyType(
    {
        Probe.WORKERS: _workers(),
        Probe.WORKER_PERSONAL: _workers("Include_Personal_Information"),
        Probe.WORKER_EMPLOYMENT: _workers("Include_Employment_Information"),
        Probe.WORKER_COMPENSATION: _workers("Include_Compensation"),
        Probe.WORKER_ORGANIZATIONS: _workers("Include_Organizations"),
        Probe.WORKER_ACCOUNT: _workers("Include_User_Account"),
        Probe.WORK_CONTACT: _one(HUMAN_RESOURCES, "Get_Change_Work_Contact_Information_Request", counts=False),
        Probe.HOME_CONTACT: _one(HUMAN_RESOURCES, "Get_Change_Home_Contact_Information_Request", counts=False),
        Probe.ORGANIZATIONS: _one(HUMAN_RESOURCES, "Get_Organizations_Request"),
        Probe.LOCATIONS: _one(HUMAN_RESOURCES, "Get_Locations_Request"),
        Probe.JOB_PROFILES: _one(HUMAN_RESOURCES, "Get_Job_Profiles_Request"),
        Probe.JOB_REQUISITIONS: _one(RECRUITING, "Get_Job_Requisitions_Request"),
        Probe.CANDIDATES: _one(RECRUITING, "Get_Candidates_Request"),
        Probe.EVERGREEN_REQUISITIONS: _one(RECRUITING, "Get_Evergreen_Requisitions_Request", counts=False),
        Probe.JOB_POSTINGS: _one(RECRUITING, "Get_Job_Postings_Request", counts=False),
        Probe.REFERENCES: SoapProbe(
            service=INTEGRATIONS,
            body=(
                "Get_References_Request",
                (("Request_Criteria", (("Reference_ID_Type", "Organization_Type_ID"),)), _ONE),
            ),
            counts=False,
        ),
    }
)

REST_PROBES: Final[Mapping[Probe, RestProbe]] = MappingProxyType(
    {
        Probe.REST_WORKERS: RestProbe(module=ABSENCE, resource="workers?limit=1", counts=True),
        Probe.REST_BALANCES: RestProbe(module=ABSENCE, resource="balances?worker={worker}&limit=1"),
        Probe.REST_TIME_OFF_DETAILS: RestProbe(module=ABSENCE, resource="workers/{worker}/timeOffDetails?limit=1"),
        Probe.REST_LEAVES: RestProbe(module=ABSENCE, resource="workers/{worker}/leavesOfAbsence?limit=1"),
        Probe.REST_ELIGIBLE_ABSENCES: RestProbe(
            module=ABSENCE, resource="workers/{worker}/eligibleAbsenceTypes?limit=1"
        ),
    }
)

NO_SUCH_ID: Final = "PERMISSION-TEST-NO-SUCH-ID"
_CANDIDATE: Final[Node] = ("Candidate_Reference", Reference("Candidate_ID", NO_SUCH_ID))
_APPLICATION: Final[Node] = ("Job_Application_Reference", Reference("Job_Application_ID", NO_SUCH_ID))
_REQUISITION: Final[Node] = ("Job_Requisition_Reference", Reference("Job_Requisition_ID", NO_SUCH_ID))


def _soap(request: str, *body: Node) -> SoapProbe:
    return SoapProbe(service=RECRUITING, body=(request, body), counts=False)


# Every body names only things that do not exist and holds no value that could be kept. Workday checks the
# schema, then the permission, then the references: "not authorized" denies and "Invalid ID" grants. A body
# that a release of Workday finds incomplete is rejected before that: then the row could not be proved, and says so.
# Moving and editing need their `_Data` around the reference (Recruiting v26.1); the other two name it beside.
# Over REST no action is named either, so that nothing would be submitted.
DRY_RUNS: Final[Mapping[WriteProbe, DryRun]] = MappingProxyType(
    {
        WriteProbe.PUT_CANDIDATE: _soap("Put_Candidate_Request", _CANDIDATE, ("Candidate_Data", ())),
        WriteProbe.PUT_CANDIDATE_ATTACHMENT: _soap("Put_Candidate_Attachment_Request", _CANDIDATE),
        WriteProbe.MOVE_CANDIDATE: _soap("Move_Candidate_Request", ("Move_Candidate_Data", (_APPLICATION,))),
        WriteProbe.EDIT_JOB_REQUISITION: _soap(
            "Edit_Job_Requisition_Request", ("Edit_Job_Requisition_Data", (_REQUISITION,))
        ),
        WriteProbe.REST_REQUEST_TIME_OFF: RestWrite(
            module=ABSENCE,
            resource="workers/{worker}/requestTimeOff",
            content={"days": [{"date": "2099-01-04", "dailyQuantity": 1, "timeOffType": {"id": NO_SUCH_ID}}]},
        ),
    }
)
