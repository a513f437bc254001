"""SOAP codec: builds requests element by element and reads answers with a hardened parser; it sends nothing.

The parser loads with the first question: it takes megabytes, and no start needs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from flows.diagnosis.observations import Content
from flows.workday.network import Answer
from flows.workday.responses import Facts, bare, charset_of, content_of, plain_facts

if TYPE_CHECKING:
    from lxml.etree import _Element  # pyright: ignore[reportPrivateUsage] - lxml has no public name

ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
ENVELOPES: Final = (ENVELOPE, "http://www.w3.org/2003/05/soap-envelope")
"""SOAP 1.1, which we speak, and 1.2, in which a server or a gateway may answer all the same."""
WORKDAY: Final = "urn:com.workday/bsvc"
SECURITY: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
PASSWORD_TEXT: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText"  # noqa: S105
WSDL: Final = "http://schemas.xmlsoap.org/wsdl/"
_REPEATED: Final = ("Request_References", "Request_Criteria", "Response_Filter", "Response_Group", "Response_Results")
"""What an answer repeats of the question, or says about itself."""
CONTENT_TYPE: Final = "text/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to something in the tenant: the type of the id and the id."""

    kind: str
    value: str


Node: TypeAlias = tuple[str, "str | Reference | tuple[Node, ...]"]
"""An element of Workday's schema: its name, and its text, reference or children in the order of the schema."""


def build_request(body: Node, *, version: str, user: str | None = None, password: str = "") -> bytes:
    """Build a request, signed in where there is a user; raises ValueError for characters that XML cannot carry."""
    from lxml import etree  # noqa: PLC0415  see above

    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soapenv": ENVELOPE, "wd": WORKDAY})
    header = etree.SubElement(envelope, f"{{{ENVELOPE}}}Header")
    if user is not None:
        security = etree.SubElement(header, f"{{{SECURITY}}}Security", nsmap={"wsse": SECURITY})
        token = etree.SubElement(security, f"{{{SECURITY}}}UsernameToken")
        etree.SubElement(token, f"{{{SECURITY}}}Username").text = user
        secret = etree.SubElement(token, f"{{{SECURITY}}}Password", Type=PASSWORD_TEXT)
        secret.text = password
    request = _add(etree.SubElement(envelope, f"{{{ENVELOPE}}}Body"), body)
    request.set(f"{{{WORKDAY}}}version", version)
    return etree.tostring(envelope, encoding="utf-8", xml_declaration=True)


def _add(parent: _Element, node: Node) -> _Element:
    from lxml import etree  # noqa: PLC0415  see above

    name, inner = node
    element = etree.SubElement(parent, f"{{{WORKDAY}}}{name}")
    if isinstance(inner, str):
        element.text = inner
    elif isinstance(inner, Reference):
        reference = etree.SubElement(element, f"{{{WORKDAY}}}ID")
        reference.set(f"{{{WORKDAY}}}type", inner.kind)
        reference.text = inner.value
    else:
        for child in inner:
            _add(element, child)
    return element


def read_answer(answer: Answer, *, sections: tuple[str, ...] = (), counts: bool = True) -> Facts:
    """Read a SOAP answer; `sections` must be in its data, `counts` asks for the total."""
    if content_of(answer) is not Content.XML or answer.transport:
        return plain_facts(answer)
    root = _parse(answer)
    soap = next((one for one in ENVELOPES if root is not None and root.tag == f"{{{one}}}Envelope"), "")
    body = None if root is None else root.find(f"{{{soap}}}Body")
    if not soap or body is None or len(body) == 0:
        return Facts(content=Content.XML, malformed=True)
    fault = body.find(f"{{{soap}}}Fault")
    if fault is not None:
        return Facts(content=Content.XML, fault_code=_fault_code(fault, soap), fault_text=_fault_text(fault, soap))
    total = _total(body) if counts else None
    absent = [name for name in sections if body.find(f".//{{{WORKDAY}}}Response_Data//{{{WORKDAY}}}{name}") is None]
    return Facts(content=Content.XML, total=total, missing=tuple(absent))


def read_description(answer: Answer) -> Facts:
    """Read the beginning of a WSDL; only its root is looked at, because the whole of it is megabytes long."""
    if content_of(answer) is not Content.XML or answer.transport:
        return plain_facts(answer)
    from lxml import etree  # noqa: PLC0415  see above

    parser = etree.XMLPullParser(
        events=("start",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        parser.feed(bare(answer.body))
        root = next((node for _, node in parser.read_events() if not isinstance(node, tuple)), None)
    except etree.XMLSyntaxError:
        root = None
    if root is not None and root.tag == f"{{{WSDL}}}definitions" and not _has_dtd(root):
        return Facts(content=Content.XML)
    facts = read_answer(answer)
    # An envelope without a fault is an answer to some other question.
    return facts if facts.fault_code else Facts(content=Content.XML, malformed=True)


def _parse(answer: Answer) -> _Element | None:
    """Read XML as it says that it is written, and else as its label says."""
    from lxml import etree  # noqa: PLC0415  see above

    for encoding in (None, charset_of(answer)):
        try:
            parser = etree.XMLParser(
                resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding=encoding
            )
            root = etree.fromstring(bare(answer.body), parser)
        except (etree.XMLSyntaxError, ValueError, LookupError):
            continue
        return None if _has_dtd(root) else root
    return None


def _has_dtd(root: _Element) -> bool:
    return root.getroottree().docinfo.internalDTD is not None  # pyright: ignore[reportUnnecessaryComparison]


def _fault_code(fault: _Element, soap: str) -> str:
    """Return what a fault is called: its innermost code in SOAP 1.2."""
    values = fault.findall(f"{{{soap}}}Code//{{{soap}}}Value")
    return (values[-1].text or "").strip() if values else _text(fault, soap, "faultcode")


def _text(fault: _Element, soap: str, name: str) -> str:
    """Return a text of SOAP 1.1, which knows no prefix for it; who has none at all leaves it in the envelope's."""
    return (fault.findtext(name) or fault.findtext(f"{{{soap}}}{name}") or "").strip()


def _fault_text(fault: _Element, soap: str) -> str:
    texts = [_text(fault, soap, "faultstring")]
    texts += [(one.text or "").strip() for one in fault.iterfind(f"{{{soap}}}Reason/{{{soap}}}Text")]
    for name in ("Message", "Detail_Message"):
        texts += [(element.text or "").strip() for element in fault.iter(f"{{{WORKDAY}}}{name}")]
    return " ".join(dict.fromkeys(text for text in texts if text))


def _total(body: _Element) -> int | None:
    """Return how many entries there are: none too where an answer neither counts nor holds anything."""
    told = body.findtext(f".//{{{WORKDAY}}}Total_Results")
    held = {child.tag for child in body[0]} - {f"{{{WORKDAY}}}{name}" for name in _REPEATED}
    return _number(told) if told or held else 0


def _number(text: str | None) -> int | None:
    stripped = (text or "").strip()
    return int(stripped) if stripped.isascii() and stripped.isdigit() and len(stripped) < 10 else None  # noqa: PLR2004
