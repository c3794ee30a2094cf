"""Where does a request come from? Public: `address_of`, by which the guard at the door counts wrong passwords.

`X-Forwarded-For` is a list to which every proxy adds, at its end, whom it answers; what stands before that is whatever
the client sent. So as many entries are trusted, from the end, as the deployer has named proxies of their own.
"""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str | None:
    """Return the address that the outermost of our own proxies answers; without any, the one that calls us."""
    n = settings.N_PROXIES
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    told = _read_address(hops[-n]) if 0 < n <= len(hops) else None
    return told or request.META.get("REMOTE_ADDR") or None  # behind a socket there is none


def _read_address(hop: str) -> str | None:
    """Return the address in an entry, which may have its port with it; None where there is none."""
    host = hop.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        return str(ip_address(host))
    except ValueError:
        return None
