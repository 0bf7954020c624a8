"""The text of a label: one thing has one canonical name, whatever way its link is written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vectors.trust_cases.case import label, malformed
from village import BATCH, FOREIGN_BATCH, HOST, ITEM, NEIGHBOUR, PRODUCER, PRODUCT, sealed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vectors.trust_cases.case import Case

NUMBER = sealed().partition("#")[2]
LINK = "HTTPS://ID.EXAMPLE/01/09521234543213/10/L1/21/0123456789AB"
GUARD = 256**71
"""The weight of the first of the 72 bytes of a seal."""
TRICKY = f"{PRODUCT}/10/Lo%2B7%2F1/21/A"
TRICKY_NUMBER = sealed(TRICKY).partition("#")[2]
DATED = f"{ITEM}?11=260915&17=280914"
DATED_NUMBER = sealed(DATED).partition("#")[2]
WEIGHED = f"{ITEM}?3103=000250&99=A%2FB"
WEIGHED_NUMBER = sealed(WEIGHED).partition("#")[2]
PLAIN = f"{PRODUCER.issuer}/MAMTOM/L1/0123456789AB"
PLAIN_NUMBER = sealed(PLAIN).partition("#")[2]
BATCH_LEVEL = "level pass seal_batch_level"


def renumbered(change: int) -> str:
    """Return the seal's digits with a number added to its 72 bytes."""
    return str(int(NUMBER) + change)


SPELLINGS: dict[str, tuple[str, str]] = {
    "upper": ("Scheme and host in upper case, as printed.", f"{LINK}#{NUMBER}"),
    "lower": ("Scheme and host in lower case.", f"{ITEM.replace('id.gs1.org', HOST)}#{NUMBER}"),
    "gs1-host": ("On id.gs1.org, the host of canonical names.", f"{ITEM}#{NUMBER}"),
    "other-host": (
        "On another host: the host of a GS1 link says nothing.",
        f"{ITEM.replace('id.gs1.org', 'shop.example')}#{NUMBER}",
    ),
    "address": (
        "On an IPv4 address with a port.",
        f"{ITEM.replace('id.gs1.org', '192.0.2.7:8080')}#{NUMBER}",
    ),
    "http": ("With http for https.", f"{ITEM.replace('https', 'http')}#{NUMBER}"),
    "stem": (
        "Behind a path of the host's own.",
        f"{ITEM.replace('id.gs1.org', 'shop.example/vi/qr')}#{NUMBER}",
    ),
    "stem-with-key": (
        "Behind a path that looks like a key: the last key counts.",
        f"{ITEM.replace('id.gs1.org', 'shop.example/01/09520000000004/x')}#{NUMBER}",
    ),
    "gtin-13": (
        "A GTIN of 13 digits, as links before 2023 had them.",
        f"{LINK.replace('/095', '/95')}#{NUMBER}",
    ),
    "escaped": (
        "Letters and digits percent-encoded.",
        f"{LINK.replace('/L1/', '/%4c%31/')}#{NUMBER}",
    ),
}

