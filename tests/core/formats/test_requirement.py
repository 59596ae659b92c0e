"""Requirements are read as uv reads them, and refused in its very words."""

import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from hobd.core.formats.direct_reference import parse_direct_reference
from hobd.core.formats.requirement import InvalidRequirement, parse_lenient_requirement, parse_requirement
from hobd.core.formats.specifier_list import parse_lenient_specifiers, parse_specifier_list
from hobd.core.markers import TRUE, Marker
from hobd.core.vocab.source import Directory, Git, Source, Url
from hobd.core.vocab.source import Path as PathSource

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("text", "name", "extras", "specifier"),
    [
        ("a", "a", (), ""),
        ("  Foo.Bar_Baz  ", "foo-bar-baz", (), ""),
        ("a>=1,<2", "a", (), ">=1,<2"),
        ("a (>=1, <2)", "a", (), ">=1,<2"),
        ("a(==1.*)", "a", (), "==1.*"),
        ("a [X, y.z] ~= 1.4.2", "a", ("x", "y-z"), "~=1.4.2"),
        ("a[]", "a", (), ""),
        ("a===1.0", "a", (), "===1.0"),
        ("a==v1.0.0-alpha1", "a", (), "==1.0.0a1"),
        ("a>=1,", "a", (), ">=1"),
        ("a (>=1,)", "a", (), ">=1"),
        ("a==1.0+local.1", "a", (), "==1.0+local.1"),
    ],
)
def test_names_extras_and_specifiers_are_read(text: str, name: str, extras: tuple[str, ...], specifier: str) -> None:
    found = parse_requirement(text)
    assert (found.name, found.extras, found.specifier, found.marker, found.source) == (name, extras, SpecifierSet(specifier), TRUE, None)


@pytest.mark.parametrize(
    "text", ["a ; os_name == 'nt'", "a;os_name=='nt'", "a>=1;os_name=='nt'", "a[x] ; os_name == 'nt'", "a(>=1);os_name=='nt'"]
)
def test_markers_are_read(text: str) -> None:
    assert parse_requirement(text.format("os_name=='nt'")).marker == Marker.parse("os_name == 'nt'")


@pytest.mark.parametrize(
    ("reference", "source"),
    [
        ("https://files.example/a-1.0.tar.gz", Url(url="https://files.example/a-1.0.tar.gz")),
        ("https://FILES.example:443/x/../a-1.0.zip#subdirectory=b", Url(url="https://files.example/a-1.0.zip", subdirectory="b")),
        ("file:///tmp/a-1.0.tar.gz", PathSource(path="/tmp/a-1.0.tar.gz")),
        ("file:///tmp/with%20blank", Directory(path="/tmp/with blank")),
        ("/tmp/a", Directory(path="/tmp/a")),
        ("./a-1.0-py3-none-any.whl", PathSource(path="sub/a-1.0-py3-none-any.whl")),
        ("file:../b", Directory(path="b")),
        ("../../b", Directory(path="../b")),
        ("git+https://git.example/r", Git(url="https://git.example/r")),
        ("git+https://git.example/r@v1", Git(url="https://git.example/r", reference_kind="rev", reference="v1")),
        ("git+https://u:p@git.example/r.git?x=1", Git(url="https://git.example/r.git")),
        (
            f"git+ssh://git@git.example/r@{COMMIT}#subdirectory=s&egg=a",
            Git(url="ssh://git@git.example/r", reference_kind="rev", reference=COMMIT, subdirectory="s", commit=COMMIT),
        ),
        ("git+https://git.example/r#lfs=true&path=w.whl", Git(url="https://git.example/r", lfs=True, path="w.whl")),
        ("https://git.example/r.git", Git(url="https://git.example/r.git")),
    ],
)
def test_references_are_read(reference: str, source: Source) -> None:
    assert parse_requirement(f"a @ {reference}", base="sub").source == source
    with_marker = parse_requirement(f"a[x] @ {reference} ; os_name == 'nt'", base="sub")
    assert (with_marker.source, with_marker.extras, with_marker.marker) == (source, ("x",), Marker.parse("os_name == 'nt'"))


def test_credentials_of_a_repository_can_be_had_apart() -> None:
    source = parse_direct_reference("git+https://u:p@git.example/r@v1#egg=a", None)
    assert isinstance(source, Git)
    assert (source.url, source.login) == ("https://git.example/r", "u:p")
    assert source == parse_direct_reference("git+https://git.example/r@v1", None)
    assert "u:p" not in repr(source)
    ssh = parse_direct_reference("git+ssh://git@git.example/r", None)
    assert isinstance(ssh, Git)
    assert (ssh.url, ssh.login) == ("ssh://git@git.example/r", None)


