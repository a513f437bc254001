"""What a message in the thread means; above all, a secret is noticed and ordinary talk is not taken for one."""

from __future__ import annotations

import re

import pytest

from flows.diagnosis.reasons import Reason
from flows.link.events import Intent
from flows.link.secrets.text import looks_secret
from flows.link.setup import Account, SecretRef
from flows.link.state import Link, Person, Status, Step
from flows.link.thread_messages import get_ready, hear
from flows.tenant.service_url import PasteKind
from tests.support.chatter import CHATTER
from tests.support.links import ADA, BOB, ENDPOINT, EVE, SAM, a_link, changed

WITH_USER = changed(
    a_link(step=Step.GROUP), account=Account(user_name="ISU_Wintro", secret=SecretRef("s1"), proved=True)
)

TALK = """
On it, back after lunch
Thanks!
Thank you so much, that worked 🎉
ok
OK, done
done :white_check_mark:
:+1::skin-tone-3:
LGTM
Good morning everyone
Can we move our call to 14:30?
Are you free tomorrow at 9am-10am CET?
See you on 2026-12-04
Let's do it Friday, 4 Dec 2026
I am out of office until 2026-11-30T09:00:00Z
I'll be back on Monday
Sorry, was in a meeting
Which environment do you mean, sandbox or production?
We use the implementation tenant acme_dpt1
acme_dpt1
wd2-impl-services1.workday.com
wd5-services1.myworkday.com
services1.wd103.myworkday.com
https://wd2-impl-services1.workday.com/ccx/api/v1/acme_dpt1
<https://wd2-impl-services1.workday.com/ccx/api/v1/acme_dpt1|wd2-impl-services1.workday.com/ccx/api/v1/acme_dpt1>
https://wd5.myworkday.com/acme/d/task/2998$16843.htmld
https://impl.workday.com/wday/authgwy/acme_dpt1/login.htmld?returnTo=%2facme_dpt1%2fd%2fhome.htmld
https://wd5-services1.myworkday.com/ccx/service/acme/Human_Resources/v44.0?wsdl
https://acme.slack.com/archives/C07AB12CD34/p1732378912345679
https://docs.google.com/document/d/1aBcD3fGhIjKlMnOpQrStUvWxYz0123456789AbCdEf/edit
https://acme.atlassian.net/browse/HRIS-1234
https://github.com/acme/repo/commit/0a1b2c3d4e5f60718293a4b5c6d7e8f901234567
soapbind:address location="https://wd2-impl-services1.workday.com/ccx/service/acme_dpt1/Human_Resources/v44.0"
The WID is 0e44c92412d34b01ace61e80a47aaf6d
0e44c92412d34b01ace61e80a47aaf6d
0E44C92412D34B01ACE61E80A47AAF6D
b2c9e5a0-3f4d-4e21-9a8b-7c6d5e4f3a2b
The correlation id is b2c9e5a0-3f4d-4e21-9a8b-7c6d5e4f3a2b
VPS|8f14e45f-ceea-467f-a0e6-4f2d5e6a7b8c
Version v44.0 works, v46.0 doesn't
We are on 2026R2 and Workday 2027R1
Python 3.11.9, OpenSSL/3.0.13
ISU_Wintro
ISU_Wintro2
ISU_Wintro@acme_dpt1
ISU_Kombo2@acme_dpt1
ISSG_Wintro
ISSG_Wintro_2 is the group
I created ISU_Wintro and added it to ISSG_Wintro
The user is ISU_Wintro in group ISSG_Wintro2 since 2026-11-23 (v44.0)
ISU_Wintro works in Workday since R2!
ada.lovelace@acme.com
Please ask ada.lovelace+workday@acme-group.co.uk
<mailto:ada.lovelace1@Acme2.com|ada.lovelace1@Acme2.com> knows
<@U02ABCDEF12> can you help our colleague
<@U02ABCDEF12> <@U03ZYX98765> FYI
<#C07AB12CD34|ext-acme-wintro2>
U02ABCDEF12
See the screenshot
Screenshot 2026-11-23 at 10.15.32.png
Screenshot_2026-11-23_at_10.15.32.png
Candidate_Export_2026-11-23_v2_final.xlsx
Workday-Security-Groups-Acme-2026-11-23.PDF
IMG_20261123_101532.HEIC
Acme_Org_Chart_FY26Q4.pptx
report-2026Q3-final-FINAL2.docx
/usr/local/share/Workday/Reports2026
C:\\Users\\Ada\\Documents\\Workday2026
Order number PO-2026-00012345
PO-2026-00012345
INC0012345 is the ticket
CHG0040007
HRIS-1234
Ticket #48213
REQ-2026-11-0042
4500012345-10
Invoice 2026/11/000123
DE89370400440532013000
Our IBAN is DE89 3704 0044 0532 0130 00
GB29NWBK60161331926819
+49 30 901820-0
+1 (415) 555-2671
Call me at +49-151-23456789
Zoom 812 3456 7890
Meeting ID: 812 3456 7890
Donaudampfschifffahrtsgesellschaftskapitän
Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz
Kraftfahrzeughaftpflichtversicherung
Die Berechtigungsgruppenzuordnung fehlt noch
Sicherheitsrichtlinienänderungen aktivieren
Bitte die Domänensicherheitsrichtlinie prüfen
Wir haben das gestern freigeschaltet
Ich bin am 24.12.2026 nicht da
Nächste Woche passt besser
Urlaubsvertretung: Frau Müller-Lüdenscheidt
Authentifizierungsrichtlinie2026
L'administrateur est en congé jusqu'au 30/11
Hasta mañana
¿Quién tiene acceso?
Two of three are done
3/4 done
12 of 14 granted
100%
100% sure
50%-60% of the workers
$1,200/month
€49.90
Costs are ~1.2M EUR
R&D-Team2 owns it
R&amp;D-Team2 owns it
AT&T2026 contract
AT&amp;T
H&amp;M-Stores2
C++17/20
C#
.NET8
Node.js18
K8s
i18n
S/4HANA2023
SAP S/4HANA-2023-FPS01
SuccessFactors2026
Okta+Workday
OAuth2-based
OAuth 2.0
SAML2
SHA256-hashed
AES256-GCM
ISO27001
ISO-27001:2022
SOC2-TypeII
GDPR/DSGVO
TLS1.3
HTTP/1.1 500
HTTP 401
Error 1234-5678
java.lang.NullPointerException
com.workday.wws.fault.AuthenticationFailed
processingFault
SOAP-ENV:Client.authenticationError
wd:Get_Workers_Request
Get_Workers_Response
getWorkdayAccountForWorker
IntegrationSystemSecurityGroupUnconstrained
Integration_System_Security_Group_Unconstrained
Integration System Security Group (Unconstrained)
Security-Group-Unconstrained-2026
Worker_Data-Public_Worker_Reports
Worker Data: Public Worker Reports
Candidate Data: Job Application (Get and Put)
Set Up: Tenant Setup - Security
Maintain Permissions for Security Group
Activate Pending Security Policy Changes
Create Integration System User
View API Clients
Do Not Allow UI Sessions is on
Session Timeout Minutes: 0
Session Timeout Minutes = 0
Require New Password at Next Sign In: off
Require New Password at Next Sign In is unchecked
The password is exempt from expiry
The password is set
The password is in our vault
The password is correct, I checked twice
Password: done
Password: exempt
password = same as before
password - not needed
password expires in 90 days
The password expires on 2027-02-21
Is the password case-sensitive?
The password is Case-Sensitive
The password is 90days old
The password is from Winter
I set the password yesterday
I changed the password to something longer
I've set the password to never expire
password to be changed by Monday
The password was set on 2026-11-23
Please do not post the password here
The password manager is 1Password
Passwords: see the Maintain Password Rules task
pass me the salt
All tests pass: 12/12
The refresh token is Non-Expiring
The refresh token is invalid
The token is OAuth2-based
token endpoint
/ccx/oauth2/acme_dpt1/token
Where is the token endpoint documented?
The client secret is shown once
client secret: generated
Client secret = in the vault
Secret: nobody reads the manual
The secret is patience
No secret here
It's no secret: we are late
Top secret ;-)
credentials: correct
credentials to follow
Credentials for the sandbox come tomorrow
Non-Expiring Refresh Tokens
Scope: Staffing, Time Off and Leave
Tenant Non-Configurable
Time Off and Leave
Workers: 1,204
Location: Berlin-Mitte2
Room E2.104
Building 7B/3rd floor
Gate B42
Flight LH2034
Train ICE1234
1HGCM82633A004352
ISBN 978-3-16-148410-0
2026-W47
Q4FY26
FY2026/27
9to5
24/7
24x7x365
A1B2
MacBook-Pro-14-2023
iPhone15Pro
192.168.10.24
10.0.0.0/24
2001:0db8:85a3:0000:0000:8a2e:0370:7334
00:1B:44:11:3A:B7
52.520008,13.404954
"quoted text" and 'more of it'
`acme_dpt1`
`View API Clients`
_really_
*important*
~old~ new
>quote
- one
• two
1. First
2) Second
Hi @all!
Hi Sam, hi Kim,
@channel please read
brb
afaik
tbh, I don't know
¯\\_(ツ)_/¯
:D
;-)
<3
^^
?
!!
...
--
haha
wow!!!
Sure thing!!!
Sounds good :thumbsup:
Great work @sam!
Happy Friday!
Congratulations!!!
We'll pick this up after the freeze
The works council has to agree first
Legal wants a DPA before we go on
Our CISO is in San Francisco (UTC-8)
The change window is Fri 18:00-Sat 06:00 PT
Sandbox refresh: Friday, 6pm PST
I ran it at 10:15:32.123
It took 00:03:25
Rows 1-200 of 14,332
Employee ID 21001
EMP-0021001
worker 21001/21002
Cost center CC4100-Berlin
Company code 0010/DE01
Position P-00123 (Senior Engineer II)
Grade L5/L6
Team-A2/Team-B3
A/B-Test2
Phase2/Phase3
Step 3 of 9
v1.2.3-rc.4+build.567
release-2026.11.23-rc1
feature/HRIS-1234-link-workday
#HRIS2026
#1
Re: Fwd: AW: Workday link (2)
cc: ada@acme.com; bob@acme.com
""".strip().splitlines()

