"""What the programme said of it: the stars of an OCOP grade, and for how long.

>>> from datetime import date
>>> grade = Grade.parse({
...     "product": "https://id.gs1.org/01/09521234543213", "stars": 4, "score": 81.5,
...     "decisionNo": "DEMO-0101/QĐ-UBND", "validFrom": "2026-05-18", "validTo": "2029-05-17",
...     "level": "province", "criteriaSet": "148/2023+1489/2025",
...     "authority": {"vi": "UBND tỉnh Thanh Hóa", "en": "Thanh Hoa People's Committee"},
... })
>>> grade.valid_on(date(2029, 5, 17)), grade.valid_on(date(2029, 5, 18))
(True, False)
"""

from __future__ import annotations

import calendar
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from ocoptrace.epcis.intake import form
from ocoptrace.errors import RegistryError
from ocoptrace.registry.entity import Bilingual, CanonicalName, CivilDate, Entity, Number, Text

__all__ = ["MONTHS_VALID", "SCORE_BANDS", "Grade"]

MONTHS_VALID = 36
"""Longest validity of a grade, in months."""

FULL_SCORE = 100
FIVE_STARS = 5
SCORE_BANDS: dict[int, tuple[int, int]] = {3: (50, 70), 4: (70, 90), FIVE_STARS: (90, FULL_SCORE)}
"""Points for each number of stars, [from, below), the full score included in the last band
(Decision 148/QĐ-TTg of 2023). Fewer than three stars are not certified."""


def _months_after(day: date, months: int) -> date:
    """Return the same day some months later, or the last day of a month that is shorter.

    >>> _months_after(date(2024, 2, 29), 36)
    datetime.date(2027, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


class Grade(Entity):
    """An OCOP grade of one product.

    Attributes:
        product: canonical name of the product.
        stars: 3, 4 or 5.
        score: points of 100.
        valid_from: first day, in Vietnam.
        valid_to: last day, in Vietnam; the grade is good through its end.
        criteria_set: the decisions under which it was scored.
    """

    type: Literal["grade"] = "grade"
    product: CanonicalName
    stars: Annotated[int, Field(strict=True, ge=3, le=5)]
    score: Annotated[Number, AfterValidator(float)]
    decision_no: Text
    valid_from: CivilDate
    valid_to: CivilDate
    level: Literal["province", "national"]
    authority: Bilingual
    criteria_set: Text
    action: Literal["recognise", "re_recognise", "upgrade"] = "recognise"
    file_sha256: Annotated[str, form(r"[0-9a-f]{64}", "e3b0c442…, 64 digits")] | None = None

    @model_validator(mode="after")
    def _agree(self) -> Self:
        low, high = SCORE_BANDS[self.stars]
        if not (low <= self.score < high or self.score == high == FULL_SCORE):
            raise RegistryError(
                "registry.score_band",
                place="/score",
                stars=self.stars,
                score=self.score,
                low=low,
                high=high,
            )
        if self.stars == FIVE_STARS and self.level != "national":
            raise RegistryError("registry.five_stars_national", place="/level", value=self.level)
        if self.valid_to < self.valid_from:
            raise RegistryError(
                "registry.period", place="/validTo", start=self.valid_from, end=self.valid_to
            )
        latest = _months_after(self.valid_from, MONTHS_VALID)
        if self.valid_to > latest:
            raise RegistryError(
                "registry.grade_too_long",
                place="/validTo",
                value=self.valid_to,
                months=MONTHS_VALID,
                latest=latest,
            )
        return self

    def valid_on(self, day: date) -> bool:
        """Tell whether the grade is good on a day (a civil date in Vietnam)."""
        return self.valid_from <= day <= self.valid_to
