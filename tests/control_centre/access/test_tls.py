"""A server proves who it is, or says in words why it cannot; over TLS a session's cookie goes over TLS alone."""

import ssl
import threading
from pathlib import Path

import httpx2
import pytest
import uvicorn
from tests.control_centre.hosting import Server
from tests.endpoint.wire.certificates import self_signed

from kingmaker.interfaces.control_centre.tls import tls_context
from kingmaker.interfaces.endpoint.tls import TlsMistaken

from .conftest import PASSWORD, Front


def test_somebody_logs_in_over_tls(front: Front, tmp_path: Path):
    front.person()
    pair = self_signed(tmp_path)
    context = tls_context(pair.certificate, pair.key)
    config = uvicorn.Config(
        front.app,
        port=0,
        ws="none",
        log_config=None,
        timeout_graceful_shutdown=1,
        ssl_context_factory=lambda _config, _default: context,
    )
    server = Server(config, front.app)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        assert server.listens.wait(20)
        url = f"https://localhost:{server.servers[0].sockets[0].getsockname()[1]}/api/v1"
        trusting = ssl.create_default_context(cafile=str(pair.certificate))
        with httpx2.Client(base_url=url, verify=trusting, trust_env=False) as client:
            answer = client.post("/login", json={"name": "ann", "password": PASSWORD})
            assert "; Secure" in answer.headers["set-cookie"]
            assert answer.headers["Strict-Transport-Security"]
            assert client.get("/me").json()["name"] == "ann"
    finally:
        server.should_exit = True
        thread.join()


def test_certificate_and_key_may_stand_in_one_file(tmp_path: Path):
    pair = self_signed(tmp_path)
    both = tmp_path / "both.pem"
    both.write_bytes(pair.certificate.read_bytes() + pair.key.read_bytes())
    assert tls_context(both).minimum_version is ssl.TLSVersion.TLSv1_2


def test_files_that_prove_nothing_are_refused_in_words(tmp_path: Path):
    own, other = self_signed(tmp_path), self_signed(tmp_path, "other")
    sealed = self_signed(tmp_path, "sealed", b"secret")
    for certificate, key in (
        (own.certificate, other.key),
        (own.certificate, tmp_path / "none.key"),
        (own.key, own.key),
        (sealed.certificate, sealed.key),
        (own.certificate, None),
    ):
        with pytest.raises(TlsMistaken):
            tls_context(certificate, key)