SECRETS = """
Summer2026!
P@ssw0rd1
Welcome@2026
Acme@12345
Tr0ub4dor&3-horse-battery
Tr0ub4dor&amp;3-horse-battery
kX93mvLq02Zt
Kx9#mLp2vQ
winter2026!!
correcthorse&lt;battery&gt;&amp;staple9X
the password is Tr0ub4dor&3-horse-battery
password: Summer2026
Password: hunter22
password=abc123
pw: Kx9mLp2vQ
pwd = s3cr3tPass
passwd: Welcome1
pass: 12345678
Passwort: Sommer2026
Passwort ist Sommer2026
Kennwort: Winter-2026-Acme
contraseña: Verano2026
mot de passe : Hiver2026
passphrase: correct horse battery staple
passcode: 884422
new password is Kx9mLp2vQ
I set the password to Kx9mLp2vQ
the password is now Winter2026
The password for the ISU is Winter2026!
Here is the password: `Kx9mLp2vQ`
Password -> Kx9mLp2vQ
password "Kx9#mLp2vQ"
try Tr0ub4dor&3-horse please
use Kx9#mLp2vQ for now
it is P@ssw0rd1, please try
Our new one: Winter2026#Acme
ISU_Wintro / Summer2026!
ISU_Wintro Summer2026!
ISU_Wintro@acme_dpt1 : Kx9mLp2vQ
user ISU_Wintro pass Kx9#mLp2vQ
client secret: 9x2m0v8k3l1q7w5e4r6t8y0u2i1o3p5a7s9d
client secret 9x2m0v8k3l1q7w5e4r6t8y0u2i1o3p5a7s9d
client_secret=9x2m0v8k3l1q7w5e4r6t8y0u2i1o3p5a7s9d
refresh_token=1b7n4m8x2z9q0w3e5r7t6y8u1i2o4p9a0s3d5f
refresh token is 1b7n4m8x2z9q0w3e5r7t6y8u1i2o4p9a0s3d5f
the token: MTJmOWE3YzEtOGQ0Yi00ZjM2LWI5
9x2m0v8k3l1q7w5e4r6t8y0u2i1o3p5a7s9d
here you go 1b7n4m8x2z9q0w3e5r7t6y8u1i2o4p9a0s3d5f
Zk9x2QmT7vLw4Rb8Yc1Hd6Ns
Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc
https://example.com/callback?access_token=9x2m0v8k3l1q7w5e4r6t8y
""".strip().splitlines()


