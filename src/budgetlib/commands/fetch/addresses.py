"""Which addresses may be asked: http and https, and hosts of the public internet.

What is checked is the number that is connected to, at each connection: neither a redirect nor a name that means
another host the next time it is looked up leads elsewhere.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NameResolutionError

from budgetlib.commands.fetch.outcomes import NotFetched

Permits = Callable[[IPv4Address | IPv6Address], bool]
"""Whether a host with this number may be asked."""

_UNICAST = IPv6Network("2000::/3")
"""RFC 4291: what is given out on the public internet; the rest has other uses."""
_TRANSLATED = IPv6Network("64:ff9b::/96")
"""RFC 6052: the last 32 bits are the IPv4 address that is reached."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether `address` is one of the public internet; one that carries another is public where that is.

    >>> [is_public(ip_address(text)) for text in ("8.8.8.8", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1")]
    [True, False, False, False, False]
    """
    if isinstance(address, IPv6Address):
        last = IPv4Address(int(address) & 0xFFFFFFFF)
        carried = address.ipv4_mapped or address.sixtofour or (last if address in _TRANSLATED else None)
        return is_public(carried) if carried else address.is_global and address in _UNICAST
    return address.is_global and not address.is_multicast


def anywhere(address: IPv4Address | IPv6Address) -> bool:
    """Whether `address` may be asked where private networks are allowed: always."""
    return True


def check_url(url: str) -> None:
    """Raises `NotFetched` where `url` is no address of a web server."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as fault:
        raise NotFetched("refused", f"{url} is no address ({fault}); correct the url") from fault
    if parts.scheme not in ("http", "https") or not host:
        raise NotFetched("refused", f"{url} is not fetched: only addresses that begin with http:// or https:// are")
    if parts.username or parts.password:
        raise NotFetched("refused", f"an address at {host} carries a user name; only what is public is fetched")


class CheckedConnections(HTTPAdapter):
    """Connects to hosts whose every number `permits` allows, and to no other."""

    def __init__(self, permits: Permits) -> None:
        self._permits = permits
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Give both schemes connections that check."""
        super().init_poolmanager(*args, **options)
        pools = {"http": HTTPConnectionPool, "https": HTTPSConnectionPool}
        checked = {scheme: _checked_pool(pool, self._permits) for scheme, pool in pools.items()}
        self.poolmanager.pool_classes_by_scheme = checked


class _CheckedConnection(HTTPConnection):
    permits: Permits

    def _new_conn(self) -> socket.socket:
        name = self._dns_host
        try:
            resolved = socket.getaddrinfo(name.strip("[]"), self.port, type=socket.SOCK_STREAM)
        except UnicodeError as fault:
            raise NotFetched("refused", f"{name} is no name of a host; correct the url") from fault
        except socket.gaierror as fault:
            raise NameResolutionError(name, self, fault) from fault
        numbers = list(dict.fromkeys(str(address[0]) for *_, address in resolved))
        for number in numbers:
            if not self.permits(ip_address(number.partition("%")[0])):
                private = "is in a private or local network; --allow-private fetches from there"
                raise NotFetched("refused", f"{name} {private}" if name == number else f"{name} ({number}) {private}")
        faults: list[HTTPError] = []
        for number in numbers:
            self._dns_host = number
            try:
                return super()._new_conn()
            except HTTPError as fault:
                faults.append(fault)
            finally:
                self._dns_host = name  # the name that TLS certifies
        raise faults[-1]


def _checked_pool(pool: type[HTTPConnectionPool], permits: Permits) -> type[HTTPConnectionPool]:
    connection = type("Connection", (_CheckedConnection, pool.ConnectionCls), {"permits": staticmethod(permits)})
    return type("Pool", (pool,), {"ConnectionCls": connection})
