"""Owns the WSDL of a service as it is read without credentials; must not know any account."""

from lxml import etree

from sandbox.workday.http import Answer, Outcome, fault_headers, success_headers
from sandbox.workday.soap import faults
from sandbox.workday.soap.operations import OPERATIONS, SERVICES
from sandbox.workday.soap.requests import version_is_known
from sandbox.workday.soap.xml import serialise
from sandbox.workday.tenant import Switches, Tenant

WSDL = "http://schemas.xmlsoap.org/wsdl/"
SOAP = "http://schemas.xmlsoap.org/wsdl/soap/"
XSD = "http://www.w3.org/2001/XMLSchema"
BSVC = "urn:com.workday/bsvc"


def answer(tenant: Tenant | None, service: str, version: str, origin: str, switches: Switches) -> Answer:
    """Return the WSDL, or the fault for a tenant, service or version this host does not have."""
    if tenant is None:
        status = switches.unknown_tenant_wsdl_status
        body = faults.body(faults.PROCESSING_ERROR, "Processing error occurred.")
        return Answer(status=status, body=body, headers=fault_headers(), outcome=Outcome.UNKNOWN_TENANT)
    if service not in SERVICES or service in tenant.services_not_entitled:
        return faults.answer(faults.wrong_service(), language=tenant.language)
    if not version_is_known(version, tenant):
        return faults.answer(faults.invalid_version(), language=tenant.language)
    address = f"{origin}/ccx/service/{tenant.wsdl_tenant or tenant.name}/{service}/{version}"
    return Answer(
        body=document(service, address),
        headers=success_headers(tenant.soap_bucket.remaining),
        outcome=Outcome.WSDL,
    )


def document(service: str, address: str) -> bytes:
    """Return a small WSDL with the operations of the service and its address."""
    namespace = f"{BSVC}/{service}"
    prefixes = {"wsdl": WSDL, "soapbind": SOAP, "xsd": XSD, "wd": BSVC, "wd-wsdl": namespace}
    attributes = {"name": service, "targetNamespace": namespace}
    root = etree.Element(f"{{{WSDL}}}definitions", attributes, nsmap=prefixes)
    schema = etree.SubElement(
        etree.SubElement(root, f"{{{WSDL}}}types"),
        f"{{{XSD}}}schema",
        {"elementFormDefault": "qualified", "attributeFormDefault": "qualified", "targetNamespace": BSVC},
    )
    port_type = etree.SubElement(root, f"{{{WSDL}}}portType", {"name": f"{service}Port"})
    for operation in OPERATIONS.values():
        if service in operation.services:
            for element in (operation.request, operation.response):
                etree.SubElement(schema, f"{{{XSD}}}element", {"name": element})
            name = operation.request.removesuffix("_Request")
            etree.SubElement(port_type, f"{{{WSDL}}}operation", {"name": name})
    binding = {"name": f"{service}Binding", "type": f"wd-wsdl:{service}Port"}
    etree.SubElement(
        etree.SubElement(root, f"{{{WSDL}}}binding", binding),
        f"{{{SOAP}}}binding",
        {"style": "document", "transport": "http://schemas.xmlsoap.org/soap/http"},
    )
    port = etree.SubElement(
        etree.SubElement(root, f"{{{WSDL}}}service", {"name": f"{service}Service"}),
        f"{{{WSDL}}}port",
        {"name": service, "binding": f"wd-wsdl:{service}Binding"},
    )
    etree.SubElement(port, f"{{{SOAP}}}address", {"location": address})
    return serialise(root)
