"""The front door: a folder that ties store, keys, log and labels together."""

from ocoptrace.workspace.workspace import Workspace

__all__ = ["Workspace"]
