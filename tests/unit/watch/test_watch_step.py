"""Watch counts what each champion answered since its release."""

from __future__ import annotations

import json

from functions.shared.hints import Hint
from functions.watch.step import WatchStep
from sluice.contracts.events import Kind
from sluice.contracts.names import capture_prefix
from sluice.contracts.prediction import Signature, SignatureColumn
from sluice.contracts.release import Champion
from tests.fakes import MemoryModels, MemoryStore, SpokenBus

SIGNATURE = Signature(
    model="iris",
    version="v",
    task="regression",
    target="y",
    classes=None,
    columns=(SignatureColumn(name="x", type="number", nullable=True),),
)
TICK = Hint(detail_type="Scheduled", detail={}, model="")


def champion(model: str) -> Champion:
    return Champion(
        model=model,
        version="v",
        run=f"sluice-{model}-abcdefghijkl",
        attempt=2,
        sequence=1,
        endpoint=f"sluice-{model}-g1",
        generation=1,
        endpoint_config=f"sluice-{model}-abcdefghijkl-02",
        package="arn",
        instance_type="ml.m5.large",
        artifacts="s3://artifacts/x/",
        evaluation="s3://artifacts/e.json",
        released_at="2026-11-20T00:00:00+00:00",
    )


def call(rows: int) -> str:
    body = json.dumps({"instances": [{"x": 1}] * rows})
    data = {"data": body, "encoding": "JSON", "observedContentType": "application/json"}
    return json.dumps({"captureData": {"endpointInput": data}})


def watch(store: MemoryStore, *models: str) -> SpokenBus:
    say = SpokenBus(stage="watch")
    serving = MemoryModels(serving={model: champion(model) for model in models})
    WatchStep(slug="sluice", artifacts=store, models=serving, say=say).take(TICK)
    return say


def test_calls_and_rows_of_the_config_that_serves_are_counted() -> None:
    mine, older = (capture_prefix(f"sluice-iris-abcdefghijkl-0{n}") for n in (2, 1))
    store = MemoryStore(
        bodies={
            f"{mine}a.jsonl": f"{call(3)}\n{call(2)}\n".encode(),
            f"{mine}b.jsonl": b"not json\n",
            f"{older}a.jsonl": f"{call(9)}\n".encode(),
        },
        documents={"x/signature.json": SIGNATURE.model_dump(mode="json")},
    )

    (said,) = watch(store, "iris").said

    assert (said.kind, said.attempt) == (Kind.TRAFFIC_COUNTED, 2)
    assert {name: said.data[name] for name in ("rows", "unreadable")} == {
        "rows": 5,
        "unreadable": 1,
    }
    assert "5 rows" in said.reason


def test_a_model_that_nobody_called_is_not_spoken_of() -> None:
    assert watch(MemoryStore(), "iris", "houses").said == []
