"""The one way out: fetches a public web page, and nothing that is not public.

Public: `fetch`, `Page`, `is_public`. Every hop is checked anew: scheme, port, name, and every address that the name
stands for; the connection is made to the very address that was checked, so that a name cannot mean one thing when it
is asked about and another when it is used. No cookies, no credentials, no referrer, an agent that names nobody. What is
told of a failure holds nothing that the other side said, and no address.

With a proxy set (an HTTP proxy that takes CONNECT, as Tor's does) names are resolved there and not here, so that no
resolver near us learns of them; only names and addresses that can be told to be ours are then refused.
"""

import http.client
import io
import ipaddress
import queue
import re
import socket
import ssl
import threading
import time
import zlib
from typing import Any, NamedTuple
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings

from .extraction.outcome import NotTaken

MAX_BYTES = 10 * 2**20  # of a page, unpacked
SECONDS = 10.0  # for all of it, every hop included
MAX_HOPS = 3
PORTS = {"http": 80, "https": 443}
_REDIRECTS = (301, 302, 303, 307, 308)
_AGENT = "Mozilla/5.0 (compatible)"
_ACCEPTED = "text/html, application/xhtml+xml, text/plain, application/pdf, */*;q=0.5"
_CHUNK = 65_536
_SIX_TO_FOUR = ipaddress.ip_network("2002::/16")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_OURS = ("localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "home.arpa", "arpa")

REFUSED, FAILED, TOO_MUCH = "address_refused", "not_fetched", "too_much"
_NOT_PUBLIC = "only public web addresses are fetched, with http or https and the usual port"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Page(NamedTuple):
    """What an address answered: the bytes, the address in the end, and the encoding that the server named."""

    data: bytes
    address: str
    encoding: str


class _Target(NamedTuple):
    """One hop, taken apart and checked as far as it can be without asking anyone."""

    scheme: str
    host: str  # ASCII, without a final dot
    port: int
    path: str
    literal: Address | None

    @property
    def address(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}{self.path}"


def fetch(web_address: str) -> Page:
    """Return what a public web address answers; raises NotTaken in words that an analyst may see."""
    if not settings.FETCH:
        raise NotTaken(REFUSED, "fetching web addresses is turned off here: paste the text, or upload the saved page")
    deadline = time.monotonic() + SECONDS
    target = _read_address(web_address)
    for _ in range(MAX_HOPS + 1):
        try:
            answer = _ask(target, deadline)
        except NotTaken:
            raise
        except TimeoutError as late:
            raise NotTaken(TOO_MUCH, f"no whole answer came within {SECONDS:.0f} seconds") from late
        except ssl.SSLError as broken:
            raise NotTaken(FAILED, "the server could not prove who it is (its certificate)") from broken
        except (OSError, http.client.HTTPException, zlib.error, ValueError) as broken:
            raise NotTaken(FAILED, "the address could not be fetched") from broken
        if isinstance(answer, Page):
            return answer
        target = _follow(target, answer)
    raise NotTaken(REFUSED, f"the address leads on more than {MAX_HOPS} times")


# --- addresses -----------------------------------------------------------------------------------------------------


def is_public(address: Address) -> bool:
    """Tell whether an IP address is one of the public internet, whatever it is wrapped in."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
        if address in _SIX_TO_FOUR or address.teredo is not None or address.is_site_local or address.scope_id:
            return False
        if int(address) >> 32 == 0:
            return False  # IPv4-compatible, long out of use
    unusual = address.is_multicast or address.is_reserved or address.is_loopback or address.is_link_local
    return address.is_global and not (unusual or address.is_unspecified or address.is_private)


def _read_address(text: str) -> _Target:
    """Return a web address taken apart; raises NotTaken unless it may be fetched."""
    if len(text) > 2000 or not text or re.search(r"[\x00-\x20\x7f\\]", text):
        raise NotTaken(REFUSED, _NOT_PUBLIC)
    try:
        parts = urlsplit(text)
        port = parts.port
        host = _ascii_host(parts)
    except ValueError as broken:
        raise NotTaken(REFUSED, _NOT_PUBLIC) from broken
    if parts.scheme not in PORTS or port not in (None, PORTS[parts.scheme]) or "@" in parts.netloc:
        raise NotTaken(REFUSED, _NOT_PUBLIC)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = f"?{quote(parts.query, safe='/?%:@!$&()*+,;=~-._')}" if parts.query else ""
    return _Target(parts.scheme, host, PORTS[parts.scheme], path + query, _check_host(host))


def _ascii_host(parts: SplitResult) -> str:
    """Return the host as it is asked for; raises ValueError for what is none."""
    host = parts.hostname or ""
    if parts.netloc.startswith("["):
        return str(ipaddress.IPv6Address(host))
    host = host.encode("idna").decode("ascii").lower()
    host = host.removesuffix(".")
    if not re.fullmatch(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*", host) or len(host) > 253:
        raise ValueError("no host")
    return host


def _check_host(host: str) -> Address | None:
    """Return the IP address that a host is; raises NotTaken for one that is not public, or a name of ours."""
    last = host.rpartition(".")[2]
    if ":" in host or re.fullmatch(r"[0-9]+|0x[0-9a-f]*", last):
        try:
            literal = ipaddress.ip_address(host)  # 0x7f.1, 2130706433 and 0177.0.0.1 are none, and refused
        except ValueError:
            raise NotTaken(REFUSED, _NOT_PUBLIC) from None
        if not is_public(literal):
            raise NotTaken(REFUSED, _NOT_PUBLIC)
        return literal
    if "." not in host or any(host == name or host.endswith(f".{name}") for name in _OURS):
        raise NotTaken(REFUSED, _NOT_PUBLIC)
    return None


def _follow(target: _Target, location: str) -> _Target:
    """Return where a redirect leads, checked like the first address; never from https to http."""
    if not location:
        raise NotTaken(FAILED, "the server sends elsewhere, and does not say where")
    there = _read_address(urljoin(target.address, location))
    if target.scheme == "https" and there.scheme != "https":
        raise NotTaken(REFUSED, "the address leads from https to http, which is not followed")
    return there


# --- the network ---------------------------------------------------------------------------------------------------


def _resolve(host: str, port: int) -> list[str]:
    """Return the IP addresses of a name. The one place that asks a resolver."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _connect(address: str, port: int, seconds: float) -> socket.socket:
    """Return a connection to an IP address. The one place that opens a socket."""
    return socket.create_connection((address, port), timeout=seconds)


def _secure(connection: socket.socket, host: str) -> socket.socket:
    """Return the connection under TLS, the certificate checked against the name."""
    return ssl.create_default_context().wrap_socket(connection, server_hostname=host)


def _left(deadline: float) -> float:
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


def _resolve_in_time(target: _Target, deadline: float) -> Address:
    """Return an address of the name, all of which are public. A resolver that is late is left alone."""
    if target.literal is not None:
        return target.literal
    answers: queue.Queue[list[str] | OSError | UnicodeError] = queue.Queue()

    def ask() -> None:
        try:
            answers.put(_resolve(target.host, target.port))
        except (OSError, UnicodeError) as failed:
            answers.put(failed)

    threading.Thread(target=ask, daemon=True).start()
    try:
        found = answers.get(timeout=_left(deadline))
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(found, Exception) or not found:
        raise NotTaken(FAILED, "there is no such address")
    addresses = [ipaddress.ip_address(one) for one in found]
    if not all(is_public(address) for address in addresses):
        raise NotTaken(REFUSED, _NOT_PUBLIC)
    return addresses[0]


class _Timed:
    """A connection that is over at its deadline, however slowly it drips. What `http.client` needs of a socket."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self.connection, self.deadline = connection, deadline

    def sendall(self, data: bytes) -> None:
        """Send within the time left."""
        self.connection.settimeout(_left(self.deadline))
        self.connection.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        """Return a reader that keeps to the deadline."""
        return io.BufferedReader(_TimedReader(self))

    def close(self) -> None:
        """Hang up."""
        self.connection.close()


class _TimedReader(io.RawIOBase):
    def __init__(self, timed: _Timed) -> None:
        super().__init__()
        self.timed = timed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.timed.connection.settimeout(_left(self.timed.deadline))
        return self.timed.connection.recv_into(buffer)


def _open(target: _Target, deadline: float) -> socket.socket:
    """Return a connection to the target, by way of the proxy where one is set."""
    proxy = settings.FETCH_PROXY
    if proxy:
        parts = urlsplit(proxy)
        connection = _connect(parts.hostname or "", parts.port or 8080, _left(deadline))
        try:
            _tunnel(connection, target, deadline)
        except BaseException:
            connection.close()
            raise
    else:
        connection = _connect(str(_resolve_in_time(target, deadline)), target.port, _left(deadline))
    if target.scheme == "http":
        return connection
    try:
        connection.settimeout(_left(deadline))
        return _secure(connection, target.host)
    except BaseException:
        connection.close()
        raise


def _tunnel(connection: socket.socket, target: _Target, deadline: float) -> None:
    host = f"[{target.host}]" if ":" in target.host else target.host
    timed = _Timed(connection, deadline)
    timed.sendall(f"CONNECT {host}:{target.port} HTTP/1.1\r\nHost: {host}:{target.port}\r\n\r\n".encode("ascii"))
    reply = b""
    while not reply.endswith(b"\r\n\r\n"):  # byte by byte: what follows belongs to the tunnel
        connection.settimeout(_left(deadline))
        byte = connection.recv(1)
        if not byte or len(reply) > 8192:
            raise NotTaken(FAILED, "the proxy did not answer as it should")
        reply += byte
    if not re.match(rb"HTTP/1\.[01] 200\b", reply):
        raise NotTaken(FAILED, "the proxy did not reach the address")


def _ask(target: _Target, deadline: float) -> Page | str:
    """Return the page, or where it says to look instead."""
    connection = _open(target, deadline)
    try:
        client = http.client.HTTPConnection(target.host, target.port)
        client.sock = _Timed(connection, deadline)  # all that http.client asks of a socket
        client.putrequest("GET", target.path, skip_host=True, skip_accept_encoding=True)
        host = f"[{target.host}]" if ":" in target.host else target.host
        for name, value in (
            ("Host", host),
            ("User-Agent", _AGENT),
            ("Accept", _ACCEPTED),
            ("Accept-Encoding", "gzip, identity"),
            ("Connection", "close"),
        ):
            client.putheader(name, value)
        client.endheaders()
        answer = client.getresponse()
        if answer.status in _REDIRECTS:
            return answer.getheader("Location") or ""
        if answer.status != 200:
            raise NotTaken(FAILED, f"the server answered with status {answer.status} and not with the page")
        return Page(_read_body(answer), target.address, _charset_of(answer.getheader("Content-Type") or ""))
    finally:
        connection.close()


def _read_body(answer: http.client.HTTPResponse) -> bytes:
    """Return the whole body, unpacked, within bounds: packed and unpacked bytes are counted."""
    packing = (answer.getheader("Content-Encoding") or "identity").strip().lower()
    if packing not in ("identity", "gzip", "x-gzip"):
        raise NotTaken(FAILED, "the page came packed in a way that was not asked for")
    unpack = None if packing == "identity" else zlib.decompressobj(zlib.MAX_WBITS | 16)
    body, n_read = bytearray(), 0
    while chunk := answer.read(_CHUNK):
        n_read += len(chunk)
        body += chunk if unpack is None else unpack.decompress(chunk, MAX_BYTES + 1 - len(body))
        if len(body) > MAX_BYTES or n_read > MAX_BYTES:
            raise NotTaken(TOO_MUCH, f"the page has more than {MAX_BYTES // 2**20} MB")
    if answer.length or (unpack is not None and not unpack.eof):
        raise NotTaken(FAILED, "the page came only in part")
    return bytes(body)


def _charset_of(content_type: str) -> str:
    found = re.search(r"charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{2,40})", content_type)
    return found[1] if found else ""
