"""`hob sync` and its kin beside uv: which parts of a lock are installed, for which groups, and from which locks."""

from pathlib import Path

from tests.service.sessions import Site, assert_same, make_sites
from tests.support.wheels import make_wheel

_BACKEND = '[build-system]\nrequires = ["uv_build"]\nbuild-backend = "uv_build"\n'


def _package(name: str, more: str = "") -> dict[str, str]:
    """A package in a folder of its name, which both build without any index."""
    text = f'[project]\nname = "{name}"\nversion = "1.0"\nrequires-python = ">=3.9"\n{more}{_BACKEND}'
    return {f"{name}/pyproject.toml": text, f"{name}/src/{name}/__init__.py": ""}


WORKSPACE = {
    "pyproject.toml": f"""\
[project]
name = "root"
version = "1.0"
requires-python = ">=3.9"
dependencies = ["alpha", "outer"]
{_BACKEND}
[dependency-groups]
dev = ["linked"]
docs = []
[tool.uv.workspace]
members = ["alpha", "beta", "gamma"]
[tool.uv.sources]
alpha = {{ workspace = true }}
outer = {{ path = "outer" }}
linked = {{ path = "linked", editable = true }}
""",
    "src/root/__init__.py": "",
    **_package("alpha"),
    **_package("beta"),
    **_package("outer"),
    **_package("linked"),
}

LOCK = """\
version = 1
revision = 5
requires-python = ">=3.9"

[manifest]
members = [
    "alpha",
    "beta",
    "root",
]

[[package]]
name = "alpha"
version = "1.0"
source = { editable = "alpha" }

[[package]]
name = "beta"
version = "1.0"
source = { editable = "beta" }

[[package]]
name = "linked"
version = "1.0"
source = { editable = "linked" }

[[package]]
name = "outer"
version = "1.0"
source = { directory = "outer" }

[[package]]
name = "root"
version = "1.0"
source = { editable = "." }
dependencies = [
    { name = "alpha" },
    { name = "outer" },
]

[package.dev-dependencies]
dev = [
    { name = "linked" },
]

[package.metadata]
requires-dist = [
    { name = "alpha", editable = "alpha" },
    { name = "outer", directory = "outer" },
]

[package.metadata.requires-dev]
dev = [{ name = "linked", editable = "linked" }]
docs = []
"""
"""Of the workspace, as uv 0.13.8 writes it."""


def test_the_parts_that_are_asked_for_are_installed(tmp_path: Path) -> None:
    commands = (
        "sync -q",
        "sync --only-install-local",
        "sync --only-install-workspace",
        "sync --only-install-project --only-install-local",
        "sync --only-install-project --package alpha",
        "sync --all-packages --no-install-project",
        "sync --all-packages --only-install-project",
        "sync --package alpha --package beta --no-install-project",
        "sync --only-install-package outer --no-install-local",
        "sync --no-install-local",
        "sync --no-install-workspace --no-install-package outer",
    )
    assert_same(tmp_path, WORKSPACE, *commands)


def test_folders_are_linked_or_not_as_asked(tmp_path: Path) -> None:
    commands = (
        "sync -q",
        "sync -q --editable",
        "pip freeze",
        "sync --no-editable-package outer",
        "sync -q --no-editable",
        "pip freeze",
        "sync",
        "run --editable true",
    )
    assert_same(tmp_path, WORKSPACE, *commands)


def test_a_frozen_lock_is_asked_for_its_members_and_no_folder(tmp_path: Path) -> None:
    lone = {name: text for name, text in WORKSPACE.items() if not name.startswith(("beta", "alpha"))}
    commands = (
        "sync --frozen --package beta --no-install-workspace",
        "sync --frozen --all-packages --no-install-workspace --no-dev",
        "sync --frozen --package alpha --package beta --no-install-local",
        "sync --frozen --package nope",
        "tree --frozen",
        "export --frozen --package beta",
        "run --frozen --package beta true",
    )
    assert_same(tmp_path, {**lone, "uv.lock": LOCK}, *commands)


