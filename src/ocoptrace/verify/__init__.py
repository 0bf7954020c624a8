"""Does it hold? A record, a statement or a label, a trust bundle and a time → a verdict.

Nothing here reads a clock, a file, a database or a network: what is checked, whom to trust
and what time it is are arguments.
"""

from ocoptrace.verify.label import verify_label
from ocoptrace.verify.policy import Policy
from ocoptrace.verify.record import verify_record
from ocoptrace.verify.statement import verify_statement
from ocoptrace.verify.verdict import Check, Verdict

__all__ = ["Check", "Policy", "Verdict", "verify_label", "verify_record", "verify_statement"]
