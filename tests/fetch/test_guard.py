"""Which addresses may be called."""

import pytest

from digest.fetch.http.guard import is_allowed, is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "203.0.113.9",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b:1::1",
        "2001:0:4136:e378:8000:63bf:80ff:fffe", "localhost", "",
    ],
)  # fmt: skip
def test_addresses_off_the_open_internet_are_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "93.184.216.34", "2606:4700::6810:85e5", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_addresses_of_the_open_internet_are_called(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("host", "port", "allowed", "expected"),
    [
        ("127.0.0.1", 8765, ["127.0.0.1:8765"], True),
        ("127.0.0.1", 8766, ["127.0.0.1:8765"], False),
        ("LOCALHOST.", 80, ["localhost:80"], True),
        ("::1", 80, ["[::1]:80"], True),
        ("evil.example", 8765, ["127.0.0.1:8765"], False),
        ("127.0.0.1", 80, ["127.0.0.1:port", "[", ""], False),
        ("127.0.0.1", 80, [], False),
    ],
)
def test_the_list_of_private_places_goes_by_host_and_port(
    host: str, port: int, allowed: list[str], expected: bool
) -> None:
    assert is_allowed(host, port, allowed) is expected