def test_there_is_enough_of_both() -> None:
    assert len(TALK) >= 200
    assert len(SECRETS) >= 40


@pytest.mark.parametrize("user", ["", "ISU_Wintro"])
def test_ordinary_talk_is_not_taken_for_a_secret(user: str) -> None:
    assert [text for text in TALK if looks_secret(text, user=user)] == []


@pytest.mark.parametrize("user", ["", "ISU_Wintro"])
def test_false_alarms_are_rarer_than_one_in_five_hundred(user: str) -> None:
    corpus = {*TALK, *CHATTER}
    assert len(corpus) >= 500
    assert len([text for text in corpus if looks_secret(text, user=user)]) * 500 <= len(corpus)


@pytest.mark.parametrize("text", SECRETS)
def test_a_secret_is_noticed(text: str) -> None:
    heard = hear(text, WITH_USER, ADA)
    assert heard
    assert heard.intent is Intent.SECRET


URL = "https://wd2-impl-services1.workday.com/ccx/api/v1/acme_dpt1"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("help", Intent.HELP),
        ("I am stuck", Intent.HELP),
        ("who can see the password?", Intent.QUESTION),
        ("where is this page?", Intent.HELP),
        ("I can't find that task", Intent.HELP),
        ("Are you free tomorrow?", None),
        ("Locked", None),
        ("It says: invalid username or password", Intent.FAULT),
        ("invalid_grant", Intent.FAULT),
        (f"I have it: <{URL}>", Intent.URL),
        ("is it https://acme.wd3.myworkdayjobs.com/jobs ?", Intent.URL),
        ("help, my password is Kx9mLp2vQ", Intent.SECRET),
        ("", None),
    ],
)
def test_a_message_is_understood(text: str, intent: Intent | None) -> None:
    heard = hear(text, a_link(step=Step.SERVICE_URL), ADA)
    assert (heard.intent if heard else None) is intent
    assert heard is None or heard.actor == ADA


