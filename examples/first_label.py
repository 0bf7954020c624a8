"""From a story to a sheet of stickers: run it at the top of a checkout, in a new folder ocop/."""

from datetime import UTC, datetime
from pathlib import Path

from ocoptrace import Workspace, verify_label, verify_record

story = Path("examples/stories/shrimp-paste.json")

ws = Workspace.create("ocop", host="id.example")  # keys, log, witnesses, trust list
ws.import_registry(story)  # producer, places, products, grades, batches
ws.record(ws.read_story(story).events)  # checked, signed, logged: all or nothing

batch = ws.batches()[0].id  # https://id.gs1.org/01/09524071001014/10/ST260915
record = ws.origin_record(batch)
Path("record.ocop").write_bytes(record.to_bytes())

run = ws.label_run(batch, count=24, demo=True)  # demo: the story bears GS1 example keys
run.write_pdf(Path("stickers.pdf"))

now = datetime.now(UTC)
print("record: ", verify_record(record, trust=ws.trust, now=now).overall)
print("sticker:", verify_label(run.contents[0].link, trust=ws.trust, now=now).overall)
