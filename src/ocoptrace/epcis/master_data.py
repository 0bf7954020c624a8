"""The head of a document: who sent it to whom, when, and the master data that came along.

>>> head = Head.model_validate({"@context": [], "type": "EPCISDocument", "schemaVersion": "2.0",
...     "epcisHeader": {"epcisMasterData": {"vocabularyList": [
...         {"type": "urn:epcglobal:epcis:vtype:Location", "vocabularyElementList": [
...             {"id": "https://id.gs1.org/414/9524071001007",
...              "attributes": [{"id": "urn:epcglobal:cbv:mda:name", "attribute": "Hậu Lộc"}]}]}]}},
...     "epcisBody": {}})
>>> head.vocabularies[0].vocabulary_element_list[0].attributes[0].attribute
'Hậu Lộc'
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from ocoptrace.epcis.dimensions import EventTime, Given, Part, Uri, coded

__all__ = ["Attribute", "Head", "Header", "MasterData", "Vocabulary", "VocabularyElement"]

Version = Annotated[
    str, StringConstraints(pattern=r"^[12](?:\.[0-9]+)*$"), coded("fields.form", expected="2.0")
]


class Attribute(Part):
    """What is said of a vocabulary element: ``id`` names the attribute."""

    id: Uri
    attribute: Any = None


class VocabularyElement(Part):
    """One thing, place or party, with its attributes and those inside it."""

    id: Uri
    attributes: Given[tuple[Attribute, ...]] = None
    children: Given[tuple[Uri, ...]] = None


class Vocabulary(Part):
    """The elements of one type (EPCIS 2.0, section 6.5)."""

    type: Uri
    vocabulary_element_list: Given[tuple[VocabularyElement, ...]] = None


class MasterData(Part):
    """Vocabularies that came with the events."""

    vocabulary_list: Given[tuple[Vocabulary, ...]] = None


class Header(Part):
    """The header of a document; a business document header of XML is an extension in it."""

    epcis_master_data: Given[MasterData] = None


class Head(Part):
    """A document without its events.

    Attributes:
        context: the ``@context``, as it was read.
        schema_version: of EPCIS, such as ``2.0``.
        creation_date: when the document was made, as written.
        sender: who sent it, from the business document header in XML.
        receiver: to whom.
        instance_identifier: the sender's number of the document.
        epcis_body: what stands in the body beside the events.
    """

    type: Literal["EPCISDocument", "EPCISQueryDocument", "EPCISMasterDataDocument"]
    context: Annotated[Any, Field(alias="@context")]
    id: Given[Uri] = None
    schema_version: Given[Version] = None
    creation_date: Given[EventTime] = None
    sender: Given[str] = None
    receiver: Given[str] = None
    instance_identifier: Given[str] = None
    epcis_header: Given[Header] = None
    epcis_body: dict[str, Any]

    @property
    def vocabularies(self) -> tuple[Vocabulary, ...]:
        """The vocabularies of the header."""
        data = self.epcis_header and self.epcis_header.epcis_master_data
        return (data and data.vocabulary_list) or ()

    @property
    def query_name(self) -> str | None:
        """The query that a query document answers."""
        name: str | None = self.epcis_body.get("queryResults", {}).get("queryName")
        return name

    @property
    def subscription_id(self) -> str | None:
        """The subscription that a query document belongs to."""
        name: str | None = self.epcis_body.get("queryResults", {}).get("subscriptionID")
        return name
