"""The front door: a folder that ties store, keys, log and labels together."""

from ocoptrace.workspace.label_run import LabelRun
from ocoptrace.workspace.workspace import Workspace

__all__ = ["LabelRun", "Workspace"]
