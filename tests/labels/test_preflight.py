from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.labels import Stock, Template, load_stock, load_template, preflight, template_names
from ocoptrace.labels.stock.printer import PrinterProfile

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocoptrace.findings import Finding
    from ocoptrace.labels import LabelContent

    Make = Callable[..., LabelContent]
    Check = Callable[..., list[Finding]]

TODAY = date(2026, 11, 23)
REAL_LINK = "HTTPS://ID.EXAMPLE/01/08938505970004/10/ABC123/21/0123456789AB"


@pytest.fixture
def checked(own_stock: Callable[[Template], Stock]) -> Check:
    def check(
        contents: list[LabelContent], template: str = "ocop-70x37", **options: Any
    ) -> list[Finding]:
        plan = load_template(template)
        options = {"today": TODAY, "demo": True} | options
        return wrong(preflight(contents, template=plan, stock=own_stock(plan), **options))

    return check


def wrong(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity != "info"]


def codes(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(finding.code, finding.severity, finding.place) for finding in findings]


@pytest.mark.parametrize("template", template_names())
@pytest.mark.parametrize("dpi", [300, 600])
def test_a_good_run_has_no_findings(
    content: Make,
    checked: Check,
    template: str,
    dpi: int,
) -> None:
    assert checked([content(number) for number in range(3)], template, dpi=dpi) == []


@pytest.mark.parametrize("template", ["ocop-35x22", "ocop-50x30", "ocop-70x37"])
def test_a_sealed_run_is_good_on_a_thermal_printer_of_203_dpi(
    content: Make, checked: Check, template: str
) -> None:
    assert checked([content()], template, dpi=203) == []


@pytest.mark.parametrize("template", template_names())
@pytest.mark.parametrize(
    "changes",
    [
        {"product": "NƯỚC MẮM CỐT ẨM THỰC", "stars": 5},
        {"product": "Chiếu cói Nga Sơn", "producer": "Hộ kinh doanh Nguyễn Thị Phượng"},
        {"lot": "OH-2026-11-000123", "site": "truyxuat.thanhhoa.gov.vn"},
        {"language": "en", "product": "Ba Lang premium fish sauce", "best_before": None},
        {"serial": None, "stars": None, "texts": {"origin": "Việt Nam"}},
    ],
    ids=["stacked capitals", "household", "long lot and host", "English", "bare"],
)
def test_real_contents_fit_every_template(
    content: Make,
    checked: Check,
    template: str,
    changes: dict[str, Any],
) -> None:
    assert checked([content(**changes)], template) == []


def test_an_example_key_is_an_error_unless_for_demonstration(
    content: Make,
    checked: Check,
) -> None:
    findings = checked([content(), content(1)], demo=False)
    assert codes(findings) == [("label.demo_key", "error", "/0/link")]
    assert findings[0].facts == {"key": "09521234543213"}
    assert checked([content(link=REAL_LINK)], demo=False) == []


def test_a_plain_name_is_no_example_key(content: Make, checked: Check) -> None:
    plain = content(link="HTTPS://ID.EXAMPLE/OCOP/7K2M9QXA/MT500/ABC123/0123456789AB")
    assert checked([plain], demo=False) == []


def test_a_link_that_names_nothing_keeps_the_error_of_the_names(
    content: Make,
    checked: Check,
) -> None:
    (finding,) = checked([content(link="HTTPS://ID.EXAMPLE/01/09521234543214")])
    assert finding.code.startswith("gs1.")
    assert (finding.severity, finding.place) == ("error", "/0/link")


def test_a_host_in_lower_case_is_a_warning(content: Make, checked: Check) -> None:
    lower = content(link=REAL_LINK.replace("HTTPS://ID.EXAMPLE", "https://id.example"))
    (finding,) = checked([lower])
    assert (finding.code, finding.severity) == ("label.link_case", "warning")
    assert finding.facts["upper"] == "HTTPS://ID.EXAMPLE"


@pytest.mark.parametrize(
    ("template", "dpi", "dots"), [("ocop-38x21", 203, 2), ("ocop-50x30", 150, 2)]
)
def test_modules_of_too_few_dots_are_an_error(
    content: Make,
    checked: Check,
    template: str,
    dpi: int,
    dots: int,
) -> None:
    (finding,) = checked([content()], template, dpi=dpi)
    assert (finding.code, finding.severity) == ("label.module_too_small", "error")
    assert finding.facts["dots"] == dots


def test_modules_that_are_too_small_are_an_error(content: Make, checked: Check) -> None:
    long = content(link=REAL_LINK + "#" + "1" * 1200)
    (finding,) = checked([long], "ocop-35x22", dpi=1200)
    assert (finding.code, finding.severity) == ("label.module_too_small", "error")
    assert finding.facts["dots"] >= 3  # type: ignore[operator]


def test_a_module_between_the_limits_is_a_warning(content: Make, checked: Check) -> None:
    long = content(link=REAL_LINK + "#" + "1" * 600)
    (finding,) = checked([long], "ocop-50x30", dpi=600)
    assert (finding.code, finding.severity) == ("label.module_small", "warning")
    assert 0.25 <= finding.facts["module"] < 0.33  # type: ignore[operator]


