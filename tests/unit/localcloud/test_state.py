"""The note of the running cloud."""

import os
import stat

import pytest

from localcloud import state
from sluice.running import notes_folder, running_cloud


@pytest.fixture(autouse=True)
def runtime(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


def test_a_note_is_found_and_is_this_users_alone():
    state.write({"pid": os.getpid(), "x": 1})
    assert running_cloud() == {"pid": os.getpid(), "x": 1}
    (note,) = notes_folder().iterdir()
    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    assert stat.S_IMODE(notes_folder().stat().st_mode) == 0o700


def test_a_note_of_a_dead_process_is_stale():
    state.write({"pid": 2**22 + 1})
    assert running_cloud() is None


def test_of_two_clouds_the_later_is_found_and_after_it_the_earlier():
    state.write({"pid": os.getppid()})
    state.write({"pid": os.getpid()})
    assert running_cloud() == {"pid": os.getpid()}
    state.remove(os.getpid())
    assert running_cloud() == {"pid": os.getppid()}
    state.remove(os.getppid())
    assert running_cloud() is None


def test_a_folder_open_to_others_is_refused():
    folder = notes_folder()
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    with pytest.raises(PermissionError, match="remove it"):
        state.write({"pid": 1})
