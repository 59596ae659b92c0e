"""The `keyring` program, asked as uv asks it (`keyring-provider = "subprocess"`)."""

from collections.abc import Mapping, Sequence

from hobd.core.vocab.spawn import Spawner

_TIMEOUT_SECONDS = 60.0


class Keyring:
    """Asks the program that stands in the request's PATH, in the request's environment."""

    def __init__(self, spawner: Spawner, environment: Mapping[str, str]) -> None:
        self._spawner = spawner
        self._environment = environment

    async def find(self, url: str, host: str, user: str | None) -> tuple[str, str] | None:
        """User and password for an address, else for its host; None where the keyring knows none, or is not there."""
        for service in (url, host):
            found = await self._password(service, user) if user is not None else await self._pair(service)
            if found is not None:
                return found
        return None

    async def _password(self, service: str, user: str) -> tuple[str, str] | None:
        out = await self._run(["keyring", "get", service, user])
        return None if not out else (user, out.splitlines()[0])

    async def _pair(self, service: str) -> tuple[str, str] | None:
        out = await self._run(["keyring", "--mode", "creds", "get", service])
        lines = [] if out is None else out.splitlines()
        return (lines[0], lines[1]) if len(lines) >= 2 else None

    async def _run(self, argv: Sequence[str]) -> str | None:
        try:
            finished = await self._spawner.run(argv, env=self._environment, timeout_seconds=_TIMEOUT_SECONDS)
        except (OSError, TimeoutError):
            return None
        return finished.out.decode("utf-8", "replace").strip() if finished.code == 0 else None