ANOTHER = "https://wd5-services1.myworkday.com/ccx/service/acme2"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        (f"sorry, it's actually {ANOTHER}", Intent.URL),
        ("https://wd5.myworkday.com/acme2/d/home.htmld", Intent.URL),
        (URL.upper().replace("HTTPS", "https").replace("/CCX/API/V1", "/ccx/api/v1"), None),
        (URL, None),
        ("https://wd2-impl.workday.com/acme_dpt1/d/home.htmld", None),
        ("https://wd5.myworkday.com/acme2/d/task/2998$16843.htmld", None),
        (f"not {ANOTHER}", None),
        (f"curl -v {ANOTHER}", None),
        (f"HTTPError: 404 Not Found for {ANOTHER}", Intent.QUESTION),
        (f"> {ANOTHER}\nhow long does this take?", Intent.QUESTION),
        ("https://acme.wd3.myworkdayjobs.com/jobs", None),
    ],
)
@pytest.mark.parametrize("step", [Step.ISU, Step.CHECK])
def test_an_address_that_nobody_asked_for_is_heard_when_it_leads_elsewhere(
    text: str, intent: Intent | None, step: Step
) -> None:
    heard = hear(text, a_link(step=step, endpoint=ENDPOINT), ADA)
    assert (heard.intent if heard else None) is intent


