"""What the one way out refuses, and what it takes. No test reaches a network: resolver and socket are made up."""

import gzip
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from sources import fetching
from sources.extraction.outcome import NotTaken
from sources.fetching import Page, fetch, is_public

PUBLIC = "93.184.216.34"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=windows-1256\r\n\r\n"
SECRET = b"secret-of-the-other-side"


class FakeSocket:
    """The other side of a connection: says what it is given, a piece for each time it is asked."""

    def __init__(self, pieces: list[bytes], seconds: float = 0) -> None:
        self.waiting, self.seconds = list(pieces), seconds
        self.sent = b""
        self.is_closed = False

    def settimeout(self, seconds: float) -> None:
        assert 0 < seconds <= fetching.SECONDS

    def sendall(self, data: bytes) -> None:
        self.sent += data

    def recv_into(self, buffer: memoryview) -> int:
        time.sleep(self.seconds)
        if not self.waiting:
            return 0
        piece = self.waiting.pop(0)
        taken, rest = piece[: len(buffer)], piece[len(buffer) :]
        if rest:
            self.waiting.insert(0, rest)
        buffer[: len(taken)] = taken
        return len(taken)

    def recv(self, length: int) -> bytes:
        buffer = bytearray(length)
        return bytes(buffer[: self.recv_into(memoryview(buffer))])

    def close(self) -> None:
        self.is_closed = True


@dataclass
class Net:
    """A made-up internet: what names resolve to, what addresses answer, and what was asked of it."""

    names: dict[str, list[str]] = field(default_factory=dict)
    answers: list[Any] = field(default_factory=list)
    resolved: list[str] = field(default_factory=list)
    connected: list[tuple[str, int]] = field(default_factory=list)
    secured: list[str] = field(default_factory=list)
    sockets: list[FakeSocket] = field(default_factory=list)

    def resolve(self, host: str, port: int) -> list[str]:
        self.resolved.append(host)
        if host not in self.names:
            raise socket.gaierror("no such name at 10.0.0.53")
        return self.names[host]

    def connect(self, address: str, port: int, seconds: float) -> Any:
        self.connected.append((address, port))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        found = answer if isinstance(answer, FakeSocket) else FakeSocket([answer])
        self.sockets.append(found)
        return found

    def secure(self, connection: Any, host: str) -> Any:
        self.secured.append(host)
        return connection


@pytest.fixture
def net(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Net:
    """An internet with one public site."""
    made = Net(names={"example.org": [PUBLIC], "two.example.org": [PUBLIC, "2606:2800:220:1::1"]})
    monkeypatch.setattr(fetching, "_resolve", made.resolve)
    monkeypatch.setattr(fetching, "_connect", made.connect)
    monkeypatch.setattr(fetching, "_secure", made.secure)
    settings.FETCH, settings.FETCH_PROXY = True, ""
    return made


def refusal_of(address: str) -> NotTaken:
    with pytest.raises(NotTaken) as refused:
        fetch(address)
    return refused.value


# --- what is fetched ---


def test_a_public_page_is_fetched_from_the_address_that_was_checked(net: Net) -> None:
    net.answers = [OK + b"<p>open</p>"]
    assert fetch("https://example.org/a b?q=ä#part".replace(" ", "%20")) == Page(
        b"<p>open</p>", "https://example.org/a%20b?q=%C3%A4", "windows-1256"
    )
    assert (net.resolved, net.connected, net.secured) == (["example.org"], [(PUBLIC, 443)], ["example.org"])
    assert net.sockets[0].is_closed


def test_the_request_tells_nothing_of_who_asks(net: Net) -> None:
    net.answers = [OK]
    fetch("http://example.org/")
    sent = net.sockets[0].sent.decode("ascii").lower()
    assert sent.splitlines()[0] == "get / http/1.1"
    names = {line.partition(":")[0] for line in sent.splitlines()[1:] if line}
    assert names == {"host", "user-agent", "accept", "accept-encoding", "connection"}
    assert "python" not in sent
    assert "claims" not in sent


def test_what_comes_packed_is_unpacked(net: Net) -> None:
    net.answers = [b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"words")]
    assert fetch("http://example.org/").data == b"words"


def test_it_is_off_unless_it_is_turned_on(net: Net, settings: Any) -> None:
    settings.FETCH = False
    assert refusal_of("http://example.org/").code == fetching.REFUSED
    assert (net.resolved, net.connected) == ([], [])


# --- B1, B4: addresses ---

