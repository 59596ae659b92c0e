"""Lines of `requirements.txt`, from the ordinary to the odd: what each says, or why it is refused, is what uv makes of it."""

import pytest

from hobd.core.formats.requirements_file import InvalidRequirementsFile, decode_requirements_file, parse_requirements_file

READ = [
    ("a # why", [("requirement", "a", "")]),
    ("a#b", [("requirement", "a#b", "")]),
    ("a \\\n# why\nb", [("requirement", "a", ""), ("requirement", "b", "")]),
    ("# why \\\na", [("requirement", "a", "")]),
    ("\\\na", [("requirement", "a", "")]),
    ("a\\\n==1", [("requirement", "a\\\n==1", "")]),
    ("a\rb\r\nc", [("requirement", "a", ""), ("requirement", "b", ""), ("requirement", "c", "")]),
    ("a\u2028b", [("requirement", "a\u2028b", "")]),
    ("\ta \\\n", [("requirement", "a", "")]),
    ("--no-index a", [("option", "--no-index", ""), ("requirement", "a", "")]),
    ("--no-index --require-hashes -r b", [("option", "--no-index", ""), ("option", "--require-hashes", ""), ("file", "b", "")]),
    ("--pre a", [("option", "--pre", "")]),
    ("-i 'https://index.example' # why", [("option", "-i", "https://index.example")]),
    ("--index-url \\\n  https://index.example", [("option", "--index-url", "https://index.example")]),
    ('-r "b c.txt"', [("file", "b c.txt", "")]),
    ("-c=b.txt", [("constraints", "b.txt", "")]),
    ("-e ../b", [("editable", "../b", "")]),
    ("--editable='b'", [("editable", "'b'", "")]),
    ("./b", [("requirement", "./b", "")]),
    ("${PLACE}/b", [("requirement", "${PLACE}/b", "")]),
    ("", []),
    ("# only", []),
]

REFUSED = [
    ("-r", "Expected '=' or whitespace, found None: r.txt:1:3"),
    ("--index-url", "Expected '=' or whitespace, found None: r.txt:1:12"),
    ("-e", "Expected '=' or whitespace, found None: r.txt:1:3"),
    ("--editablex", "Expected '=' or whitespace, found Some('x'): r.txt:1:11"),
    ("-rb.txt", "Expected '=' or whitespace, found Some('b'): r.txt:1:3"),
    ("a --pre", 'Expected `--hash`, found `"--pre"`: r.txt:1:3'),
    ("a --hash=sha256:aa \\\n  --global-option=x", 'Expected `--hash`, found `"--global-option=x"`: r.txt:2:3'),
    ("a --hash=", "`--hash` must be followed by an argument: r.txt:1:10"),
    ("a\n  _b", "Unexpected '_', expected '-c', '-e', '-r' or the start of a requirement: r.txt:2:3"),
    ('"a"', "Unexpected '\"', expected '-c', '-e', '-r' or the start of a requirement: r.txt:1:1"),
    ("--no-build-isolation", "Unexpected '-', expected '-c', '-e', '-r' or the start of a requirement: r.txt:1:1"),
    ("--", "Unexpected '-', expected '-c', '-e', '-r' or the start of a requirement: r.txt:1:1"),
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_a_line_says(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(line.kind, line.value, line.argument) for line in parse_requirements_file(text, "r.txt")] == expected


@pytest.mark.parametrize(("text", "expected"), REFUSED)
def test_a_line_is_refused_with_its_place(text: str, expected: str) -> None:
    with pytest.raises(InvalidRequirementsFile) as raised:
        list(parse_requirements_file(text, "r.txt"))
    assert raised.value.message == expected


def test_hashes_stand_behind_a_requirement_however_lines_are_broken() -> None:
    text = "a==1 --hash=sha256:aa \\\r\n  --hash sha256:bb \\\n --hash \\\n sha256:cc # why\nb"
    assert [(line.value, line.hashes) for line in parse_requirements_file(text, "r.txt")] == [
        ("a==1", ("sha256:aa", "sha256:bb", "sha256:cc")),
        ("b", ()),
    ]


def test_thousands_of_switches_on_one_line_are_read() -> None:
    assert len(list(parse_requirements_file("--no-index " * 5000, "r.txt"))) == 5000


def test_hashes_stand_behind_what_is_editable_too() -> None:
    (line,) = parse_requirements_file("-e ../b --hash=sha256:aa", "r.txt")
    assert (line.kind, line.value, line.hashes) == ("editable", "../b", ("sha256:aa",))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_files_are_read_in_the_encodings_that_their_first_bytes_name(encoding: str) -> None:
    mark = "\ufeff" if encoding.endswith("e") else ""
    assert decode_requirements_file((mark + "a # \u00e9\n").encode(encoding)) == "a # \u00e9\n"


def test_other_encodings_are_not_guessed() -> None:
    with pytest.raises(UnicodeDecodeError):
        decode_requirements_file("a # \u00e9\n".encode("latin-1"))
