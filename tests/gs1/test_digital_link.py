from __future__ import annotations

import pickle
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.gs1 import DigitalLink, Gs1Error
from ocoptrace.gs1.checks import CHARACTER_SETS, check_digit
from ocoptrace.gs1.uri import MAX_LENGTH

GTIN = "09520101001115"
PRODUCT = f"https://example.com/01/{GTIN}"

gtins = st.text("0123456789", min_size=13, max_size=13).map(lambda d: d + check_digit(d))
codes = st.text(CHARACTER_SETS["X"], min_size=1, max_size=20)
hosts = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?(:[0-9]{1,5})?", fullmatch=True)
stems = st.sampled_from(["", "/a", "/a/b", "/01/faux", "/00/1"])
fragments = st.text("0123456789ABCdef=&?/", max_size=20)
others = st.lists(st.tuples(st.text("abcXYZ_-", min_size=1, max_size=8), st.text(max_size=8)))


@st.composite
def links(draw: st.DrawFn) -> DigitalLink:
    qualifiers = [(ai, draw(codes)) for ai in ("22", "10", "21") if draw(st.booleans())] or draw(
        st.sampled_from([[], [("235", "TPX-1")]])
    )
    attributes = draw(
        st.lists(
            st.sampled_from([("17", "271231"), ("3103", "000500"), ("99", "a/b+c?")]),
            unique=True,
        )
    )
    other = draw(others)
    return DigitalLink(
        ("01", draw(gtins)),
        tuple(qualifiers),
        tuple(attributes),
        tuple((name, value) for name, value in other if "\0" not in value),
        scheme=draw(st.sampled_from(["https", "http"])),
        host=draw(hosts),
        stem=draw(stems),
        fragment=draw(fragments),
    )


@given(links(), st.booleans())
def test_reading_what_was_written_gives_the_link_back(link: DigitalLink, upper: bool) -> None:  # noqa: FBT001
    assert DigitalLink.parse(link.to_uri(scheme=link.scheme, upper=upper)) == link


@given(links())
def test_canonical_name_does_not_depend_on_where_the_link_stands(link: DigitalLink) -> None:
    moved = DigitalLink.parse(link.to_uri(host="other.example", stem="/x", fragment=""))
    assert moved.canonical() == link.canonical()
    assert DigitalLink.parse(link.canonical()).canonical() == link.canonical()
    assert DigitalLink.parse(link.canonical()).elements == (link.key, *link.qualifiers)


@given(links(), st.randoms())
def test_order_of_elements_does_not_change_the_link(
    link: DigitalLink, random: st.random.Random
) -> None:
    elements = list(link.elements)
    random.shuffle(elements)
    built = DigitalLink.of(*elements)
    assert built.canonical_with_attributes() == link.canonical_with_attributes()


@given(
    st.one_of(
        st.text(),
        st.text("/0123456789?=&#%ABab:.", max_size=80).map("https://a/01/".__add__),
        st.text(max_size=30).map(f"{PRODUCT}/10/".__add__),
        st.text(max_size=30).map(f"{PRODUCT}?17=".__add__),
    )
)
def test_any_text_is_a_link_or_a_gs1_error(text: str) -> None:
    with suppress(Gs1Error):
        link = DigitalLink.parse(text)
        assert DigitalLink.parse(link.to_uri(scheme=link.scheme)) == link


def test_parts_of_a_link() -> None:
    link = DigitalLink.parse(
        f"HTTPS://Coop.EXAMPLE:8443/a/b/01/{GTIN}/10/L%2F1/21/s1?17=271231&linkType=gs1%3Apip#42"
    )
    assert (link.scheme, link.host, link.stem) == ("https", "coop.example:8443", "/a/b")
    assert link.key == ("01", GTIN)
    assert link.qualifiers == (("10", "L/1"), ("21", "s1"))
    assert link.attributes == (("17", "271231"),)
    assert link.other == (("linkType", "gs1:pip"),)
    assert (link.fragment, link.gtin, link.lot, link.serial) == ("42", GTIN, "L/1", "s1")
    assert link.element_string() == f"(01){GTIN}(10)L/1(21)s1(17)271231"


def test_signed_form_sorts_attributes_and_leaves_other_parameters_out() -> None:
    link = DigitalLink.parse(f"{PRODUCT}/10/a%2fb?99=x%2By&utm=1&17=271231#9")
    assert link.canonical() == f"https://id.gs1.org/01/{GTIN}/10/a%2Fb"
    assert link.canonical_with_attributes() == f"{link.canonical()}?17=271231&99=x%2By"
    assert DigitalLink.parse(PRODUCT).canonical_with_attributes().endswith(GTIN)