REFUSED = """
a[
a >
a>=1.x
a=>1
a (>=1
a @
a b
a[x,]
a[x y]
a[,x]
a[x&]
a[é]
a;
a; foo==1
a; python_version
a; os_name == "x" foo
a; os_name == "x
a; (os_name == "x"
a; os_name not on "x"
a; os_name ** "x"
a; os_name notin "x"
a>=1,,<2
a>=1,2
a ()
a (>=1) x
a ==1.*.0
a~=1
a_
a>=é
a 1.0
a>=1.0+foo
a>1.*
a>=1.0.*
a===foo
a<=1.0.post*
a==1.0a*
a==1.*foo
a==v1.0-alpha1x
a==1*
a==*
a==1.0.post1.*
a!1
a,b
[x]
/foo/bar
./foo
a/b
a.tar.gz
a @ foo:bar
a @ ./x
a @ http://
a @ hg+https://git.example/r
a @ bzr+https://git.example/r
a @ svn+https://git.example/r
a @ git+ftp://git.example/r
a @ https://files.example/a
a @ https://files.example/a-1.0.tar.gz;os_name=="nt"
a[x]>=1 ;
é
_a
-a
""".strip("\n").splitlines()


@pytest.fixture(scope="module")
def words_of_uv(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What uv says of each refused text: the last cause, dedented, without blanks at the ends of lines."""
    folder = tmp_path_factory.mktemp("uv")
    return {text: ask_uv(folder, text) for text in REFUSED}


def ask_uv(folder: Path, text: str) -> str:
    uv = Path(sys.executable).parent / "uv"
    (folder / "pyproject.toml").write_text(
        f"[project]\nname = 'demo'\nversion = '0'\nrequires-python = '>=3.11'\n[dependency-groups]\nx = ['''{text}''']\n"
    )
    command = [str(uv), "lock", "--offline", "--no-config", "--no-index", "--python", sys.executable, "--cache-dir", str(folder / "cache")]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
    shown = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False).stderr
    last = shown.rpartition("  cause: ")[2]
    return "\n".join(line.removeprefix("         ") for line in last.rstrip().splitlines())


@pytest.mark.parametrize("text", REFUSED)
def test_refusals_are_uvs_to_the_caret(words_of_uv: dict[str, str], text: str) -> None:
    with pytest.raises(InvalidRequirement) as caught:
        parse_requirement(text)
    assert re.sub(r"[ \n]+$", "", caught.value.message) == words_of_uv[text]


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("elasticsearch-dsl (>=7.2.0<8.0.0)", "elasticsearch-dsl (>=7.2.0,<8.0.0)"),
        ("jupyter-core (!=~5.0,>=4.12)", "jupyter-core (!=5.0.*,>=4.12)"),
        ("torch (>=1.9.*)", "torch (>=1.9)"),
        ("pyzmq (>=2.7,!=3.0*,!=3.1*)", "pyzmq (>=2.7,!=3.0.*,!=3.1.*)"),
        ("botocore>=1.3.0,<1.4.0',", "botocore>=1.3.0,<1.4.0"),
        ("a >dev", "a >0.0.0dev"),
        ("a>=9.0.0a1.0", "a>=9.0.0a1"),
        ('numpy ">=1.19"; python_version >= "3.7"', "numpy >=1.19; python_version >= '3.7'"),
        ("a >=2.7,!=3.1.*',<4*", "a >=2.7,!=3.1.*,<4"),
    ],
)
def test_common_mistakes_of_distributions_are_repaired(wrong: str, meant: str) -> None:
    if meant != "a >=2.7,!=3.1.*,<4":
        assert parse_lenient_requirement(wrong) == parse_requirement(meant)
        return
    with pytest.raises(InvalidRequirement):  # a star straight behind a number stays wrong, as in uv
        parse_lenient_requirement(wrong)


def test_what_cannot_be_repaired_is_refused_as_it_was() -> None:
    with pytest.raises(InvalidRequirement) as caught:
        parse_lenient_requirement("a >=1<x")
    assert caught.value.message.splitlines()[1] == "a >=1<x"


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        (">=3.6,", ">=3.6"),
        (">= '2.7'", ">=2.7"),
        (">=2.7, !=3.0.*, !=3.1.*,", ">=2.7,!=3.0.*,!=3.1.*"),
        (">=2.7,<3.4.*", ">=2.7,<3.4"),
        ("", ""),
    ],
)
def test_requires_python_is_repaired_too(wrong: str, meant: str) -> None:
    assert parse_lenient_specifiers(wrong) == parse_specifier_list(meant)


@given(st.text(alphabet="a1 ;[](),<>=!~.*@'\"-_xé", max_size=25))
@example("a @ ;")
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    with suppress(InvalidRequirement):
        parse_requirement(text)


@given(st.sampled_from(["a", "B.c"]), st.lists(st.sampled_from([">=1", "<2", "!=1.5", "==1.*"]), max_size=3), st.booleans())
def test_blanks_and_parentheses_mean_nothing(name: str, specifiers: list[str], in_parentheses: bool) -> None:
    listed = " , ".join(specifiers)
    text = f" {name} ({listed}) " if in_parentheses and specifiers else f" {name} {listed} "
    assert parse_requirement(text) == parse_requirement(f"{name}{','.join(specifiers)}")
