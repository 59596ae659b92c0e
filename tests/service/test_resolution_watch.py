"""Who is told of a resolution, and when."""

from dataclasses import dataclass, field

from hobd.cli.options.globals import GlobalOptions
from hobd.core.resolver.events import Effort, Nothing
from hobd.core.resolver.package import PackageTable
from hobd.core.vocab.names import Name
from hobd.service.locks.resolution_watch import PATIENCE_SECONDS, ResolutionWatch
from hobd.service.voice import Voice
from tests.service.houses import Said

EFFORT = Effort(
    decisions=5000, conflicts=400, forks_waiting=0, blamed=((Name("boto3"), 300), (Name("urllib3"), 90), (Name("a"), 3), (Name("b"), 1))
)


@dataclass
class Shown:
    """A terminal's progress lines."""

    labels: list[str] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)

    def update(self, key: str, label: str, done: int, total: int, unit: str = "bytes") -> None:
        self.labels.append(f"{label} {done} {unit}")

    def finish(self, key: str) -> None:
        self.finished.append(key)


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def watch(said: Said, shown: Shown, clock: Clock, *, detail: int = 0) -> ResolutionWatch:
    voice = Voice(said, GlobalOptions(), colours_out=False, colours_err=False, detail=detail)
    return ResolutionWatch(voice, shown, "/work", clock)


def test_a_quick_resolution_is_not_talked_about() -> None:
    said, shown, clock = Said(), Shown(), Clock()
    watched = watch(said, shown, clock)
    watched.pause(EFFORT)
    watched.finish()
    assert (said.text, shown.labels, shown.finished, watched.hear) == ("", [], [], None)


def test_a_long_resolution_names_who_is_to_blame_so_far() -> None:
    said, shown, clock = Said(), Shown(), Clock()
    watched = watch(said, shown, clock)
    clock.now += PATIENCE_SECONDS
    watched.pause(EFFORT)
    watched.finish()
    assert shown.labels == ["Resolving, most in conflict: boto3, urllib3, a (decisions so far) 5000 decisions"]
    assert shown.finished == ["resolution"]


def test_steps_are_told_to_who_asked_for_them() -> None:
    said = Said()
    watched = watch(said, Shown(), Clock(), detail=1)
    assert watched.hear is not None
    watched.hear(Nothing(PackageTable().package(Name("a"))))
    assert said.text == "DEBUG No compatible version found for: a\n"
