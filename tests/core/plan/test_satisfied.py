"""Whether what is installed is enough."""

from pathlib import Path

import pytest
from packaging.version import Version

from hobd.core.formats.requirement import parse_requirement
from hobd.core.plan.model import Installed
from hobd.core.plan.satisfied import Demands, Present, is_enough
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name

_ENVIRONMENT = {"sys_platform": "linux", "python_version": "3.12", "python_full_version": "3.12.1"}
_REQUIRES = {
    "apple": ("banana>=1", "cherry; extra == 'red'", "nowhere; sys_platform == 'win32'"),
    "banana": ("apple",),
    "damson": ("missing",),
}


def _present(**versions: str) -> Present:
    installed = [Installed(name=Name(name), version=version, location=Path(f"/p/{name}.dist-info")) for name, version in versions.items()]

    def metadata(one: Installed) -> Metadata:
        requires = tuple(parse_requirement(text) for text in _REQUIRES.get(one.name, ()))
        return Metadata(name=one.name, version=Version(one.version), requires_dist=requires)

    return Present(installed=installed, metadata=metadata, environment=_ENVIRONMENT)


def _demands(*texts: str, constraints: tuple[str, ...] = (), overrides: tuple[str, ...] = (), excludes: tuple[str, ...] = ()) -> Demands:
    parsed = [tuple(parse_requirement(text) for text in group) for group in (texts, constraints, overrides)]
    return Demands(requirements=parsed[0], constraints=parsed[1], overrides=parsed[2], excludes=frozenset(map(Name, excludes)))


@pytest.mark.parametrize(
    ("demands", "is_met"),
    [
        (_demands(), True),
        (_demands("apple"), True),
        (_demands("apple>1"), False),
        (_demands("apple[red]"), False),
        (_demands("nowhere; sys_platform == 'win32'"), True),
        (_demands("nowhere"), False),
        (_demands("damson"), False),
        (_demands("banana", constraints=("banana<2",)), False),
        (_demands("banana", constraints=("banana<2; sys_platform == 'win32'",)), True),
        (_demands("banana>5", overrides=("banana==2",)), True),
        (_demands("apple", overrides=("banana==1",)), False),
        (_demands("apple", constraints=("banana @ https://files.example/banana-2.0-py3-none-any.whl",)), False),
        (_demands("damson", excludes=("missing",)), True),
        (_demands("nowhere", excludes=("nowhere",)), True),
        (_demands("apple @ https://files.example/apple-1.0-py3-none-any.whl"), False),
    ],
)
def test_enough_is_what_fits_with_all_that_it_requires_in_turn(demands: Demands, is_met: bool) -> None:
    assert is_enough(demands, _present(apple="1.0", banana="2.0", damson="1")) is is_met


def test_two_distributions_of_one_name_are_one_too_many() -> None:
    present = _present(banana="2.0")
    doubled = Present(installed=[*present.installed, *present.installed], metadata=present.metadata, environment=_ENVIRONMENT)

    assert not is_enough(_demands("banana"), doubled)
