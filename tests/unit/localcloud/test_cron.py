"""Schedule expressions as AWS means them."""

from datetime import UTC, datetime

import pytest

from localcloud.events.cron import Rate, parse


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [
        ("rate(1 minute)", 60),
        ("rate(5 minutes)", 300),
        ("rate(2 hours)", 7200),
        ("rate(1 day)", 86400),
    ],
)
def test_a_rate_is_seconds(expression, seconds):
    assert parse(expression) == Rate(seconds=seconds)


@pytest.mark.parametrize(
    ("expression", "at", "expected"),
    [
        ("cron(0 12 * * ? *)", datetime(2026, 11, 20, 12, 0, tzinfo=UTC), True),
        ("cron(0 12 * * ? *)", datetime(2026, 11, 20, 12, 1, tzinfo=UTC), False),
        ("cron(0/15 * ? * MON-FRI *)", datetime(2026, 11, 20, 3, 45, tzinfo=UTC), True),
        ("cron(0/15 * ? * MON-FRI *)", datetime(2026, 11, 22, 3, 45, tzinfo=UTC), False),
        ("cron(0 0 ? * 1 *)", datetime(2026, 11, 22, 0, 0, tzinfo=UTC), True),
        ("cron(0 0 1 JAN,JUL ? 2026-2027)", datetime(2027, 7, 1, 0, 0, tzinfo=UTC), True),
    ],
)
def test_a_cron_matches_its_minutes(expression, at, expected):
    assert parse(expression).matches(at) is expected


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("every day", "neither rate"),
        ("cron(0 12 * * *)", "has 5 fields"),
        ("cron(61 * * * ? *)", "outside 0-59"),
    ],
)
def test_nonsense_is_refused(expression, said):
    with pytest.raises(ValueError, match=said):
        parse(expression)


def test_what_is_not_there_is_named():
    with pytest.raises(NotImplementedError, match="'L'"):
        parse("cron(0 0 L * ? *)")
