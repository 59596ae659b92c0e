"""Finding and reading the files that settings come from (features.md, CFG-1, CFG-2, CFG-5).

--config-file ─→ that file alone
--no-config ───→ none
else: nearest of `uv.toml` and `[tool.uv]` upwards  >  user's uv.toml and hob.toml  >  system's uv.toml and hob.toml
"""

import os
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from hobd.core.formats.toml_text import InvalidToml
from hobd.core.formats.urls import file_url_path, has_known_scheme, path_url
from hobd.core.formats.uv_toml import masked_keys, parse_hob_settings, parse_hob_toml, parse_pyproject_settings, parse_uv_toml
from hobd.core.vocab.environ import Environ
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.index import Index
from hobd.core.vocab.settings_layer import NOTHING, Layer, combine
from hobd.errors import RequestError
from hobd.projects.discover import PYPROJECT, find_project_folder
from hobd.projects.files import absolute, is_file, read_text, shown


class ConfigFiles(Struct):
    """Reads configuration for one request, and gathers what is to be said of it."""

    environ: Environ
    evidence: Evidence
    cwd: Path
    lock_root: Path
    """The folder of the lock: local indexes are shown relative to it."""
    warnings: list[str] = field(default_factory=list)

    def read(self, start: Path, *, config_file: str | None, no_config: bool, is_user_level: bool) -> Layer:
        """What all files say together.

        Args:
            start: the root of the workspace, or the folder that the command is about.
            config_file: read this one and no other.
            no_config: read none of uv's.
            is_user_level: leave projects out, as commands on tools do.
        Raises:
            HobError: a `uv.toml` is broken, or is for another version; a broken `[tool.uv]` only warns.
        """
        own = NOTHING if is_user_level else self._own(start)
        if config_file is not None:
            return combine(own, self._explicit(config_file))
        if no_config:
            return own
        project = NOTHING if is_user_level else self._nearest(start)
        return combine(own, combine(combine(project, self._user()), self._system()))

    def _explicit(self, config_file: str) -> Layer:
        if Path(config_file).name == "pyproject.toml":
            self.warnings.append(
                "The `--config-file` argument expects to receive a `uv.toml` file, not a `pyproject.toml`. "
                "If you're trying to run a command from another project, use the `--project` argument instead."
            )
        path = absolute(Path(config_file), self.cwd)
        layer = self._uv_toml(path, "project")
        if layer is None:
            raise RequestError(f"failed to open file `{config_file}`: No such file or directory (os error 2)")
        return layer

    def _uv_toml(self, path: Path, origin: str) -> Layer | None:
        text = read_text(path, self.evidence)
        if text is None:
            return None
        return rebased(parse_uv_toml(text, shown(path, self.cwd)), path.parent, self.lock_root, origin)

    def _nearest(self, start: Path) -> Layer:
        for folder in (start, *start.parents):
            layer = self._of_folder(folder)
            if layer is not None:
                return layer
        return NOTHING

    def _of_folder(self, folder: Path) -> Layer | None:
        pyproject = folder / "pyproject.toml"
        layer = self._uv_toml(folder / "uv.toml", "project")
        text = read_text(pyproject, self.evidence)
        if layer is not None:
            self._warn_of_masked(text)
            return layer
        if text is None:
            return None
        try:
            found = parse_pyproject_settings(text)
        except InvalidToml as error:
            self._warn_of_broken(pyproject, error)
            return None
        if found is None:
            return None
        return rebased(found, folder, self.lock_root, "project")

    def _own(self, start: Path) -> Layer:
        """`[tool.hob]` of the project itself: what it asks for holds on any machine, however uv is configured there."""
        folder = find_project_folder(start, self.evidence)
        path = (folder or start) / PYPROJECT
        text = read_text(path, self.evidence)
        if text is None or "hob" not in text:  # parsing again only where there can be something to find
            return NOTHING
        try:
            return parse_hob_settings(text)
        except InvalidToml as error:
            self._warn_of_broken(path, error)
            return NOTHING

    def _warn_of_broken(self, path: Path, error: InvalidToml) -> None:
        indented = "".join(f"  {line}\n" if line.strip() else "\n" for line in error.message.split("\n"))
        warning = f"Failed to parse `{shown(path, self.cwd)}` during settings discovery:\n{indented}"
        if warning not in self.warnings:
            self.warnings.append(warning)

    def _warn_of_masked(self, text: str | None) -> None:
        keys = masked_keys(text) if text is not None else ()
        if keys:
            listed = "\n".join(f"- {key}" for key in keys)
            self.warnings.append(
                "Found both a `uv.toml` file and a `[tool.uv]` section in an adjacent `pyproject.toml`. "
                f"The following fields from `[tool.uv]` will be ignored in favor of the `uv.toml` file:\n{listed}"
            )

    def _user(self) -> Layer:
        folder = user_config_folder(self.environ)
        if folder is None:
            return NOTHING
        return combine(self._uv_toml(folder / "uv" / "uv.toml", "user") or NOTHING, self._hob_toml(folder / "hob" / "hob.toml"))

    def _system(self) -> Layer:
        if (self.environ.get("UV_NO_SYSTEM_CONFIG") or "").lower() in ("1", "true", "yes", "on", "t", "y"):
            return NOTHING
        return combine(self._uv_toml(self._of_system("uv"), "system") or NOTHING, self._hob_toml(self._of_system("hob")))

    def _of_system(self, tool: str) -> Path:
        """A tool's file: the first that there is, else where one may come to be."""
        folders = self.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg"
        candidates = [Path(folder) / tool / f"{tool}.toml" for folder in folders.split(":") if folder]
        return next((path for path in candidates if is_file(path, self.evidence)), Path("/etc", tool, f"{tool}.toml"))

    def _hob_toml(self, path: Path) -> Layer:
        text = read_text(path, self.evidence)
        return NOTHING if text is None else parse_hob_toml(text, shown(path, self.cwd))


