"""The way to addresses that others name: never into our own network, whatever a name, a redirect or a DNS server says.

Each request, so each redirect, is resolved here once; every address of the answer must be public; the connection then
goes to the very address that was looked at, so a name that means something else a moment later (DNS rebinding) changes
nothing. Over TLS the certificate is still checked against the name.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import httpx

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Awaitable[Collection[str]]]

_NAT64 = IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")
_IETF = IPv4Network("192.0.0.0/24")
_V4_COMPATIBLE = IPv6Network("::/96")
_MAX_REDIRECTS = 3


class AddressRefused(httpx.ConnectError):
    """An address that Baton does not call: not http(s), unknown, or not of the public internet."""


def guarded_client(
    *,
    allow: Collection[IPNetwork] = (),
    resolve: Resolve | None = None,
    trust: ssl.SSLContext | None = None,
    timeout_s: float = 20.0,
) -> httpx.AsyncClient:
    """Return a client for addresses that others name; it follows at most three redirects, each looked at anew.

    Calls raise `AddressRefused`, besides what httpx raises.

    Args:
        allow: networks that may be called although they are not public: a test's own loopback servers.
        resolve: finds the addresses of a name; the system's resolver unless a test has its own.
        trust: whose certificates count; those of the public authorities unless a test has its own.
        timeout_s: seconds for connecting, and for each wait after it.
    """
    return httpx.AsyncClient(
        transport=GuardedTransport(allow, resolve or _resolve, trust),
        # A proxy from the environment would resolve the name once more, and netrc would give credentials away.
        trust_env=False,
        follow_redirects=True,
        max_redirects=_MAX_REDIRECTS,
        timeout=timeout_s,
    )


class GuardedTransport(httpx.AsyncBaseTransport):
    """Sends a request to the address it has looked at, under the name that the request has."""

    def __init__(self, allow: Collection[IPNetwork], resolve: Resolve, trust: ssl.SSLContext | None = None) -> None:
        self._allow = tuple(allow)
        self._resolve = resolve
        # Connections are not kept: one that was opened for a name must not serve another at the same address.
        self._inner = httpx.AsyncHTTPTransport(
            verify=trust or True, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request.

        Raises:
            AddressRefused: it may not go there.
        """
        *others, last = await self._looked_at(request)
        for address in others:
            # Nothing was sent where no connection came about, so the next address may be tried.
            with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                return await self._inner.handle_async_request(_pinned(request, address))
        return await self._inner.handle_async_request(_pinned(request, last))

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._inner.aclose()

    async def _looked_at(self, request: httpx.Request) -> list[IPAddress]:
        url = request.url
        if url.scheme not in ("http", "https") or not url.host:
            raise AddressRefused("Only http and https addresses are called.", request=request)
        try:
            found = await self._resolve(url.host, url.port or (443 if url.scheme == "https" else 80))
            addresses = [ip_address(one) for one in found]
        except (OSError, ValueError):
            raise AddressRefused("The name of the address is not known.", request=request) from None
        if not addresses or not all(self._may_call(address) for address in addresses):
            raise AddressRefused("The address is not on the public internet.", request=request)
        return addresses

    def _may_call(self, address: IPAddress) -> bool:
        return is_public(address) or any(address in network for network in self._allow)


def _pinned(request: httpx.Request, address: IPAddress) -> httpx.Request:
    """Return the request as it goes to this very address; its Host header and TLS name stay."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=str(address)),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )


def is_public(address: IPAddress) -> bool:
    """Tell whether an address is one of the public internet, also by way of an IPv4 address that it carries."""
    if isinstance(address, IPv6Address):
        carried = _carried(address)
        if carried is not None:
            return is_public(carried)
        if address.is_site_local or address in _NAT64_LOCAL:
            return False
    elif address in _IETF:
        # Python counts some of these as global; none is anybody's host.
        return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_private or address.is_unspecified
    )


def _carried(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address to which a translator or tunnel would take this one."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64 or address in _V4_COMPATIBLE:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


async def _resolve(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]
