"""Something to type into each modal."""

from __future__ import annotations

from flows.link.events import Form

TYPED = {
    Form.SERVICE_URL: {"url": "https://wd2-impl-services1.workday.com/ccx/api/v1/other"},
    Form.ISU: {"user": "ISU_Forged", "password": "Forged-4711-secret"},
    Form.EXPIRY: {"days": "30", "set_on": "2026-01-01"},
    Form.API_CLIENT: {"client_id": "forged", "client_secret": "Forged-4711-x", "refresh_token": "Forged-4711-y"},
    Form.KEY_CLIENT: {"client_id": "forged"},
    Form.TOKEN_CLIENT: {"client_id": "forged", "client_secret": "Forged-4711-x", "refresh_token": "Forged-4711-y"},
    Form.HAND_OVER: {"person": "U0EVE"},
    Form.ROTATE: {"password": "Forged-4711-secret"},
    Form.COPY: {"environment": "production"},
    Form.RELINK: {"change": "user"},
    Form.PROFILE: {"profile": "hris", "absence": ""},
}