def test_a_frozen_lock_that_lacks_a_member_is_refused(tmp_path: Path) -> None:
    commands = ("sync --frozen", "sync --frozen --package gamma", "tree --frozen --universal", "run --frozen true", "export --frozen")
    assert_same(tmp_path, {**WORKSPACE, **_package("gamma"), "uv.lock": LOCK}, *commands)


def test_what_a_dry_run_would_do_is_told_before_a_stale_lock_is_refused(tmp_path: Path) -> None:
    stale = LOCK.replace('requires-dist = [\n    { name = "alpha", editable = "alpha" },', "requires-dist = [")
    commands = ("sync --dry-run --locked", "sync --check --locked", "sync --locked", "sync --output-format json -qq --dry-run")
    assert_same(tmp_path, {**WORKSPACE, "uv.lock": stale}, *commands)


GROUPS = """\
[project]
name = "demo"
version = "1.0"
requires-python = ">=3.9"
scripts = { hello = "demo:hello" }
[dependency-groups]
dev = []
old = []
new = [{ include-group = "dev" }]
[tool.uv.dependency-groups]
old = { requires-python = "<3.8" }
new = { requires-python = ">=3.77" }
"""


def test_groups_have_a_say_in_which_python_is_used(tmp_path: Path) -> None:
    commands = (
        "sync --all-groups",
        "sync --group new --group old",
        "lock",
        "tree --group new",
        "export --no-dev",
        "run --only-group old true",
    )
    assert_same(tmp_path, {"pyproject.toml": GROUPS}, *commands)


def test_a_version_file_that_a_group_rules_out_is_told(tmp_path: Path) -> None:
    only_here = GROUPS.replace("<3.8", "<4").replace("dev = []\n", "dev = []\nnewest = []\n").replace("new = {", "newest = {")
    commands = ("sync --group newest", "sync --group newest --group old", "run --group newest true", "sync")
    assert_same(tmp_path, {"pyproject.toml": only_here, ".python-version": "3"}, *commands)


def test_groups_that_do_not_hold_together_end_a_command_before_an_environment_is_made(tmp_path: Path) -> None:
    circle = '[project]\nname = "demo"\nversion = "1"\n[dependency-groups]\na = [{ include-group = "a" }]\n'
    assert_same(tmp_path, {"pyproject.toml": circle}, "lock", "sync", "run true", "tree", "export")
    assert not (tmp_path / "right" / "project" / ".venv").exists()


def test_default_groups_that_are_not_there_are_refused_before_anything_is_locked(tmp_path: Path) -> None:
    unknown = '[project]\nname = "demo"\nversion = "1"\nrequires-python = ">=3.9"\n[tool.uv]\ndefault-groups = ["nope"]\n'
    assert_same(tmp_path, {"pyproject.toml": unknown}, "sync", "run true", "tree", "export")


def test_scripts_with_settings_that_nobody_knows_are_refused(tmp_path: Path) -> None:
    def script(setting: str) -> str:
        return f"# /// script\n# dependencies = []\n# [tool.uv]\n# {setting}\n# ///\nprint(1)\n"

    files = {"unknown.py": script("nope = 1"), "misplaced.py": script("managed = true"), "later.py": script('required-version = ">99"')}
    assert_same(tmp_path, files, "run unknown.py", "run misplaced.py", "lock --script unknown.py", "run later.py")


PLAIN = '[project]\nname = "demo"\nversion = "1"\nrequires-python = ">=3.9"\n'


def test_a_folder_that_lost_its_note_is_neither_used_nor_removed(tmp_path: Path) -> None:
    """Its Python would install into the one that it was made from, as uv lets it."""
    _, hob = make_sites(tmp_path, {"pyproject.toml": PLAIN})
    hob.tell("sync")
    (hob.project / ".venv" / "pyvenv.cfg").unlink()

    refused = hob.tell("sync")

    assert (refused.code, refused.out) == (2, "")
    assert refused.err.endswith("cannot be used because it is not a valid Python environment (its `pyvenv.cfg` is missing or broken)\n")
    assert (hob.project / ".venv" / "bin" / "python").exists()


