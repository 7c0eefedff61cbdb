import pytest
import yaml
from hypothesis import given, strategies

from sluice.contracts.errors import SpecRefused
from sluice.contracts.spec import Policy, Spec
from sluice.contracts.spec_file import MAX_SPEC_BYTES, parse_spec, with_target

POLICY = Policy(minutes=30, usd=5.0, endpoint_instances=3)


def test_no_file_means_all_defaults_within_the_policy():
    spec = parse_spec(None, POLICY)
    assert (spec.train.minutes, spec.train.usd, spec.deploy.max) == (30, 5.0, 3)
    assert spec.target == "auto"


def test_an_empty_file_means_the_same():
    assert parse_spec("# nothing yet\n", POLICY) == parse_spec(None, POLICY)


def test_stated_columns_survive_the_marker():
    text = """
schema:
  columns: {day: {range: [2024-01-01, null], allowed: [2024-01-01, x, 1, 1.5]}}
  evolve: true
read: {missing: [NA]}
"""
    spec = parse_spec(text, POLICY)
    assert spec.contract.evolve
    assert spec.contract.columns["day"].range == ("2024-01-01", None)
    assert spec.contract.columns["day"].allowed == ("2024-01-01", "x", 1, 1.5)
    assert Spec.model_validate(spec.model_dump(mode="json")) == spec


def test_null_target_means_none():
    assert parse_spec("target: null", POLICY).target is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("targt: x", ["targt", "Did you mean target?"]),
        ("train: {minute: 5}", ["train.minute", "minutes"]),
        ("train: {minutes: 31}", ["train.minutes is 31", "at most 30"]),
        ("train: {minutes: 0}", ["train.minutes", "greater than or equal to 1"]),
        ("train: {usd: 6}", ["train.usd is 6", "at most 5"]),
        ("train: {hardware: gpu}", ["train.hardware is 'gpu'", "allows cpu"]),
        ("train: {hardware: tpu}", ["train.hardware", "'tpu'"]),
        ("train: {tune: 3}", ["train.tune is 3", "not there yet"]),
        ("train: {entry: train.py}", ["train.entry", "not there yet"]),
        ("deploy: {max: 9}", ["deploy.max is 9", "at most 3"]),
        ("deploy: {min: 3, max: 2}", ["deploy.min is 3", "deploy.max, 2"]),
        ("deploy: {canary: {percent: 90}}", ["deploy.canary.percent", "50"]),
        ("watch: {retrain: true}", ["watch.retrain", "not there yet"]),
        ("watch: {drift: true}", ["watch.drift is True", "not there yet", "Remove"]),
        ("gate: {metric: f1}", ["gate.metric", "'f1'", "roc_auc"]),
        ("target: 7", ["target is 7", "string"]),
        ("train: 5", ["train is 5"]),
        ("read: {encoding: klingon}", ["read.encoding is 'klingon'", "such as latin-1"]),
        ("read: {encoding: hex}", ["read.encoding is 'hex'"]),
        ("read: {encoding: utf-7}", ["read.encoding is 'utf-7'"]),
        ("read: {delimiter: ab}", ["read.delimiter is 'ab'", "at most 1 character"]),
        ("read: {delimiter: x}", ["read.delimiter is 'x'", "punctuation"]),
        ('read: {quote: "\\n"}', ["read.quote", "punctuation"]),
        ("read: {quote: ';', delimiter: ';'}", ["read is", "should differ"]),
        ("read: {decimal: ';'}", ["read.decimal is ';'", "'.' or ','"]),
        ("read: {header: maybe}", ["read.header is 'maybe'"]),
        ("read: {missing: NA}", ["read.missing is 'NA'", "tuple"]),
        ("read: {delimeter: ';'}", ["read.delimeter", "Did you mean delimiter?"]),
        ("schema: {evolv: true}", ["schema.evolv", "Did you mean evolve?"]),
        ("schema: {columns: {a: {typ: text}}}", ["schema.columns.a.typ", "Did you mean type?"]),
        ("schema: {columns: {a: {type: picture}}}", ["schema.columns.a.type", "'image'"]),
        ("schema: {columns: {a: {range: [2, 1]}}}", ["schema.columns.a.range", "come first"]),
        ("schema: {columns: {a: {range: [1, 2024-01-01]}}}", ["a.range", "both dates"]),
        ("schema: {columns: {a: {range: [soon, null]}}}", ["a.range", "soon"]),
        ("schema: {columns: {a: {allowed: []}}}", ["schema.columns.a.allowed", "at least 1"]),
        ("schema: {columns: {a: {allowed: [yes]}}}", ["schema.columns.a.allowed", "True"]),
        ("contract: {}", ["contract"]),
        ("- a", ["list", "not fields"]),
        ("a: 1\na: 2", ["line 2", "'a' stands twice"]),
        ("a: &x [1]\nb: *x", ["line 2", "aliases"]),
        ("train: [", ["line 1", "not YAML"]),
        ("!!python/object/apply:os.system ['true']", ["not YAML"]),
        (b"\xff\xfe\x00", ["byte 0", "UTF-8"]),
        ("[" * 5000, ["sluice.yaml"]),
        ("a" * (MAX_SPEC_BYTES + 1), ["at most 65536"]),
    ],
)
def test_a_fault_is_refused_with_its_place_and_remedy(text, words):
    with pytest.raises(SpecRefused) as caught:
        parse_spec(text, POLICY)
    for word in words:
        assert word in str(caught.value)


