"""Wheel names and tags: which wheel fits which interpreter, how well, and which a lock keeps."""

from hobd.core.tags.coverage import coverage
from hobd.core.tags.interpreter_tags import Fitness, InterpreterFacts, Tags, tags_for
from hobd.core.tags.lock_filter import fits_platform, fits_python, may_be_locked, reaches_below
from hobd.core.tags.misfit import Misfit, find_misfit, offered, tag_order
from hobd.core.tags.pip_platforms import get_pip_target
from hobd.core.tags.platforms import Platform, UnknownPlatform
from hobd.core.tags.targets import TARGET_NAMES, DeploymentFloors, Target, UnknownTarget, get_target, read_floors
from hobd.core.tags.wheel_name import InvalidWheelName, WheelName, parse_wheel_name

__all__ = [
    "TARGET_NAMES",
    "DeploymentFloors",
    "Fitness",
    "InterpreterFacts",
    "InvalidWheelName",
    "Misfit",
    "Platform",
    "Tags",
    "Target",
    "UnknownPlatform",
    "UnknownTarget",
    "WheelName",
    "coverage",
    "find_misfit",
    "fits_platform",
    "fits_python",
    "get_pip_target",
    "get_target",
    "may_be_locked",
    "offered",
    "parse_wheel_name",
    "reaches_below",
    "read_floors",
    "tag_order",
    "tags_for",
]
