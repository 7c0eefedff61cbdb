"""A better second drop updates the endpoint, and no request fails while a client keeps calling."""

from __future__ import annotations

import threading

from tests.pipeline.cloud import table


def test_a_better_second_drop_updates_the_endpoint_with_no_failed_request(offline, model):
    # In the first drop the colour says nothing; in the second one it does.
    offline.drop(f"{model}/people.csv", table(300, red=0.0), state="released")
    versions: list[str] = []
    failures: list[str] = []
    done = threading.Event()

    def keep_calling() -> None:
        row = b'{"instances": [{"width": 1.0, "colour": "red"}]}'
        # Below the gateway's throttle, which would refuse for a reason of its own.
        while not done.wait(0.05):
            answer = offline.client.predict_raw(model, row, "application/json")
            if answer.status == 200:
                versions.append(answer.document()["version"])
            else:
                failures.append(f"{answer.status}: {answer.body}")

    callers = [threading.Thread(target=keep_calling) for _ in range(2)]
    for caller in callers:
        caller.start()
    try:
        state = offline.drop(f"{model}/people.csv", table(1500, seed=0, noise=0.02))
        assert state.state == "released", state.reason
        new = offline.client.predict(model, {"instances": [{"width": 1.0, "colour": "red"}]})
    finally:
        done.set()
        for caller in callers:
            caller.join()
    assert failures == []
    order = list(dict.fromkeys(versions))
    assert len(order) == 2
    assert order[-1] == new["version"]
    assert versions == sorted(versions, key=order.index)
