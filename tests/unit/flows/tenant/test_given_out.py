"""What Workday gives out is read however it was copied; what is none of it is asked for again."""

import pytest

from flows.tenant.given_out import ValueProblem, read_value

CLIENT_ID = "ZjQ0YjQzY2UtMDQ2Yy00ZTQ5LTg0NGEtY2I4M2QzMjM4Njgy"
VALUE = "9mu2r4bd7xk1ptn0c3vq8zlw5j6yab12cd34ef56gh78ij90kl"


@pytest.mark.parametrize(
    ("text", "value", "problem"),
    [
        (VALUE, VALUE, None),
        (f" {VALUE}\r\n", VALUE, None),
        (f"\ufeff{VALUE}\u200b", VALUE, None),
        (f'"{VALUE}",', VALUE, None),
        (f"“{VALUE}”", VALUE, None),
        (f"<{VALUE}>", VALUE, None),
        ("eyJhbGciOi.J9_-+/==", "eyJhbGciOi.J9_-+/==", None),
        (f"{CLIENT_ID[:20]}\n{CLIENT_ID[20:]}", CLIENT_ID, None),
        (f"{VALUE[:20]} {VALUE[20:]}", None, ValueProblem.MORE),
        (f"Client ID\t{CLIENT_ID}", CLIENT_ID, ValueProblem.PASTED_LABEL),
        (f"Client Secret: {VALUE}", VALUE, ValueProblem.PASTED_LABEL),
        (f"WD_CLIENT_SECRET={VALUE}", VALUE, ValueProblem.PASTED_LABEL),
        (f'"refresh_token": "{VALUE}"', VALUE, ValueProblem.PASTED_LABEL),
        (f"the refresh token is {VALUE}", None, ValueProblem.MORE),
        (f'{{"client_id":"{CLIENT_ID}","client_secret":"{VALUE}"}}', None, ValueProblem.MORE),
        (f"grant_type=refresh_token&refresh_token={VALUE}", None, ValueProblem.MORE),
        (f"curl -u {CLIENT_ID}:{VALUE}", None, ValueProblem.MORE),
        (f"{CLIENT_ID}:{VALUE}", None, ValueProblem.MORE),
        (f"Bearer {VALUE}", None, ValueProblem.MORE),
        ("https://wd5-services1.myworkday.com/ccx/oauth2/acme/token", None, ValueProblem.MORE),
        ("see vault", None, ValueProblem.MORE),
        ("••••••••", None, ValueProblem.MASKED),
        ("*****", None, ValueProblem.MASKED),
        ("token", "token", None),
        ("nul\x00", None, ValueProblem.CONTROL_CHARACTERS),
        ("lone\ud800", None, ValueProblem.CONTROL_CHARACTERS),
        (' "" ', "", ValueProblem.BLANK),
    ],
)
def test_a_value_is_read(text: str, value: str | None, problem: ValueProblem | None) -> None:
    read = read_value(text)
    assert read.problem is problem
    assert value is None or read.value == value
    assert not read.value or read.value not in repr(read)
