"""An image's program is its Dockerfile's own ENTRYPOINT; an assembly says where it lies."""

import json
import sys

import pytest

from localcloud import assembly
from localcloud.images import read_dockerfile


def _dockerfile(folder, text):
    place = folder / "Dockerfile"
    place.write_text(text)
    return place


def test_python_becomes_this_interpreter(tmp_path):
    text = 'FROM python:3.12\nENTRYPOINT ["python3.12", "-m", "training.train"]\n'
    argv, env = read_dockerfile(_dockerfile(tmp_path, text))
    assert argv == (sys.executable, "-m", "training.train")
    assert env == {}


def test_of_several_stages_the_last_counts(tmp_path):
    text = (
        'FROM a AS build\nENV A=1\nENTRYPOINT ["x"]\n'
        'FROM b\nENV B=2 \\\n    C="3 4"\nENV PATH=/opt/bin:$PATH\n'
        'ENTRYPOINT ["python", "-m", "s"]\n'
    )
    argv, env = read_dockerfile(_dockerfile(tmp_path, text))
    assert argv == (sys.executable, "-m", "s")
    assert env == {"B": "2", "C": "3 4"}


def test_a_shell_form_is_refused_with_the_remedy(tmp_path):
    with pytest.raises(ValueError, match="exec form"):
        read_dockerfile(_dockerfile(tmp_path, "FROM a\nENTRYPOINT python -m s\n"))


def test_no_entrypoint_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no ENTRYPOINT"):
        read_dockerfile(_dockerfile(tmp_path, "FROM a\n"))


def test_a_folder_that_is_no_assembly_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"no manifest\.json"):
        assembly.read(tmp_path / "nothing")


def test_an_assembly_of_two_stacks_is_refused(tmp_path):
    stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "t"}}
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": {"a": stack, "b": stack}}))
    with pytest.raises(ValueError, match="2 stacks"):
        assembly.read(tmp_path)
