"""The expected segments are what independent encoders of the standard give."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.gs1 import DigitalLink, Gs1Error, compress, decompress
from ocoptrace.gs1.checks import CHARACTER_SETS, check_digit

HOST = "https://id.gs1.org"
KEY = "/01/09520101001115"
WITHOUT_SHARED_CODES = [
    ("/00/998440410914660971", "/AN2yxDhfaiaw"),
    ("/01/05412345000013", "/AQnYUc1gmg"),
    ("/01/05412345000013/10/ABC123", "/AQnYUc1gmiCNV4JG"),
    (
        "/01/05412345000013/22/AJY3095721P49/10/ABC123/21/72292641703",
        "/AQnYUc1gmiCNV4JGQhcNT6K6cibQCWN9Pee9tT-PQ",
    ),
    ("/01/05412345000013/235/8TFV883a904GH%263", "/AQnYUc1gmkax7ipGrOHDPC5YNI8hMz"),
    ("/01/05412345000013/10/ABC123?17=290331", "/AQnYUc1gmiCNV4JGLo3DY"),
    ("/253/3060077601309", "/JTLIetaiHYA"),
    ("/255/5678409730535", "/JVUqG5hJ5wA"),
    ("/401/0541234537290A41%26GHpp33", "/QBl2DVoxZM2jVm3ZOWEFoxTR5HDgzZg"),
    ("/402/21173492661712079", "/QCJZyW9mC6Z4"),
    ("/414/5060917510004/254/RP56J920471", "/JUa0T-eifdtOO9UFEmlYwv3Q"),
    ("/414/5060917510004/7040/5KFX", "/QUSaVjC_dHBAVlCrg"),
    ("/8003/04965031954585", "/gAMJCAXukTMA"),
    ("/8004/0541234537290A41%26GHpp33/7040/7BVR", "/cEB2CqjAAkuwatGLJm0as27JywgtGKaPI4cGbM"),
    ("/8010/0541234537290A41%23GH33/8011/6639047221", "/gBCVYNWjFkzaNWbdk5YQWjFHHkM2cAI0xdvpGo"),
    ("/8013/5060917511473062B98T", "/gBN05060917511473062B98T"),
    ("/8017/817019610850151481/8019/4003812", "/gBe1ajAd9ATDmAGXPRfk"),
]
WITH_READABLE_KEY = [
    ("/01/05412345000013", "/01/05412345000013"),
    ("/01/05412345000013/10/ABC123", "/01/05412345000013/EEarwSM"),
    ("/01/05412345000013/10/ABC123?17=290331", "/01/05412345000013/EEarwSMXRuGw"),
    ("/414/5060917510004/7040/5KFX", "/414/5060917510004/cEBWUKu"),
    (
        "/8004/0541234537290A41%26GHpp33/7040/7BVR",
        "/8004/0541234537290A41%26GHpp33/cEB2Cqi",
    ),
    ("/8018/411369833821910265/8019/4003812", "/8018/411369833821910265/gBlz0X5A"),
]


@pytest.mark.parametrize(("path", "short"), WITHOUT_SHARED_CODES)
def test_a_link_and_its_compressed_form(path: str, short: str) -> None:
    link = DigitalLink.parse(HOST + path)
    assert compress(link, shared_codes=False) == HOST + short
    assert decompress(HOST + short) == link


@pytest.mark.parametrize(("path", "short"), WITH_READABLE_KEY)
def test_a_link_whose_key_stays_readable(path: str, short: str) -> None:
    link = DigitalLink.parse(HOST + path)
    assert compress(link, keep_key=True, shared_codes=False) == HOST + short
    if short != path:
        assert decompress(HOST + short) == link


def test_gtin_lot_serial_and_expiry_shrink_from_65_to_41_characters() -> None:
    uri = f"{HOST}/01/09520101001115/10/ABC123/21/12345?17=271231"
    short = compress(DigitalLink.parse(uri))
    assert (len(uri), len(short)) == (65, 41)
    assert decompress(short) == DigitalLink.parse(uri)


def test_shared_codes_are_read_in_either_order() -> None:
    link = DigitalLink.parse(f"{HOST}/414/9520101000019/254/YARD")
    assert decompress(compress(link)) == link
    # The same with 254 before 414, as an encoder writes it that sorts.
    assert decompress(f"{HOST}/nWRgBEOKiSPQNT").qualifiers == (("254", "YARD"),)


def test_parameters_that_are_not_gs1s_may_be_inside() -> None:
    link = decompress(f"{HOST}/AQnYUc1gmiCNV4JGLo3Dfg2q72Etrue8K7RPRWwjc0D4#chapter1")
    assert link.other == (("arv", "true"), ("donor", "bmgf"))
    assert (link.fragment, link.attributes) == ("chapter1", (("17", "290331"),))


def test_host_stem_other_parameters_and_fragment_stay() -> None:
    link = DigitalLink.parse("http://b.vn:8000/x/01/09520101001115/10/L?17=271231&a=%26#4")
    short = compress(link)
    assert short.startswith("http://b.vn:8000/x/")
    assert short.endswith("?a=%26#4")
    assert decompress(short) == link


gtins = st.text("0123456789", min_size=13, max_size=13).map(lambda d: d + check_digit(d))
texts = st.text(CHARACTER_SETS["X"], min_size=1, max_size=20) | st.sampled_from(
    ["007", "0", "CAFE", "cafe", "00AB", "a-b_c"]
)


@st.composite
def links(draw: st.DrawFn) -> DigitalLink:
    qualifiers = [(ai, draw(texts)) for ai in ("22", "10", "21") if draw(st.booleans())]
    attributes = draw(
        st.lists(
            st.sampled_from(
                [
                    ("17", "271231"),
                    ("15", "271200"),
                    ("30", "007"),
                    ("3103", "000500"),
                    ("7003", "2712312359"),
                    ("7007", "260601"),
                    ("7230", "CCOCOP4"),
                    ("423", "704156"),
                    ("8008", "26060107"),
                    ("4331", "000450-"),
                    ("99", "a/b+c?"),
                ]
            ),
            unique=True,
        )
    )
    return DigitalLink(("01", draw(gtins)), tuple(qualifiers), tuple(attributes))


@given(links(), st.booleans(), st.booleans())
def test_what_was_compressed_comes_back(link: DigitalLink, keep: bool, shared: bool) -> None:  # noqa: FBT001
    short = compress(link, keep_key=keep, shared_codes=shared)
    if keep and len(link.elements) == 1:
        assert short == str(link)
        return
    back = decompress(short)
    assert back.canonical_with_attributes() == link.canonical_with_attributes()


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/about",
        "/AQnYUc1gmiCNV4JGLo3D",
        "/AQnYUc1gmiB",
        "/A",
        "/a.b",
        "/01/09520101001115/x",
    ],
)
def test_what_is_no_compressed_link(path: str) -> None:
    with pytest.raises(Gs1Error):
        decompress(HOST + path)


@given(
    st.text("ABCDEFGHabcdefgh0123456789-_", max_size=60).map(f"{HOST}/".__add__)
    | st.text(max_size=40)
)
def test_any_text_is_a_compressed_link_or_a_gs1_error(text: str) -> None:
    with suppress(Gs1Error):
        decompress(text)