def test_upper_case_touches_scheme_and_host_only() -> None:
    link = DigitalLink.parse(f"{PRODUCT}/10/lot-a?utm_source=qr#77")
    assert link.to_uri(upper=True) == f"HTTPS://EXAMPLE.COM/01/{GTIN}/10/lot-a?utm_source=qr#77"
    assert link.to_uri(host="B.vn", stem="/q", fragment="", scheme="http") == (
        f"http://b.vn/q/01/{GTIN}/10/lot-a?utm_source=qr"
    )


@pytest.mark.parametrize(
    ("path", "level"),
    [
        (f"01/{GTIN}", "product"),
        (f"01/{GTIN}/22/V", "product"),
        (f"01/{GTIN}/10/L", "batch"),
        (f"01/{GTIN}/21/S", "item"),
        (f"01/{GTIN}/22/V/10/L/21/S", "item"),
        (f"01/{GTIN}/235/T", "other"),
        ("414/9520000000004", "place"),
        ("414/9520000000004/254/YARD", "place"),
        ("417/9520000000004", "party"),
        ("00/095200000000000004", "logistic_unit"),
        ("8004/9520X1", "other"),
    ],
)
def test_level(path: str, level: str) -> None:
    assert DigitalLink.parse(f"https://example.com/{path}").level == level


def test_product_batch_and_item_of_a_link() -> None:
    link = DigitalLink.parse(f"https://a.vn/s/01/{GTIN}/22/V/10/L1/21/S1?17=271231#5")
    assert link.product().to_uri() == f"https://a.vn/s/01/{GTIN}"
    batch = link.batch()
    assert batch is not None
    assert batch.to_uri() == f"https://a.vn/s/01/{GTIN}/10/L1"
    assert link.item("S2").to_uri() == f"https://a.vn/s/01/{GTIN}/22/V/10/L1/21/S2?17=271231"
    assert link.product().item("S3").to_uri() == f"https://a.vn/s/01/{GTIN}/21/S3"
    assert link.product().batch() is None


def test_a_place_has_no_product() -> None:
    place = DigitalLink.parse("https://a.vn/414/9520000000004")
    for refused in (place.product, place.batch, lambda: place.item("1")):
        with pytest.raises(Gs1Error) as caught:
            refused()
        assert caught.value.code == "gs1.no_product"


@pytest.mark.parametrize(
    ("uri", "code"),
    [
        (f"HtTps://example.com/01/{GTIN}", "gs1.scheme"),
        (f"ftp://example.com/01/{GTIN}", "gs1.scheme"),
        (f"https://user@example.com/01/{GTIN}", "gs1.host"),
        (f"https:///01/{GTIN}", "gs1.host"),
        (f"https://example.com:/01/{GTIN}", "gs1.host"),
        (f"https://example.com/01/{GTIN}/", "gs1.trailing_slash"),
        ("https://example.com/ocop/A/B", "gs1.no_key"),
        ("https://example.com", "gs1.no_key"),
        ("https://example.com/01/9520101001115", "gs1.length"),
        ("https://example.com/01/09520101001119", "gs1.check_digit"),
        ("https://example.com/01/0952010100111X", "gs1.digits"),
        (f"{PRODUCT}/21/S/10/L", "gs1.path"),
        (f"{PRODUCT}/10/L/10/L", "gs1.path"),
        (f"{PRODUCT}/22/V/235/T", "gs1.path"),
        ("https://example.com/415/9520000000004", "gs1.path"),
        (f"{PRODUCT}/89/X", "gs1.unknown_ai"),
        (f"{PRODUCT}?89=X", "gs1.unknown_ai"),
        (f"{PRODUCT}?10=L", "gs1.belongs_in_path"),
        (f"{PRODUCT}?21=S", "gs1.not_attribute"),
        (f"{PRODUCT}?99=A&99=A", "gs1.repeated"),
        (f"{PRODUCT}?37=4", "gs1.exclusive"),
        (f"{PRODUCT}?17=", "gs1.length"),
        (f"{PRODUCT}?17=271331", "gs1.date"),
        (f"{PRODUCT}?99=A%00B", "gs1.nul"),
        (f"{PRODUCT}/10/A%00B", "gs1.charset"),
        (f"{PRODUCT}/10/A<B", "gs1.uri_character"),
        (f"{PRODUCT}#a#b", "gs1.uri_part"),
        (f"{PRODUCT}/10/{'L' * 21}", "gs1.length"),
        (f"{PRODUCT}?x={'y' * MAX_LENGTH}", "gs1.uri_too_long"),
    ],
)
def test_what_is_refused_and_as_what(uri: str, code: str) -> None:
    with pytest.raises(Gs1Error) as caught:
        DigitalLink.parse(uri)
    assert caught.value.code == code


