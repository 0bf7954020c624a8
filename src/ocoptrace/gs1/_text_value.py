"""Values that are written as one text, and so can be fields of a pydantic model.

pydantic asks a class for its schema, which is plain data; answering needs no import of
pydantic, and this package has none.

>>> from pydantic import BaseModel
>>> from ocoptrace.gs1 import Gtin
>>> class Product(BaseModel):
...     gtin: Gtin
>>> Product(gtin="9520101001115").model_dump(mode="json")
{'gtin': '09520101001115'}
>>> Product.model_json_schema()["properties"]["gtin"]["type"]
'string'
"""

from __future__ import annotations

from typing import Any, Self

from ocoptrace.gs1._frozen import Frozen

__all__ = ["TextValue"]


class TextValue(Frozen):
    """A frozen value with one written form, which ``parse`` reads and ``str`` gives."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the value that a text is.

        Raises:
            Gs1Error: it is none.
        """
        raise NotImplementedError

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: object) -> dict[str, Any]:
        """Return how pydantic reads and writes the value: from and as its text."""
        parsed = {
            "type": "function-after",
            "function": {"type": "no-info", "function": cls.parse},
            "schema": {"type": "str", "strict": True},
        }
        itself = {"type": "is-instance", "cls": cls}
        return {
            "type": "json-or-python",
            "json_schema": parsed,
            "python_schema": {"type": "union", "choices": [itself, parsed]},
            "serialization": {"type": "to-string", "when_used": "json"},
        }

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: object, _handler: object) -> dict[str, Any]:
        """Return the JSON schema of the text."""
        return {"type": "string", "title": cls.__name__, **cls._text_schema()}

    @classmethod
    def _text_schema(cls) -> dict[str, Any]:
        """Return what a JSON schema can say of the text beyond its being one."""
        return {}