def test_a_symbol_without_room_is_an_error(content: Make, checked: Check) -> None:
    long = content(link=REAL_LINK + "#" + "a" * 2000)
    findings = checked([long], "ocop-35x22", dpi=150)
    assert codes(findings) == [("label.symbol_too_large", "error", "")]


def test_a_link_beyond_every_symbol_is_an_error(content: Make, checked: Check) -> None:
    long = content(link=REAL_LINK + "#" + "a" * 3000)
    assert codes(checked([content(), long])) == [("label.link_too_long", "error", "/1/link")]


def test_text_without_room_is_told_once_with_its_text(
    content: Make,
    checked: Check,
) -> None:
    name = "Nước mắm " * 20
    (finding,) = checked([content(product=name), content(1, product=name)])
    assert (finding.code, finding.severity, finding.place) == (
        "label.text_overflow",
        "error",
        "/0/product",
    )
    assert finding.facts == {"field": "product", "text": name.strip()}


def test_too_many_full_rows_are_found(content: Make) -> None:
    low = PLAIN_BLOCK.replace("[22.0, 20.0]", "[22.0, 2.5]")
    found = found_in(low, content(product="Mắm"))
    assert ("label.text_overflow", "error", "/0/lot") in codes(found)


def test_a_letter_without_glyph_is_an_error(content: Make, checked: Check) -> None:
    assert codes(checked([content(product="Mật ong 🐝")])) == [
        ("label.missing_glyph", "error", "/0")
    ]


def test_one_serial_on_two_stickers_is_an_error(content: Make, checked: Check) -> None:
    findings = checked([content(0), content(1), content(0)])
    assert codes(findings) == [("label.serial_twice", "error", "/2/serial")]


def test_stickers_of_a_batch_may_be_alike(content: Make, checked: Check) -> None:
    batch = content(serial=None, link=REAL_LINK.partition("/21/")[0])
    assert checked([batch, batch]) == []


@pytest.mark.parametrize(("today", "found"), [(date(2028, 11, 15), 0), (date(2028, 11, 16), 1)])
def test_a_batch_is_good_through_its_last_day(
    content: Make,
    checked: Check,
    today: date,
    found: int,
) -> None:
    findings = checked([content()], today=today)
    assert codes(findings) == [("label.past_best_before", "error", "/0/best_before")] * found


@pytest.mark.parametrize(("until", "found"), [(TODAY, 0), (date(2026, 11, 22), 1)])
def test_stars_are_good_through_the_grade_s_last_day(
    content: Make,
    checked: Check,
    until: date,
    found: int,
) -> None:
    findings = checked([content(stars_until=until)])
    assert codes(findings) == [("label.grade_expired", "error", "/0/stars")] * found


def test_a_printer_that_cannot_be_is_an_error(content: Make, checked: Check) -> None:
    assert codes(checked([content()], dpi=0)) == [("label.dpi", "error", "")]


def test_a_template_that_does_not_fit_the_stock_is_an_error(
    content: Make,
) -> None:
    found = preflight(
        [content()], template=load_template("ocop-70x37"), stock=load_stock("roll-50x30"),
        today=TODAY, demo=True,
    )  # fmt: skip
    assert codes(found) == [("label.template_too_large", "error", "")]


PLAIN_BLOCK = """
format = "ocop-label/1"
size = [50, 30]
[[element]]
kind = "qr"
at = [1.5, 1.5]
side = 24.0
[[element]]
kind = "text"
at = [26.0, 2.0]
size = [22.0, 20.0]
row = [{ text = "{product}", x_height = 1.5 }, { text = "{lot}", x_height = 1.5 }]
"""


def found_in(template: str, sticker: LabelContent, **options: Any) -> list[Finding]:
    return wrong(
        preflight(
            [sticker],
            template=Template.parse(template, name="own"),
            stock=load_stock("roll-50x30"),
            **{"today": TODAY, "demo": True} | options,
        )
    )


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("[26.0, 2.0]", "[26.0, 2.0]", set()),
        ("[26.0, 2.0]", "[20.0, 2.0]", {"label.quiet_zone"}),
        ("[26.0, 2.0]", "[26.0, 0.0]", {"label.near_cut"}),
    ],
    ids=["good", "in the white zone", "at the cut"],
)
def test_ink_in_the_white_zone_or_near_the_cut_is_found(
    content: Make, old: str, new: str, found: set[str]
) -> None:
    findings = found_in(PLAIN_BLOCK.replace(old, new), content(product="Mắm tôm"))
    assert {finding.code for finding in findings} == found


BOX = """
[[element]]
kind = "box"
at = [0, 0]
size = [50, 30]
stroke = 0
fill = {fill}
"""