@pytest.mark.parametrize("lot", ["Lô-7", "L%C3%B4-7"])
def test_vietnamese_letters_in_a_lot_are_refused_with_a_proposal(lot: str) -> None:
    with pytest.raises(Gs1Error) as caught:
        DigitalLink.parse(f"{PRODUCT}/10/{lot}")
    assert caught.value.code == "gs1.charset"
    assert caught.value.place == "(10)"
    assert caught.value.facts["characters"] == '"ô"'
    assert "Lo-7" in caught.value.remedy("vi")


def test_a_lot_typed_with_blanks_names_all_that_is_wrong_with_it() -> None:
    with pytest.raises(Gs1Error) as caught:
        DigitalLink.parse(f"{PRODUCT}/10/Lô 7")
    assert caught.value.facts["characters"] == '"ô" " "'
    assert caught.value.facts["suggestion"] == "Lo-7"


def test_vietnamese_letters_elsewhere_are_no_uri() -> None:
    with pytest.raises(Gs1Error) as caught:
        DigitalLink.parse(f"https://example.com/mắm/01/{GTIN}")
    assert caught.value.code == "gs1.uri_character"


def test_the_rightmost_key_is_the_key() -> None:
    link = DigitalLink.parse(f"https://example.com/00/faux/01/{GTIN}/10/00")
    assert (link.stem, link.key, link.lot) == ("/00/faux", ("01", GTIN), "00")


def test_a_second_key_may_be_an_attribute() -> None:
    link = DigitalLink.parse("https://example.com/414/9520000000004?417=9520000000004")
    assert link.attributes == (("417", "9520000000004"),)


def test_parameters_without_a_value_and_in_any_language_are_kept() -> None:
    uri = f"{PRODUCT}?single&q=m%E1%BA%AFm+t%C3%B4m&b="
    link = DigitalLink.parse(uri)
    assert link.other == (("single", ""), ("q", "mắm tôm"), ("b", ""))
    assert link.to_uri() == f"{PRODUCT}?single&q=m%E1%BA%AFm+t%C3%B4m&b"


@pytest.mark.parametrize(
    "parts",
    [
        {"stem": "no-slash"},
        {"stem": "/a?b"},
        {"fragment": "a#b"},
        {"host": "a/b"},
        {"scheme": "ftp"},
    ],
)
def test_parts_that_no_uri_has_are_refused(parts: dict[str, str]) -> None:
    with pytest.raises(Gs1Error):
        DigitalLink.of(("01", GTIN), **parts)
    with pytest.raises(Gs1Error):
        DigitalLink.parse(PRODUCT).to_uri(**parts)


def test_a_numeric_other_parameter_cannot_be_smuggled_in() -> None:
    for name, value in (("17", "271231"), ("a=b", "c"), ("a&b", "c"), ("a", "\ud800"), ("", "")):
        with pytest.raises(Gs1Error):
            DigitalLink(("01", GTIN), other=((name, value),))


def test_elements_without_a_key_make_no_link() -> None:
    with pytest.raises(Gs1Error) as caught:
        DigitalLink.of(("10", "L1"), ("17", "271231"))
    assert caught.value.code == "gs1.no_key"


def test_a_link_is_frozen_hashable_and_survives_pickling() -> None:
    link = DigitalLink.parse(f"{PRODUCT}/10/L1?17=271231#5")
    with pytest.raises(AttributeError):
        link.host = "evil.example"
    with pytest.raises(AttributeError):
        del link.host
    assert pickle.loads(pickle.dumps(link)) == link  # noqa: S301 - our own bytes
    assert len({link, DigitalLink.parse(str(link))}) == 1
    assert link != DigitalLink.parse(f"{PRODUCT}/10/L1?17=271231#6")
    assert repr(link) == f"DigitalLink.parse('{link}')"