def test_a_manual_policy_overrides_the_wish():
    spec = parse_spec("gate: {approval: auto}", Policy(approval="manual"))
    assert spec.gate.approval == "manual"


def test_a_policy_that_fixes_what_is_undecided_allows_no_other_wish():
    policy = Policy(undecided="wait")
    for text in (None, "gate: {undecided: auto}", "gate: {undecided: wait}"):
        assert parse_spec(text, policy).gate.undecided == "wait"
    with pytest.raises(SpecRefused) as caught:
        parse_spec("gate: {undecided: release}", policy)
    for word in ("gate.undecided is 'release'", "only 'wait'", "Remove"):
        assert word in str(caught.value)
    assert parse_spec("gate: {undecided: release}", Policy()).gate.undecided == "release"


def test_the_effective_spec_survives_its_own_json():
    spec = parse_spec("target: species\ntrain: {minutes: 5}", POLICY)
    assert Spec.model_validate(spec.model_dump(mode="json")) == spec


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", 'target: "price"\n'),
        ("# mine\n", 'target: "price"\n# mine\n'),
        (
            "# mine\ntarget: species # old\ntrain: {minutes: 5}\n",
            '# mine\ntarget: "price" # old\ntrain: {minutes: 5}\n',
        ),
        ("task: auto\n", 'target: "price"\ntask: auto\n'),
        ("task: auto\r\ntarget: a\r\n", 'task: auto\r\ntarget: "price"\r\n'),
        ("  task: auto\n  target: a\n", '  task: auto\n  target: "price"\n'),
        ("  task: auto\n", '  target: "price"\n  task: auto\n'),
        ("---\ntask: auto\n", '---\ntarget: "price"\ntask: auto\n'),
        ('"target": a\n', 'target: "price"\n'),
        ("target: >\n  abc\n  def\ntask: auto\n", 'target: "price"\ntask: auto\n'),
        ("target:\n  a\n", 'target: "price"\n'),
        (
            'exclude:\n- "x\n\n  target: y"\n',
            'target: "price"\nexclude:\n- "x\n\n  target: y"\n',
        ),
        (
            "schema:\n  columns: {target: {nullable: false}}\n",
            'target: "price"\nschema:\n  columns: {target: {nullable: false}}\n',
        ),
    ],
)
def test_a_target_is_written_and_all_else_stays(before, after):
    assert with_target(before.encode(), "price") == after.encode()
    assert parse_spec(after, POLICY).target == "price"


@pytest.mark.parametrize(
    "text",
    ["{target: a, task: auto}", "{task: auto}", "target: [", "target: a\ntarget: b\n", "- a\n"],
)
def test_a_sluice_yaml_is_edited_right_or_not_at_all(text):
    try:
        found = with_target(text.encode(), "price")
    except SpecRefused:
        return
    assert parse_spec(found, POLICY).target == "price"


@pytest.mark.parametrize("target", ["auto", "a\nb", "\ud800", "\x7f"])
def test_a_target_that_no_yaml_can_name_is_refused(target):
    with pytest.raises(SpecRefused):
        with_target(b"", target)


@given(
    task=strategies.sampled_from(["auto", "regression"]),
    old=strategies.text(max_size=8),
    new=strategies.text(min_size=1, max_size=8),
    style=strategies.sampled_from(["", "'", '"', ">", "|"]),
    flow=strategies.booleans(),
)
def test_whatever_the_old_target_the_new_one_is_read_and_nothing_else_moves(
    task, old, new, style, flow
):
    before = yaml.safe_dump(
        {"task": task, "target": old, "exclude": [old]},
        default_style=style,
        default_flow_style=flow,
        allow_unicode=True,
    )
    try:
        after = with_target(before.encode(), new)
    except SpecRefused:
        return
    assert yaml.safe_load(after) == {"task": task, "target": new, "exclude": [old]}
