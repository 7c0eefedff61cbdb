"""Schedule expressions as EventBridge writes them."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from localcloud.events.cron import Rate, parse

FRIDAY = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [("rate(1 minute)", 60), ("rate(5 minutes)", 300), ("rate(2 hours)", 7200)],
)
def test_a_rate_is_so_many_seconds(expression, seconds):
    schedule = parse(expression)
    assert schedule == Rate(seconds=seconds)
    assert schedule.after(FRIDAY) == FRIDAY + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("expression", "next_"),
    [
        ("cron(0 12 * * ? *)", datetime(2026, 11, 20, 12, 0, tzinfo=UTC)),
        ("cron(30 8 * * ? *)", datetime(2026, 11, 21, 8, 30, tzinfo=UTC)),
        ("cron(0/15 * ? * MON-FRI *)", datetime(2026, 11, 20, 8, 45, tzinfo=UTC)),
        ("cron(0 0 ? * 1 *)", datetime(2026, 11, 22, 0, 0, tzinfo=UTC)),
        ("cron(0 0 ? * 2-3 *)", datetime(2026, 11, 23, 0, 0, tzinfo=UTC)),
        ("cron(0 0 1 JAN,JUL ? 2027-2028)", datetime(2027, 1, 1, 0, 0, tzinfo=UTC)),
        ("cron(0 0 L * ? *)", datetime(2026, 11, 30, 0, 0, tzinfo=UTC)),
        ("cron(0 0 ? * 6L *)", datetime(2026, 11, 27, 0, 0, tzinfo=UTC)),
        ("cron(0 0 ? * FRI#1 *)", datetime(2026, 12, 4, 0, 0, tzinfo=UTC)),
        ("cron(0 0 29 2 ? *)", datetime(2028, 2, 29, 0, 0, tzinfo=UTC)),
    ],
)
def test_a_cron_comes_next_when_aws_says(expression, next_):
    assert parse(expression).after(FRIDAY) == next_


@pytest.mark.parametrize("expression", ["cron(0 0 31 2 ? *)", "cron(0 0 1 1 ? 2001)"])
def test_a_cron_that_never_comes_costs_nothing(expression):
    began = time.perf_counter()
    assert parse(expression).after(FRIDAY) is None
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("rate(0 minutes)", "no rate"),
        ("rate(1 minutes)", "no rate"),
        ("rate(5 minute)", "no rate"),
        ("rate(5 weeks)", "neither"),
        ("every day", "neither"),
        ("cron(0 12 * * *)", "has 5 fields"),
        ("cron(61 * * * ? *)", "61"),
        ("cron(0 12 * * * *)", r"one of day-of-month and day-of-week is \?"),
        ("cron(0 12 ? * ? *)", r"one of day-of-month and day-of-week is \?"),
        ("cron(? 12 * * ? *)", r"\? stands for a day only"),
        ("cron(0 12 ? * 8 *)", "no day of the week"),
        ("cron(0 12 1 1 ? 2300)", "years are 1970 to 2199"),
    ],
)
def test_what_aws_refuses_is_refused(expression, says):
    with pytest.raises(ValueError, match=says):
        parse(expression)


def test_what_is_not_there_says_so():
    with pytest.raises(NotImplementedError, match="W in"):
        parse("cron(0 0 15W * ? *)")
