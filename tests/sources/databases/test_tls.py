"""TLS to every database: nothing goes over a network in the open unless the URL says so."""

import pytest
from tests.sources.databases.banks import Bank
from tests.sources.databases.conftest import Read
from tests.sources.databases.test_reading import refusal

from kingmaker.adapters.sources.databases.address import Address
from kingmaker.domain.errors import SourceError

SECURED = {
    "postgresql": "SELECT ssl AS secured FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    "mysql": "SELECT variable_value <> '' AS secured FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher'",
}


def test_a_certificate_of_ones_own_authority_is_believed(bank: Bank, read: Read) -> None:
    rows, _ = read(f"{bank.secured}{bank.authority}", query=SECURED[bank.kind])
    assert rows["secured"].to_list() in ([True], [1])


def test_a_certificate_of_another_authority_is_not(bank: Bank, read: Read) -> None:
    assert "certificate" in refusal(read, f"{bank.secured}{bank.others}", table="loans").casefold()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:secret@db.example/loans",
        "postgresql://u:secret@localhost,db.example:5433/loans",
        "postgresql+psycopg://u:secret@/loans?host=10.0.0.7",
        "postgresql://u:secret@10.0.0.7/loans?application_name=x",
        "postgresql://u:secret@[2001:db8::1]:5432/loans",
        "postgresql://u:secret@127.0.0.1/loans?hostaddr=10.0.0.7",
        "postgresql://u:secret@localhost.example/loans",
        "mysql://u:secret@db.example/loans",
        "mariadb+pymysql://u:secret@db.example:3307/loans?charset=utf8mb4",
        "mssql+pyodbc://u:secret@db.example/loans",
    ],
)
def test_a_way_over_a_network_without_a_word_on_tls_is_refused(url: str) -> None:
    with pytest.raises(SourceError, match="says nothing about TLS") as raised:
        Address.of(url, "env:LOANS_URL")
    assert "secret" not in str(raised.value)
    assert raised.value.remedy


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u@db.example/loans?sslmode=verify-full",
        "postgres://u@localhost/loans",
        "postgresql://u@127.0.0.1:5433,[::1]:5433/loans",
        "postgresql:///loans?host=/run/postgresql",
        "mysql://u@db.example/loans?ssl_ca=/etc/ca.pem",
        "mysql://u@db.example/loans?ssl_mode=DISABLED",
        "mysql://u@/loans?unix_socket=/run/mysqld.sock",
        "sqlite:////data/loans.db",
    ],
)
def test_one_that_says_it_and_one_within_the_machine_are_taken(url: str) -> None:
    assert "secret" not in repr(Address.of(url, "env:LOANS_URL"))
