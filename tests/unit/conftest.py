"""Unit tests open no socket: what needs one belongs in tests/contract or tests/pipeline."""

import socket

import pytest


@pytest.fixture(autouse=True)
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("A unit test tried to reach the network.")

    monkeypatch.setattr(socket.socket, "connect", refuse)
