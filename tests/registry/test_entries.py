from __future__ import annotations

import contextlib
import hashlib
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ocoptrace.errors import InputError, RegistryError
from ocoptrace.messages import LANGUAGES, has
from ocoptrace.registry import Evidence, Grade, Place, Producer, Product, read_entry
from ocoptrace.registry.place import PlaceKind
from ocoptrace.registry.producer import PARTNER_KINDS, SubjectType
from ocoptrace.registry.product import Allergen, ProductKind

GTIN = "https://id.gs1.org/01/09524071001014"
ADDRESS = {
    "detail": {"vi": "Thôn 3", "en": "Hamlet 3"},
    "communeCode": "16078",
    "commune": "Xã Vạn Lộc",
    "provinceCode": "38",
    "province": "Thanh Hóa",
    "asOf": "2025-07-01",
}
PRODUCER: dict[str, Any] = {
    "type": "producer",
    "id": "7K3MQ9TB",
    "names": {"vi": "Hợp tác xã Sóng Trăng", "en": "Song Trang Cooperative"},
    "subjectType": "cooperative",
    "gln": "9524071000017",
    "companyPrefixes": ["9524071"],
    "address": ADDRESS,
    "taxCode": "2800000000",
    "representative": "Lê Thị Vân",
    "phone": "+84 000 000 000",
    "email": "a@b.example",
}
PLACE: dict[str, Any] = {
    "type": "place",
    "id": "https://id.example/ocop/7K3MQ9TB/XUONG",
    "names": {"vi": "Xưởng", "en": "Workshop"},
    "kind": "plant",
    "address": ADDRESS,
    "coordinates": {"lat": 19.9, "lon": 105},
}
PRODUCT: dict[str, Any] = {
    "type": "product",
    "id": GTIN,
    "names": {"vi": "Mắm tôm", "en": "Shrimp paste"},
    "kind": "food",
    "netContent": {"value": 180, "uom": "GRM"},
    "allergens": ["crustaceans"],
    "shelfLifeMonths": 24,
}
GRADE: dict[str, Any] = {
    "type": "grade",
    "product": GTIN,
    "stars": 4,
    "score": 82.4,
    "decisionNo": "DEMO-0518/QĐ-UBND",
    "validFrom": "2026-05-18",
    "validTo": "2029-05-17",
    "level": "province",
    "authority": {"vi": "UBND tỉnh", "en": "People's Committee"},
    "criteriaSet": "148/2023+1489/2025",
}
BATCH: dict[str, Any] = {
    "type": "batch",
    "id": f"{GTIN}/10/ST260915",
    "productionDate": "2026-09-15",
    "expiryDate": "2028-09-14",
    "quantity": {"value": 18456, "uom": "EA"},
}
ALIAS: dict[str, Any] = {
    "type": "alias",
    "id": "https://id.example/ocop/7K3MQ9TB/MAMTOM",
    "gtin": GTIN,
}
EVIDENCE: dict[str, Any] = {
    "type": "evidence",
    "id": "urn:uuid:3f0d5a52-6f0e-4d0a-9a55-0c8a7f6f1a11",
    "about": [f"{GTIN}/10/ST260915", "urn:uuid:0190a7c5-8a3e-8f00-8000-000000000001"],
    "mediaType": "application/pdf",
    "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "size": 48213,
    "title": {"vi": "Phiếu kết quả kiểm nghiệm", "en": "Test report"},
}
ISSUANCE: dict[str, Any] = {
    "type": "issuance",
    "id": f"{GTIN}/10/ST260915",
    "run": "7K3MQ9TB2A4C",
    "count": 1000,
    "root": "6e" * 32,
    "serials": "sequential",
    "sequence": {"prefix": "A", "start": 1, "width": 6},
    "replaces": {"run": "0123456789AB", "first": 3, "last": 1002},
}
DRAWN = {name: value for name, value in ISSUANCE.items() if name != "sequence"}
ENTRIES = [PRODUCER, PLACE, PRODUCT, GRADE, BATCH, ISSUANCE, ALIAS, EVIDENCE]


def fault(entry: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(RegistryError) as caught:
        read_entry(entry)
    return caught.value.code, caught.value.place


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["type"])
def test_what_is_published_is_read_back_the_same(entry: dict[str, Any]) -> None:
    public = read_entry(entry).public()
    assert read_entry(public).public() == public
    assert public["type"] == entry["type"]


