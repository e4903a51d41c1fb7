"""The same wire behind TLS."""

import ssl
from pathlib import Path

import pytest

from kingmaker.interfaces.endpoint.limits import Limits
from kingmaker.interfaces.endpoint.listening import Address
from kingmaker.interfaces.endpoint.tls import TlsMistaken, server_context

from .caller import calling, get, post
from .certificates import self_signed
from .listening import LOOPS, listening


@pytest.mark.parametrize("loop", LOOPS)
def test_requests_are_answered_behind_tls(tmp_path: Path, loop: str) -> None:
    pair = self_signed(tmp_path)
    trust = ssl.create_default_context(cafile=pair.certificate)
    address = Address(port=0, tls=server_context(pair.certificate, pair.key))
    with listening(Limits(body_bytes=500_000), address=address, loop=loop) as there:
        with calling(there.port, trust) as caller:
            assert caller.asks(post("/echo", b"secret" * 50_000)).body == b"secret" * 50_000
            assert caller.asks(get("/echo?x") * 2).body == b"x"
            assert caller.hears().body == b"x"
            assert isinstance(caller.sock, ssl.SSLSocket)
            assert caller.sock.version() == "TLSv1.3"
            assert caller.asks(b"nonsense\r\n\r\n").status == 400
            assert caller.hears_the_end()
        with calling(there.port, trust) as caller:
            assert caller.asks(get("/echo?x", "Connection: close")).closes


def test_older_versions_of_tls_are_refused(tmp_path: Path) -> None:
    pair = self_signed(tmp_path)
    context = server_context(pair.certificate, pair.key)
    assert context is not None
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_without_files_there_is_no_tls() -> None:
    assert server_context(None, None) is None


def test_files_that_do_not_fit_are_refused_by_name(tmp_path: Path) -> None:
    one, other = self_signed(tmp_path, "one"), self_signed(tmp_path, "other")
    locked = self_signed(tmp_path, "locked", password=b"secret")
    text = tmp_path / "text"
    text.write_text("not a certificate")
    for certificate, key, told in (
        (one.certificate, None, "TLS needs a certificate and its key"),
        (None, one.key, "TLS needs a certificate and its key"),
        (one.certificate, other.key, "key values mismatch"),
        (locked.certificate, locked.key, "the key has a password"),
        (text, one.key, "cannot be used together"),
        (tmp_path / "absent", one.key, "there is no such file"),
    ):
        with pytest.raises(TlsMistaken, match=told):
            server_context(certificate, key)
