"""What is on the pack: QR symbols, sticker sheets, the check before printing, reading back.

>>> content = LabelContent(
...     link="HTTPS://ID.EXAMPLE/01/09521234543213/10/L1", product="Mắm tôm",
...     producer="HTX Hậu Lộc", place="Xã Hậu Lộc, Thanh Hóa", lot="L1",
... )
>>> template, stock = load_template("ocop-70x37"), load_stock("a4-3x8-70x37")
>>> sheet = write_pdf(lay_out([content] * 24, template=template, stock=stock), title="Lô L1")
>>> len(scan_file(sheet))
24
"""

from __future__ import annotations

from ocoptrace.labels.content import LabelContent
from ocoptrace.labels.display import Page, Sticker, Symbol
from ocoptrace.labels.drawing.pdf import write_pdf
from ocoptrace.labels.drawing.png import write_png, write_preview
from ocoptrace.labels.drawing.svg import write_svg
from ocoptrace.labels.drawing.tspl import write_tspl
from ocoptrace.labels.drawing.zpl import write_zpl
from ocoptrace.labels.layout import lay_out
from ocoptrace.labels.preflight import preflight
from ocoptrace.labels.reading.check import Expected, SelfCheck, check_file, expected_on
from ocoptrace.labels.reading.grade import Grade, grade_file
from ocoptrace.labels.reading.pixels import render_pdf
from ocoptrace.labels.reading.scan import Scan, scan_file
from ocoptrace.labels.stock.printer import PrinterProfile, find_printer
from ocoptrace.labels.stock.stock import Stock, find_stock, load_stock, stock_names
from ocoptrace.labels.template import Template, find_template, load_template, template_names

__all__ = [
    "Expected",
    "Grade",
    "LabelContent",
    "Page",
    "PrinterProfile",
    "Scan",
    "SelfCheck",
    "Sticker",
    "Stock",
    "Symbol",
    "Template",
    "check_file",
    "expected_on",
    "find_printer",
    "find_stock",
    "find_template",
    "grade_file",
    "lay_out",
    "load_stock",
    "load_template",
    "preflight",
    "render_pdf",
    "scan_file",
    "stock_names",
    "template_names",
    "write_pdf",
    "write_png",
    "write_preview",
    "write_svg",
    "write_tspl",
    "write_zpl",
]
