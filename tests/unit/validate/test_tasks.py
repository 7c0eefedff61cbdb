"""What the data is for, beside plain prediction: found where it shows, and stateable."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import duckdb
import pytest
from drops import Judge, codes, table

from sluice.contracts.dataset import Schema

GOOD = table()
START = dt.datetime(2024, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)


# Without a target


@pytest.mark.parametrize("stated", [{"target": None}, {"task": "unsupervised"}])
def test_data_without_a_target_is_unsupervised(
    stated: dict[str, object], judge: Judge, tmp_path: Path
) -> None:
    report = judge(GOOD, out=tmp_path, **stated)

    assert (report.verdict, report.task) == ("accepted", "unsupervised"), report.reason
    assert report.target is None
    assert "no target, to be grouped or searched" in report.reason
    assert "sluice.yaml says" in report.task_reason
    assert not {"target-guessed", "target-by-name", "leak"} & codes(report)
    schema = Schema.model_validate_json((tmp_path / "schema.json").read_text())
    assert schema.target is None
    assert {column.name for column in schema.features} == {"width", "height", "colour", "label"}
    rows = duckdb.read_parquet(f"{tmp_path}/*/part-0.parquet").count("*").fetchall()
    assert rows == [(60,)]
    assert report.train_rows + report.holdout_rows == 60


@pytest.mark.parametrize(
    ("stated", "code", "word"),
    [
        ({"task": "unsupervised", "target": "label"}, "target-unused", "`target: auto`"),
        ({"task": "classification", "target": None}, "no-target", "task: unsupervised"),
        ({"task": "reinforcement"}, "no-episodes", "obs_0"),
        ({"task": "reinforcement", "target": "label"}, "target-unused", "`task: auto`"),
        ({"task": "forecasting", "target": "height"}, "unfit-time", "date or time of each row"),
        ({"task": "forecasting"}, "unfit-target", "column of numbers"),
    ],
)
def test_a_stated_task_that_the_data_cannot_serve_is_refused_with_the_way_out(
    stated: dict[str, object], code: str, word: str, judge: Judge
) -> None:
    report = judge(GOOD, **stated)

    assert report.verdict == "rejected"
    assert report.findings[0].code == code
    assert word in report.findings[0].remedy


# Semi-supervised


def partly(share: float, classes: str = "ab", rows: int = 200) -> str:
    rng = random.Random(1)
    lines = (
        f"{rng.random():.5f},{'' if i < share * rows else rng.choice(classes)}" for i in range(rows)
    )
    return "\n".join(["x,label", *lines])


def test_a_target_that_many_rows_lack_makes_it_semi_supervised(
    judge: Judge, tmp_path: Path
) -> None:
    report = judge(partly(0.5), out=tmp_path)

    assert (report.verdict, report.task) == ("accepted", "semi-supervised"), report.reason
    assert "missing in 100 of 200 rows" in report.task_reason
    assert "which only some rows have" in report.reason
    assert report.target.classes == ("a", "b")
    assert report.target.baseline in ("a", "b")
    assert report.train_rows + report.holdout_rows == 200
    lacking = duckdb.read_parquet(f"{tmp_path}/*/part-0.parquet").filter("label IS NULL")
    assert lacking.count("*").fetchall() == [(100,)]


def test_a_target_that_few_rows_lack_is_refused_unless_it_is_meant(judge: Judge) -> None:
    refused = judge(partly(0.05))
    meant = judge(partly(0.05), task="semi-supervised")

    assert refused.findings[0].code == "missing-target"
    # There is no learner of it yet: what leads nowhere is no remedy.
    assert "semi-supervised" not in refused.findings[0].remedy
    assert "remove these rows" in refused.findings[0].remedy
    assert (meant.verdict, meant.task) == ("accepted", "semi-supervised"), meant.reason


def test_many_missing_targets_are_refused_where_another_task_is_stated(judge: Judge) -> None:
    report = judge(partly(0.5), task="classification")

    assert report.findings[0].code == "missing-target"


def test_quantities_may_lack_too(judge: Judge) -> None:
    rng = random.Random(2)
    rows = [f"{rng.random()},{rng.random() if i % 2 else ''}" for i in range(200)]
    report = judge("\n".join(["x,target", *rows]))

    assert report.task == "semi-supervised"
    assert report.target.classes is None
    assert 0.3 < report.target.baseline < 0.7


def test_nothing_without_a_target_is_said_where_semi_supervised_is_asked_for(judge: Judge) -> None:
    assert "all-labelled" in codes(judge(GOOD, task="semi-supervised"), "warn")


def test_targets_on_one_side_of_the_split_only_are_refused(judge: Judge) -> None:
    rows = [f"{i * 0.01:.2f},{'' if i > 1 else i + 2.5}" for i in range(200)]
    report = judge("\n".join(["x,target", *rows]))

    assert report.findings[0].code == "one-sided-split"
    assert "all 2 rows with a target" in report.reason


# Forecasting


def series(step: dt.timedelta, count: int = 120, gaps: int = 0, shuffled: bool = False) -> str:
    rng = random.Random(3)
    moments = [START + step * (i + min(i, gaps) * 2) for i in range(count)]
    rows = [f"{moment},{rng.gauss(20, 5):.3f},{rng.gauss(0, 1):.3f}" for moment in moments]
    if shuffled:
        rng.shuffle(rows)
    return "\n".join(["at,wind,target", *rows])


@pytest.mark.parametrize(
    ("text", "step"),
    [
        (series(dt.timedelta(hours=1)), "1 hour"),
        (series(dt.timedelta(days=7)), "7 days"),
        (series(dt.timedelta(minutes=15), shuffled=True), "15 minutes"),
        (series(dt.timedelta(hours=1), gaps=4), "1 hour"),
    ],
    ids=["hourly", "weekly", "in no order", "with a few gaps"],
)
def test_one_row_a_step_is_a_series(text: str, step: str, judge: Judge) -> None:
    report = judge(text)

    assert (report.verdict, report.task) == ("accepted", "forecasting"), report.reason
    assert step in report.task_reason
    assert "task: regression" in report.task_reason
    assert "to forecast the quantity 'target' over 'at'" in report.reason
    assert report.target.classes is None


def monthly(day: int) -> list[dt.date]:
    firsts = [dt.date(2015 + i // 12, i % 12 + 1, 1) for i in range(97)]
    return firsts[:-1] if day == 1 else [d - dt.timedelta(days=1) for d in firsts[1:]]


@pytest.mark.parametrize("day", [1, 31], ids=["first", "last"])
def test_months_are_a_step_though_they_differ_in_length(day: int, judge: Judge) -> None:
    rng = random.Random(4)
    rows = [f"{d},{rng.random()},{rng.random()}" for d in monthly(day)]

    report = judge("\n".join(["day,x,target", *rows]))

    assert report.task == "forecasting"
    assert "1 month" in report.task_reason


def test_year_month_day_and_hour_are_a_clock(judge: Judge) -> None:
    rng = random.Random(5)
    moments = [START + dt.timedelta(hours=i) for i in range(200)]
    rows = [f"{m.year},{m.month},{m.day},{m.hour},{rng.gauss(0, 1):.3f}" for m in moments]

    report = judge("\n".join(["year,month,day,hour,target", *rows]))

    assert report.task == "forecasting"
    assert "'year', 'month', 'day', 'hour'" in report.reason


def irregular() -> str:
    rng = random.Random(6)
    moments = [START + dt.timedelta(seconds=rng.randrange(10**7)) for _ in range(120)]
    return "\n".join(["at,x,target", *(f"{m},{rng.random()},{rng.random()}" for m in moments)])


def several() -> str:
    rng = random.Random(7)
    rows = [
        f"{(START + dt.timedelta(days=i // 3)).date()},{rng.random()},{rng.random()}"
        for i in range(120)
    ]
    return "\n".join(["day,x,target", *rows])


NO_SERIES = {
    "irregular": irregular(),
    "several rows a day": several(),
}


@pytest.mark.parametrize("what", NO_SERIES)
def test_other_rows_with_a_time_are_regression(what: str, judge: Judge) -> None:
    report = judge(NO_SERIES[what])
    stated = judge(NO_SERIES[what], task="forecasting")

    assert report.task == "regression"
    assert stated.findings[0].code == "unfit-time"
    assert "task: auto" in stated.findings[0].remedy


def test_two_clocks_or_classes_are_no_series(judge: Judge) -> None:
    rows = series(dt.timedelta(hours=1)).splitlines()
    two = [
        "seen," + rows[0],
        *(f"{START + dt.timedelta(days=i)},{r}" for i, r in enumerate(rows[1:])),
    ]
    classes = [rows[0], *(f"{row.rpartition(',')[0]},{i % 2}" for i, row in enumerate(rows[1:]))]

    assert judge("\n".join(two)).task == "regression"
    assert "there are 2 columns" in judge("\n".join(two), task="forecasting").reason
    assert judge("\n".join(classes)).task == "classification"


def test_regression_stated_is_regression(judge: Judge) -> None:
    assert judge(series(dt.timedelta(hours=1)), task="regression").task == "regression"


# Policy


def episodes(header: str) -> str:
    rng = random.Random(8)
    width = header.count(",") - 3
    rows = []
    for i in range(200):
        seen = ",".join(f"{rng.gauss(0, 1):.4f}" for _ in range(width))
        rows.append(f"{i // 20},{seen},{rng.randrange(3)},{rng.random():.3f},{i % 20 == 19}")
    return "\n".join([header, *rows])


@pytest.mark.parametrize(
    "header",
    [
        "episode,observation,action,reward,done",
        "episode_id,obs_0,obs_1,action,reward,terminated",
        "eps_id,obs,new_obs,actions,rewards,dones",
        "traj,observations.0,observations.1,Action,Reward,Timeout",
    ],
)
def test_a_log_of_episodes_is_for_a_policy(header: str, judge: Judge) -> None:
    report = judge(episodes(header))

    assert (report.verdict, report.task) == ("accepted", "reinforcement"), report.reason
    assert report.target is None
    assert "to learn a policy from" in report.reason
    assert "under `target`" in report.task_reason
    assert "episodes-parted" in codes(report, "note")


def test_a_named_target_is_predicted_though_there_are_actions_and_rewards(judge: Judge) -> None:
    text = episodes("episode,obs_0,obs_1,action,reward,done")

    assert judge(text, target="action").task == "classification"


def test_actions_without_rewards_are_no_policy(judge: Judge) -> None:
    assert judge(episodes("episode,obs_0,obs_1,action,amount,done")).task == "classification"
