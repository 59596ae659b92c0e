"""The stories of `hob pip`: an environment or a list of pins, without a project."""