MALFORMED: dict[str, tuple[str, str, str]] = {
    "empty": ("No text.", "", "gs1.scheme"),
    "text": ("Some text.", "Mắm tôm Sóng Trăng", "gs1.scheme"),
    "no-name": ("A link to somewhere else.", "https://id.example/", "gs1.trailing_slash"),
    "ftp": ("Another scheme.", "ftp://id.example/01/09521234543213", "gs1.scheme"),
    "scheme-mixed": (
        "A scheme in mixed case.",
        f"{LINK.replace('HTTPS', 'Https')}#{NUMBER}",
        "gs1.scheme",
    ),
    "check-digit": (
        "The check digit of the GTIN is wrong.",
        f"{LINK.replace('3213/', '3214/')}#{NUMBER}",
        "gs1.check_digit",
    ),
    "gtin-11": (
        "A GTIN of 11 digits.",
        f"{LINK.replace('/09521234543213', '/95212345432')}#{NUMBER}",
        "gs1.length",
    ),
    "gtin-13-check-digit": (
        "A GTIN of 13 digits with a wrong check digit.",
        f"{LINK.replace('/09521234543213', '/9521234543214')}#{NUMBER}",
        "gs1.check_digit",
    ),
    "qualifier-order": (
        "The serial stands before the lot.",
        f"https://{HOST}/01/09521234543213/21/0123456789AB/10/L1#{NUMBER}",
        "gs1.path",
    ),
    "lot-long": (
        "A lot of 21 characters.",
        f"https://{HOST}/01/09521234543213/10/{'L' * 21}#{NUMBER}",
        "gs1.length",
    ),
    "attribute-date": (
        "A date of a 13th month.",
        f"{LINK}?17=281314#{NUMBER}",
        "gs1.date",
    ),
    "attribute-february": (
        "29 February of a year that has none.",
        f"{LINK}?17=270229#{NUMBER}",
        "gs1.date",
    ),
    "attribute-unknown": (
        "A numeric parameter that is no AI.",
        f"{LINK}?9999=1#{NUMBER}",
        "gs1.unknown_ai",
    ),
    "attribute-twice": (
        "An attribute stands twice.",
        f"{LINK}?17=280914&17=290914#{NUMBER}",
        "gs1.repeated",
    ),
    "control": ("A control character.", f"{LINK}\n#{NUMBER}", "gs1.uri_character"),
    "too-long": ("A text of 5,000 characters.", "x" * 5000, "gs1.uri_too_long"),
    "seal-171": ("A seal of 171 digits.", f"{LINK}#{NUMBER[:-1]}", "signing.seal_digits"),
    "seal-173": ("A seal of 173 digits.", f"{LINK}#{NUMBER}0", "signing.seal_digits"),
    "seal-leading-zero": ("A zero before the digits.", f"{LINK}#0{NUMBER}", "signing.seal_digits"),
    "seal-letter": ("A letter among the digits.", f"{LINK}#{NUMBER[:-1]}A", "signing.seal_digits"),
    "seal-sign": ("A sign for a digit.", f"{LINK}#+{NUMBER[1:]}", "signing.seal_digits"),
    "seal-grouped": (
        "An underscore among the digits.",
        f"{LINK}#{NUMBER[:-2]}_1",
        "signing.seal_digits",
    ),
    "seal-arabic": (
        "A digit of another script.",
        f"{LINK}#{NUMBER[:-1]}\N{ARABIC-INDIC DIGIT ONE}",
        "gs1.uri_character",
    ),
    "seal-percent": ("A digit percent-encoded.", f"{LINK}#{NUMBER[:-3]}%31", "signing.seal_digits"),
    "seal-word": ("A word for the seal.", f"{LINK}#section", "signing.seal_digits"),
    "seal-twice": ("Two seals.", f"{LINK}#{NUMBER}#{NUMBER}", "gs1.uri_part"),
    "seal-guard-1": ("The guard is 0x01.", f"{LINK}#{'1' * 172}", "signing.seal_guard"),
    "seal-guard-9": ("Nothing but nines.", f"{LINK}#{'9' * 172}", "signing.seal_guard"),
    "seal-version-0": ("Version 0.", f"{LINK}#{renumbered(-(256**70))}", "signing.seal_version"),
    "seal-version-3": ("Version 3.", f"{LINK}#{renumbered(2 * 256**70)}", "signing.seal_version"),
    "seal-version-255": (
        "Version 255.",
        f"{LINK}#{renumbered(254 * 256**70)}",
        "signing.seal_version",
    ),
    "plain-all-lower": (
        "A plain name in lower case.",
        f"{PLAIN.lower()}#{PLAIN_NUMBER}",
        "gs1.plain_segment",
    ),
    "plain-escaped": (
        "A plain name with a percent-encoded letter.",
        f"{PLAIN.replace('/L1/', '/%4C1/')}#{PLAIN_NUMBER}",
        "gs1.plain_segment",
    ),
    "plain-long": (
        "A plain name with a segment too many.",
        f"{PLAIN}/X#{PLAIN_NUMBER}",
        "gs1.plain_name",
    ),
    "plain-key": (
        "A plain name with a segment that is a GS1 key.",
        f"{PRODUCER.issuer}/01/L1#{PLAIN_NUMBER}",
        "gs1.plain_segment_is_key",
    ),
}


def cases() -> Iterator[Case]:
    """Yield one name in many spellings, names of many kinds, then texts that are no label."""
    for name, (says, text) in SPELLINGS.items():
        yield label(f"label-{name}", says, text, "ok_offline")
    yield from escapes()
    yield from attributes()
    yield from names()
    for name, (says, text, error) in MALFORMED.items():
        yield malformed(f"label-{name}", says, error, label=text)


def escapes() -> Iterator[Case]:
    spellings = {
        "lower-hex": "HTTPS://ID.EXAMPLE/01/09521234543213/10/Lo%2b7%2f1/21/A",
        "plus": f"{PRODUCT}/10/Lo+7%2F1/21/A",
        "more": f"{PRODUCT}/10/%4c%6F%2B%37%2F%31/21/%41",
    }
    for name, text in spellings.items():
        says = f"The lot Lo+7/1 and the serial A, written {text.partition('/10/')[2]}."
        yield label(
            f"label-escape-{name}", says, f"{text}#{TRICKY_NUMBER}", "ok_offline", about=TRICKY
        )
    says = "The letters of a lot are another lot in another case."
    text = f"{TRICKY.replace('/Lo', '/LO')}#{TRICKY_NUMBER}"
    yield forged("label-escape-other-case", says, text, about=TRICKY.replace("/Lo", "/LO"))