def test_personal_data_are_read_and_not_published() -> None:
    producer = Producer.parse(PRODUCER)
    assert (producer.tax_code, producer.phone) == ("2800000000", "+84 000 000 000")
    personal = {"taxCode", "representative", "phone", "email"}
    assert personal.isdisjoint(producer.public())
    assert producer.public().keys() == PRODUCER.keys() - personal


def test_an_entry_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Product.parse(PRODUCT).kind = "drink"  # type: ignore[misc]


def test_words_are_kept_in_nfc_without_blank_ends() -> None:
    product = Product.parse(PRODUCT | {"names": {"vi": " Ma\u0306\u0301m ", "en": "Paste"}})
    assert product.names.vi == "Mắm"


@pytest.mark.parametrize(
    ("entry", "code", "place"),
    [
        (PRODUCER | {"id": "7K3MQ9TI"}, "fields.form", "/id"),
        (PRODUCER | {"id": "7k3mq9tb"}, "fields.form", "/id"),
        (PRODUCER | {"taxCode": "28000000"}, "fields.form", "/taxCode"),
        (PRODUCER | {"gln": "9524071000018"}, "gs1.check_digit", "/gln"),
        (PRODUCER | {"subjectType": "shop"}, "fields.not_one_of", "/subjectType"),
        (PRODUCER | {"nmaes": {}}, "fields.unknown", "/nmaes"),
        (PRODUCER | {"names": {"vi": "A"}}, "fields.missing", "/names/en"),
        (PRODUCER | {"names": {"vi": " ", "en": "A"}}, "fields.blank", "/names/vi"),
        (PRODUCER | {"address": ADDRESS | {"communeCode": "1607"}}, "fields.form",
         "/address/communeCode"),
        (PRODUCER | {"address": ADDRESS | {"asOf": "01/07/2025"}}, "registry.date",
         "/address/asOf"),
        (PRODUCER | {"address": ADDRESS | {"asOf": "2025-06-31"}}, "registry.date",
         "/address/asOf"),
        (PRODUCER | {"address": ADDRESS | {"asOf": 20250701}}, "registry.date", "/address/asOf"),
        (PLACE | {"id": GTIN}, "registry.not_a_place", "/id"),
        (PLACE | {"id": "https://id.example/ocop/7K3MQ9TB/XUONG/L1"}, "registry.not_a_place",
         "/id"),
        (PLACE | {"coordinates": {"lat": 91, "lon": 0}}, "fields.out_of_range",
         "/coordinates/lat"),
        (PRODUCT | {"id": f"{GTIN}/10/A1"}, "registry.not_a_product", "/id"),
        (PRODUCT | {"id": "https://shop.example/01/09524071001014"}, "registry.not_canonical",
         "/id"),
        (PRODUCT | {"id": "https://id.gs1.org/01/09524071001013"}, "gs1.check_digit", "/id"),
        (PRODUCT | {"netContent": {"value": 180, "uom": "g"}}, "registry.unit",
         "/netContent/uom"),
        (PRODUCT | {"netContent": {"value": 0, "uom": "GRM"}}, "registry.not_positive",
         "/netContent/value"),
        (PRODUCT | {"netContent": {"value": "180", "uom": "GRM"}}, "fields.not_number",
         "/netContent/value"),
        (PRODUCT | {"allergens": ["shrimp"]}, "fields.not_one_of", "/allergens/0"),
        (PRODUCT | {"shelfLifeMonths": 24.5}, "fields.not_whole", "/shelfLifeMonths"),
        (BATCH | {"id": GTIN}, "registry.not_a_batch", "/id"),
        (BATCH | {"expiryDate": "2026-09-14"}, "registry.period", "/expiryDate"),
        (GRADE | {"stars": 2}, "fields.out_of_range", "/stars"),
        (GRADE | {"stars": 4.0}, "fields.not_whole", "/stars"),
        (GRADE | {"score": 90}, "registry.score_band", "/score"),
        (GRADE | {"stars": 5, "score": 95}, "registry.five_stars_national", "/level"),
        (GRADE | {"validTo": "2026-05-17"}, "registry.period", "/validTo"),
        (GRADE | {"validTo": "2029-05-19"}, "registry.grade_too_long", "/validTo"),
        (ALIAS | {"id": GTIN}, "registry.not_a_plain_product", "/id"),
        (ALIAS | {"id": f"{ALIAS['id']}/L1"}, "registry.not_a_plain_product", "/id"),
        (ALIAS | {"id": ALIAS["id"].replace("ocop", "OCOP")}, "registry.not_canonical", "/id"),
        (ALIAS | {"gtin": ALIAS["id"]}, "registry.not_a_gtin_product", "/gtin"),
        (ALIAS | {"gtin": f"{GTIN}/10/A1"}, "registry.not_a_gtin_product", "/gtin"),
        (ALIAS | {"gtin": f"{GTIN}/22/A1"}, "registry.not_a_gtin_product", "/gtin"),
        (ALIAS | {"gtin": "https://id.gs1.org/414/9524071000017"}, "registry.not_a_gtin_product",
         "/gtin"),
        (EVIDENCE | {"id": EVIDENCE["id"].upper()}, "fields.form", "/id"),
        (EVIDENCE | {"id": EVIDENCE["id"].replace("-4d0a", "-7d0a")}, "fields.form", "/id"),
        (EVIDENCE | {"about": []}, "fields.blank", "/about"),
        (EVIDENCE | {"about": [f"{GTIN}/10/{number}" for number in range(65)]},
         "fields.too_long", "/about"),
        (EVIDENCE | {"about": EVIDENCE["about"][::-1]}, "registry.not_in_order", "/about"),
        (EVIDENCE | {"about": [GTIN, GTIN]}, "registry.not_in_order", "/about"),
        (EVIDENCE | {"about": [f"{GTIN}?11=260915"]}, "registry.not_canonical", "/about/0"),
        (EVIDENCE | {"about": ["Mắm tôm"]}, "epcis.not_uri", "/about/0"),
        (EVIDENCE | {"mediaType": "application/PDF"}, "fields.form", "/mediaType"),
        (EVIDENCE | {"mediaType": "text/plain; charset=utf-8"}, "fields.form", "/mediaType"),
        (EVIDENCE | {"sha256": EVIDENCE["sha256"].upper()}, "fields.form", "/sha256"),
        (EVIDENCE | {"size": 0}, "fields.out_of_range", "/size"),
        (EVIDENCE | {"size": 48213.5}, "fields.not_whole", "/size"),
        (EVIDENCE | {"title": {"en": "Test report"}}, "fields.missing", "/title/vi"),
        (ISSUANCE | {"id": GTIN}, "registry.not_a_batch", "/id"),
        (ISSUANCE | {"run": "7K3MQ9TB2A4I"}, "fields.form", "/run"),
        (ISSUANCE | {"count": 0}, "fields.out_of_range", "/count"),
        (ISSUANCE | {"count": 10_000_001}, "fields.out_of_range", "/count"),
        (ISSUANCE | {"root": "6E" * 32}, "fields.form", "/root"),
        (ISSUANCE | {"serials": "random"}, "registry.issuance_sequence", "/sequence"),
        (DRAWN, "registry.issuance_sequence", "/sequence"),
        (ISSUANCE | {"sequence": {"prefix": "A1", "start": 1, "width": 6}},
         "fields.form", "/sequence/prefix"),
        (ISSUANCE | {"sequence": {"prefix": "", "start": 9001, "width": 4}},
         "registry.issuance_range", "/sequence"),
        (ISSUANCE | {"replaces": {"run": "0123456789AB", "first": 3, "last": 2}},
         "registry.issuance_range", "/replaces/last"),
        ({"type": "shop"}, "registry.entry_type", "/type"),
        ({"type": ["batch"]}, "registry.entry_type", "/type"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place(entry: dict[str, Any], code: str, place: str) -> None:
    assert fault(entry) == (code, place)
    for language in LANGUAGES:
        assert has(code, language)


@pytest.mark.parametrize(
    ("stars", "score", "level"),
    [
        (3, 50, "province"),
        (3, 69.9, "province"),
        (4, 70, "province"),
        (4, 89.99, "province"),
        (5, 90, "national"),
        (5, 100, "national"),
    ],
)
def test_stars_follow_from_points(stars: int, score: float, level: str) -> None:
    grade = Grade.parse(GRADE | {"stars": stars, "score": score, "level": level})
    assert grade.stars == stars


def test_a_grade_is_good_through_its_last_day() -> None:
    grade = Grade.parse(GRADE)
    days = [date(2026, 5, 17), date(2026, 5, 18), date(2029, 5, 17), date(2029, 5, 18)]
    assert [grade.valid_on(day) for day in days] == [False, True, True, False]


def test_36_months_from_a_leap_day_end_in_february() -> None:
    leap = GRADE | {"validFrom": "2024-02-29"}
    assert Grade.parse(leap | {"validTo": "2027-02-28"})
    assert fault(leap | {"validTo": "2027-03-01"})[0] == "registry.grade_too_long"


def test_a_plain_name_serves_as_well_as_a_gtin() -> None:
    product = Product.parse(PRODUCT | {"id": "https://id.example/ocop/7K3MQ9TB/MAMTOM"})
    assert product.gtin is None
    assert Place.parse(PLACE).gln is None
    assert (
        Place.parse(PLACE | {"id": "https://id.gs1.org/414/9524071000024"}).gln == "9524071000024"
    )


def test_every_word_of_a_list_has_a_label_in_every_language() -> None:
    words = [
        *(f"kind.{word}" for word in ProductKind.__args__),
        *(f"place.{word}" for word in PlaceKind.__args__),
        *(f"allergen.{word}" for word in Allergen.__args__),
        *(f"subject.{word}" for word in SubjectType.__args__),
        *(f"partner.{word}" for word in PARTNER_KINDS),
    ]
    mute = [
        word for word in words for language in LANGUAGES if not has(f"registry.{word}", language)
    ]
    assert mute == []


def test_evidence_describes_one_document() -> None:
    document = b"%PDF-1.7 ..."
    digest = hashlib.sha256(document).hexdigest()
    members = EVIDENCE | {"sha256": digest, "size": len(document)}
    assert Evidence.parse(members).describes(document)
    assert not Evidence.parse(members).describes(document + b"\n")
    assert not Evidence.parse(members | {"size": len(document) + 1}).describes(document)


def test_a_title_may_be_in_vietnamese_alone_or_absent() -> None:
    alone = Evidence.parse(EVIDENCE | {"title": {"vi": "Phiếu"}})
    assert alone.public()["title"] == {"vi": "Phiếu"}
    absent = {name: value for name, value in EVIDENCE.items() if name != "title"}
    assert "title" not in Evidence.parse(absent).public()


JSON = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)


@given(
    st.sampled_from(ENTRIES),
    st.dictionaries(st.sampled_from(sorted({name for entry in ENTRIES for name in entry})), JSON),
)
def test_nothing_but_our_error_comes_out(entry: dict[str, Any], changes: dict[str, Any]) -> None:
    with contextlib.suppress(RegistryError):
        read_entry(entry | changes)


@pytest.mark.parametrize(
    "character",
    [
        "\n",
        "\t",
        "\x7f",
        "\xad",
        "\u200b",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\ue000",
        "\u2028",
    ],
    ids=ascii,
)
def test_words_show_every_character_that_they_have(character: str) -> None:
    names = {"vi": f"Mắm{character}tôm", "en": "Shrimp paste"}
    with pytest.raises(RegistryError) as caught:
        Product.parse(PRODUCT | {"names": names}, place="/products/MAMTOM")
    assert caught.value.code == "registry.control_character"
    assert caught.value.place == "/products/MAMTOM/names/vi"
    assert caught.value.facts == {"character": f"U+{ord(character):04X}", "position": 4}
    for language in LANGUAGES:
        assert character not in caught.value.text(language)


def test_words_may_have_any_letters_and_signs() -> None:
    names = {"vi": "Mắm tôm “Ba Làng” – 180\xa0g ★ 蝦醬 🦐", "en": "Shrimp paste"}
    assert Product.parse(PRODUCT | {"names": names}).names.vi == names["vi"]


def test_words_end_where_they_end() -> None:
    with pytest.raises(InputError) as caught:
        Product.parse(PRODUCT | {"names": {"vi": "Mắm\0tôm"}}, place="/products/MAMTOM")
    assert (caught.value.code, caught.value.place) == ("json.nul", "/products/MAMTOM/names/vi")
