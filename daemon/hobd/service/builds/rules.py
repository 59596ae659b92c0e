"""How one package is to be built: settings, additional requirements, variables, isolation (BIS-4)."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from packaging.specifiers import SpecifierSet

from hobd.builds.frontend import ConfigValues
from hobd.core.formats.urls import path_url
from hobd.core.lockfile.model import LockedPackage
from hobd.core.lockfile.portable import is_wheelhouse
from hobd.core.lockfile.requirement_table import render_specifiers
from hobd.core.resolver.lower import Stating, lower_texts
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.settings import BuildSettings
from hobd.core.vocab.settings_layer import ExtraBuildDependency
from hobd.core.vocab.source import Directory, Editable, Git, Registry, Source, Url, Virtual
from hobd.core.vocab.source import Path as PathSource
from hobd.errors import RequestError


class UnmatchedRuntime(RequestError):
    """A build needs the version of the resolution, and there is none."""

    default_code = 1


class ExtraRequirement(Struct, frozen=True):
    """A requirement that the settings add to a build."""

    requirement: Requirement
    match_runtime: bool
    """Whether it is to have the version of the resolution: then it has it already."""


class BuildRules(Struct, frozen=True, kw_only=True):
    """The rules for one package."""

    config: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What the backend is told, by key, sorted."""
    extras: tuple[ExtraRequirement, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    """Sorted by name."""
    is_isolated: bool = True

    @property
    def config_values(self) -> ConfigValues:
        """As hooks take them."""
        return {key: values[0] if len(values) == 1 else list(values) for key, values in self.config}

    def info(self, root: Path) -> str:
        """The text of `uv_build.json`.

        Args:
            root: the folder that relative paths start from.
        """
        found: dict[str, object] = {}
        if self.config:
            found["config_settings"] = self.config_values
        if self.extras:
            found["extra_build_requires"] = [
                {"requirement": _wire(each.requirement, root), "match_runtime": each.match_runtime} for each in self.extras
            ]
        if self.variables:
            found["extra_build_variables"] = dict(self.variables)
        return json.dumps(found, separators=(",", ":"), ensure_ascii=False)

    def digest(self, root: Path, *more: str) -> str:
        """Names what builds under these rules give, and under whatever else counts."""
        text = json.dumps([self.info(root), self.is_isolated, *more])
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def rules_of(name: Name | None, settings: BuildSettings, stating: Stating, runtime: Mapping[Name, LockedPackage]) -> BuildRules:
    """The rules for a package.

    Args:
        name: None where only the build will tell: then what holds for all packages.
        stating: the root of the workspace, or the script: its sources are those of additional requirements.
        runtime: what the environment is to hold, by name, as far as it is known.
    Raises:
        UnmatchedRuntime: an additional requirement is to have a version that is not known.
    """
    if name is None:
        return BuildRules(config=settings.config_settings, is_isolated=not settings.no_isolation.everything)
    texts = dict(settings.extra_dependencies).get(name, ())
    return BuildRules(
        config=_merged(dict(settings.config_settings_package).get(name, ()), settings.config_settings),
        extras=tuple(lowered for each in texts for lowered in _lower(name, each, stating, runtime)),
        variables=tuple(sorted(dict(settings.extra_variables).get(name, ()))),
        is_isolated=not settings.no_isolation.has(name),
    )


def _merged(*layers: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, tuple[str, ...]] = {}
    for key, values in (pair for layer in layers for pair in layer):
        found[key] = found.get(key, ()) + values
    return tuple(sorted(found.items()))


def _lower(name: Name, stated: ExtraBuildDependency, stating: Stating, runtime: Mapping[Name, LockedPackage]) -> list[ExtraRequirement]:
    lowered = list(lower_texts((stated.requirement,), stating))
    if stated.match_runtime:
        lowered = [_matched(name, requirement, runtime) for requirement in lowered]
    return [ExtraRequirement(requirement, stated.match_runtime) for requirement in lowered]


def _matched(name: Name, requirement: Requirement, runtime: Mapping[Name, LockedPackage]) -> Requirement:
    if not runtime:
        raise UnmatchedRuntime(
            f"Extra build requirement `{requirement.name}` was declared with `match-runtime = true`, but `{name}` does not declare "
            "static metadata, making runtime-matching impossible"
        )
    package = runtime.get(requirement.name)
    if package is None:
        raise UnmatchedRuntime(
            f"Extra build requirement `{requirement.name}` was declared with `match-runtime = true`, but was not found in the resolution"
        )
    if isinstance(package.source, Registry):
        source = None if is_wheelhouse(package.source) else package.source  # what builds require need not lie beside a portable lock
        return replace(requirement, specifier=SpecifierSet(f"=={package.version}"), source=source)
    return replace(requirement, specifier=SpecifierSet(), source=package.source)


def _wire(requirement: Requirement, root: Path) -> dict[str, object]:
    """A requirement as uv writes it into `uv_build.json`."""
    marker = requirement.marker.to_text()
    found: dict[str, object] = {"name": requirement.name}
    found |= {"extras": list(requirement.extras)} if requirement.extras else {}
    found |= {"marker": marker} if marker else {}
    return found | _wire_source(requirement.source, requirement.specifier, root)


def _wire_source(source: Source | None, specifier: SpecifierSet, root: Path) -> dict[str, object]:
    match source:
        case Directory(path):
            return {"directory": os.path.normpath(root / path)}
        case Editable(path):
            return {"editable": os.path.normpath(root / path)}
        case Virtual(path):
            return {"virtual": os.path.normpath(root / path)}
        case PathSource(path):
            return {"path": os.path.normpath(root / path)}
        case Url(url, subdirectory):
            return {"url": url, "subdirectory": subdirectory} if subdirectory else {"url": url}
        case Git(url):
            return {"git": url}
    stated = {"specifier": render_specifiers(specifier)} if len(specifier) else {}
    return {**stated, "index": None if source is None else source.url, "conflict": None}


def shown_requirement(requirement: Requirement, root: Path) -> str:
    """A requirement as errors name it: `name>=1 ; marker`, or `name @ URL`."""
    extras = f"[{','.join(requirement.extras)}]" if requirement.extras else ""
    marker = requirement.marker.to_text()
    match requirement.source:
        case None | Registry():
            what = render_specifiers(requirement.specifier).replace(",", ", ") if requirement.specifier else ""
            what += "" if requirement.source is None else f" (index: {requirement.source.url})"
        case Git(url):
            what = f" @ git+{url}"
        case Url(url):
            what = f" @ {url}"
        case Directory(path) | Editable(path) | Virtual(path) | PathSource(path):
            what = f" @ {path_url(os.path.normpath(root / path))}"
    return f"{requirement.name}{extras}{what}" + (f" ; {marker}" if marker else "")
