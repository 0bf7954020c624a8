"""Check an origin record from three files alone, with no network, database or workspace.

python examples/verify_offline.py record.ocop bundle.json root.json
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from ocoptrace import TrustBundle, verify_record
from ocoptrace.signing import Root

record, bundle, root = (Path(name).read_bytes() for name in sys.argv[1:4])

pinned = Root.load(root)  # compare its fingerprint with the office before you trust it
trust = TrustBundle.load(bundle, root=pinned)
verdict = verify_record(record, trust=trust, now=datetime.now(UTC))

print(verdict.headline("en"), f"[{verdict.overall}]")
for check in verdict.checks:
    print(f"{check.outcome:8}{check.text('en')}")
raise SystemExit(verdict.exit_code())