def user_config_folder(environ: Environ) -> Path | None:
    """`$XDG_CONFIG_HOME` where it is absolute, else `~/.config`; None without a home."""
    return _xdg(environ, "XDG_CONFIG_HOME", ".config")


def user_data_folder(environ: Environ) -> Path | None:
    """`$XDG_DATA_HOME` where it is absolute, else `~/.local/share`; None without a home."""
    return _xdg(environ, "XDG_DATA_HOME", ".local/share")


def user_cache_folder(environ: Environ) -> Path | None:
    """`$XDG_CACHE_HOME` where it is absolute, else `~/.cache`; None without a home."""
    return _xdg(environ, "XDG_CACHE_HOME", ".cache")


def _xdg(environ: Environ, name: str, below_home: str) -> Path | None:
    said = environ.get(name)
    if said and said.startswith("/"):
        return Path(said)
    home = home_folder(environ)
    return None if home is None else home / below_home


def home_folder(environ: Environ) -> Path | None:
    """`$HOME`, else what the system knows of the user: services and bare containers set no variables. None where neither says anything."""
    if said := environ.get("HOME"):
        return Path(said)
    import pwd  # hardly anybody needs it

    try:
        return Path(pwd.getpwuid(os.getuid()).pw_dir)
    except KeyError:
        return None


def cache_folder(said: str | None, environ: Environ, cwd: Path) -> Path | None:
    """Where hob keeps what it downloads and builds (CAC-1).

    `--cache-dir` and `UV_CACHE_DIR` name the folder of uv's cache: hob's lies in it, beside uv's own buckets.

    Args:
        said: `--cache-dir`, which is `UV_CACHE_DIR` where it was not typed, or `cache-dir` of a file.
        environ: for `HOB_CACHE_DIR`, `XDG_CACHE_HOME` and `HOME`.
        cwd: relative paths start here.
    Returns:
        None where there is no home to keep it in.
    """
    own, shared = environ.get("HOB_CACHE_DIR"), environ.get("UV_CACHE_DIR")
    if own and (said is None or said == shared):
        return Path(os.path.normpath(cwd / own))
    if said is not None:
        return Path(os.path.normpath(cwd / said)) / "hob"
    home = user_cache_folder(environ)
    return None if home is None else home / "hob"


def rebased(layer: Layer, folder: Path, lock_root: Path, origin: str) -> Layer:
    """The layer with its indexes placed: see `placed`."""

    def each(indexes: tuple[Index, ...] | None) -> tuple[Index, ...] | None:
        return None if indexes is None else tuple(placed(index, folder, lock_root, origin) for index in indexes)

    def one(index: Index | None) -> Index | None:
        return None if index is None else placed(index, folder, lock_root, origin)

    pip = layer.pip
    if pip is not None:
        pip = replace(pip, index_url=one(pip.index_url), extra_index_url=each(pip.extra_index_url), find_links=each(pip.find_links))
    return replace(
        layer,
        index=each(layer.index),
        index_url=one(layer.index_url),
        extra_index_url=each(layer.extra_index_url),
        find_links=each(layer.find_links),
        pip=pip,
    )


def placed(index: Index, folder: Path, lock_root: Path, origin: str) -> Index:
    """An index with who configured it; a folder becomes an absolute `file:` URL.

    Args:
        index: as written.
        folder: where relative paths start.
        lock_root: the folder of the lock: it shows a path relative to this, if it was written relative.
        origin: `cli`, `project`, `user` or `system`.
    """
    if has_known_scheme(index.url) and not index.url.lower().startswith("file:"):
        return replace(index, origin=origin)
    path = absolute(Path(file_url_path(index.url) or index.url), folder)
    is_relative = not has_known_scheme(index.url) and not index.url.startswith("/")
    text = os.path.relpath(path, lock_root) if is_relative else str(path)
    return replace(index, url=path_url(str(path)), origin=origin, relative_to=text)