def forged(
    name: str,
    says: str,
    text: str,
    *changes: str,
    about: str = ITEM,
    signed_form: str | None = None,
) -> Case:
    """Return the case of a seal that keys fit and none has made."""
    return label(
        name,
        says,
        text,
        "altered",
        "signature fail forged_seal",
        *("-issuer", "-entitlement", "-revocation", "-level"),
        *changes,
        about=about,
        signed_form=signed_form,
    )


def attributes() -> Iterator[Case]:
    dated = {"signed_form": DATED}
    says = "Two dates in the link, which are sealed with it."
    fresh = "shelf_life pass"
    text = f"{DATED}#{DATED_NUMBER}"
    yield label("label-attributes", says, text, "ok_offline", fresh, **dated)
    says = "The same in another order."
    text = f"{ITEM}?17=280914&11=260915#{DATED_NUMBER}"
    yield label("label-attributes-order", says, text, "ok_offline", fresh, **dated)
    says = "A date was changed."
    text = f"{ITEM}?11=260915&17=290914#{DATED_NUMBER}"
    yield forged("label-attributes-changed", says, text, signed_form=f"{ITEM}?11=260915&17=290914")
    says = "The dates were taken away."
    yield forged("label-attributes-gone", says, f"{ITEM}#{DATED_NUMBER}")
    says = "A date was added to a link that was sealed without."
    text = f"{ITEM}?17=280914#{NUMBER}"
    yield forged("label-attributes-added", says, text, signed_form=f"{ITEM}?17=280914")
    says = "A weight, and a text with a slash, in another order and spelling."
    text = f"{ITEM}?99=%41/B&3103=000250#{WEIGHED_NUMBER}"
    yield label("label-attributes-escaped", says, text, "ok_offline", signed_form=WEIGHED)
    unsigned = "parameters warn unsigned_parameter"
    says = "Parameters that are no GS1 attributes: nobody signed them."
    text = f"{LINK}?utm=tet&linkType=all#{NUMBER}"
    yield label("label-parameters", says, text, "warn", unsigned)
    says = "A parameter beside the dates that are signed."
    text = f"{DATED}&s=1#{DATED_NUMBER}"
    yield label("label-parameters-dated", says, text, "warn", unsigned, fresh, **dated)
    says = "A parameter of a plain name."
    text = f"{PLAIN}?s=1#{PLAIN_NUMBER}"
    yield label("label-parameters-plain", says, text, "warn", unsigned, about=PLAIN)


def names() -> Iterator[Case]:
    says = "A plain name in upper case, as printed."
    text = f"{PLAIN.upper()}#{PLAIN_NUMBER}"
    yield label("label-plain", says, text, "ok_offline", about=PLAIN)
    says = "The same with scheme, host and the word ocop in lower case."
    yield label("label-plain-lower", says, f"{PLAIN}#{PLAIN_NUMBER}", "ok_offline", about=PLAIN)
    says = "A plain name whose host is no namespace of the bundle."
    elsewhere = PLAIN.replace(HOST, "shop.example")
    given = ("-signature", "-entitlement", "-revocation", "-level", "issuer fail namespace")
    text = f"{elsewhere}#{PLAIN_NUMBER}"
    yield label("label-plain-elsewhere", says, text, "unknown_issuer", *given, about=elsewhere)
    says = "The same without a seal."
    bare = label(
        "label-plain-elsewhere-bare", says, elsewhere, "unknown_issuer", *given, about=elsewhere
    )
    yield replace(bare, signed_form=None)
    kinds: dict[str, tuple[str, str, str]] = {
        "batch": ("A batch.", BATCH, BATCH_LEVEL),
        "product": ("A product.", PRODUCT, BATCH_LEVEL),
        "item-without-lot": (
            "An item without a lot.",
            f"{PRODUCT}/21/0123456789AB",
            "level pass item",
        ),
        "plain-batch": ("A plain name of a batch.", f"{PRODUCER.issuer}/MAMTOM/L1", BATCH_LEVEL),
        "plain-product": ("A plain name of a product.", f"{PRODUCER.issuer}/MAMTOM", BATCH_LEVEL),
        "pallet": ("A pallet.", "https://id.gs1.org/00/095212345432100010", BATCH_LEVEL),
        "place": ("A place.", "https://id.gs1.org/414/9521234000006", BATCH_LEVEL),
    }
    for name, (says, about, level) in kinds.items():
        yield label(f"label-of-{name}", says, sealed(about), "ok_offline", level, about=about)
    says = "A batch that an Ed25519 key sealed (version 2)."
    text = sealed(FOREIGN_BATCH, by=NEIGHBOUR)
    yield label("label-ed25519", says, text, "ok_offline", BATCH_LEVEL, about=FOREIGN_BATCH)
