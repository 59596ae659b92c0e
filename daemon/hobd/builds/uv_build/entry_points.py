"""`entry_points.txt`: scripts and plug-ins (entry points specification)."""

from hobd.builds.uv_build.faults import InvalidProject
from hobd.builds.uv_build.project import Project, Rows


def render_entry_points(project: Project) -> str | None:
    """The text of `entry_points.txt`; None where the project names none at all.

    Raises:
        InvalidProject: a group or a script has a name that it may not have.
    """
    if project.scripts is None and project.gui_scripts is None and project.entry_points is None:
        return None
    blocks = []
    if project.scripts is not None:
        blocks.append(_block("console_scripts", project.scripts))
    if project.gui_scripts is not None:
        blocks.append(_block("gui_scripts", project.gui_scripts))
    for group, rows in project.entry_points or ():
        for reserved, key in (("console_scripts", "scripts"), ("gui_scripts", "gui-scripts")):
            if group == reserved:
                raise InvalidProject(f"Use `project.{key}` instead of `project.entry-points.{reserved}`")
        blocks.append(_block(group, rows))
    return "".join(blocks)


def _block(group: str, rows: Rows) -> str:
    if group[:1] in ("", ".") or not all(letter.isalnum() or letter in "._" for letter in group):
        raise InvalidProject(f"Entrypoint groups must consist of letters and numbers separated by dots, invalid group: {group}")
    if group in ("console_scripts", "gui_scripts"):
        for name, _ in rows:
            _check_script(name)
    return f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in rows) + "\n"


def _check_script(name: str) -> None:
    if not name.strip(".") or not all(letter.isalnum() or letter in ".-_" for letter in name):
        raise InvalidProject(
            f"Script entry point name `{name}` must include a non-dot character and consist only of letters, numbers, dots, "
            "underscores and dashes"
        )
