"""Pages of an index that no honest index would serve, and projects that ask for what is on them."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.support.index_server import JSON_TYPE, IndexServer

Page = Callable[[IndexServer], bytes]
"""Makes the page of `apple`."""


def entry(server: IndexServer, name: str, version: str, requires: Sequence[str] = (), *, tag: str = "py3-none-any", **changed: Any) -> Any:
    """One wheel as a page lists it; its metadata can be had.

    Args:
        changed: keys of the entry, dashes as underscores; `says` is the version in the metadata, `calls_itself` the name there.
    """
    filename = changed.pop("filename", f"{name}-{version}-{tag}.whl")
    lines = [f"Name: {changed.pop('calls_itself', name)}", f"Version: {changed.pop('says', version)}"]
    text = "\n".join(["Metadata-Version: 2.1", *lines, *(f"Requires-Dist: {each}" for each in requires), ""])
    metadata = changed.pop("metadata", text.encode())
    server.bodies[f"/files/{filename}.metadata"] = "text/plain", metadata
    found = {
        "filename": filename,
        "url": f"{server.origin}/files/{filename}",
        "hashes": {"sha256": hashlib.sha256(filename.encode()).hexdigest()},
        "size": 1000,
        "upload-time": "2024-01-02T03:04:05Z",
        "core-metadata": True,
    }
    found |= {key.replace("_", "-"): value for key, value in changed.items()}
    return {key: value for key, value in found.items() if value is not ...}


def listing(*entries: Any) -> bytes:
    """A page in JSON."""
    return json.dumps({"meta": {"api-version": "1.1"}, "name": "apple", "files": entries}).encode()


def beside(version: str = "2", requires: Sequence[str] = (), **changed: Any) -> Page:
    """An honest version 1, and another file that is not."""
    return lambda server: listing(entry(server, "apple", "1"), entry(server, "apple", version, requires, **changed))


def with_text(old: bytes, new: bytes) -> Page:
    """An honest page with another text somewhere."""
    return lambda server: listing(entry(server, "apple", "1", junk="JUNK")).replace(old, new, 1)


def link(filename: str, fragment: str = "", attributes: str = 'data-core-metadata="true"', base: str = "/files/") -> str:
    """One anchor of an HTML page."""
    return f'<a href="{base}{filename}{fragment}" {attributes}>{filename}</a>\n'


def html(*parts: str) -> Page:
    """A page in HTML, behind an honest version 1."""

    def make(server: IndexServer) -> bytes:
        entry(server, "apple", "1")
        entry(server, "apple", "2")
        return f"<!DOCTYPE html><html><body>{link(ONE)}{''.join(parts)}</body></html>".encode()

    return make


ONE, TWO = "apple-1-py3-none-any.whl", "apple-2-py3-none-any.whl"
ZEROS = "0" * 64
HUGE = "1" * 5000

JSON_PAGES: Mapping[str, Page] = {
    "no such version number": beside("not!a.version"),
    "numbers that are too large": beside(str(2**64)),
    "a number of 5,000 digits": beside("9" * 5000),
    "names that are none": lambda server: listing(
        entry(server, "apple", "1"),
        *(
            entry(server, "apple", "2", filename=name)
            for name in ("apple-2.exe", "apple-.whl", "", "apple-2-py3-none.whl", "apple-.tar.gz")
        ),
    ),
    "names that lead elsewhere": beside(filename="../../apple-2-py3-none-any.whl"),
    "a name with a line break": beside(tag="py3-none-any\n"),
    "a name with a NUL": beside(filename="apple-2\0-py3-none-any.whl"),
    "another project's wheel": beside(filename="banana-2-py3-none-any.whl"),
    "another project's source distribution": beside(filename="banana-2.tar.gz"),
    "a tag that nobody knows": beside(tag="py3-none-odd"),
    "specifiers that are none": beside(requires_python="garbage"),
    "specifiers to be repaired": beside(requires_python=">=3.7.*"),
    "no digests": beside(hashes={}),
    "no table of digests": beside(hashes=...),
    "a digest that is none": beside(hashes={"sha256": "zz"}),
    "a digest with a quote": beside(hashes={"sha256": '"\\\n' + "0" * 61}),
    "a digest of another kind": beside(hashes={"sha1": "zz"}),
    "a size beyond all": beside(size=2**64),
    "a large size": beside(size=2**63 + 5),
    "a negative size": beside(size=-1),
    "half a byte": beside(size=0.5),
    "a time that is none": beside(upload_time="yesterday"),
    "no time": beside(upload_time=None),
    "a year before all": beside(upload_time="-0001-01-01T00:00:00Z"),
    "a yank that says nothing": beside(yanked=None),
    "metadata offered oddly": beside(core_metadata="yes"),
    "a script for an address": beside(url="javascript:alert(1)"),
    "data for an address": beside(url="data:text/plain,hello"),
    "another scheme": beside(url="ftp://host.example/apple-2-py3-none-any.whl"),
    "an address that is none": beside(url="http://[::1"),
    "a port that is none": beside(url="http://127.0.0.1:999999/apple-2-py3-none-any.whl"),
    "a file for an address": beside(url="file:///etc/passwd", core_metadata=...),
    "an address with a line break": lambda server: listing(
        entry(server, "apple", "1", url=f"{server.origin}/files/apple-1-py3\n-none-any.whl")
    ),
    "an address with quotes": lambda server: listing(entry(server, "apple", "1", url=f"{server.origin}/files/{ONE}?'\"\\'")),
    "a lone surrogate": with_text(b'"filename": "', b'"filename": "\\ud800'),
    "bytes that are no UTF-8": with_text(b'"url": "', b'"url": "\xff\xfe'),
    "what is cut short": lambda server: listing(entry(server, "apple", "1"))[:-9],
    "text behind the end": lambda server: listing(entry(server, "apple", "1")) + b"x",
    "an array": lambda server: b"[]",
    "nothing": lambda server: b"",
    "depth": with_text(b'"JUNK"', b"[" * 200 + b"]" * 200),
    "metadata of another project": beside(calls_itself="banana"),
    "metadata of another version": beside(says="3", requires=["banana"]),
    "empty metadata": beside(metadata=b""),
    "metadata of bytes": beside(metadata=bytes(range(256)) * 20),
    "metadata that is no UTF-8": beside(metadata=b"Metadata-Version: 2.1\nName: apple\nVersion: 2\nRequires-Dist: b\xff\n\n"),
    "a requirement that is none": beside(requires=["banana >>> 3"]),
    "a marker that is none": beside(requires=["banana ; python_version >"]),
    "markers that mean nothing": beside(requires=["banana ; python_version == 'x.y'", "cherry ; 'a' == 'b'"]),
    "a marker of a huge number": beside(requires=[f"banana ; python_version < '{HUGE}'"]),
    "a specifier of a huge number": beside(requires=[f"banana<{HUGE}"]),
    "brackets 500 deep": beside(requires=["banana ; " + "(" * 500 + "sys_platform == 'x'" + ")" * 500]),
    "a name of 5,000 letters": beside(requires=["b" * 5_000]),
    "a package that requires itself": beside(requires=["apple>1", "apple[x]"]),
    "a package that requires another version of itself": beside(requires=["apple<2"]),
}

HTML_PAGES: Mapping[str, Page] = {
    "anchors that lead nowhere": html('<a>x</a><a href="">x</a><a href="#top">x</a><a href="../">x</a>'),
    "a script": html('<a href="javascript:alert(1)">x</a>'),
    "an address that is none": html(link("http://[::1/apple-2-py3-none-any.whl", base="")),
    "a digest that is none": html(link(TWO, "#sha256=zz")),
    "a digest of another kind": html(link(TWO, "#sha1=00")),
    "a digest among others": html(link(TWO, f"#egg=apple&amp;sha256={ZEROS}")),
    "specifiers that are none": html(link(TWO, attributes='data-requires-python="garbage"')),
    "an attribute twice": html(f'<a href="/files/{TWO}" href="nowhere" data-core-metadata="true">x</a>'),
    "anchors in text": html(f"<textarea>{link(TWO)}</textarea><script>{link(TWO)}</script><!-- {link(TWO)} -->"),
    "capitals": html(f'<A HREF="/files/{TWO}#sha256={"A" * 64}" DATA-CORE-METADATA="true">x</A>'),
    "a tag that does not end": html(f'<a href="/files/{TWO}'),
    "many that do not end": html("<div " * 50_000),
    "many comments that do not end": html("<!--" * 50_000),
    "many odd characters": html("<" * 50_000, "<!" * 50_000, "&" * 50_000, "</a " * 50_000),
}


def serve(server: IndexServer, page: Page, content_type: str = JSON_TYPE) -> None:
    """Put a page of `apple` on an index that has honest pages of what it may need."""
    server.bodies["/simple/apple/"] = content_type, page(server)
    for name in ("banana", "cherry"):
        server.bodies[f"/simple/{name}/"] = JSON_TYPE, listing(entry(server, name, "1"))