NOT_PUBLIC = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://0x7f.1/",
    "http://0x7f000001/",
    "http://2130706433/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://127.0.0.1./",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
    "http://[fd00::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://192.0.0.1/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://localhost/",
    "http://localhost./",
    "http://LOCALHOST/",
    "http://a.localhost/",
    "http://printer.local/",
    "http://db.internal/",
    "http://intranet/",
    "http://router.home.arpa/",
    "http://１２７.0.0.1/",
    "http://127。0。0。1/",
    "http://①②⑦.0.0.1/",
    "http://ⓛocalhost/",
    "http://user@example.org/",
    "http://user:pass@example.org/",
    "http://example.org@127.0.0.1/",
    "http://127.0.0.1\\@example.org/",
    "http://example.org:8080/",
    "http://example.org:443/",
    "https://example.org:80/",
    "http://example.org:0/",
    "http://example.org:99999/",
    "file:///etc/passwd",
    "ftp://example.org/",
    "gopher://example.org/",
    "data:text/html,<p>x</p>",
    "jar:http://example.org/!/a",
    "javascript:alert(1)",
    "//example.org/",
    "example.org",
    "http:///",
    "http://",
    "http://exa mple.org/",
    "http://example.org/\r\nX-Header: 1",
    "http://example.org\x00.net/",
    "http://-.example..org/",
    "http://" + "a" * 64 + ".org/",
    "http://[::1",
    "",
    "http://example.org/" + "a" * 2000,
]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_what_is_no_public_address_is_refused_before_anyone_is_asked(net: Net, address: str) -> None:
    assert refusal_of(address).code == fetching.REFUSED
    assert (net.resolved, net.connected) == ([], [])


@pytest.mark.parametrize(
    "answer",
    [
        ["127.0.0.1"],
        ["::1"],
        ["10.1.2.3"],
        [PUBLIC, "192.168.0.1"],
        ["192.168.0.1", PUBLIC],
        ["::ffff:169.254.169.254"],
        ["64:ff9b::a00:1"],
        ["fd00::1"],
    ],
)
def test_a_name_is_refused_where_any_of_its_addresses_is_not_public(net: Net, answer: list[str]) -> None:
    net.names["rebound.example.org"] = answer
    assert refusal_of("http://rebound.example.org/").code == fetching.REFUSED
    assert net.connected == []


def test_the_name_is_asked_about_once_so_that_it_cannot_change_its_mind(net: Net) -> None:
    net.answers = [OK]
    fetch("http://two.example.org/")
    assert net.resolved == ["two.example.org"]
    assert net.connected == [(PUBLIC, 80)]


