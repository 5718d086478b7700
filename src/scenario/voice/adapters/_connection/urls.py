"""Addresses as they may be shown, and which of them may be spoken to without TLS."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit, urlunsplit


class Url(str):
    """An address whose `repr` leaves out user information and query, which often hold secrets."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(shown(self))


def shown(url: str) -> str:
    """Return `url` without user information, query and fragment."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def host_of(url: str) -> str:
    """Return host and, if given, port: what errors name, as some providers put secrets into paths."""
    return urlsplit(url).netloc.rpartition("@")[2]


def is_loopback(url: str) -> bool:
    """Tell whether the host of `url` is this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def checked_url(
    url: str, *, name: str, schemes: tuple[str, ...], plain_only_on_loopback: bool = False
) -> Url:
    """Return `url` if it can be connected to.

    Args:
        url: the address.
        name: the argument it was given as, for the error.
        schemes: what is allowed, for example `("wss", "ws")`.
        plain_only_on_loopback: whether `ws` and `http` are refused for other machines, as they must be
            where a key travels.

    Raises:
        ValueError: scheme or host are missing or not allowed.
    """
    try:
        parts = urlsplit(url)
        host, scheme = parts.hostname, parts.scheme.lower()
        _ = parts.port  # raises for a port that is no number
    except ValueError as error:
        raise ValueError(f"{name} is not a valid address: {shown_or_nothing(url)!r} ({error})") from None
    if scheme not in schemes or not host:
        wanted = " or ".join(f"{scheme}://" for scheme in schemes)
        raise ValueError(f"{name} must begin with {wanted} and name a host, got {shown(url)!r}")
    if plain_only_on_loopback and scheme in ("ws", "http") and not is_loopback(url):
        raise ValueError(
            f"{name} must use {scheme}s:// for a host other than this machine, because a key is sent to it; "
            f"got {shown(url)!r}"
        )
    return Url(url)


def shown_or_nothing(url: str) -> str:
    """Return `shown(url)`, or `"..."` if it cannot even be taken apart."""
    try:
        return shown(url)
    except ValueError:
        return "..."
