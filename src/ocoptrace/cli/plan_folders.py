"""Where a user keeps templates, stock and printers: in the workspace, or for all of them.

>>> from pathlib import Path
>>> [folder.as_posix() for folder in plan_folders("stock", Path("coop"))][0]
'coop/stock'
"""

from pathlib import Path
from typing import Literal

from ocoptrace.cli.options import configuration, find_workspace

__all__ = ["PlanKind", "plan_folders"]

PlanKind = Literal["templates", "stock", "printers"]


def plan_folders(kind: PlanKind, workspace: Path | None = None) -> tuple[Path, ...]:
    """Return the folders in which plans are looked up by name, the first one first.

    Args:
        kind: of plan.
        workspace: its folder; None for the usual places, where there may be none.
    """
    own = find_workspace(workspace)
    folders = (configuration(),) if own is None else (own, configuration())
    return tuple(folder / kind for folder in folders)
