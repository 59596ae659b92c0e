"""Which certificates are trusted: Mozilla's, the system's, or those that the request names (features.md ENV-32, ENV-33)."""

import os
import ssl
from pathlib import Path
from typing import NamedTuple

from hobd.core.vocab.disk import os_reason
from hobd.core.vocab.index import NetworkSettings
from hobd.errors import WorldError


class InvalidCertificates(WorldError):
    """A file or folder of certificates that cannot be used."""


class TrustKey(NamedTuple):
    """What decides a TLS context. Files count with their state, so that a renewed bundle is seen."""

    ca_file: str | None
    ca_folder: str | None
    client_cert: str | None
    system_certs: bool
    states: tuple[tuple[int, int], ...]


def trust_key(network: NetworkSettings) -> TrustKey:
    """The key of the context that these settings ask for. Costs a `stat` for each file that they name."""
    paths = [path for path in (network.ca_file, network.ca_folder, network.client_cert) if path]
    states = tuple(_state(path) for path in paths)
    return TrustKey(network.ca_file, network.ca_folder, network.client_cert, network.system_certs, states)


def make_context(key: TrustKey) -> ssl.SSLContext:
    """Build a context; about 20 ms.

    Raises:
        InvalidCertificates: a file is missing, or holds no certificate.
    """
    try:
        context = _trusting(key)
        if key.client_cert:
            context.load_cert_chain(key.client_cert)
    except (OSError, ssl.SSLError) as error:
        named = ", ".join(f"`{path}`" for path in (key.ca_file, key.ca_folder, key.client_cert) if path)
        raise InvalidCertificates(f"Failed to load certificates from {named}", causes=(str(error),)) from error
    return context


def check_bundle(path: Path, shown: str) -> None:
    """Refuse a file that is no bundle of certificates. Blocks.

    Raises:
        InvalidCertificates: it cannot be read, or holds none.
    """
    try:
        content = path.read_bytes()
    except IsADirectoryError as error:
        raise InvalidCertificates(f"Certificate path is not a file: {shown}") from error
    except OSError as error:
        raise InvalidCertificates(f"Failed to read certificate file `{shown}`", causes=(os_reason(error),)) from error
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=content.decode("ascii", "replace"))
    except (ssl.SSLError, ValueError) as error:
        raise InvalidCertificates(f"No valid certificates found in: {shown}") from error


def _trusting(key: TrustKey) -> ssl.SSLContext:
    if key.ca_file or key.ca_folder:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(key.ca_file or None, key.ca_folder or None)
        return context
    if key.system_certs:
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    import certifi

    return ssl.create_default_context(cafile=certifi.where())


def _state(path: str) -> tuple[int, int]:
    try:
        found = Path(path).stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size if not os.path.isdir(path) else 0
