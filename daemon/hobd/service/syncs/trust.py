"""What is said of wheels that are not built as wheels have to be, and when they are refused (`[tool.hob] strict-wheels`)."""

from anyio import to_thread

from hobd.core.formats.wheel import UninstallableWheel
from hobd.core.plan.model import Pin
from hobd.service.session import Session
from hobd.store.content import find_wrong_digests
from hobd.store.wheels import StoredWheel

_SETTING = "strict-wheels"


async def check_wheel(wheel: StoredWheel, pin: Pin, session: Session) -> None:
    """Warn of what is odd about a wheel that is to be installed, or refuse it where the project wants that.

    Raises:
        UninstallableWheel: it is odd, or its files are not those that its RECORD promises, and the project is strict.
    """
    oddities = wheel.manifest.oddities
    title = f"`{(pin.file.name if pin.file is not None else '') or pin}`"
    if not session.settings.hob.strict_wheels:
        if oddities:
            session.context.voice.warn(f"{title} is not built as a wheel has to be: {_told(oddities)}")
        return
    oddities = oddities or await to_thread.run_sync(find_wrong_digests, wheel.tree, wheel.manifest)
    if oddities:
        hint = f"Tell its authors; without `{_SETTING}` in `[tool.hob]` it is installed with a warning"
        raise UninstallableWheel(f"{title} is refused, as `{_SETTING}` is set", causes=oddities[:5], hint=hint, code=1)


def _told(oddities: tuple[str, ...]) -> str:
    more = len(oddities) - 1
    return oddities[0] + (f" (and {more} more)" if more else "")
