r"""What a log and whoever submits statements to it say to each other (docs/spec, submission).

Words and status codes are those of SCITT's SCRAPI where they fit; problems are RFC 9457. Both
sides are pure: an answer follows from what the log has, and what it means from its bytes.

>>> told = refused(Problem("submission.too_many", {"seconds": 7}), "en")
>>> told.status, told.retry_after
(429, 7)
>>> read_reply(Reply(told.status, told.body, told.retry_after))
Later(seconds=7.0, reason='submission.too_many')
>>> read_reply(Reply(202, b"", 1))
Promised(seconds=1.0)
>>> read_reply(Reply(403, b"<html>a captive portal</html>"))
Later(seconds=0.0, reason='403')
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ocoptrace import canonical_json, messages
from ocoptrace.errors import InputError, ProofError
from ocoptrace.transparency.proof import MAX_PROOF_BYTES, LogProof

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ocoptrace.messages import Language

__all__ = [
    "ENTRIES",
    "MAX_ANSWER_BYTES",
    "MEDIA_TYPE",
    "PROBLEM_STATUS",
    "Answer",
    "Later",
    "Outcome",
    "Problem",
    "Promised",
    "Proven",
    "Refused",
    "Reply",
    "promised",
    "proven",
    "read_reply",
    "refused",
]

ENTRIES: Final = "entries"
"""What a log's entries are below its address: POST there, GET by id below it."""

MEDIA_TYPE: Final = "application/cose"
MAX_ANSWER_BYTES: Final = MAX_PROOF_BYTES

PROBLEM_STATUS: Final[Mapping[str, int]] = {
    "submission.not_a_statement": 400,
    "submission.bad_subject": 400,
    "submission.unknown_key": 403,
    "submission.bad_signature": 403,
    "submission.not_a_producer": 403,
    "submission.not_entitled_role": 403,
    "submission.not_entitled_issuer": 403,
    "submission.not_entitled_period": 403,
    "submission.not_entitled_kind": 403,
    "submission.not_entitled_name": 403,
    "submission.revoked": 403,
    "submission.dated_ahead": 403,
    "submission.log_closed": 403,
    "submission.no_entry": 404,
    "submission.no_resource": 404,
    "submission.method": 405,
    "submission.too_slow": 408,
    "submission.other_signature": 409,
    "submission.length": 411,
    "submission.too_large": 413,
    "submission.media_type": 415,
    "submission.too_many": 429,
    "submission.not_now": 503,
}
"""The status of HTTP that goes with each problem."""

_PROBLEM_TYPE: Final = "https://w3id.org/ocoptrace/problem/"
_PROOF_MEDIA, _PROBLEM_MEDIA = "text/plain; charset=utf-8", "application/problem+json"
_OK, _CREATED, _ACCEPTED = 200, 201, 202
_PASSING: Final = frozenset({408, 425, 429})
_CLIENT_ERRORS: Final = range(400, 500)
_MAX_FACTS, _MAX_FACT = 8, 300
_MAX_PROBLEM_BYTES = 8 * 1024


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something is not done: a code of the catalogues, and the facts of its message."""

    code: str
    facts: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """The status of HTTP that goes with it."""
        return PROBLEM_STATUS.get(self.code, 400)

    def text(self, language: Language) -> str:
        """Return what is wrong and what to do, in a language."""
        parts = (say(self.code, language, **self.facts) for say in (messages.text, messages.remedy))
        return " ".join(filter(None, parts))

    def to_json(self, language: Language) -> bytes:
        """Return the problem document (RFC 9457), its detail in a language."""
        return canonical_json.dumps(
            {
                "type": f"{_PROBLEM_TYPE}{self.code}",
                "status": self.status,
                "detail": self.text(language),
                "code": self.code,
                "facts": dict(self.facts),
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> Problem:
        """Return the problem of a document; what else stands in it is passed over.

        Raises:
            ProofError: none of ours, or with facts that no message has.
        """
        try:
            value = canonical_json.loads(data, max_bytes=_MAX_PROBLEM_BYTES)
        except InputError as error:
            raise ProofError("submission.not_a_problem") from error
        match value:
            case {"code": str(code), "facts": dict(facts)} if (
                code in PROBLEM_STATUS and len(facts) <= _MAX_FACTS
            ):
                return cls(code, {name: _fact(fact) for name, fact in facts.items()})
        raise ProofError("submission.not_a_problem")


def _fact(value: Any) -> str | int:
    match value:
        case bool():
            pass
        case int():
            return value
        case str() if len(value) <= _MAX_FACT:
            return value
    raise ProofError("submission.not_a_problem")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a log answers.

    Attributes:
        status: of HTTP.
        body: a proof, a promise or a problem document.
        content_type: of the body.
        location: where the proof is to be had, below the log's address; empty for nowhere.
        retry_after: seconds after which to ask again; 0 where that is not said.
    """

    status: int
    body: bytes
    content_type: str
    location: str = ""
    retry_after: int = 0


