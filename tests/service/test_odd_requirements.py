"""Requirements files that include others, here and on the web, told to uv and to hob."""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.sessions import make_sites
from tests.support.wheels import make_wheel

FILES = {
    "loop.txt": "-r again.txt\naa\n",
    "again.txt": "bb\n-r loop.txt\n",
    "deep.txt": "aa\n-r deeper.txt\n",
    "deeper.txt": "\n-c gone.txt\n",
    "wrong.txt": "-r comparison.txt\n",
    "comparison.txt": "aa ==== 1\n",
    "editable.txt": "-e aa==1\n",
    "plain.txt": "--no-index aa\n",
    "variable-name.txt": "a${LETTER}\n",
    "variable-version.txt": "aa==${LETTER}\n",
    "variable-path.txt": "../links/a${LETTER}-1-py3-none-any.whl\nbb @ ${LINKS}/bb-1-py3-none-any.whl\n${UNSET}\n-r ${LETTER}.txt\n",
    "a.txt": "cc @ file:${LINKS}/cc-1-py3-none-any.whl\n",
    "both.txt": "-c limits.txt\n-r limits.txt\nbb\n",
    "limits.txt": "-c more/limits.txt\n",
    "more/limits.txt": "bb<2\n",
    "nameless.txt": "-c more/folder.txt\naa\n",
    "more/folder.txt": "./folder\n",
    "place.txt": "-e file:./folder\n",
    "named-place.txt": "-e dd@folder\n",
    "hashed-place.txt": "-e ./folder --hash=sha256:00\n",
    "quoted-place.txt": "-e './folder'\n",
    "archive.txt": "-e ../links/aa-1-py3-none-any.whl\n",
    "beside.txt": "-r ../more/beside.txt\n",
    "nowhere.txt": "-f ./wheels\naa\n",
    "two-indexes.txt": "-i https://index.example/a\naa\n-i https://index.example/b\n",
    "other-index.txt": "-i https://index.example/a\n-r two-indexes-more.txt\n",
    "two-indexes-more.txt": "-i https://index.example/b\naa\n",
    "project.txt": "-r folder/pyproject.toml\n",
    "script.txt": "-r script.py\naa\n",
    "script.py": "# /// script\n# dependencies = ['aa', 'bb']\n# [tool.uv]\n# constraint-dependencies = ['bb<2']\n# ///\n",
    "list.toml": "aa\n",
    "environment.yml": "aa\n",
    "folder/pyproject.toml": '[project]\nname = "dd"\nversion = "1"\n',
    "web.txt": "-r [WEB]/list.txt\n-c [WEB]/limits.txt\naa\n",
}
WEB = {"list.txt": "bb\n-r more/cc.txt\n", "more/cc.txt": "cc\n", "limits.txt": "bb<2\n", "bare.py": "print()\n"} | {
    "script.py": '# /// script\n# dependencies = ["aa"]\n# ///\n',
    "loop.txt": "-r loop.txt\naa\n",
}


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that has what `WEB` lists."""
    folder = tmp_path_factory.mktemp("web")
    for name, text in WEB.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        """Says nothing."""


def test_files_that_name_others(tmp_path: Path, web: str) -> None:
    variables = {"UV_OFFLINE": "0", "LETTER": "a", "LINKS": "../links"}
    sites = make_sites(tmp_path, {name: text.replace("[WEB]", web) for name, text in FILES.items()}, variables)
    for site in sites:
        for name, version in (("aa", "1"), ("bb", "1"), ("bb", "2"), ("cc", "1")):
            make_wheel(site.root / "links", name, version)
        make_wheel(site.root / "more" / "wheels", "ee", "1")
        (site.root / "more" / "beside.txt").write_text("-f ./wheels\nee\n")
        (site.root / "powershell.txt").write_bytes("aa # \u00e9\r\n".encode("utf-16"))
        (site.root / "latin.txt").write_bytes("aa # \u00e9\r\n".encode("latin-1"))
    uv, hob = sites
    local = [
        *FILES,
        "../powershell.txt",
        "../latin.txt",
        "folder",
        f"{web}/list.txt",
        f"{web}/script.py",
        f"{web}/bare.py",
        f"{web}/loop.txt",
        "gone.txt",
    ]
    for words in [*((name,) for name in local), ("--offline", f"{web}/list.txt")]:
        told = ("pip", "compile", "--no-header", "--no-index", "--find-links", "../links", *words)
        assert hob.tell(*told) == uv.tell(*told), words


@pytest.mark.parametrize("option", ["-c", "--overrides", "--excludes"])
def test_what_has_to_be_a_list_is_no_project_and_no_lock(option: str, tmp_path: Path) -> None:
    files = {"aa.txt": "aa\n", "bare.py": "", **dict.fromkeys(("pyproject.toml", "setup.cfg", "pylock.toml", "some.toml"), "")}
    uv, hob = make_sites(tmp_path, files)
    for site in (uv, hob):
        make_wheel(site.root / "links", "aa", "1")
    for name in files:
        told = ("pip", "compile", "--no-header", "--no-index", "--find-links", "../links", "aa.txt", option, name)
        if (option, name) != ("--excludes", "aa.txt"):
            assert hob.tell(*told) == uv.tell(*told), name


def test_a_file_that_the_web_does_not_have_is_named(tmp_path: Path, web: str) -> None:
    _, hob = make_sites(tmp_path, {"a.txt": f"aa\n-r {web}/gone.txt\n"}, {"UV_OFFLINE": "0"})
    told = hob.tell("pip", "compile", "a.txt")
    assert told.code == 2
    assert told.err.splitlines()[:2] == [
        "error: Error parsing included file in `a.txt` at position 3",
        f"  cause: Error while accessing remote requirements file: {web}/gone.txt",
    ]