@pytest.mark.parametrize(
    ("fill", "found"),
    [
        ("[0, 0, 20, 0]", []),
        ('"black"', [("label.contrast", "error")]),
        ("[0, 0, 0, 70]", [("label.contrast", "error")]),
        ("[0, 0, 0, 55]", [("label.contrast", "warning"), ("label.red_contrast", "warning")]),
        ("[80, 0, 0, 0]", [("label.red_contrast", "warning")]),
    ],
    ids=["cream", "inverted", "dark grey", "grey", "blue"],
)
def test_a_symbol_needs_light_paper(content: Make, fill: str, found: list[tuple[str, str]]) -> None:
    head, qr, text = PLAIN_BLOCK.split("[[element]]")
    template = head + BOX.format(fill=fill) + "[[element]]" + qr + "[[element]]" + text
    findings = found_in(template.replace("size = [50, 30]", "size = [50, 30]\nbleed = 2", 1)
                        .replace("at = [0, 0]\nsize = [50, 30]", "at = [-2, -2]\nsize = [54, 34]"),
                        content(product="Mắm tôm"))  # fmt: skip
    assert [(finding.code, finding.severity) for finding in findings] == found


def test_a_field_that_the_template_requires_is_missed(
    content: Make,
    checked: Check,
) -> None:
    found = codes(checked([content(producer="", lot="")]))
    assert found == [
        ("label.field_missing", "error", "/0/producer"),
        ("label.field_missing", "error", "/0/lot"),
    ]


@pytest.mark.parametrize(("face", "found"), [(79.9, set()), (80.0, {"label.text_small"})])
def test_text_is_higher_on_a_larger_pack(
    content: Make,
    checked: Check,
    face: float,
    found: set[str],
) -> None:
    findings = checked([content(product="Mắm tôm")], face=face)
    assert {finding.code for finding in findings} == found
    assert all(finding.facts["least"] == 1.2 for finding in findings)


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_a_till_asks_for_its_own_module_sizes(content: Make, checked: Check, dpi: int) -> None:
    few = checked([content(sealed=False)], dpi=dpi, point_of_sale=True)
    many = checked([content()], "ocop-35x22", dpi=dpi, point_of_sale=True)
    assert {finding.code for finding in few} == set()
    assert "label.point_of_sale_module" in {finding.code for finding in many}


def test_contents_are_taken_once_and_as_a_stream(content: Make) -> None:
    stream = (content(number) for number in range(60))
    found = preflight(
        stream, template=load_template("ocop-70x37"), stock=load_stock("a4-3x8-70x37"),
        today=TODAY, demo=False,
    )  # fmt: skip
    assert codes(wrong(found)) == [("label.demo_key", "error", "/0/link")]
    assert next(stream, None) is None


@pytest.mark.parametrize(
    ("profile", "most"),
    [
        ({"kind": "thermal", "dpi": 203}, 104.0),
        ({"kind": "thermal", "dpi": 300}, 105.7),
        ({"kind": "thermal", "dpi": 300, "head_width": 80}, 80.0),
        ({"kind": "thermal", "dpi": 300, "head_width": 168}, None),
        ({"kind": "thermal", "dpi": 600}, None),
        ({"kind": "office", "dpi": 300}, None),
    ],
)
def test_rows_wider_than_the_printers_head_are_told(
    content: Make, profile: dict[str, Any], most: float | None
) -> None:
    stock = load_stock("roll-35x22-3up")
    printer = PrinterProfile.read({"name": "p", **profile}, name="p")
    assert PrinterProfile.parse(printer.to_toml(), name="p") == printer
    found = preflight(
        [content()], template=load_template("ocop-35x22"), stock=stock,
        dpi=profile["dpi"], today=TODAY, demo=True, printer=printer,
    )  # fmt: skip
    told = [finding for finding in found if finding.code == "label.head_width"]
    assert [finding.facts["most"] for finding in told] == ([] if most is None else [most])
    for finding in told:
        assert finding.severity == "warning"
        assert finding.facts["width"] == 2 * stock.pitch_x / 1000 + 35


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_finding_speaks(content: Make, checked: Check, language: Any) -> None:
    bad = content(
        product="Nước mắm " * 20,
        stars_until=date(2026, 1, 1),
        best_before=date(2026, 11, 16),
        link="https://id.example/01/09521234543213",
    )
    findings = checked([bad, bad], demo=False)
    assert len(findings) == 6
    for finding in findings:
        assert "{" not in finding.text(language) + finding.remedy(language)
        assert finding.remedy(language)


@pytest.mark.parametrize("symbology", ["gs1-128", "gs1-datamatrix", "ean-13"])
def test_data_that_its_symbol_cannot_hold_is_told_of_each_sticker(
    content: Make, own_stock: Callable[[Template], Stock], symbology: str
) -> None:
    plan = Template.parse(
        f"""
        format = "ocop-label/1"
        size = [60, 30]
        [[element]]
        kind = "barcode"
        symbology = "{symbology}"
        data = "(00){{lot}}"
        at = [0, 0]
        size = [60, 30]
        """,
        name="bars",
    )
    found = preflight([content()], template=plan, stock=own_stock(plan), today=TODAY, demo=True)
    (fault,) = [finding for finding in found if finding.severity == "error"]
    assert (fault.code.partition(".")[0], fault.place) == ("gs1", "/0/lot")
