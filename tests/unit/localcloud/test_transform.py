"""What a rule's target gets of an event."""

import json

import pytest

from localcloud.events.transform import payload

EVENT = {
    "id": "1",
    "time": "2026-11-20T00:00:00Z",
    "detail-type": "Drop Rejected",
    "resources": ["arn:a", "arn:b"],
    "detail": {
        "model": "iris",
        "reason": 'line 3: "a,b"\nis ragged',
        "n": 3,
        "deep": {"x": [1, 2]},
    },
}


def _payload(**target):
    return payload(target, EVENT, rule_arn="arn:aws:events:r:a:rule/mine")


def test_without_more_a_target_gets_the_event():
    assert json.loads(_payload()) == EVENT


def test_input_is_sent_as_it_is():
    assert _payload(Input='{"look": "again"}') == '{"look": "again"}'


def test_input_path_picks_a_part():
    assert json.loads(_payload(InputPath="$.detail.deep")) == {"x": [1, 2]}
    assert json.loads(_payload(InputPath="$.resources[1]")) == "arn:b"
    assert json.loads(_payload(InputPath="$['detail-type']")) == "Drop Rejected"
    assert json.loads(_payload(InputPath="$.detail.absent")) is None


def _transform(template, **paths):
    return _payload(InputTransformer={"InputTemplate": template, "InputPathsMap": paths})


def test_a_quoted_template_stays_one_sentence_whatever_the_values_hold():
    said = _transform('"<m>: <why>"', m="$.detail.model", why="$.detail.reason")
    assert json.loads(said) == 'iris: line 3: "a,b"\nis ragged'


def test_outside_quotes_values_are_json():
    said = _transform(
        '{"n": <n>, "all": <deep>, "who": "<m>"}',
        n="$.detail.n",
        deep="$.detail.deep",
        m="$.detail.model",
    )
    assert json.loads(said) == {"n": 3, "all": {"x": [1, 2]}, "who": "iris"}


def test_reserved_variables_are_known():
    assert json.loads(_transform('"<aws.events.rule-name>"')) == "mine"
    assert json.loads(_transform("<aws.events.event.json>")) == EVENT


def test_an_absent_value_is_empty_in_a_sentence_and_null_outside():
    assert _transform('"<x>!"', x="$.detail.absent") == '"!"'
    assert _transform("<x>", x="$.detail.absent") == "null"


def test_a_path_beyond_awss_subset_is_refused_by_name():
    with pytest.raises(NotImplementedError, match=r"\$\.\.reason"):
        _payload(InputPath="$..reason")
