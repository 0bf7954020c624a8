"""Linters of the two North American coupon codes, AI 8110 and AI 8112.

Both are runs of digits in which one digit tells how long the next field is.

>>> couponcode("012345612345611110123") is None
True
>>> couponcode("01234561234561111012310")
Fault(error='COUPON_MISSING_2ND_PURCHASE_REQUIREMENT_VLI', start=0, end=23)
"""

from __future__ import annotations

from ocoptrace.gs1.dates import yymmdd
from ocoptrace.gs1.faults import Fault, csetnumeric

__all__ = ["couponcode", "couponposoffer"]

_REQUIREMENT_CODES = "012349"


class _Stop(Exception):  # noqa: N818 - carries the answer, is not an error
    def __init__(self, fault: Fault) -> None:
        self.fault = fault


class _Fields:
    """Reads fields from the left; stops at the first that is missing, wrong or cut short."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def option(self, mark: str) -> bool:
        """Step over the mark of an optional field, where it stands next."""
        found = self.text.startswith(mark, self.at)
        self.at += found
        return found

    def digit(self, name: str, admitted: str, *, wrong: str | None = None) -> str:
        """Return a one-digit field."""
        if self.at == len(self.text):
            raise _Stop(Fault(f"COUPON_MISSING_{name}", 0, len(self.text)))
        digit = self.text[self.at]
        if digit not in admitted:
            raise _Stop(Fault(f"COUPON_INVALID_{wrong or name}", self.at, self.at + 1))
        self.at += 1
        return digit

    def field(self, length: int, error: str) -> str:
        """Return a field of a length."""
        end = self.at + length
        if end > len(self.text):
            whole = self.at == len(self.text)
            raise _Stop(Fault(error, 0 if whole else self.at, len(self.text)))
        field, self.at = self.text[self.at : end], end
        return field

    def measured(self, name: str, admitted: str, *, extra: int, none: str = "") -> str:
        """Return a field whose length stands before it, less ``extra``; ``none`` means empty."""
        digit = self.digit(f"{name}_VLI", admitted + none, wrong=f"{name}_LENGTH")
        length = 0 if digit == none else int(digit) + extra
        return self.field(length, f"COUPON_TRUNCATED_{name}")

    def purchase(self, ordinal: str) -> None:
        """Read what must be bought: requirement, its code, family."""
        self.measured(f"{ordinal}_PURCHASE_REQUIREMENT", "12345", extra=0)
        self.digit(f"{ordinal}_PURCHASE_REQUIREMENT_CODE", _REQUIREMENT_CODES)
        self.field(3, f"COUPON_TRUNCATED_{ordinal}_PURCHASE_FAMILY_CODE")

    def date(self, name: str, *, invalid: str) -> str:
        """Return a date field."""
        date = self.field(6, f"COUPON_TOO_SHORT_FOR_{name}")
        if yymmdd(date):
            raise _Stop(Fault(invalid, self.at - 6, self.at))
        return date

    def end(self) -> None:
        """Stop where anything is left."""
        if self.at < len(self.text):
            raise _Stop(Fault("COUPON_EXCESS_DATA", self.at, len(self.text)))


def couponcode(text: str) -> Fault | None:
    """A coupon code of AI 8110 (North American Coupon Application Guideline)."""
    if fault := csetnumeric(text):
        return fault
    fields = _Fields(text)
    try:
        fields.measured("GCP", "0123456", extra=6)
        fields.field(6, "COUPON_TRUNCATED_OFFER_CODE")
        fields.measured("SAVE_VALUE", "12345", extra=0)
        fields.purchase("1ST")
        _further_purchases(fields)
        _validity(fields)
        _distribution(fields)
        fields.end()
    except _Stop as stop:
        return stop.fault
    return None


def _further_purchases(fields: _Fields) -> None:
    if fields.option("1"):
        fields.digit("ADDITIONAL_PURCHASE_RULES_CODE", "0123")
        fields.purchase("2ND")
        fields.measured("2ND_PURCHASE_GCP", "0123456", extra=6, none="9")
    if fields.option("2"):
        fields.purchase("3RD")
        fields.measured("3RD_PURCHASE_GCP", "0123456", extra=6, none="9")


def _validity(fields: _Fields) -> None:
    expiration = ""
    if fields.option("3"):
        # The dictionary's own spelling of the fault.
        expiration = fields.date("EXPIRATION_DATE", invalid="COUPON_INVALID_EXIPIRATION_DATE")
    if fields.option("4"):
        start = fields.date("START_DATE", invalid="COUPON_INVALID_START_DATE")
        if expiration and start > expiration:
            both = len("3yymmdd4yymmdd")
            place = fields.at - both
            raise _Stop(Fault("COUPON_EXPIRATION_BEFORE_START", place, fields.at))


def _distribution(fields: _Fields) -> None:
    if fields.option("5"):
        fields.measured("SERIAL_NUMBER", "0123456789", extra=6)
    if fields.option("6"):
        fields.measured("RETAILER_GCP_OR_GLN", "1234567", extra=6)
    if fields.option("9"):
        fields.digit("SAVE_VALUE_CODE", "01256")
        fields.digit("SAVE_VALUE_APPLIES_TO_ITEM", "012")
        fields.digit("STORE_COUPON_FLAG", "0123456789")
        fields.digit("DONT_MULTIPLY_FLAG", "01")


def couponposoffer(text: str) -> Fault | None:
    """A positive offer file of AI 8112 (North American Positive Offer File)."""
    if fault := csetnumeric(text):
        return fault
    fields = _Fields(text)
    try:
        fields.digit("FORMAT_CODE", "01")
        fields.measured("FUNDER", "0123456", extra=6)
        fields.field(6, "COUPON_TRUNCATED_OFFER_CODE")
        fields.measured("SERIAL_NUMBER", "0123456789", extra=6)
        fields.end()
    except _Stop as stop:
        return stop.fault
    return None