def test_a_wheel_that_is_another_than_was_locked_is_refused_though_the_old_one_is_stored(tmp_path: Path) -> None:
    requiring = f'{PLAIN}dependencies = ["plum"]\n[tool.uv.sources]\nplum = {{ path = "../plum-1.0-py3-none-any.whl" }}\n'
    sites = make_sites(tmp_path, {"pyproject.toml": requiring})
    for site in sites:
        make_wheel(site.root, "plum", "1.0")
        site.tell("sync", "-q")
        make_wheel(site.root, "plum", "1.0", files={"plum/__init__.py": "NEW = True\n"})
    uv, hob = (site.tell("sync", "--frozen", "--reinstall") for site in sites)
    assert hob == uv
    assert hob.code == 1


def test_links_that_lead_nowhere_are_left_alone(tmp_path: Path) -> None:
    sites = make_sites(tmp_path, {"pyproject.toml": PLAIN})
    for command in ("sync --dry-run", "sync", "run true"):
        for site in sites:
            link = site.project / ".venv"
            link.unlink(missing_ok=True)
            link.symlink_to("nowhere")
        uv, hob = (site.tell(*command.split()) for site in sites)
        assert hob == uv
    for site in sites:
        (site.project / ".venv").unlink()
        (site.project / ".venv").symlink_to(".venv")
    uv, hob = (site.tell("sync") for site in sites)
    assert hob == uv


def test_a_run_tells_what_it_resolves_where_that_is_asked_for(tmp_path: Path) -> None:
    script = "# /// script\n# requires-python = '>=3.9'\n# dependencies = []\n# ///\nprint(1)\n"
    commands = ("run --show-resolution true", "run --show-resolution true", "run --show-resolution script.py")
    assert_same(tmp_path, {"pyproject.toml": PLAIN, "script.py": script}, *commands)


def test_groups_of_a_root_that_is_no_project_are_not_those_of_a_package(tmp_path: Path) -> None:
    root = '[dependency-groups]\ndev = ["outer"]\n[tool.uv.workspace]\nmembers = ["alpha"]\n[tool.uv.sources]\nouter = { path = "outer" }\n'
    sites = make_sites(tmp_path, {"pyproject.toml": root, **_package("alpha"), **_package("outer")})
    for site in sites:
        site.tell("lock")
    for words in ("sync --frozen --package alpha --dry-run", "sync --package alpha --dry-run", "sync --dry-run"):
        uv, hob = (site.tell(*words.split()) for site in sites)
        assert hob == uv, words


def test_a_check_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    _, hob = make_sites(tmp_path, {"pyproject.toml": '[project]\nname = "root"\nversion = "1"\nrequires-python = ">=3.9"\n'})
    assert "malware" not in hob.tell("sync").err
    checked = Site(hob.root, hob.program, {"UV_MALWARE_CHECK": "1"})
    assert "warning: `malware-check` is not there in this version of uv: nothing is checked for malware\n" in checked.tell("sync").err


def test_the_hash_of_a_wheel_in_a_folder_is_a_promise_until_it_is_upgraded(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": """\
[project]
name = "demo"
version = "1.0"
requires-python = ">=3.9"
dependencies = ["alpha"]
[tool.uv.sources]
alpha = { path = "../wheels/alpha-1.0-py3-none-any.whl" }
"""
    }
    uv, hob = make_sites(tmp_path, files)

    def put(content: str) -> None:
        for site in (uv, hob):
            make_wheel(site.root / "wheels", "alpha", "1.0", files={"alpha.py": content})

    def lock(*words: str) -> str:
        ours, theirs = hob.tell("lock", *words), uv.tell("lock", *words)
        assert (ours.code, ours.files["uv.lock"]) == (theirs.code, theirs.files["uv.lock"])
        return ours.files["uv.lock"]

    put("one")
    first = lock()
    put("another")
    for site in (uv, hob):
        text = (site.project / "pyproject.toml").read_text()
        (site.project / "pyproject.toml").write_text(text.replace('"alpha"', '"alpha>=0.5"'))
    assert first.partition("wheels = ")[2].partition("]")[0] in lock()
    refused = hob.tell("sync")
    assert refused.code == uv.tell("sync").code == 1
    assert "Hash mismatch" in refused.err
    assert first.partition("wheels = ")[2].partition("]")[0] not in lock("--upgrade-package", "alpha")
    assert hob.tell("sync").code == uv.tell("sync").code == 0
