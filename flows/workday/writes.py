"""What each write probe sends, as a table: a write to something that does not exist, so that nothing is written."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from flows.permissions import WriteProbe
from flows.workday.probes import RECRUITING, SoapProbe
from flows.workday.soap import Node, Reference

NO_SUCH_ID: Final = "PERMISSION-TEST-NO-SUCH-ID"
_CANDIDATE: Final[Node] = ("Candidate_Reference", Reference("Candidate_ID", NO_SUCH_ID))
_REQUISITION: Final[Node] = ("Job_Requisition_Reference", Reference("Job_Requisition_ID", NO_SUCH_ID))


def _write(request: str, *body: Node) -> SoapProbe:
    return SoapProbe(service=RECRUITING, body=(request, body), counts=False)


# Every body names only things that do not exist and holds no value that could be kept. Workday checks the
# schema, then the permission, then the references: "not authorized" denies and "Invalid ID" grants. A body
# that a release of Workday finds incomplete is refused before that and proves nothing, which is safe too.
WRITE_PROBES: Final[Mapping[WriteProbe, SoapProbe]] = MappingProxyType(
    {
        WriteProbe.PUT_CANDIDATE: _write("Put_Candidate_Request", _CANDIDATE, ("Candidate_Data", ())),
        WriteProbe.PUT_CANDIDATE_ATTACHMENT: _write("Put_Candidate_Attachment_Request", _CANDIDATE),
        WriteProbe.MOVE_CANDIDATE: _write("Move_Candidate_Request", _CANDIDATE, _REQUISITION),
        WriteProbe.EDIT_JOB_REQUISITION: _write("Edit_Job_Requisition_Request", _REQUISITION),
    }
)
