"""The HTTPS API: routes, authenticates, limits, and refuses in its own words."""

import json
import socket
import ssl
import time
from urllib.parse import urlsplit

import pytest
import requests


@pytest.fixture(autouse=True)
def tokens(cloud):
    """The burst of 10 refills at 20 a second; a test begins with a full bucket."""
    yield
    time.sleep(0.5)


def test_a_signed_request_reaches_the_function(cloud):
    answer = cloud.call("POST", "things/a%2Fb?x=1&x=2", b'{"q": 1}')
    assert answer.status_code == 200
    assert answer.headers["X-Told"] == "yes"
    told = answer.json()
    assert told["resource"] == "/things/{thing}"
    assert told["parameters"] == {"thing": "a/b"}
    assert told["query"] == {"x": "2"}
    assert told["arn"] == "arn:aws:iam::000000000000:root"
    assert 28_000 < told["left"] <= 29_000


def test_a_function_is_its_role_and_sees_nothing_of_this_machine(cloud):
    told = cloud.call("GET", "things/x").json()
    assert ":assumed-role/parity-Role-" in told["role"]
    assert told["home"] is None


@pytest.mark.parametrize("path", ["things/x", "nowhere"])
def test_an_unsigned_request_is_refused_as_aws_words_it(cloud, path):
    answer = cloud.call("GET", path, key=None)
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "title": "MISSING_AUTHENTICATION_TOKEN",
        "detail": "Missing Authentication Token",
    }


def test_an_unknown_key_is_refused(cloud):
    assert cloud.call("GET", "things/x", key="AKIAIOSFODNN7EXAMPLE").status_code == 403


def test_another_verb_is_refused(cloud):
    assert cloud.call("DELETE", "things/x").status_code == 403


def test_a_request_that_is_too_large_is_refused(cloud):
    answer = cloud.call("POST", "things/x", b"x" * (10 * 1024 * 1024 + 1))
    assert answer.status_code == 413
    assert answer.json()["title"] == "REQUEST_TOO_LARGE"


def test_too_many_requests_are_throttled(cloud):
    answers = [cloud.call("GET", "nothing-runs", key=None) for _ in range(3)]
    assert {a.status_code for a in answers} == {403}
    for _ in range(200):
        answer = cloud.call("GET", "things/x")
        if answer.status_code != 200:
            break
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "1"
    assert answer.json()["title"] == "THROTTLED"


def test_a_function_that_fails_is_a_bad_gateway(cloud):
    for event in ({"raise": True}, {"crash": True}):
        answer = cloud.call("POST", "things/x", json.dumps(event).encode())
        assert answer.status_code == 502
        assert answer.json() == {"title": "DEFAULT_5XX", "detail": "Internal server error"}


def test_a_function_that_takes_too_long_is_a_gateway_timeout(cloud):
    answer = cloud.call("POST", "things/x", b'{"sleep": 3}')
    assert answer.status_code == 504


def test_the_certificate_is_verified_against_the_local_authority(cloud):
    place = urlsplit(cloud.note["api_url"])
    context = ssl.create_default_context(cafile=cloud.note["ca_file"])
    with (
        socket.create_connection((place.hostname, place.port)) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as secured,
    ):
        assert secured.version() in ("TLSv1.2", "TLSv1.3")
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(cloud.note["api_url"], verify=True, timeout=10)


def test_a_connection_is_kept_and_a_body_left_unread_is_not_the_next_request(cloud):
    place = urlsplit(cloud.note["api_url"])
    context = ssl.create_default_context(cafile=cloud.note["ca_file"])
    with (
        socket.create_connection((place.hostname, place.port)) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as secured,
    ):
        smuggled = b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"
        head = f"POST {place.path}nowhere HTTP/1.1\r\nHost: localhost\r\n".encode()
        for _ in range(2):
            secured.sendall(head + b"Content-Length: %d\r\n\r\n" % len(smuggled) + smuggled)
            answer = secured.recv(65536)
            while b"Authentication Token" not in answer:
                answer += secured.recv(65536)
            assert answer.count(b"HTTP/1.1 ") == 1
