"""What a scan opens: pages drawn on the server, which stand without JavaScript.

Needs the extra ``web``. Nothing here writes: a page shows what the workspace holds.
"""

from __future__ import annotations

from ocoptrace.web.app import build_app
from ocoptrace.web.serve import run

__all__ = ["build_app", "run"]
