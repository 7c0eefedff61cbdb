"""A worse model is not deployed: the version that answers stays the one that answered."""

from __future__ import annotations

from tests.pipeline.cloud import table


def version(offline, model: str) -> str:
    return offline.client.call("GET", f"v1/models/{model}").document()["version"]


def test_a_worse_model_is_not_deployed(offline, model):
    offline.drop(f"{model}/people.csv", table(600, noise=0.02), state="released")
    first = version(offline, model)
    # Half of the labels of the second drop are wrong, so that what it learns is worse anywhere.
    state = offline.drop(f"{model}/people.csv", table(600, seed=3, noise=0.48), state="rejected")
    assert "held-out rows" in state.reason
    assert version(offline, model) == first


def test_noise_is_no_better_than_the_baseline(offline, model):
    state = offline.drop(f"{model}/people.csv", table(300, noise=0.5), state="rejected")
    assert "always answering the same" in state.reason