@pytest.mark.parametrize(
    ("address", "expected"),
    [(PUBLIC, True), ("2606:2800:220:1::1", True), ("64:ff9b::5db8:d822", True), ("2002:5db8:d822::", False)],
)
def test_which_addresses_are_public(address: str, expected: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is expected


def test_a_listener_on_this_machine_is_never_reached(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.FETCH, settings.FETCH_PROXY = True, ""
    with socket.create_server(("127.0.0.1", 0)) as canary:
        port = canary.getsockname()[1]
        monkeypatch.setattr(fetching, "PORTS", {"http": port, "https": port})  # as if it were the usual one
        monkeypatch.setattr(fetching, "_resolve", lambda host, port: ["127.0.0.1"])
        for address in (
            f"http://127.0.0.1:{port}/",
            f"http://canary.example.org:{port}/",
            f"http://2130706433:{port}/",
        ):
            assert refusal_of(address).code == fetching.REFUSED
        canary.setblocking(False)
        with pytest.raises(BlockingIOError):
            canary.accept()


# --- B2: where a page leads on to ---


def _leads_to(address: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Found\r\nLocation: {address}\r\n\r\n".encode()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "there", ["http://127.0.0.1/", "http://inner.example.org/", "file:///etc/passwd", "http://a@b.org/"]
)
def test_every_hop_is_checked_anew(net: Net, status: int, there: str) -> None:
    net.names["inner.example.org"] = ["10.0.0.7"]
    net.answers = [_leads_to(there, status)]
    assert refusal_of("http://example.org/").code == fetching.REFUSED
    assert net.connected == [(PUBLIC, 80)]


def test_three_hops_are_followed_and_a_fourth_is_not(net: Net) -> None:
    net.answers = [_leads_to("/a"), _leads_to("b"), _leads_to("https://example.org/c"), OK + b"there"]
    assert fetch("http://example.org/").address == "https://example.org/c"
    net.answers = [_leads_to("/a")] * 4 + [OK]
    assert refusal_of("http://example.org/").code == fetching.REFUSED
    assert len(net.answers) == 1


def test_nothing_leads_from_https_to_http(net: Net) -> None:
    net.answers = [_leads_to("http://example.org/")]
    assert "https to http" in refusal_of("https://example.org/").message


def test_a_page_that_refreshes_itself_elsewhere_is_only_a_page(net: Net) -> None:
    net.answers = [OK + b'<meta http-equiv="refresh" content="0;url=http://127.0.0.1/">']
    assert b"refresh" in fetch("http://example.org/").data
    assert len(net.connected) == 1


# --- B5: too slow, too much ---


def test_who_drips_is_cut_off(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 0.05)
    for dripping in ([b"HTTP/1.1 200 OK\r\n", *[b"X: 1\r\n"] * 50], [OK, *[b"x"] * 50], [b"H"] * 50):
        net.answers = [FakeSocket(dripping, seconds=0.01)]
        assert refusal_of("http://example.org/").code == fetching.TOO_MUCH
        assert net.sockets[-1].is_closed


def test_a_resolver_that_does_not_answer_is_left_alone(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 0.02)
    monkeypatch.setattr(fetching, "_resolve", lambda host, port: time.sleep(0.2) or [PUBLIC])
    assert refusal_of("http://example.org/").code == fetching.TOO_MUCH
    assert net.connected == []


def _chunked(n: int) -> list[bytes]:
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    return [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *[chunk] * n]


BOMB = gzip.compress(bytes(fetching.MAX_BYTES + 1))


@pytest.mark.parametrize(
    "answer",
    [
        [OK, bytes(fetching.MAX_BYTES + 1)],
        _chunked(fetching.MAX_BYTES // 65_536 + 1),
        [b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", BOMB],
    ],
    ids=["endless", "chunks", "bomb"],
)
def test_too_large_a_page_is_cut_off(net: Net, answer: list[bytes]) -> None:
    net.answers = [FakeSocket(answer)]
    assert refusal_of("http://example.org/").code == fetching.TOO_MUCH


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"words" * 99)[:-9],
        b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 404 Not Found\r\n\r\n" + SECRET,
        b"HTTP/1.1 500 " + SECRET + b"\r\n\r\n" + SECRET,
        b"HTTP/1.1 302 Found\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"1" * 70_000 + b"\r\n\r\n",
        SECRET,
        b"",
        ssl.SSLError(f"bad certificate from {PUBLIC}"),
        ConnectionRefusedError(f"{PUBLIC}:80 refused"),
    ],
)
def test_what_fails_is_told_without_a_word_of_the_other_side(net: Net, answer: Any) -> None:
    net.answers = [answer]
    refused = refusal_of("http://example.org/")
    assert refused.code == fetching.FAILED
    assert PUBLIC not in refused.message
    assert SECRET.decode() not in refused.message


def test_a_name_that_does_not_exist_is_told_without_our_resolver(net: Net) -> None:
    refused = refusal_of("http://nowhere.example.org/")
    assert (refused.code, "10.0.0.53" in refused.message) == (fetching.FAILED, False)


# --- B6: certificates ---


def test_certificates_and_names_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[ssl.SSLContext] = []

    def wrap(context: ssl.SSLContext, connection: Any, server_hostname: str = "") -> Any:
        seen.append(context)
        return connection

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", wrap)
    fetching._secure(FakeSocket([]), "example.org")  # type: ignore[arg-type]
    assert (seen[0].verify_mode, seen[0].check_hostname) == (ssl.CERT_REQUIRED, True)


# --- through a proxy ---


@pytest.fixture
def proxied(net: Net, settings: Any) -> Iterator[Net]:
    """The same internet, reached through a proxy on this machine."""
    settings.FETCH_PROXY = "http://127.0.0.1:9080"
    return net


def test_through_a_proxy_no_name_is_asked_about_here(proxied: Net) -> None:
    proxied.answers = [FakeSocket([b"HTTP/1.1 200 Connected\r\n\r\n", OK + b"words"])]
    assert fetch("https://example.org/").data == b"words"
    assert (proxied.resolved, proxied.connected) == ([], [("127.0.0.1", 9080)])
    assert proxied.sockets[0].sent.startswith(b"CONNECT example.org:443 HTTP/1.1\r\n")
    assert proxied.secured == ["example.org"]


@pytest.mark.parametrize("reply", [b"HTTP/1.1 403 " + SECRET + b"\r\n\r\n", b"", b"x" * 9000])
def test_a_proxy_that_does_not_reach_the_address_is_told_of(proxied: Net, reply: bytes) -> None:
    proxied.answers = [reply]
    assert refusal_of("http://example.org/").code == fetching.FAILED
    assert proxied.sockets[0].is_closed


def test_through_a_proxy_our_own_addresses_are_refused_as_well(proxied: Net) -> None:
    for address in ("http://127.0.0.1/", "http://localhost/", "http://2130706433/"):
        assert refusal_of(address).code == fetching.REFUSED
    assert proxied.connected == []