@pytest.mark.parametrize("link", [a_link(), a_link(step=Step.SERVICE_URL, status=Status.PAUSED)])
def test_an_address_before_its_time_is_heard_where_it_is_a_right_one(link: Link) -> None:
    assert hear(URL, link, ADA)
    assert hear("https://acme.wd3.myworkdayjobs.com/jobs", link, ADA) is None


def test_what_was_understood_is_handed_on() -> None:
    link = a_link(step=Step.SERVICE_URL)
    url = hear(URL, link, ADA)
    assert url
    assert url.pasted
    assert url.pasted.kind is PasteKind.REST
    fault = hear("The task submitted is not authorized.", link, ADA)
    assert fault
    assert fault.reason is Reason.NOT_AUTHORIZED


@pytest.mark.parametrize("status", Status)
def test_a_question_is_heard_however_a_link_stands(status: Status) -> None:
    heard = hear("Could you tell us what to do with the group?", changed(WITH_USER, status=status), ADA)
    assert heard
    assert heard.intent is Intent.QUESTION


@pytest.mark.parametrize(
    ("text", "actor", "changes", "is_heard"),
    [
        ("Could you tell us what to do with the group?", BOB, {}, True),
        ("Could you tell us what to do with the group?", BOB, {"admin": None}, True),
        ("<@U0ADA> could you tell us what to do with the group?", BOB, {}, False),
        ("<@U0ADA> could you tell us what to do with the group?", ADA, {}, True),
        ("Could you tell us what to do with the group?", BOB, {"status": Status.CANCELLED}, False),
        ("Could you tell us what to do with the group?", SAM, {}, False),
        ("Could you tell us what to do with the group?", EVE, {}, False),
        ("Lunch at noon?", BOB, {}, False),
    ],
)
def test_what_a_colleague_asks_of_us_is_heard(
    text: str, actor: Person, changes: dict[str, object], *, is_heard: bool
) -> None:
    heard = hear(text, changed(WITH_USER, **changes), actor)
    assert (heard and heard.intent) is (Intent.QUESTION if is_heard else None)
    picture = hear("here", WITH_USER, actor, has_picture=True)
    assert (picture is not None) is (actor is ADA)


def test_a_password_in_a_file_is_no_question() -> None:
    heard = hear("here", WITH_USER, ADA, files=("ISU password.docx",), has_picture=True)
    assert heard
    assert (heard.intent, heard.elsewhere) == (Intent.SECRET, True)
    picture = hear("here", WITH_USER, ADA, files=("Screenshot 2026-11-23.png",), has_picture=True)
    assert picture
    assert picture.intent is Intent.QUESTION


def test_the_first_message_finds_what_it_is_read_with(monkeypatch: pytest.MonkeyPatch) -> None:
    get_ready()
    made: list[str] = []
    compiled = re.compile

    def compile_now(pattern: str, flags: int = 0) -> re.Pattern[str]:
        made.append(pattern)
        return compiled(pattern, flags)

    with monkeypatch.context() as patch:
        patch.setattr(re, "compile", compile_now)
        heard = [hear(text, a_link(step=Step.GROUP), ADA) is not None for text in ("hello", "who can help?", "Locked")]
    assert (heard, made) == ([False, True, False], [])
