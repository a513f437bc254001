"""Whatever is pasted, reading never fails, ordinary words are not read, and one slip does not change the meaning."""

import string
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.diagnosis.sign_on_report import SignOnCause, read_sign_on
from flows.tenant.hosts import Environment
from flows.tenant.maintenance import PACIFIC, last_refresh, likely_window, next_refresh
from sandbox.workday import SignOnFailure

FIRST, LAST = datetime(2020, 1, 1), datetime(2040, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
MOMENTS = st.datetimes(min_value=FIRST, max_value=LAST, timezones=st.just(UTC))
DOWN = [Environment.SANDBOX, Environment.IMPLEMENTATION, Environment.PREVIEW]


@given(st.text(), st.text(max_size=10), st.text(max_size=10))
def test_any_text_is_read_or_not(text: str, tenant: str, user: str) -> None:
    assert read_sign_on(text, tenant=tenant, user=user) in {None, *SignOnCause}


@given(st.text(string.digits + string.punctuation.replace("@", "") + " \t\n"))
def test_no_words_mean_nothing(text: str) -> None:
    assert read_sign_on(text) is None


@given(st.sampled_from(SignOnFailure), st.data())
def test_a_lost_letter_never_makes_another_cause(failure: SignOnFailure, data: st.DataObject) -> None:
    text = failure.value
    at = data.draw(st.integers(0, len(text) - 1))
    assert read_sign_on(text[:at] + text[at + 1 :]) in {None, read_sign_on(text), SignOnCause.UNKNOWN_USER}


@given(MOMENTS, st.sampled_from(DOWN))
def test_the_window_is_friday_evening_to_saturday_morning_on_the_west_coast(
    now: datetime, environment: Environment
) -> None:
    local = now.astimezone(PACIFIC)
    inside = (local.weekday() == 4 and local.hour >= 18) or (local.weekday() == 5 and local.hour < 6)
    end = likely_window(environment, now)
    assert (end is not None) == inside
    if end:
        assert now < end <= now + timedelta(hours=12)
        assert (end.astimezone(PACIFIC).weekday(), end.astimezone(PACIFIC).hour) == (5, 6)
        assert likely_window(environment, end) is None
        assert end.tzinfo is UTC


@given(MOMENTS)
def test_refreshes_are_a_week_apart_by_the_clock_of_the_west_coast(now: datetime) -> None:
    last, following = last_refresh(Environment.SANDBOX, now), next_refresh(Environment.SANDBOX, now)
    assert last is not None
    assert following is not None
    assert last <= now < following
    assert abs(following - last - timedelta(days=7)) <= timedelta(hours=1), "summer time moves it by an hour"
    for moment in (last, following):
        local = moment.astimezone(PACIFIC)
        assert (local.weekday(), local.hour, local.minute) == (4, 18, 0)
    assert last_refresh(Environment.SANDBOX, following) == following


@given(MOMENTS)
def test_production_has_no_weekly_window(now: datetime) -> None:
    for environment in (Environment.PRODUCTION, Environment.UNKNOWN):
        assert likely_window(environment, now) is None
    for environment in set(Environment) - {Environment.SANDBOX}:
        assert last_refresh(environment, now) is None
        assert next_refresh(environment, now) is None


@given(MOMENTS, st.timedeltas(timedelta(hours=-12), timedelta(hours=12)))
def test_the_zone_of_the_moment_does_not_matter(now: datetime, offset: timedelta) -> None:
    elsewhere = now.astimezone(timezone(offset))
    assert likely_window(Environment.SANDBOX, elsewhere) == likely_window(Environment.SANDBOX, now)
    assert likely_window(Environment.SANDBOX, now.astimezone(PACIFIC)) == likely_window(Environment.SANDBOX, now)


def test_a_moment_without_a_zone_is_refused() -> None:
    for environment in (Environment.SANDBOX, Environment.PRODUCTION):
        with pytest.raises(ValueError, match="needs a time zone"):
            likely_window(environment, FIRST)
        with pytest.raises(ValueError, match="needs a time zone"):
            next_refresh(environment, FIRST)
