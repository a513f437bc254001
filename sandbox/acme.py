"""The customer of every story of the sandbox: its Workday, and what its admin pastes and types; it makes nothing."""

from __future__ import annotations

import re

HOST = "wd2-impl-services1.workday.com"
TENANT = "acme_dpt1"
PASSWORD = "Quiet-Harbour-29-lanterns"  # noqa: S105 - of a user of the sandbox
REST_URL = f"https://{HOST}/ccx/api/v1/{TENANT}"
PEOPLES_PAGE = f"https://impl.workday.com/{TENANT}/d/home.htmld"
CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
