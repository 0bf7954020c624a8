"""Keys on tokens, asked of SoftHSM; and what tokens refuse, told in our words."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pkcs11
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ocoptrace.errors import InputError, OcopTraceError, SigningError, StorageError
from ocoptrace.messages import LANGUAGES
from ocoptrace.signing import PublicKey
from ocoptrace.store import read_public_key, read_token_uri, token_signer, write_token_key
from ocoptrace.store.token_signer import (
    TokenSigner,
    make_token_key,
    open_token_key,
    token_keys,
)
from ocoptrace.store.token_uri import TokenUri
from soft_tokens import OTHER_PIN, PIN
from village import eddsa, es256

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from soft_tokens import SoftTokens

HALF_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551 // 2

LABEL = "htx"


def knows(_token: str) -> str:
    return PIN


def never(_token: str) -> str:
    raise AssertionError("no PIN is needed for this")


@pytest.fixture(scope="session")
def key(tokens: SoftTokens) -> TokenSigner:
    return make_token_key(TokenUri.parse(tokens.uri("htx", "producer")), pin=knows)


@pytest.fixture
def library(tokens: SoftTokens) -> Iterator[Any]:
    """Return the library, all its sessions closed: as a new program sees it."""
    loaded = pkcs11.lib(str(tokens.module))
    loaded.reinitialize()
    yield loaded
    loaded.reinitialize()


def test_a_key_on_a_token_signs_in_the_one_form(key: TokenSigner) -> None:
    signatures = [key.sign(bytes((number,))) for number in range(32)]
    for number, signature in enumerate(signatures):
        assert key.public_key.verifies(signature, bytes((number,)))
        assert int.from_bytes(signature[32:]) <= HALF_ORDER
    assert len({*signatures, key.sign(bytes(1))}) == 33  # its nonces are its own


def test_the_private_key_cannot_be_taken_out(key: TokenSigner, tokens: SoftTokens) -> None:
    library = pkcs11.lib(str(tokens.module))
    session = library.get_token(token_label=LABEL).open()
    private = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label="producer")
    assert private[pkcs11.Attribute.SENSITIVE]
    assert not private[pkcs11.Attribute.EXTRACTABLE]
    with pytest.raises(pkcs11.exceptions.AttributeSensitive):
        private[pkcs11.Attribute.VALUE]
    session.close()
    with pytest.raises(TypeError):
        pickle.dumps(key)


def test_tokens_show_their_keys_without_a_pin(key: TokenSigner, tokens: SoftTokens) -> None:
    shown = token_keys(TokenUri.parse(tokens.uri("htx")))
    assert key.public_key in [each.public_key for each in shown]
    [found] = [each for each in shown if each.public_key == key.public_key]
    again = open_token_key(found.uri, pin=knows)
    assert again.public_key == key.public_key
    everywhere = TokenUri.parse(f"pkcs11:?module-path={tokens.module}")
    assert found in token_keys(everywhere)
    assert token_keys(TokenUri.parse(tokens.uri("van-phong"))) == []


def test_a_key_that_was_put_on_a_token_is_found_by_its_id(
    tokens: SoftTokens, tmp_path: Path
) -> None:
    signer = es256(77)
    path = tmp_path / "key.pem"
    path.write_bytes(signer.to_pem())
    tokens.put("htx", "imported", path, number=0xA7)
    uri = TokenUri.parse(f"pkcs11:token=htx;id=%a7?module-path={tokens.module}")
    # SoftHSM looks for new keys when it is loaded, as a card's library when a card is put in.
    pkcs11.lib(str(tokens.module)).reinitialize()
    opened = open_token_key(uri, pin=knows)
    assert opened.public_key == signer.public_key


def test_a_signer_works_without_being_asked_for_the_key_first(
    key: TokenSigner, library: Any
) -> None:
    del library
    signer = TokenSigner(key.uri, key.public_key, pin=knows)
    assert key.public_key.verifies(signer.sign(b"first"), b"first")


def test_two_keys_of_one_token_are_used_side_by_side(
    key: TokenSigner, tokens: SoftTokens, library: Any
) -> None:
    del library
    second = make_token_key(TokenUri.parse(tokens.uri("htx", "second")), pin=knows)
    first = TokenSigner(key.uri, key.public_key, pin=knows)
    for signer in (first, second, first):
        assert signer.public_key.verifies(signer.sign(b"both"), b"both")


def test_threads_take_turns(key: TokenSigner) -> None:
    texts = [b"%d" % number for number in range(60)]
    with ThreadPoolExecutor(6) as pool:
        signed = list(pool.map(key.sign, texts))
    assert all(key.public_key.verifies(s, t) for s, t in zip(signed, texts, strict=True))


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(OcopTraceError) as caught:
        act()
    for language in LANGUAGES:
        assert caught.value.text(language)
        assert caught.value.remedy(language)
        assert PIN not in caught.value.text(language) + caught.value.remedy(language)
        assert OTHER_PIN not in caught.value.text(language)
    return caught.value.code


def test_a_wrong_pin_is_tried_once_and_told(key: TokenSigner, library: Any) -> None:
    del library
    asked = []

    def wrong(token: str) -> str:
        asked.append(token)
        return OTHER_PIN

    signer = TokenSigner(key.uri, key.public_key, pin=wrong)
    for _ in range(3):
        assert code_of(lambda: signer.sign(b"")) == "token.wrong_pin"
    assert asked == ["htx"]


def test_no_pin_is_told_and_may_come_later(key: TokenSigner, library: Any) -> None:
    del library
    pins = [None, "", PIN]
    signer = TokenSigner(key.uri, key.public_key, pin=lambda _: pins.pop(0))
    assert code_of(lambda: signer.sign(b"")) == "token.no_pin"
    assert code_of(lambda: signer.sign(b"")) == "token.no_pin"
    assert key.public_key.verifies(signer.sign(b"now"), b"now")


def test_what_is_not_there_is_told(key: TokenSigner, tokens: SoftTokens, tmp_path: Path) -> None:
    def opened(uri: str) -> str:
        return code_of(lambda: open_token_key(TokenUri.parse(uri), pin=knows))

    assert opened(tokens.uri("no-such", "producer")) == "token.absent"
    assert opened(tokens.uri("htx", "no-such")) == "token.no_key"
    missing = tmp_path / "missing.so"
    assert opened(f"pkcs11:token=htx;object=a?module-path={missing}") == "token.no_module"
    missing.write_text("no library")
    assert opened(f"pkcs11:token=htx;object=a?module-path={missing}") == "token.no_module"
    assert opened("pkcs11:token=htx;object=producer") == "token.no_module_named"
    assert opened(tokens.uri("htx")) == "token.uri_no_key"
    gone = TokenUri.parse(tokens.uri("htx", "gone"))
    lost = TokenSigner(gone, key.public_key, pin=knows)
    assert code_of(lambda: lost.sign(b"")) == "token.no_key"


def test_a_key_is_never_made_over_another(key: TokenSigner) -> None:
    assert code_of(lambda: make_token_key(key.uri, pin=knows)) == "token.key_exists"


def test_two_that_fit_are_not_chosen_from(tokens: SoftTokens) -> None:
    for number in (1, 2):
        uri = f"pkcs11:token=htx;object=twin;id=%0{number}?module-path={tokens.module}"
        make_token_key(TokenUri.parse(uri), pin=knows)
    twin = TokenUri.parse(tokens.uri("htx", "twin"))
    assert code_of(lambda: open_token_key(twin, pin=knows)) == "token.two_keys"
    every = TokenUri.parse(f"pkcs11:object=producer?module-path={tokens.module}")
    assert code_of(lambda: open_token_key(every, pin=knows)) == "token.two_tokens"
    assert open_token_key(
        TokenUri.parse(f"pkcs11:token=htx;object=twin;id=%02?module-path={tokens.module}"),
        pin=knows,
    )


def test_keys_of_other_kinds_are_passed_over(tokens: SoftTokens, tmp_path: Path) -> None:
    path = tmp_path / "p384.pem"
    path.write_bytes(
        ec.generate_private_key(ec.SECP384R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    tokens.put("htx", "p384", path, number=0x38)
    pkcs11.lib(str(tokens.module)).reinitialize()
    uri = TokenUri.parse(tokens.uri("htx", "p384"))
    assert code_of(lambda: open_token_key(uri, pin=knows)) == "token.no_key"


def test_halves_of_two_keys_are_found_out(key: TokenSigner, library: Any) -> None:
    session = library.get_token(token_label=LABEL).open(rw=True, user_pin=PIN)
    curve = session.create_domain_parameters(
        pkcs11.KeyType.EC,
        {pkcs11.Attribute.EC_PARAMS: token_signer._P256},  # noqa: SLF001
        local=True,
    )
    _, private = curve.generate_keypair(store=True, label="mixed", id=b"\x51")
    _, other = curve.generate_keypair(store=True, label="mixed", id=b"\x52")
    session.get_key(object_class=pkcs11.ObjectClass.PUBLIC_KEY, label="mixed", id=b"\x51").destroy()
    other.destroy()
    assert private
    session.close()
    uri = TokenUri("htx", object="mixed", module=key.uri.module)
    assert code_of(lambda: open_token_key(uri, pin=knows)) == "signing.signer_failed"


def test_a_token_that_is_taken_out_and_put_back_is_opened_again(
    key: TokenSigner, tokens: SoftTokens, library: Any
) -> None:
    signer = TokenSigner(key.uri, key.public_key, pin=knows)
    assert signer.sign(b"before")
    aside = tokens.folder.with_name("drawer")
    tokens.folder.rename(aside)
    tokens.folder.mkdir()
    try:
        library.reinitialize()
        assert code_of(lambda: signer.sign(b"")) == "token.absent"
    finally:
        tokens.folder.rmdir()
        aside.rename(tokens.folder)
    library.reinitialize()
    assert key.public_key.verifies(signer.sign(b"after"), b"after")


def test_a_token_that_was_out_between_two_signatures_is_not_missed(
    key: TokenSigner, library: Any
) -> None:
    signer = TokenSigner(key.uri, key.public_key, pin=knows)
    assert signer.sign(b"before")
    library.reinitialize()  # which ends every session, as taking the token out does
    assert key.public_key.verifies(signer.sign(b"after"), b"after")


REFUSALS = {
    pkcs11.PinIncorrect: ("token.wrong_pin", SigningError),
    pkcs11.PinLenRange: ("token.wrong_pin", SigningError),
    pkcs11.PinLocked: ("token.pin_locked", SigningError),
    pkcs11.PinExpired: ("token.pin_unset", SigningError),
    pkcs11.UserPinNotInitialized: ("token.pin_unset", SigningError),
    pkcs11.TokenNotPresent: ("token.absent", StorageError),
    pkcs11.DeviceRemoved: ("token.absent", StorageError),
    pkcs11.NoSuchKey: ("token.no_key", StorageError),
    pkcs11.DeviceError: ("token.failed", StorageError),
    pkcs11.SessionHandleInvalid: ("token.failed", StorageError),
    pkcs11.MechanismInvalid: ("token.failed", StorageError),
}
"""What only real cards answer, or only when something is done to them at the right moment."""


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda each: each.__name__)
def test_each_refusal_has_its_words(
    refusal: type[Exception], key: TokenSigner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise refusal

    signer = TokenSigner(key.uri, key.public_key, pin=knows)
    code, kind = REFUSALS[refusal]
    with monkeypatch.context() as patch:
        patch.setattr(token_signer, "_open", refuse)
        assert code_of(lambda: signer.sign(b"")) == code
        with pytest.raises(kind):
            signer.sign(b"")
    if code in {"token.wrong_pin", "token.pin_locked"}:
        assert code_of(lambda: signer.sign(b"")) == code  # and the token is not asked again
    else:
        assert key.public_key.verifies(signer.sign(b"later"), b"later")


def test_without_the_extra_it_is_named(key: TokenSigner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pkcs11", None)
    signer = TokenSigner(key.uri, key.public_key, pin=never)
    assert code_of(lambda: signer.sign(b"")) == "token.no_extra"


def test_a_key_file_says_where_the_key_is(key: TokenSigner, tmp_path: Path) -> None:
    path = write_token_key(tmp_path / "producer.pem", key.uri, key.public_key)
    assert read_token_uri(path) == key.uri
    assert read_public_key(path) == key.public_key
    assert PublicKey.from_pem(path.read_bytes().partition(b"\n")[2]) == key.public_key
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(StorageError):
        write_token_key(path, key.uri, key.public_key)
    path.chmod(0o644)
    with pytest.raises(StorageError) as caught:
        read_token_uri(path)
    assert caught.value.code == "store.key_mode"


def test_only_p256_keys_are_on_tokens(key: TokenSigner) -> None:
    with pytest.raises(SigningError):
        TokenSigner(key.uri, eddsa(1).public_key, pin=never)


def test_a_pin_in_a_uri_is_refused_and_not_repeated() -> None:
    for name in ("pin-value", "pin-source"):
        with pytest.raises(InputError) as caught:
            TokenUri.parse(f"pkcs11:token=a;object=b?{name}={PIN}")
        assert caught.value.code == "token.uri_pin"
        assert PIN not in repr(caught.value.facts) + caught.value.text("vi")
