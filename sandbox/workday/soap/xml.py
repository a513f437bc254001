"""Owns reading hostile XML and building answers element by element; knows no operation."""

from typing import TypeAlias

from lxml import etree

Element: TypeAlias = etree._Element  # noqa: SLF001 (lxml gives its element type no public name)

ENV = "http://schemas.xmlsoap.org/soap/envelope/"
ENV_12 = "http://www.w3.org/2003/05/soap-envelope"
WD = "urn:com.workday/bsvc"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"


class NotXmlError(ValueError):
    """The body is not well-formed XML, or brings a DTD."""


def parse(body: bytes) -> Element:
    """Parse without entities, network or huge trees; refuse any DTD."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotXmlError(str(error)) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotXmlError("a DTD is not allowed")
    return root


def wd(name: str) -> str:
    """Return the name in Workday's namespace."""
    return f"{{{WD}}}{name}"


def split(element: Element) -> tuple[str, str]:
    """Return namespace ("" for none) and local name."""
    name = etree.QName(element)
    return name.namespace or "", name.localname


def children(element: Element) -> list[Element]:
    """Return the child elements without comments and processing instructions."""
    return list(element.iterchildren("*"))


def add(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    """Append an element of Workday's namespace; attributes are qualified too, as its schema wants."""
    element = etree.SubElement(parent, wd(name), {wd(key): value for key, value in attributes.items()})
    element.text = text
    return element


def add_reference(parent: Element, name: str, *ids: tuple[str, str]) -> Element:
    """Append a reference with its (type, value) ids."""
    reference = add(parent, name)
    for kind, value in ids:
        add(reference, "ID", value, type=kind)
    return reference


def response(name: str, version: str) -> tuple[Element, Element]:
    """Return a fresh envelope and the response element in its body."""
    envelope = etree.Element(f"{{{ENV}}}Envelope", nsmap={"env": ENV})
    body = etree.SubElement(envelope, f"{{{ENV}}}Body")
    root = etree.SubElement(body, wd(name), {wd("version"): version}, nsmap={"wd": WD})
    return envelope, root


def serialise(envelope: Element) -> bytes:
    """Return the bytes Workday would send."""
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")
