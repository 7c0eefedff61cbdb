"""The same drop twice trains once; the second ends as the first did."""

from __future__ import annotations

from tests.pipeline.cloud import table


def test_the_same_drop_twice_trains_once(offline, model):
    first = offline.drop(f"{model}/people.csv", table(), state="released")
    second = offline.drop(f"{model}/again.csv", table(), state="released")
    assert second.run_id != first.run_id
    assert first.run_id in second.reason
    assert len(offline.training_jobs(first.run_id)) == 1
    assert offline.training_jobs(second.run_id) == []


def test_dropped_again_while_the_first_is_under_way_it_waits_for_that_one(offline, model):
    first = offline.put(f"{model}/people.csv", table())
    second = offline.put(f"{model}/again.csv", table())
    ends = [offline.end(run, state="released") for run in (first, second)]
    assert sum(len(offline.training_jobs(end.run_id)) for end in ends) == 1
