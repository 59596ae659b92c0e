"""`hob pip show`: one block a distribution (PIP-5)."""

from pathlib import Path

from hobd.cli.pip.show import PipShow
from hobd.cli.style import bold
from hobd.core.formats.record import InvalidRecord, parse_record
from hobd.core.plan.described import Described, Inventory
from hobd.core.vocab.names import normalize
from hobd.core.vocab.request import Outcome
from hobd.errors import RequestError
from hobd.projects.files import read_text
from hobd.service.context import Context
from hobd.service.opening import open_session
from hobd.service.pip.inventory import read_inventory, warn_of_faults
from hobd.service.pip.listing import editable_place
from hobd.service.pip.python import Site, find_site
from hobd.service.pip.settings import is_strict, pip_layer
from hobd.service.session import Session


async def tell(command: PipShow, context: Context) -> Outcome:
    """Describe the named distributions; those that are not there are warned of, and the exit code is 1 if none is."""
    if not command.package:
        context.voice.warn("Please provide a package name or names.")
        return Outcome(code=1)
    async with open_session(command, context) as session:
        site = await find_site(command, session, is_changed=False)
        inventory = read_inventory(site, session)
        names = sorted(dict.fromkeys(map(normalize, command.package)))
        missing = [name for name in names if not inventory.named(name)]
        if missing:
            context.voice.warn(f"Package(s) not found for: {bold(', '.join(missing))}")
        found = [one for name in names for one in inventory.named(name)]
        layer = pip_layer(session)
        asked = command.target or layer.target or command.prefix or layer.prefix
        for number, one in enumerate(found):
            context.voice.guide(("---\n" if number else "") + _block(one, inventory, _place(one, site, asked)))
            if command.files:
                context.voice.guide(_files(one, session))
        if is_strict(command.strict, session):
            warn_of_faults(inventory, site, session)
        return Outcome(code=0 if found else 1, is_replayable=bool(found))


def _place(one: Described, site: Site, asked: str | None) -> str:
    """The folder that it is in; below a folder that was asked for, as it was asked for."""
    folder = one.installed.folder
    if (linked := editable_place(one)) is not None and one.installed.kind == "egg-link":
        return linked
    if asked is None or not site.is_elsewhere:
        return str(folder)
    return str(Path(asked, folder.relative_to(site.environment.root)))


def _block(one: Described, inventory: Inventory, place: str) -> str:
    lines = [("Name", one.name), ("Version", one.version_text), ("Location", place)]
    if (project := editable_place(one)) is not None:
        lines.append(("Editable project location", project))
    if one.metadata is not None:
        lines.append(("Requires", ", ".join(sorted({requirement.name for requirement in inventory.requirements(one)}))))
        lines.append(("Required-by", ", ".join(sorted({other.name for other in inventory.distributions if _needs(other, one, inventory)}))))
    return "".join(f"{key}: {value}".rstrip() + "\n" for key, value in lines)


def _needs(other: Described, one: Described, inventory: Inventory) -> bool:
    return any(requirement.name == one.name for requirement in inventory.requirements(other))


def _files(one: Described, session: Session) -> str:
    path = one.installed.location / "RECORD"
    try:
        text = read_text(path, session.context.evidence)
        if text is None:
            raise RequestError(f"failed to open file `{path}`: No such file or directory (os error 2)")
        rows = parse_record(text)
    except InvalidRecord as error:
        raise RequestError(f"Failed to read `{path}`", causes=(error.message,)) from error
    return "Files:\n" + "".join(f"  {row.path}\n" for row in rows)
