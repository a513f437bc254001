"""Owns plain request envelopes for trying the sandbox by hand and in its tests; the app must not use it."""

from xml.sax.saxutils import escape

from sandbox.workday.soap.xml import ENV, WD, WSSE


def envelope(request: str, *, user: str | None = None, password: str = "") -> bytes:
    """Wrap a request written with the prefix wd; `user` is name@tenant, None sends no security header."""
    security = (
        f'<wsse:Security xmlns:wsse="{WSSE}"><wsse:UsernameToken>'
        f"<wsse:Username>{escape(user)}</wsse:Username><wsse:Password>{escape(password)}</wsse:Password>"
        "</wsse:UsernameToken></wsse:Security>"
        if user is not None
        else ""
    )
    return (
        f'<soapenv:Envelope xmlns:soapenv="{ENV}" xmlns:wd="{WD}">'
        f"<soapenv:Header>{security}</soapenv:Header><soapenv:Body>{request}</soapenv:Body></soapenv:Envelope>"
    ).encode()


def get_workers(*flags: str, count: int = 1, criteria: str = "") -> str:
    """Write a Get_Workers_Request with these Include_ flags, in the order given."""
    group = "".join(f"<wd:{flag}>true</wd:{flag}>" for flag in ("Include_Reference", *flags))
    return (
        f'<wd:Get_Workers_Request wd:version="v44.0">{criteria}<wd:Response_Filter><wd:Page>1</wd:Page>'
        f"<wd:Count>{count}</wd:Count></wd:Response_Filter><wd:Response_Group>{group}</wd:Response_Group>"
        "</wd:Get_Workers_Request>"
    )


def get(name: str, *, count: int = 1) -> str:
    """Write the smallest page of any other Get operation, for example `get("Get_Locations")`."""
    page = f"<wd:Response_Filter><wd:Count>{count}</wd:Count></wd:Response_Filter>"
    return f"<wd:{name}_Request>{page}</wd:{name}_Request>"


TIMESTAMP = '<wd:Server_Timestamp_Get wd:version="v44.0"/>'
