"""That serials were issued for stickers of a batch: how many, and a Merkle root over their names.

The serials themselves are not told. Who holds the list can prove of any item that it is one of
them, to anyone who has this entry.

>>> issuance = Issuance.parse({
...     "id": "https://id.gs1.org/01/09521234543213/10/ST260915", "run": "7K3MQ9TB2A4C",
...     "count": 1000, "root": "6e34" * 16, "serials": "sequential",
...     "sequence": {"prefix": "A", "start": 1, "width": 6},
... })
>>> issuance.count, issuance.sequence.serial(0), issuance.sequence.serial(999)
(1000, 'A000001', 'A001000')
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from ocoptrace.epcis.intake import form
from ocoptrace.errors import RegistryError
from ocoptrace.gs1 import parse_name
from ocoptrace.registry.entity import CanonicalName, Entity

__all__ = ["MAX_ISSUED", "Issuance", "Replaced", "SerialSequence"]

MAX_ISSUED: Final = 10_000_000
"""Most serials of one run."""

_CODE = form("[0-9A-HJKMNP-TV-Z]{12}", "7K3MQ9TB2A4C")
_MAX_DIGITS: Final = 15
"""As many as a number in JSON keeps for every reader."""

_Number = Annotated[int, Field(strict=True, ge=1, le=MAX_ISSUED)]


def _batch_name(value: str) -> str:
    if parse_name(value).level != "batch":
        raise RegistryError("registry.not_a_batch", value=value)
    return value


class SerialSequence(Entity):
    """Serials that count up: a prefix, then a number of always as many digits.

    Attributes:
        prefix: what stands before the number; it does not end in a digit.
        start: the first number.
        width: digits of each number, leading zeros included.
    """

    prefix: Annotated[str, form("([!-~]{0,30}[!-/:-~])?", "A")]
    start: Annotated[int, Field(strict=True, ge=0, lt=10**_MAX_DIGITS)]
    width: Annotated[int, Field(strict=True, ge=1, le=_MAX_DIGITS)]

    def serial(self, position: int) -> str:
        """Return the serial at a position, from 0."""
        return f"{self.prefix}{self.start + position:0{self.width}}"


class Replaced(Entity):
    """Stickers of an earlier run that were spoiled, and that a run stands in for.

    Attributes:
        run: the code of that run.
        first, last: the serials' numbers in it, from 1.
    """

    run: Annotated[str, _CODE]
    first: _Number
    last: _Number

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise RegistryError("registry.issuance_range", place="/last", last=self.last)
        return self


class Issuance(Entity):
    """Serials that were issued in one go for stickers of a batch.

    Attributes:
        id: canonical name of the batch.
        run: 12 random symbols that the workspace knows the run by.
        count: how many serials, 1 to 10 million.
        root: Merkle tree hash (RFC 9162 §2.1) over the canonical names of the items, in the
            order in which they were issued; 64 lower-case hexadecimal digits.
        serials: ``random`` (in ascending order), ``sequential``, or ``listed`` by the producer.
        sequence: how sequential serials run, so that anyone can make the root again.
        replaces: the spoiled stickers that these stand in for, if any.
    """

    type: Literal["issuance"] = "issuance"
    id: Annotated[CanonicalName, AfterValidator(_batch_name)]
    run: Annotated[str, _CODE]
    count: _Number
    root: Annotated[str, form("[0-9a-f]{64}", "6e340b9c…, 64 digits")]
    serials: Literal["random", "sequential", "listed"]
    sequence: SerialSequence | None = None
    replaces: Replaced | None = None

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if (self.sequence is not None) != (self.serials == "sequential"):
            raise RegistryError("registry.issuance_sequence", place="/sequence")
        sequence = self.sequence
        if sequence is not None and sequence.start + self.count > 10**sequence.width:
            last = sequence.start + self.count - 1
            raise RegistryError("registry.issuance_range", place="/sequence", last=last)
        return self
