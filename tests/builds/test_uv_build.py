"""What the built-in backend makes of a `uv_build` project is what uv makes of it: members, contents, and refusals."""

import gzip
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hobd.builds.frontend import Product
from hobd.builds.uv_build.faults import CannotBuild
from hobd.builds.uv_build.project import parse_project
from hobd.builds.uv_build.sdist import build_sdist
from hobd.builds.uv_build.spdx import InvalidExpression, check_license_expression
from hobd.builds.uv_build.wheel import build_wheel

UV = Path(sys.executable).with_name("uv")
BACKEND = '[build-system]\nrequires = ["uv_build>=0.13.8,<0.14"]\nbuild-backend = "uv_build"\n'
TREE = (
    "src/my_demo/__init__.py",
    "src/my_demo/sub/__init__.py",
    "src/my_demo/sub/data.txt",
    "src/my_demo/sub/x.pyc",
    "src/my_demo/sub/deep/x.bin",
    "src/my_demo/__pycache__/a.pyc",
    "src/my_demo/é, ü.txt",
    "src/my_demo/.hidden",
    "src/space/inner/__init__.py",
    "src/space/inner/q.py",
    "src/space/other/__init__.py",
    "src/space/loose.txt",
    "src/my_demo-stubs/__init__.pyi",
    f"src/my_demo/{'long' * 20}/{'longer' * 20}/a.py",
    f"src/my_demo/{'q' * 160}",
    "flat/__init__.py",
    "flat/sub/m.py",
    "docs/a.md",
    "docs/b/c.md",
    "docs/sub/d.txt",
    "tests/t.py",
    "LICENSE",
    "LICENSES/x.txt",
    "LICENSES/y/z.txt",
    "README.md",
    "tools/run",
    "tools/sub/go",
    "top.txt",
)
DESCRIBED = """[project]
name = "My_Demo"
version = "v0.1.0-1"
description = "What it is"
readme = "README.md"
license = "MIT OR (Apache-2.0 AND LicenseRef-Mine)"
license-files = ["LIC*", "LICENSES/**"]
keywords = ["a", "b"]
classifiers = ["Private :: Do Not Upload"]
authors = [{ name = "A" }, { name = "B", email = "b@files.example" }, { email = "c@files.example" }]
maintainers = [{ name = "Q" }, { email = "z@files.example" }]
requires-python = ">=3.8,<4"
dependencies = ["idna >=2 ; python_version > '3.7'", "Thing[z,a] @ https://files.example/thing.zip"]
import-names = ["my_demo", "my_demo.sub ; private"]
[project.optional-dependencies]
Zed = ["idna; python_version >= '3.8'", "idna>2,<4"]
abc = []
[project.scripts]
hello = "my_demo:hello"
adieu = "my_demo:adieu"
[project.gui-scripts]
shown = "my_demo:hello"
[project.urls]
Home = "https://files.example/x"
Away = "https://files.example/y"
[project.entry-points."my.group"]
"b c" = "my_demo:hello"
a = "my_demo:hello"
[project.entry-points.empty]
"""
PLAIN = '[project]\nname = "my-demo"\nversion = "1"\n'
TABLE = "[tool.uv.build-backend]\n"


@dataclass(frozen=True)
class Made:
    """What came of one build: a file, or a refusal."""

    name: str
    content: object
    refusal: str


def write_tree(folder: Path, text: str) -> Path:
    for number, name in enumerate(TREE):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n" * (number % 3))
    (folder / "src/my_demo/empty").mkdir()
    (folder / "tools/run").chmod(0o755)
    (folder / "pyproject.toml").write_text(text + BACKEND)
    return folder


def theirs(source: Path, product: Product, into: Path) -> Made:
    done = subprocess.run(
        [str(UV), "build-backend", f"build-{product}", str(into)], cwd=source, capture_output=True, text=True, check=False
    )
    return Made("", None, unwrapped(done.stderr)) if done.returncode else seen(next(into.iterdir()))


def ours(source: Path, product: Product, into: Path) -> Made:
    make = build_sdist if product == "sdist" else partial(build_wheel, is_editable=product == "editable")
    try:
        project = parse_project((source / "pyproject.toml").read_text(), source / "pyproject.toml", source)
        return seen(make(source, project, into, cwd=source, warn=lambda text: None))
    except CannotBuild as error:
        causes = "".join(f" cause: {cause}" for cause in error.causes)
        hints = "".join(f" hint: {hint}" for hint in error.hints)
        return Made("", None, unwrapped(f"error: {error.message}{causes}{hints}"))


def unwrapped(text: str) -> str:
    """The words: lines are as long as the terminal is wide."""
    return " ".join(text.split())


def seen(path: Path) -> Made:
    """All that can be seen of an archive but how it is packed: of editables, where nothing is, the very bytes."""
    if path.suffix == ".gz":
        return Made(path.name, gzip.decompress(path.read_bytes()), "")
    with zipfile.ZipFile(path) as archive:
        rows = archive.infolist()
        if all(row.compress_type == zipfile.ZIP_STORED for row in rows):
            return Made(path.name, path.read_bytes(), "")
        kinds = [(row.filename, row.create_version, row.extract_version, row.flag_bits, row.external_attr, row.date_time) for row in rows]
        return Made(path.name, [(kind, archive.read(row)) for kind, row in zip(kinds, rows, strict=True)], "")


