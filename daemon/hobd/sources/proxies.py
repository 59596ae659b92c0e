"""Which proxy leads to an address (features.md ENV-31)."""

from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from hobd.core.vocab.index import NetworkSettings


def find_proxy(network: NetworkSettings, url: str) -> str | None:
    """The proxy's URL, credentials included; None where the address is reached directly."""
    parts = urlsplit(url)
    chosen = (network.https_proxy if parts.scheme == "https" else network.http_proxy) or network.all_proxy
    if not chosen or is_exempt(network.no_proxy or "", parts.hostname or "", parts.port):
        return None
    return chosen if "://" in chosen else f"http://{chosen}"


def is_exempt(no_proxy: str, host: str, port: int | None) -> bool:
    """Whether a `NO_PROXY` list names a host: `*`, a domain with all below it, an address, or a network."""
    return any(_matches(entry.strip().lower(), host.lower(), port) for entry in no_proxy.split(",") if entry.strip())


def _matches(entry: str, host: str, port: int | None) -> bool:
    if entry == "*":
        return True
    name, colon, wanted_port = entry.rpartition(":")
    if colon and wanted_port.isdigit() and ":" not in name:
        if port != int(wanted_port):
            return False
        entry = name
    domain = entry.removeprefix("*").lstrip(".")
    return host == domain or host.endswith(f".{domain}") or _is_in_network(entry, host)


def _is_in_network(entry: str, host: str) -> bool:
    try:
        return ip_address(host) in ip_network(entry, strict=False)
    except ValueError:
        return False
