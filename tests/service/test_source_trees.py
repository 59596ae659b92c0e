"""What a tree requires is lowered as its own workspace lowers it, from where the lock lies."""

from pathlib import Path

from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.source import Directory, Editable, Git, Source
from hobd.core.vocab.source import Path as PathSource
from hobd.service.builds.source_trees import Surroundings, read_tree
from tests.service.houses import House

SYSTEM = '[build-system]\nrequires = ["own"]\nbuild-backend = "own"\n'


def write(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(text)
    return folder


def make_workspace(house: House) -> Path:
    """A workspace beside the project: `lib` requires a member, a folder, an archive."""
    top = write(house.root / "other", '[tool.uv.workspace]\nmembers = ["lib", "member"]\n')
    write(top / "member", SYSTEM + '[project]\nname = "member"\nversion = "1"\n')
    write(top / "folder", SYSTEM + '[project]\nname = "folder"\nversion = "1"\n')
    sources = 'member = { workspace = true }\nfolder = { path = "../folder" }\npacked = { path = "../packed-1.tar.gz" }\n'
    project = '[project]\nname = "lib"\nversion = "2"\ndependencies = ["member", "folder", "packed", "idna"]\n'
    write(
        top / "lib",
        SYSTEM.replace('"own"]', '"folder"]') + project + f'[dependency-groups]\ndev = ["member"]\n[tool.uv.sources]\n{sources}',
    )
    return top


def surroundings(house: House) -> Surroundings:
    session = house.session()
    return Surroundings(discovery=session.discovery(), settings=session.settings, lock_root=house.project)


def sources_of(found: Metadata | None) -> dict[str, Source | None]:
    assert found is not None
    return {str(each.name): each.source for each in found.requires_dist}


def test_sources_of_the_tree_and_its_workspace_start_from_the_lock(house: House) -> None:
    top = make_workspace(house)
    tree = read_tree(top / "lib", surroundings(house), Directory("../other/lib"))
    found = tree.static("lib")
    assert sources_of(found) == {
        "member": Editable("../other/member"),
        "folder": Directory("../other/folder"),
        "packed": PathSource("../other/packed-1.tar.gz"),
        "idna": None,
    }
    assert found is not None
    assert [(str(name), [each.source for each in group]) for name, group in found.groups] == [("dev", [Editable("../other/member")])]
    assert [each.source for each in tree.lower_build_requires(("folder",))] == [Directory("../other/folder")]


def test_in_a_repository_everything_is_of_the_repository(house: House) -> None:
    top = make_workspace(house)
    repository = Git(url="https://git.example/other", subdirectory="lib", commit="0" * 40)
    tree = read_tree(top / "lib", surroundings(house), repository)
    found = sources_of(tree.static("lib"))
    assert found["member"] == Git(url=repository.url, subdirectory="member", commit=repository.commit)
    assert found["folder"] == Git(url=repository.url, subdirectory="folder", commit=repository.commit)
    assert found["packed"] == Git(url=repository.url, path="packed-1.tar.gz", commit=repository.commit)
    assert [each.source for each in tree.lower_build_requires(("folder",))] == [found["folder"]]


def test_an_unmanaged_project_says_what_it_says_without_sources(house: House) -> None:
    project = '[project]\nname = "lib"\nversion = "2"\ndependencies = ["folder"]\n'
    text = project + '[tool.uv]\nmanaged = false\n[tool.uv.sources]\nfolder = { path = "f" }\n'
    tree = read_tree(write(house.root / "lib", text), surroundings(house))
    assert sources_of(tree.static("lib")) == {"folder": None}


def test_what_is_dynamic_is_left_to_the_backend(house: House) -> None:
    for number, dynamic in enumerate(("version", "dependencies", "optional-dependencies", "requires-python")):
        stated = "" if dynamic == "version" else 'version = "1"\n'
        text = f'[project]\nname = "lib"\n{stated}dynamic = ["{dynamic}"]\n'
        assert read_tree(write(house.root / str(number), text), surroundings(house)).static("lib") is None
