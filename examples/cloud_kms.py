"""Sign with a key that a cloud service holds; makes the folders office/ and coop/ where it is run.

`CloudKey` is what you would write for your own service: digest in, DER signature out. The service
itself is played by `FakeKms`, in this process; nothing leaves the machine.
"""

import base64
import hashlib
import json
import threading
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from ocoptrace import Workspace, verify_record
from ocoptrace.errors import SigningError
from ocoptrace.signing import DerSigner, PublicKey


class CloudKey:
    """One P-256 key of a service that speaks HTTP and JSON."""

    def __init__(self, host: str, port: int, name: str, token: str) -> None:
        self._where = host, port
        self._name, self._token = name, token

    def public_key(self) -> PublicKey:
        """Return the public half. It is asked for once, when the signer is made."""
        return PublicKey.from_pem(self._ask("GET", "publicKey")["pem"].encode())

    def sign_der(self, message: bytes) -> bytes:
        """Return what the service answers: r and s in DER, s high as often as low."""
        # The message stays here: the service is given its digest alone.
        digest = base64.b64encode(hashlib.sha256(message).digest()).decode()
        answer = self._ask("POST", "asymmetricSign", {"digest": {"sha256": digest}})
        return base64.b64decode(answer["signature"], validate=True)

    def _ask(self, method: str, what: str, body: object = None) -> dict[str, str]:
        # A connection each time: several threads may sign at once.
        connection = HTTPConnection(*self._where, timeout=10)
        try:
            headers = {"Authorization": f"Bearer {self._token}"}
            data = None if body is None else json.dumps(body)
            connection.request(method, f"/v1/keys/{self._name}:{what}", data, headers)
            answer = connection.getresponse()
            if answer.status != HTTPStatus.OK:
                raise OSError(f"the service refused: {answer.status}")
            answered: dict[str, str] = json.loads(answer.read(64 * 1024))
            return answered
        finally:
            connection.close()


class FakeKms(BaseHTTPRequestHandler):
    """The service, with one key."""

    private = ec.generate_private_key(ec.SECP256R1())
    answers_for_another_key = False

    def do_GET(self) -> None:
        """Give out the public half."""
        public = self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self._answer({"pem": public.decode()})

    def do_POST(self) -> None:
        """Sign a digest."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        digest = base64.b64decode(asked["digest"]["sha256"])
        other = ec.generate_private_key(ec.SECP256R1())
        key = other if self.answers_for_another_key else self.private
        der = key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))
        self._answer({"signature": base64.b64encode(der).decode()})

    def _answer(self, said: dict[str, str]) -> None:
        is_known = self.headers["Authorization"] == "Bearer sample-token"
        self.send_response(HTTPStatus.OK if is_known else HTTPStatus.FORBIDDEN)
        self.end_headers()
        self.wfile.write(json.dumps(said if is_known else {}).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


server = ThreadingHTTPServer(("127.0.0.1", 0), FakeKms)
threading.Thread(target=server.serve_forever, daemon=True).start()

key = CloudKey("127.0.0.1", server.server_port, "coop", "sample-token")
signer = DerSigner(key.public_key(), key.sign_der)  # raw, s lowered; verified before it is used

office = Workspace.create("office", host="id.example")
story = Path("examples/stories/shrimp-paste.json")
names = json.loads(story.read_text(encoding="utf-8"))["producer"]["names"]

# The producer goes by the office; its key is the service's, handed in each time it is opened.
files = {kind: office.trust_file(kind) for kind in ("root", "bundle")}
Workspace.create("coop", root=files["root"], bundle=files["bundle"]).close()
ws = Workspace.open("coop", signers=[signer])
request = ws.request_registration(name=names, gtin_prefixes=["9524071"], held=signer)
office.office.register(request, trust_witnesses=True)
ws.update_trust([office.trust_file("bundle")])

ws.import_registry(story)
ws.record(ws.read_story(story).events)
record = ws.origin_record(ws.batches()[0].id)
verdict = verify_record(record, trust=ws.trust, now=datetime.now(UTC))
print("record:", verdict.overall)

FakeKms.answers_for_another_key = True
try:
    ws.state_alias(f"https://id.example/ocop/{ws.producers()[0].id}/MAMTOM", "09524071001014")
except SigningError as error:
    print("refused:", error.code)
ws.close()
office.close()
server.shutdown()
server.server_close()
