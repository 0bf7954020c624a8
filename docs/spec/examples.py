"""The examples of docs/spec, as ``docs/renew.py`` writes them into the pages."""

from __future__ import annotations

from datetime import timedelta

from spec import problems
from spec.shown import diagnostic, fenced, hexadecimal, pretty, verdict_lines, wrapped
from spec.world import LOG, NOW, WITNESSES, example, signer

from ocoptrace import TrustBundle, verify_label, verify_record
from ocoptrace.gs1 import parse_name
from ocoptrace.origin_record import OriginRecord
from ocoptrace.signing import Root, Seal, cbor
from ocoptrace.transparency import LogProof, leaf_hash
from ocoptrace.transparency.receipt import sign_receipt


def files() -> dict[str, bytes]:
    """Return the example files that stand beside the pages."""
    made = example()
    return {
        "root.json": made.root,
        "bundle.json": made.bundle,
        "record.ocop": made.record,
        "label.txt": f"{made.link}\n".encode(),
    }


def texts() -> dict[str, str]:
    """Return the examples that stand in the pages, each as a fenced block."""
    made = example()
    root = Root.load(made.root)
    trust = TrustBundle.load(made.bundle, root=root)
    record = OriginRecord.parse(made.record)
    complete = record.statements[-1].payload or ""
    vkeys = "\n".join(str(each.verifier_key) for each in (LOG, *WITNESSES))
    numbers = (
        f"fingerprint of the root   {root.fingerprint[:39]}\n"
        f"                          {root.fingerprint[40:]}\n"
        f"SHA-256 of the bundle     {trust.sha256.hex()}"
    )
    later = NOW + timedelta(hours=1)
    return {
        **_event_texts(record),
        **_seal_texts(made.link),
        **problems.texts(),
        "root": fenced("json", pretty(root.text())),
        "bundle": fenced("json", pretty(trust.text())),
        "bundle numbers": fenced("text", numbers),
        "record": fenced("json", pretty(made.record.decode())),
        "completeness": fenced("json", pretty(complete, longest=64)),
        "checkpoint": fenced("text", str(record.checkpoints[0]).rstrip("\n")),
        "vkeys": fenced("text", vkeys),
        "verdict": fenced("json", verdict_lines(verify_record(record, trust=trust, now=later))),
        "label verdict": fenced(
            "json", verdict_lines(verify_label(made.link, trust=trust, now=later))
        ),
    }


def _event_texts(record: OriginRecord) -> dict[str, str]:
    recorded = next(each for each in record.statements if each.statement.kind == "event")
    statement, proof = recorded.statement, recorded.proofs[0]
    checkpoint = record.checkpoints[proof.checkpoint]
    leaf = leaf_hash(statement.cose).hex()
    key = signer("producer").public_key
    message = cbor.decode(statement.cose)
    numbers = (
        f"salt           {(recorded.salt or b'').hex()}\n"
        f"payload hash   {statement.digest.hex()}\n"
        f"statement id   {statement.id.hex()}\n"
        f"leaf hash      {leaf}\n"
        f"COSE_Key       {hexadecimal(key.cose_key, indent=15)}\n"
        f"thumbprint     {key.thumbprint.hex()}\n"
        f"kid            {key.kid.hex()}"
    )
    path = "".join(f"path   {node.hex()}\n" for node in proof.path)
    inclusion = (
        f"entry {proof.index} of {checkpoint.size}\nleaf   {leaf}\n{path}"
        f"root   {checkpoint.root.hex()}"
    )
    shown = LogProof(checkpoint, proof.index, proof.path)
    receipt = sign_receipt(statement.cose, shown, log=LOG)
    nodes = ",\n      ".join(f"h'{node.hex()}'" for node in proof.path)
    place = f"{proof.index}, [\n      {nodes}\n    ]"
    parts = (
        f"18([\n  <<{diagnostic(cbor.decode(receipt.protected), 1)}>>,\n"
        f"  {{396: {{-1: [<<[{checkpoint.size}, {place}]>>]}}}},\n"
        f"  null,\n"
        f"  h'{hexadecimal(receipt.signature, indent=4)}'\n])"
    )
    written = LogProof(checkpoint, proof.index, proof.path)
    return {
        "receipt": fenced("text", hexadecimal(receipt.encode())),
        "receipt parts": fenced("text", parts),
        "event payload": fenced("json", recorded.payload or ""),
        "event header": fenced("text", diagnostic(cbor.decode(message.value[0]))),
        "event hex": fenced("text", hexadecimal(statement.cose)),
        "event numbers": fenced("text", numbers),
        "proof": fenced("text", inclusion),
        "tlog proof": fenced("text", str(written).rstrip("\n")),
    }


def _seal_texts(link: str) -> dict[str, str]:
    item = parse_name(link)
    seal = Seal.parse(item.fragment or "")
    form = item.canonical_with_attributes()
    expanded = seal.expand(signer("producer").public_key, form)
    numbers = (
        f"signed form   {form}\n"
        f"hint          {seal.hint.hex()}\n"
        f"shelf day     {seal.shelf_day}   ({seal.shelf_date})\n"
        f"signature     {hexadecimal(seal.signature, indent=14)}\n"
        f"payload       {hexadecimal(expanded.payload, indent=14)}\n"
        f"signed bytes  {hexadecimal(expanded.sig_structure(), indent=14)}"
    )
    return {"seal link": fenced("text", wrapped(link)), "seal numbers": fenced("text", numbers)}
