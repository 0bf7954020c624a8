"""The whole error tree.

::

    OcopTraceError
    ├── InputError            what was given is not what it should be
    │   ├── Gs1Error          an identifier, element string or Digital Link
    │   ├── EpcisError        an EPCIS document or event
    │   ├── RegistryError     a producer, place, product, grade, batch or story
    │   ├── SigningError      a key, COSE message, statement, seal, root or bundle
    │   ├── ProofError        a Merkle proof, signed note or checkpoint
    │   ├── RecordError       an origin record file
    │   └── LabelError        a template, stock, picture or PDF
    ├── WorkspaceError        asked for something the workspace cannot do as it stands
    └── StorageError          the disk or the database failed; the input may be fine

An error carries a code and facts; its words come from the catalogues, so that the same
error speaks Vietnamese to a clerk and English in a log.

>>> error = OcopTraceError("errors.unknown_file", path="lo.txt")
>>> error.code, error.facts
('errors.unknown_file', {'path': 'lo.txt'})
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ocoptrace import messages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocoptrace.messages import Language

__all__ = [
    "EpcisError",
    "Gs1Error",
    "InputError",
    "LabelError",
    "OcopTraceError",
    "ProofError",
    "RecordError",
    "RegistryError",
    "SigningError",
    "StorageError",
    "WorkspaceError",
]


class OcopTraceError(Exception):
    """Anything that this library raises on purpose.

    Args:
        code: which message, ``<catalogue>.<key>`` of the message catalogues.
        place: where: a JSON pointer, a cell, a row, ``byte 17``; empty for the whole.
        findings: everything found wrong, where more than one thing was.
        facts: what the message is filled with.
    """

    def __init__(
        self, code: str, *, place: str = "", findings: Sequence[object] = (), **facts: object
    ) -> None:
        super().__init__(code)
        self.code = code
        self.place = place
        self.findings = tuple(findings)
        self.facts: dict[str, Any] = facts

    def text(self, language: Language = "en") -> str:
        """Return what went wrong, in a language."""
        said = messages.text(self.code, language, **self.facts)
        return f"{self.place}: {said}" if self.place else said

    def remedy(self, language: Language = "en") -> str:
        """Return what to do about it, in a language; empty where nothing is on file."""
        return messages.remedy(self.code, language, **self.facts)

    def __str__(self) -> str:
        return " ".join(filter(None, (self.text(), self.remedy())))


class InputError(OcopTraceError, ValueError):
    """What was given is not what it should be."""


class Gs1Error(InputError):
    """An identifier, element string, Digital Link or EPC URN is not well formed."""


class EpcisError(InputError):
    """An EPCIS document or event cannot be read, or breaks a rule."""


class RegistryError(InputError):
    """A producer, place, product, grade, batch or story is not well formed."""


class SigningError(InputError):
    """A key, COSE message, statement, seal, root or bundle is not well formed."""


class ProofError(InputError):
    """A Merkle proof, signed note or checkpoint does not hold."""


class RecordError(InputError):
    """An origin record file is not well formed."""


class LabelError(InputError):
    """A template, stock, picture or PDF cannot be used."""


class WorkspaceError(OcopTraceError):
    """What was asked cannot be done with this workspace as it stands."""


class StorageError(OcopTraceError):
    """The disk or the database failed; what was given may be fine."""
