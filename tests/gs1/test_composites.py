from __future__ import annotations

import pickle

import pytest

from ocoptrace.gs1 import Gln, Gs1Error, Gtin, Identifier, Lgtin, Sgln, Sgtin

GTIN = Gtin.parse("9520101001115")
GLN = Gln.parse("9520101000019")
COMPOSITES: list[tuple[Identifier, str, str]] = [
    (Sgtin(GTIN, "K/7"), "01/09520101001115/21/K%2F7", "id:sgtin:9520101.000111.K%2F7"),
    (Lgtin(GTIN, "L-1"), "01/09520101001115/10/L-1", "class:lgtin:9520101.000111.L-1"),
    (Sgln(GLN), "414/9520101000019", "id:sgln:9520101.00001.0"),
    (Sgln(GLN, "YARD"), "414/9520101000019/254/YARD", "id:sgln:9520101.00001.YARD"),
]


@pytest.mark.parametrize(("value", "path", "urn"), COMPOSITES)
def test_a_composite_is_one_value_in_every_form(value: Identifier, path: str, urn: str) -> None:
    kind = type(value)
    assert str(value) == f"https://id.gs1.org/{path}"
    assert value.epc_urn(company_prefix_length=7) == f"urn:epc:{urn}"
    forms = (str(value), f"https://b.vn/x/{path}", value.element_string(), f"urn:epc:{urn}")
    assert {kind.parse(text) for text in forms} == {value}
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - our own bytes


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        (Sgtin, "https://b.vn/01/09520101001115", "gs1.other_kind"),
        (Sgtin, "https://b.vn/01/09520101001115/10/L/21/S", "gs1.other_kind"),
        (Sgtin, "https://b.vn/01/09520101001115/21/S?17=271231", "gs1.other_kind"),
        (Lgtin, "(414)9520101000019", "gs1.other_kind"),
        (Sgln, "https://b.vn/417/9520101000019", "gs1.other_kind"),
        (Sgln, "9520101000019", "gs1.scheme"),
        (Sgtin, "urn:epc:id:sgtin:1.2.3", "gs1.epc_urn"),
        (Lgtin, "(01)09520101001115(10)Lô", "gs1.charset"),
    ],
)
def test_what_is_refused_and_as_what(kind: type[Identifier], text: str, code: str) -> None:
    with pytest.raises(Gs1Error) as caught:
        kind.parse(text)
    assert caught.value.code == code


def test_a_serial_that_is_none_makes_no_composite() -> None:
    with pytest.raises(Gs1Error):
        Sgtin(GTIN, "")
    with pytest.raises(Gs1Error):
        Sgln(GLN, "sân sau")