def assert_alike(text: str, folder: Path, products: Sequence[Product] = get_args(Product)) -> None:
    source = write_tree(folder / "source", text)
    for product in products:
        made = []
        for name, build in (("theirs", theirs), ("ours", ours)):
            into = folder / f"{name}-{product}"
            into.mkdir()
            made.append(build(source, product, into))
        assert made[1] == made[0], product


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        DESCRIBED,
        PLAIN + 'license = { text = "B\\nSD\\n" }\nreadme = { text = "# hi", content-type = "text/x-rst" }\nkeywords = []\n',
        PLAIN + 'license = { file = "LICENSE" }\nimport-names = []\n',
        f'{PLAIN}{TABLE}data = {{ scripts = "tools", purelib = "docs/" }}\nwheel-exclude = ["/src/my_demo/sub", "*.txt"]\n',
        f'[project]\nname = "flat"\nversion = "1"\n{TABLE}module-root = ""\n',
        f'{PLAIN}{TABLE}module-name = ["space.other", "my_demo", "space.inner", "my_demo.sub"]\n',
        f'{PLAIN}{TABLE}module-name = "space"\nnamespace = true\nsource-include = ["docs/**", "[tx]op.???"]\nsource-exclude = ["sub"]\n',
        '[project]\nname = "my-demo-stubs"\nversion = "1"\n',
    ],
)
def test_distributions_have_the_members_that_uv_gives_them(text: str, tmp_path: Path) -> None:
    assert_alike(text, tmp_path)


@pytest.mark.parametrize(
    "stated",
    [
        'description = "a\\nb"',
        'dynamic = ["readme"]',
        'readme = "NOPE.md"',
        'readme = "LICENSE"',
        'readme = { file = "README.md" }',
        'readme = { text = "", content-type = "text/html" }',
        'license = "MIT OR"',
        'license = { text = "x" }\nlicense-files = ["LIC*"]',
        'license-files = ["../x"]',
        'license-files = ["NOPE"]',
        'authors = [{ nom = "x" }]',
        'classifiers = ["x"]',
        'dependencies = ["a b"]',
        'requires-python = "what"',
        'import-names = ["a-b"]',
        "import-namespaces = []",
        'scripts = { "a b" = "x:y" }',
        'entry-points = { console_scripts = { x = "x:y" } }',
        f'{TABLE}module-root = "../x"',
        f'{TABLE}module-name = "nope"',
        f'{TABLE}module-name = "a-b"',
        f'{TABLE}module-name = "my_demo.sub"',
        f"{TABLE}module-name = 3",
        f'{TABLE}module-name = "nope"\nnamespace = true',
        f'{TABLE}data = {{ foo = "docs" }}',
        f'{TABLE}data = {{ scripts = "../x" }}',
        f'{TABLE}source-include = ["a@b"]',
        f'{TABLE}source-include = ["a[b"]',
        f'{TABLE}source-exclude = ["a**b"]',
        f'{TABLE}source-exclude = ["pyproject.toml"]',
    ],
)
def test_what_cannot_be_built_is_refused_in_uvs_words(stated: str, tmp_path: Path) -> None:
    assert_alike(f"{PLAIN}{stated}\n", tmp_path, ("sdist", "wheel"))


GLOBS = (
    "docs/**",
    "*.txt",
    "**/*.md",
    "/src/my_demo/sub",
    "src/my_demo/sub/**",
    "sub",
    "docs/",
    "d?cs/*",
    "[dt]ocs/**",
    "src/**/deep",
    "**",
)


@given(data=st.data())
@settings(max_examples=8, deadline=None)
def test_any_table_selects_the_files_that_it_selects_for_uv(data: st.DataObject) -> None:
    patterns = st.lists(st.sampled_from(GLOBS), max_size=3).map(list)
    names = st.sampled_from(['"my_demo"', '"space.inner"', '["my_demo", "space.inner"]', '"my_demo-stubs"'])
    lines = [
        f"source-include = {data.draw(st.lists(st.sampled_from((*GLOBS, '**')), max_size=3))}",
        f"source-exclude = {data.draw(patterns)}",
        f"wheel-exclude = {data.draw(patterns)}",
        f"module-name = {data.draw(names)}",
        f"default-excludes = {data.draw(st.sampled_from(['true', 'false']))}",
    ]
    with tempfile.TemporaryDirectory() as folder:
        assert_alike(PLAIN + TABLE + "\n".join(lines) + "\n", Path(folder), ("sdist", "wheel"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("mit", "^^^ unknown term"),
        ("(MIT", "- unclosed parens"),
        ("MIT)", "   ^ unopened parens"),
        ("MIT MIT", "    ^^^ expected one of `AND`, `OR`, `WITH`, `)`, `+` here"),
        ("GPL-2.0+", "^^^^^^^ a deprecated license identifier was used"),
        ("GPL-2.0-only+", "            ^ a GNU license was followed by a `+`"),
        ("Apache-2.0 +", "           ^ `+` must not follow whitespace"),
        ("MIT/Apache-2.0", "   ^^^^^^^^^^^ invalid character(s)"),
        ("MIT OR OR", "       ^^ expected one of `<license>`, `(` here"),
        ("", " empty expression"),
    ],
)
def test_a_wrong_license_expression_is_shown_where_it_is_wrong(text: str, told: str) -> None:
    with pytest.raises(InvalidExpression) as refusal:
        check_license_expression(text)
    assert str(refusal.value) == f"{text}\n{told}"


@pytest.mark.parametrize(
    "text", ["MIT", "MIT+", "MIT or Apache-2.0", "GPL-2.0-only WITH Classpath-exception-2.0", "DocumentRef-a:LicenseRef-b"]
)
def test_a_right_license_expression_is_taken(text: str) -> None:
    check_license_expression(text)
