"""Which network addresses may be called. Pure.

Addresses are judged after the name was resolved, so that odd spellings (`0x7f.1`, `2130706433`,
`[::ffff:127.0.0.1]`) and names that change their address between two looks are judged by where they
really lead.
"""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

_NAT64 = IPv6Network("64:ff9b::/96")
_LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the open internet's; False where it is no address.

    Private, loopback, link-local, shared (CGNAT), multicast, reserved and documentation addresses
    are not, nor is an IPv6 address that wraps such an IPv4 address, or one of a zone (`%eth0`).
    """
    if "%" in address:
        return False
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        if ip in _LOCAL_NAT64 or ip.is_site_local:
            return False
        inner = _extract_ipv4(ip)
        if inner is not None:
            is_wrapper = ip in _NAT64 or ip.ipv4_mapped is not None
            return _is_global_address(inner) and (is_wrapper or _is_global_address(ip))
    return _is_global_address(ip)


def get_host_port(url: str) -> str:
    """Return the `host:port` that an address leads to; the scheme's port where it names none."""
    parts = urlsplit(url)
    default = 443 if parts.scheme == "https" else 80
    return _join_host_port(parts.hostname or "", parts.port or default)


def is_allowed(host: str, port: int, allowed: Collection[str]) -> bool:
    """Return whether `host:port` stands, as spelled, in a list of those that may be private."""
    target = _join_host_port(host, port)
    for entry in allowed:
        try:
            if get_host_port(f"http://{entry.strip()}") == target:
                return True
        except ValueError:
            continue
    return False


def _is_global_address(ip: IPv4Address | IPv6Address) -> bool:
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _extract_ipv4(ip: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that one stands for: mapped, compatible, 6to4, Teredo, NAT64."""
    if ip.ipv4_mapped or ip.sixtofour:
        return ip.ipv4_mapped or ip.sixtofour
    if ip.teredo:
        return ip.teredo[1]
    if ip in _NAT64 or (int(ip) >> 32 == 0 and int(ip) > 1):
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


def _join_host_port(host: str, port: int) -> str:
    name = host.lower().rstrip(".")
    return f"[{name}]:{port}" if ":" in name else f"{name}:{port}"
