"""The bill of materials of `hob export --format cyclonedx1.5`, made now."""

import uuid
from datetime import UTC, datetime

from hobd import __version__
from hobd.addresses import public_addresses
from hobd.cli.export import Export
from hobd.core.lockfile.export import Exported
from hobd.core.lockfile.export_cyclonedx import CyclonedxOptions, Occasion, render_cyclonedx
from hobd.core.lockfile.model import Lock
from hobd.core.plan.wanted import Wishes
from hobd.service.session import Session

_FEATURE = "sbom-export"


def render_bill(lock: Lock, rows: tuple[Exported, ...], wishes: Wishes, command: Export, session: Session) -> str:
    """The document; it is of this moment, and named anew each time."""
    if not session.settings.previews(_FEATURE):
        session.context.voice.warn(
            "`hob export --format=cyclonedx1.5` is experimental and may change without warning. "
            f"Pass `--preview-features {_FEATURE}` to disable this warning."
        )
    options = CyclonedxOptions(
        roots=wishes.projects,
        has_hashes=command.hashes is None or bool(command.hashes),
        is_whole_workspace=command.all_packages,
        default_site=public_addresses()["index-site"],
    )
    moment = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return render_cyclonedx(lock, rows, options, Occasion(serial=str(uuid.uuid4()), moment=moment, tool="hob", tool_version=__version__))
