"""Each pattern of a matrix has its first guess, and the facts for it; nothing is guessed where nothing is known."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from flows.diagnosis import permission_causes as inference
from flows.diagnosis.causes import Confidence, FactName, Hypothesis, RootCause
from flows.diagnosis.findings import Finding, RowVerdict
from flows.diagnosis.observations import CheckKind, Deep, Evidence, SignOn, TokenOwner
from flows.diagnosis.permission_cause_table import SUSPICIONS
from flows.diagnosis.permission_causes import infer
from flows.diagnosis.reasons import Field, Owner, Reason, Verdict
from flows.diagnosis.sign_on_causes import credentials_causes, credentials_facts
from flows.diagnosis.sign_on_report import SignOnCause
from flows.permissions import Permission, Probe, load_permissions
from flows.tenant.endpoint import Endpoint
from flows.tenant.hosts import Environment
from sandbox.workday import FUNCTIONAL_AREAS

PERMISSIONS = load_permissions()
HRIS = PERMISSIONS.rows("hris")
BOTH = PERMISSIONS.rows("hris", absence=True)
RECRUITING = PERMISSIONS.rows("recruiting")
ASKABLE = tuple(row.id for row in HRIS if row.probe is not Probe.NONE)
REST = tuple(row.id for row in BOTH if row.probe.is_rest)
AREA = tuple(row.id for row in HRIS if row.area == "Contact Information")
HYPOTHESES = TypeAdapter(tuple[Hypothesis, ...])
C, V = RootCause, Verdict


def verdict(row_id: str, said: Verdict, missing: tuple[str, ...] = ()) -> RowVerdict:
    evidence = None if said is V.UNPROBED else Evidence(operation="x", http_status=200, missing=missing)
    return RowVerdict(permission_id=row_id, verdict=said, reason=Reason.UNKNOWN, evidence=evidence)


def matrix(
    rows: Iterable[Permission] = HRIS,
    *,
    denied: Iterable[str] = (),
    empty: Iterable[str] = (),
    sectionless: Iterable[str] = (),
    put_denied: Iterable[str] = (),
) -> Finding:
    """Make a finding in which every other row that can be asked about is granted."""
    found: list[RowVerdict] = []
    for row in rows:
        if row.id in set(put_denied):
            found.append(
                RowVerdict(
                    permission_id=row.id, verdict=V.DENIED, reason=Reason.NOT_AUTHORIZED, read=V.GRANTED, write=V.DENIED
                )
            )
        elif row.probe is Probe.NONE:
            found.append(verdict(row.id, V.UNPROBED))
        elif row.id in set(denied):
            found.append(verdict(row.id, V.DENIED))
        elif row.id in {*empty, *sectionless}:
            found.append(verdict(row.id, V.EMPTY, ("Some_Data",) if row.id in set(sectionless) else ()))
        else:
            found.append(verdict(row.id, V.GRANTED))
    return Finding(
        kind=CheckKind.PERMISSIONS,
        reason=Reason.PERMISSIONS_MISSING,
        owner=Owner.ADMIN,
        field=Field.PERMISSIONS,
        rows=tuple(found),
    )


GREEN = matrix()
ALL_RED = matrix(denied=ASKABLE)


def causes(found: tuple[Hypothesis, ...]) -> list[RootCause]:
    assert HYPOTHESES.validate_json(HYPOTHESES.dump_json(found), strict=True) == found
    assert len({one.cause for one in found}) == len(found)
    return [one.cause for one in found]


def facts(one: Hypothesis) -> dict[FactName, dict[str, str]]:
    return {fact.name: fact.names for fact in one.because}


def test_green_needs_no_guess() -> None:
    assert infer(GREEN, HRIS) == ()
    assert infer(ALL_RED, HRIS, login_proved=False) == ()
    assert infer(ALL_RED, ()) == ()


def test_all_denied_is_most_likely_not_activated() -> None:
    found = infer(ALL_RED, HRIS)
    assert causes(found) == [C.NOT_ACTIVATED, C.NOT_IN_GROUP, C.VIEW_INSTEAD_OF_GET, C.WRONG_ACCOUNT_TYPE]
    assert found[0].confidence is Confidence.LIKELY
    assert found[0].rows == ASKABLE
    assert facts(found[0]) == {FactName.ALL_DENIED: {"count": str(len(ASKABLE))}, FactName.LOGIN_FINE: {}}
    assert found[1].confidence is Confidence.POSSIBLE


def test_workday_can_make_it_certain_or_strike_it_out() -> None:
    policy = next(row.policy for row in HRIS if row.id == "location")
    certain = infer(ALL_RED, HRIS, deep=Deep(token_works=True, pending=(policy, "Another")))[0]
    assert (certain.cause, certain.confidence, certain.rows) == (C.NOT_ACTIVATED, Confidence.CERTAIN, ("location",))
    assert facts(certain)[FactName.SAYS_PENDING] == {"count": "1", "policy": policy}
    struck = infer(ALL_RED, HRIS, deep=Deep(token_works=True, pending=()))
    assert causes(struck) == [C.NOT_IN_GROUP, C.VIEW_INSTEAD_OF_GET, C.WRONG_ACCOUNT_TYPE]
    assert facts(struck[0])[FactName.SAYS_NOTHING_PENDING] == {}
    unknown = infer(ALL_RED, HRIS, deep=Deep(token_works=True))
    assert causes(unknown) == causes(infer(ALL_RED, HRIS))


@pytest.mark.parametrize(("user", "person"), [("jane.doe", True), ("jane@acme.com", True), ("ISU_Link", False)])
@pytest.mark.parametrize("other", ["int.kombo", "svc-hr", "", "JSMITH"])
def test_the_name_of_a_person_is_worth_a_look(user: str, person: bool, other: str) -> None:  # noqa: FBT001
    found = infer(ALL_RED, HRIS, user=user)
    assert (found[1].cause is C.WRONG_ACCOUNT_TYPE) == person
    assert infer(ALL_RED, HRIS, user=other)[1].cause is C.NOT_IN_GROUP
    if person:
        assert facts(found[1])[FactName.NAME_OF_A_PERSON] == {"name": user}


def test_green_then_red_is_a_change() -> None:
    found = infer(ALL_RED, HRIS, before=GREEN)
    assert causes(found) == [C.NOT_IN_GROUP]
    assert found[0].confidence is Confidence.LIKELY
    assert facts(found[0])[FactName.WORKED_BEFORE] == {"count": str(len(ASKABLE))}
    copied = infer(ALL_RED, HRIS, before=GREEN, environment=Environment.SANDBOX)
    assert causes(copied)[0] is C.SANDBOX_REFRESHED


def test_some_denied_are_not_granted_yet() -> None:
    found = infer(matrix(denied=["location", "compensation"]), HRIS)
    assert causes(found) == [C.ROW_NOT_GRANTED, C.NOT_ACTIVATED]
    assert set(found[0].rows) == {"location", "compensation"}
    assert facts(found[0]) == {FactName.SOME_DENIED: {"count": "2"}}


def test_some_that_worked_were_taken_away() -> None:
    found = infer(matrix(denied=["location"]), HRIS, before=GREEN)
    assert causes(found) == [C.GRANT_TAKEN_AWAY, C.NOT_ACTIVATED]
    still = infer(matrix(denied=["location", "compensation"]), HRIS, before=matrix(denied=["location"]))
    assert causes(still)[:2] == [C.GRANT_TAKEN_AWAY, C.ROW_NOT_GRANTED]
    assert still[1].rows == ("location",)
    assert FactName.STILL_DENIED in facts(still[1])


def test_one_area_alone_is_switched_off() -> None:
    found = infer(matrix(denied=AREA), HRIS)
    assert causes(found)[0] is C.AREA_SWITCHED_OFF
    assert found[0].rows == AREA
    assert facts(found[0])[FactName.ONE_AREA] == {"count": "2", "area": "Contact Information"}
    assert causes(infer(matrix(denied=AREA[:1]), HRIS))[0] is C.ROW_NOT_GRANTED
    assert causes(infer(matrix(denied=[*AREA, "location"]), HRIS))[0] is C.ROW_NOT_GRANTED
    partly = ("employment-data", "organization-information")
    assert causes(infer(matrix(denied=partly), HRIS))[0] is C.ROW_NOT_GRANTED


def test_areas_are_workdays() -> None:
    for profile in PERMISSIONS.profiles.values():
        for row in profile.permissions:
            assert row.policy in FUNCTIONAL_AREAS[row.area]
            assert bool(row.scope) == row.probe.is_rest


def test_view_instead_of_get_shows_over_rest() -> None:
    denied = tuple(row.id for row in BOTH if not row.probe.is_rest and row.probe is not Probe.NONE)
    api = matrix(row for row in BOTH if row.probe.is_rest)
    soap = matrix((row for row in BOTH if not row.probe.is_rest), denied=denied)
    found = infer(soap, BOTH, api=api)
    assert causes(found)[0] is C.VIEW_INSTEAD_OF_GET
    assert found[0].rows == ("public-worker-reports",)
    assert facts(found[0]) == {FactName.SAME_POLICY_OVER_REST: {"policy": "Worker Data: Public Worker Reports"}}


def test_put_denied_while_get_works() -> None:
    ids = ("candidate-personal-information", "move-candidate")
    found = infer(matrix(RECRUITING, put_denied=ids), RECRUITING)
    assert causes(found) == [C.GET_WITHOUT_PUT, C.NOT_ACTIVATED]
    assert found[0].rows == ids
    pending = Deep(token_works=True, pending=("Move Candidate",))
    assert infer(matrix(RECRUITING, put_denied=ids), RECRUITING, deep=pending)[0].rows == ("move-candidate",)


# REST


def test_a_scope_that_fails_as_a_whole_is_missing() -> None:
    denied = tuple(row.id for row in BOTH if row.scope == "Time Off and Leave")
    found = infer(matrix(BOTH, denied=denied), BOTH)
    assert causes(found)[0] is C.SCOPE_MISSING
    assert facts(found[0]) == {FactName.SCOPE_FAILS: {"scope": "Time Off and Leave"}, FactName.SOAP_FINE: {}}


def test_a_scope_that_works_elsewhere_is_there() -> None:
    found = infer(matrix(BOTH, denied=["time-off-balances"]), BOTH)
    assert causes(found)[0] is C.VIEW_NOT_GRANTED
    assert found[0].confidence is Confidence.LIKELY
    assert facts(found[0]) == {FactName.SCOPE_WORKS: {"scope": "Time Off and Leave"}}


def test_the_same_policy_over_soap_means_get_without_view() -> None:
    found = infer(matrix(BOTH, denied=["public-worker-reports-view"]), BOTH)
    assert C.GET_INSTEAD_OF_VIEW in causes(found)
    one = next(one for one in found if one.cause is C.GET_INSTEAD_OF_VIEW)
    assert facts(one)[FactName.SAME_POLICY_OVER_SOAP]["policy"] == "Worker Data: Public Worker Reports"


def test_all_of_rest_denied_may_be_another_token() -> None:
    red = matrix(BOTH, denied=REST)
    assert C.TOKEN_OF_ANOTHER_USER in causes(infer(red, BOTH))
    other = infer(red, BOTH, deep=Deep(token_works=True, token_owner=TokenOwner.SOMEBODY_ELSE))
    assert (other[0].cause, other[0].confidence) == (C.TOKEN_OF_ANOTHER_USER, Confidence.CERTAIN)
    own = infer(red, BOTH, deep=Deep(token_works=True, token_owner=TokenOwner.INTEGRATION_USER))
    assert C.TOKEN_OF_ANOTHER_USER not in causes(own)


def test_the_newest_api_finding_stands_in_for_rows_not_asked() -> None:
    api = matrix((row for row in BOTH if row.probe.is_rest), denied=REST)
    assert infer(GREEN, BOTH, api=api)[0].rows
    assert infer(GREEN, HRIS, api=api) == (), "rows of another profile are left out"
    asked = matrix(BOTH)
    assert infer(asked, BOTH, api=api) == (), "what this finding asked itself counts"


# Empty


def test_nothing_but_emptiness() -> None:
    nothing = matrix(empty=ASKABLE)
    assert causes(infer(nothing, HRIS)) == [C.GROUP_CONSTRAINED, C.NOT_ACTIVATED, C.TENANT_EMPTY]
    young = infer(nothing, HRIS, environment=Environment.IMPLEMENTATION)
    assert causes(young) == [C.TENANT_EMPTY, C.GROUP_CONSTRAINED, C.NOT_ACTIVATED]
    no_workers = infer(matrix(empty=["public-worker-reports"]), HRIS)
    assert causes(no_workers)[0] is C.GROUP_CONSTRAINED
    assert FactName.ALL_EMPTY in facts(no_workers[0])


def test_some_emptiness() -> None:
    section = infer(matrix(sectionless=["compensation"]), HRIS)
    assert causes(section) == [C.SECTION_NOT_GRANTED, C.NOT_ACTIVATED, C.NO_SUCH_DATA]
    assert causes(infer(matrix(empty=["location"]), HRIS)) == [C.NOT_ACTIVATED, C.NO_SUCH_DATA]


ids = st.lists(st.sampled_from([row.id for row in BOTH]), unique=True)
deeps = st.none() | st.builds(
    Deep,
    token_works=st.booleans(),
    pending=st.none() | st.lists(st.sampled_from([row.policy for row in BOTH])).map(tuple),
    token_owner=st.sampled_from(TokenOwner),
)
findings = st.builds(
    lambda denied, empty, sectionless, put: matrix(
        BOTH, denied=denied, empty=empty, sectionless=sectionless, put_denied=put
    ),
    ids,
    ids,
    ids,
    ids,
)


@pytest.mark.no_cover
@given(findings, st.none() | findings, st.none() | findings, st.sampled_from(Environment), st.text(max_size=12), deeps)
def test_any_matrix_comes_to_ordered_guesses(
    finding: Finding,
    before: Finding | None,
    api: Finding | None,
    environment: Environment,
    user: str,
    deep: Deep | None,
) -> None:
    found = infer(finding, BOTH, before=before, api=api, environment=environment, user=user, deep=deep)
    causes(found)
    order = [list(Confidence).index(one.confidence) for one in found]
    assert order == sorted(order)
    red = {row.permission_id for row in finding.rows if row.verdict in {V.DENIED, V.EMPTY}}
    red |= {row.permission_id for row in (api.rows if api else ()) if row.verdict in {V.DENIED, V.EMPTY}}
    for one in found:
        assert one.rows
        assert set(one.rows) <= red
        assert one.because
    if set(finding.ids(V.DENIED)) | set(finding.ids(V.EMPTY)):
        assert found, "whatever is red has a guess"


def test_every_cause_of_the_table_is_known_by_one_row_at_least() -> None:
    assert {row.cause for row in SUSPICIONS} <= set(RootCause)
    for row in SUSPICIONS:
        assert row.because
        assert set(row.because) <= inference._FACTS.keys()  # noqa: SLF001 - one without words would fail in front of a person


# A refused sign-on

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday
IMPL = "wd2-impl-services1.workday.com"
PROD = "wd3-services1.myworkday.com"


def at(host: str, tenant: str = "acme") -> Endpoint:
    return Endpoint(host=host, tenant=tenant)


def refusal(
    typed: str = "ISU_Link",
    *,
    tenant: str = "acme",
    host: str = PROD,
    oauth: bool | None = None,
    worked: datetime | None = None,
    due: date | None = None,
) -> dict[FactName, dict[str, str]]:
    return {fact.name: fact.names for fact in credentials_facts(typed, at(host, tenant), oauth, worked, due, NOW)}


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("", FactName.NAME_BLANK),
        ("isu link", FactName.NAME_HAS_SPACES),
        ("isu\x07link", FactName.NAME_HAS_CONTROL_CHARACTERS),
        ("“isu_link”", FactName.NAME_HAS_SMART_QUOTES),
        ("User name: isu_link", FactName.NAME_HAS_PASTED_LABEL),
        ("https://x/isu", FactName.NAME_IS_ADDRESS),
        ("isu_link@other", FactName.NAME_OTHER_TENANT),
        ("isu_link", FactName.NAME_FORM_FINE),
    ],
)
def test_the_form_of_the_name_is_a_fact(typed: str, name: FactName) -> None:
    found = refusal(typed)
    assert name in found
    first = credentials_causes(credentials_facts(typed, at(PROD), None, None, None, NOW))[0]
    assert (first.cause is C.USER_NAME_WRONG) == (name is not FactName.NAME_FORM_FINE)


def test_what_was_done_with_the_name_is_told() -> None:
    assert refusal("ISU_Link")[FactName.TENANT_ADDED] == {"tenant": "acme"}
    assert FactName.TENANT_TYPED in refusal("ISU_Link@ACME")
    assert refusal("ISU_Link")[FactName.NAME_HAS_CAPITALS] == {"name": "ISU_Link"}
    assert FactName.NAME_HAS_CAPITALS not in refusal("isu_link")
    assert FactName.NAME_LOOKS_LIKE_EMAIL in refusal("jane@acme.com")
    assert refusal(host=IMPL)[FactName.HOST_ENVIRONMENT] == {"environment": "sandbox"}
    assert FactName.HOST_ENVIRONMENT not in refusal(host="127.0.0.1:4001")


@pytest.mark.parametrize(
    ("host", "chosen", "is_refreshed"),
    [
        ("127.0.0.1:4001", Environment.SANDBOX, True),
        ("127.0.0.1:4001", Environment.UNKNOWN, False),
        (IMPL, Environment.UNKNOWN, True),
        (PROD, Environment.SANDBOX, False),
    ],
)
def test_what_our_own_people_chose_tells_of_a_sandbox_that_its_host_hides(
    host: str, chosen: Environment, *, is_refreshed: bool
) -> None:
    facts = credentials_facts("isu_link", at(host), None, NOW - timedelta(days=9), None, NOW, chosen)
    assert (FactName.REFRESHED_SINCE in {fact.name for fact in facts}) is is_refreshed


def first_of(**changes: object) -> tuple[Hypothesis, ...]:
    arguments: dict[str, object] = {"oauth_works": None, "worked_before_at": None, "expiry_due": None}
    arguments |= {"user_name_typed": "isu_link", "endpoint": at(PROD), "now": NOW, **changes}
    return credentials_causes(credentials_facts(**arguments))  # type: ignore[arg-type]


def test_a_first_refusal_is_a_typing_slip_before_anything_costly() -> None:
    found = causes(first_of())
    assert found[0] is C.PASSWORD_WRONG
    assert found.index(C.AUTHENTICATION_POLICY) > found.index(C.ACCOUNT_LOCKED)
    assert C.OTHER_ENVIRONMENT in found
    assert C.PASSWORD_EXPIRED not in found


def test_worked_yesterday_and_old_enough_is_expired() -> None:
    found = first_of(worked_before_at=datetime(2026, 3, 3, tzinfo=UTC), expiry_due=date(2026, 3, 4))
    assert (found[0].cause, found[0].confidence) == (C.PASSWORD_EXPIRED, Confidence.LIKELY)
    assert facts(found[0])[FactName.PASSWORD_DUE] == {"date": "2026-03-04"}
    assert facts(found[0])[FactName.WORKED_AT] == {"date": "2026-03-03"}
    assert C.USER_NAME_WRONG not in causes(found)
    young = first_of(worked_before_at=datetime(2026, 3, 3, tzinfo=UTC), expiry_due=date(2026, 5, 1))
    assert C.PASSWORD_EXPIRED not in causes(young)
    unknown = first_of(worked_before_at=datetime(2026, 3, 3, tzinfo=UTC))
    assert C.PASSWORD_EXPIRED in causes(unknown)


def test_a_token_that_works_leaves_password_and_policy() -> None:
    found = first_of(oauth_works=True)
    assert {one.cause for one in found if one.confidence is Confidence.LIKELY} == {
        C.PASSWORD_WRONG,
        C.AUTHENTICATION_POLICY,
    }
    assert C.ACCOUNT_DISABLED not in causes(found)
    assert C.OTHER_ENVIRONMENT not in causes(found)
    failing = first_of(oauth_works=False)
    assert next(one for one in failing if one.cause is C.ACCOUNT_DISABLED).confidence is Confidence.LIKELY


def test_a_sandbox_copied_since_explains_itself() -> None:
    found = first_of(endpoint=at(IMPL), worked_before_at=datetime(2026, 2, 27, tzinfo=UTC))
    assert found[0].cause is C.SANDBOX_REFRESHED
    assert C.SANDBOX_REFRESHED not in causes(
        first_of(endpoint=at(IMPL), worked_before_at=datetime(2026, 3, 3, tzinfo=UTC))
    )


@pytest.mark.parametrize("cause", list(SignOnCause))
def test_a_pasted_line_settles_it(cause: SignOnCause) -> None:
    found = credentials_causes((), pasted=cause)
    sure = {one.cause for one in found if one.confidence is Confidence.CERTAIN}
    several = {SignOnCause.WRONG_NAME_OR_PASSWORD, SignOnCause.POLICY_NOT_ALLOWED, SignOnCause.SUCCESS}
    # A report without a row may be one of other days.
    several.add(SignOnCause.NO_ROW)
    assert len(found) == len(sure) == 1 if cause not in several else not sure


@pytest.mark.parametrize(
    ("sign_on", "first"),
    [
        (SignOn(failed=True, message="Account disabled"), C.ACCOUNT_DISABLED),
        (SignOn(failed=True, message="?", locked_disabled_or_expired=True), C.ACCOUNT_LOCKED),
        (SignOn(failed=True, invalid_credentials=True), C.USER_NAME_WRONG),
        (SignOn(failed=True, message="Successful"), C.PASSWORD_WRONG),
        (SignOn(failed=False), C.PASSWORD_WRONG),
    ],
)
def test_what_workday_keeps_comes_first(sign_on: SignOn, first: RootCause) -> None:
    assert credentials_causes((), deep=Deep(token_works=True, sign_ons=(sign_on,)))[0].cause is first


def test_what_workday_does_not_keep_changes_nothing() -> None:
    assert credentials_causes((), deep=Deep(token_works=True)) == credentials_causes(())
