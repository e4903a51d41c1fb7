"""A server as depot, beyond the contract: what it sends, what it withholds, and how long it is waited for."""

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from time import monotonic

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from kingmaker.adapters.depots.answers import Site
from kingmaker.adapters.depots.http import HttpDepot
from kingmaker.bundle.pointers import MAX_POINTER_BYTES
from kingmaker.domain.errors import TamperFound
from kingmaker.ports.depot import DepotUnreachable

from .depot_server import Manners, answering
from .depot_suite import LARGE, PLACE, digest
from .depot_vaults import STORED, FolderVault

Served = tuple[FolderVault, Manners, str]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[FolderVault, Manners, str]]:
    manners = Manners()
    with answering(tmp_path / "vault", manners) as url:
        yield FolderVault(tmp_path / "vault"), manners, url


def test_a_server_that_waits_is_asked_once(served: Served):
    vault, manners, url = served
    vault.put(PLACE, b"{}")
    depot = HttpDepot(Site(url), look_seconds=0.1)
    marked = depot.pointer("loans")
    assert marked is not None
    assert depot.pointer("loans", known=marked.tag, wait=1.0) is None
    assert len(manners.asked) == 2


def test_only_the_rest_of_a_bundle_travels(served: Served, tmp_path: Path):
    vault, manners, url = served
    vault.put(STORED, LARGE)
    manners.cut = 3 << 20
    depot = HttpDepot(Site(url))
    with pytest.raises(DepotUnreachable, match="ended after 3,145,728 of 5,242,881"):
        depot.fetch(digest(LARGE), len(LARGE), tmp_path / "part")
    manners.cut = None
    depot.fetch(digest(LARGE), len(LARGE), tmp_path / "part")
    assert manners.asked[-1] == ("GET", f"/{STORED}", "bytes=3145728-")
    assert manners.sent == len(LARGE)


def test_an_endless_body_is_left_after_the_bytes_that_were_named(served: Served, tmp_path: Path):
    vault, manners, url = served
    vault.put(STORED, LARGE)
    manners.longer = 60 << 20
    with pytest.raises(TamperFound, match="longer"):
        HttpDepot(Site(url)).fetch(digest(LARGE), len(LARGE), tmp_path / "part")
    assert not (tmp_path / "part").exists()


def test_a_pointer_without_end_is_read_no_further_than_one_can_be(served: Served):
    vault, _, url = served
    vault.put(PLACE, b" " * (3 * MAX_POINTER_BYTES))
    marked = HttpDepot(Site(url)).pointer("loans")
    assert marked is not None
    assert len(marked.data) == MAX_POINTER_BYTES + 1


def test_a_pointer_that_is_cut_short_may_pass(served: Served):
    vault, manners, url = served
    vault.put(PLACE, b"{}" * 100)
    manners.cut = 50
    with pytest.raises(DepotUnreachable, match="ended early"):
        HttpDepot(Site(url)).pointer("loans")


@pytest.mark.parametrize("manner", ["drip", "endless_heads"])
def test_bytes_that_drip_are_given_up_in_time(served: Served, tmp_path: Path, manner: str):
    vault, manners, url = served
    vault.put(PLACE, b"{}" * 1000)
    vault.put(STORED, LARGE)
    setattr(manners, manner, 0.02)
    began = monotonic()
    with pytest.raises(DepotUnreachable, match="too long"):
        HttpDepot(Site(url), grace_seconds=0.5).pointer("loans")
    assert monotonic() - began < 3.0


def test_a_slow_bundle_is_broken_off_when_nobody_waits_for_it_any_more(served: Served, tmp_path: Path):
    vault, manners, url = served
    vault.put(STORED, LARGE)
    manners.drip = 0.02
    depot = HttpDepot(Site(url))
    ended = threading.Event()

    def fetch() -> None:
        try:
            depot.fetch(digest(LARGE), len(LARGE), tmp_path / "part")
        except DepotUnreachable:
            ended.set()

    threading.Thread(target=fetch, daemon=True).start()
    assert not ended.wait(0.3)
    depot.stop_waiting()
    assert ended.wait(2.0)


@pytest.mark.parametrize(("status", "told"), [(500, "500"), (302, "302"), (403, "Name a token that may do this")])
def test_an_answer_that_is_no_file_is_unreachable(served: Served, tmp_path: Path, status: int, told: str):
    vault, manners, url = served
    vault.put(PLACE, b"{}")
    manners.status = status
    depot = HttpDepot(Site(url))
    for ask in (
        lambda: depot.pointer("loans"),
        lambda: depot.fetch(digest(LARGE), len(LARGE), tmp_path / "part"),
        lambda: depot.report("loans", "here", b"{}"),
    ):
        with pytest.raises(DepotUnreachable, match=told):
            ask()


def test_a_server_that_takes_nothing_says_so_and_goes_on_being_read(served: Served):
    vault, manners, url = served
    vault.put(PLACE, b"{}")
    manners.takes = False
    depot = HttpDepot(Site(url))
    with pytest.raises(DepotUnreachable, match="takes no files"):
        depot.report("loans", "here", b"{}")
    assert depot.pointer("loans") is not None


def test_a_token_opens_what_it_closes(served: Served):
    vault, manners, url = served
    vault.put(PLACE, b"{}")
    manners.token = "secret"
    with pytest.raises(DepotUnreachable, match="Name its token") as told:
        HttpDepot(Site(url, token="guessed")).pointer("loans")
    assert "guessed" not in str(told.value)
    depot = HttpDepot(Site(url, token="secret"))
    assert depot.pointer("loans") is not None
    depot.report("loans", "here", b"{}")
    assert vault.get("endpoints/loans/here.json") == b"{}"


def test_a_server_that_is_away_or_speaks_another_language_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"

        def babble() -> None:
            caller, _ = server.accept()
            with caller:
                caller.recv(1000)
                caller.sendall(b"220 mail.example ESMTP\r\n")

        thread = threading.Thread(target=babble, daemon=True)
        thread.start()
        with pytest.raises(DepotUnreachable, match="no proper answer"):
            HttpDepot(Site(url)).pointer("loans")
        thread.join()
    with pytest.raises(DepotUnreachable, match="no proper answer"):
        HttpDepot(Site(url)).pointer("loans")
    with pytest.raises(DepotUnreachable, match="not a URL of a server"):
        HttpDepot(Site("ftp://example"))


def test_a_server_is_believed_under_the_named_authority_only(tmp_path: Path):
    certificate = _certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with answering(tmp_path / "vault", Manners(), tls=context) as url:
        FolderVault(tmp_path / "vault").put(PLACE, b"{}")
        assert HttpDepot(Site(url, authority=certificate)).pointer("loans") is not None
        with pytest.raises(DepotUnreachable, match="certificate"):
            HttpDepot(Site(url)).pointer("loans")
        with pytest.raises(DepotUnreachable, match="cannot be read"):
            HttpDepot(Site(url, authority=tmp_path / "none.pem"))


def _certificate(folder: Path) -> Path:
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "depot")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, None)
    )
    path = folder / "depot.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path
