"""The plan of the house, held against every import: lazy ones and those under TYPE_CHECKING too."""

import ast
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2] / "daemon" / "hobd"
ROOMS = {"sources", "store", "builds", "environments", "projects"}
OPEN = {"errors", "faults", "__init__", "build_id", "addresses", "placement", "files_program"}

MAY_IMPORT: dict[str, set[str]] = {
    "core": set(),
    **{room: {"core"} for room in ROOMS},
    "cli": {"core"},
    "service": {"core", "cli", *ROOMS},
    "engine": {"core", "cli", "service", *ROOMS},
    "front": {"core"},
    "__main__": {"front", "engine"},
    "errors": set(),
    "addresses": set(),
    "faults": set(),
    "build_id": set(),
    "placement": set(),
    "files_program": set(),
    "__init__": set(),
}
PURE_MODULES_FORBIDDEN_IN_CORE = {"os", "socket", "subprocess", "asyncio", "anyio", "aiohttp", "time", "random", "shutil", "tempfile"}


def room_of(module: str) -> str | None:
    """The room of a dotted module of hobd; None for foreign ones."""
    parts = module.split(".")
    if parts[0] != "hobd":
        return None
    return parts[1] if len(parts) > 1 and not parts[1].startswith("__version") else "__init__"


def imports_of(path: Path) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, name.name) for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative imports hide the room"
            module = node.module or ""
            names = [name.name for name in node.names]
            found += [(node.lineno, f"hobd.{name}") for name in names] if module == "hobd" else [(node.lineno, module)]
    return found


FILES = sorted(HOUSE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_room_imports_only_what_the_plan_allows(path: Path) -> None:
    room = path.relative_to(HOUSE).parts[0].removesuffix(".py")
    assert room in MAY_IMPORT, f"{room} is no room of the plan"
    allowed = MAY_IMPORT[room] | {room} | OPEN
    wrong = [
        f"line {line}: {module}" for line, module in imports_of(path) if (target := room_of(module)) is not None and target not in allowed
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.relative_to(HOUSE).parts[0] == "core"], ids=lambda path: str(path.relative_to(HOUSE))
)
def test_core_is_pure(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    wrong = [f"line {line}: {module}" for line, module in imports_of(path) if module.split(".")[0] in PURE_MODULES_FORBIDDEN_IN_CORE]
    wrong += [
        f"line {node.lineno}: async def"
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef) and not in_protocol(tree, node)
    ]
    wrong += [
        f"line {node.lineno}: open()"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open"
    ]
    assert wrong == []


def in_protocol(tree: ast.Module, function: ast.AsyncFunctionDef) -> bool:
    """Ports may declare what is awaited elsewhere."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and function in node.body]
    return any(isinstance(base, ast.Name) and base.id == "Protocol" for node in classes for base in node.bases)


def test_no_file_is_longer_than_five_hundred_lines() -> None:
    long = {str(path.relative_to(HOUSE)): count for path in FILES if (count := len(path.read_text("utf-8").splitlines())) > 500}
    assert long == {}


def test_nothing_has_a_name_that_says_nothing() -> None:
    vague = {"utils", "util", "common", "helpers", "manager", "misc"}
    assert [str(path) for path in FILES if path.stem in vague or path.parent.name in vague] == []