def proven(proof: LogProof, statement_id: bytes, *, is_new: bool) -> Answer:
    """Return the answer that an entry stands in the log, with its proof.

    Args:
        proof: under a checkpoint that enough witnesses have signed.
        statement_id: of the entry.
        is_new: whether this very request brought it.
    """
    return Answer(
        _CREATED if is_new else _OK, str(proof).encode(), _PROOF_MEDIA, _location(statement_id)
    )


def promised(origin: str, statement_id: bytes, index: int, *, seconds: int) -> Answer:
    """Return the answer that an entry is in the log for good, and will be proven.

    Args:
        origin: of the log.
        statement_id: of the entry.
        index: its place, from 0.
        seconds: after which to ask for the proof.
    """
    promise = {"id": statement_id.hex(), "index": index, "origin": origin}
    body = canonical_json.dumps(promise)
    return Answer(_ACCEPTED, body, "application/json", _location(statement_id), seconds)


def refused(problem: Problem, language: Language) -> Answer:
    """Return the answer that something is not done."""
    seconds = problem.facts.get("seconds", 0)
    return Answer(
        problem.status,
        problem.to_json(language),
        _PROBLEM_MEDIA,
        retry_after=seconds if isinstance(seconds, int) else 0,
    )


def _location(statement_id: bytes) -> str:
    return f"{ENTRIES}/{statement_id.hex()}"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it arrived.

    Attributes:
        status: of HTTP; 0 where nobody answered.
        body: what came with it.
        retry_after: seconds after which to ask again; 0 where that is not said.
        reason: why nobody answered.
    """

    status: int
    body: bytes = b""
    retry_after: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Proven:
    """A proof came; whether it holds is asked of it, and of a trust bundle."""

    proof: LogProof


@dataclass(frozen=True, slots=True)
class Promised:
    """It is in the log, as the log says, and the proof is to be asked for in some seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Refused:
    """The log does not take it, and says why."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Later:
    """No answer that says anything of the statement; ask again, in some seconds at the least."""

    seconds: float
    reason: str


Outcome: TypeAlias = Proven | Promised | Refused | Later


def read_reply(reply: Reply) -> Outcome:
    """Return what a reply means. Only a problem of ours is a refusal: anybody may say 403.

    Raises:
        ProofError: it is meant as a proof, and is none.
    """
    seconds = float(max(reply.retry_after, 0))
    if reply.status in {_OK, _CREATED}:
        try:
            return Proven(LogProof.parse(reply.body.decode()))
        except UnicodeDecodeError as error:
            raise ProofError("proof.not_a_proof", reason="not Unicode") from error
    if reply.status == _ACCEPTED:
        return Promised(seconds)
    try:
        problem = Problem.parse(reply.body)
    except ProofError:
        return Later(seconds, reply.reason or str(reply.status))
    if reply.status in _CLIENT_ERRORS and reply.status not in _PASSING:
        return Refused(problem)
    return Later(seconds, problem.code)
