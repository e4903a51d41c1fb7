"""People log in with the company's own accounts, over HTTP with a provider of the tests' own."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from joserfc.jwk import RSAKey

from kingmaker.domain.access import Role
from kingmaker.interfaces.control_centre.oidc import OidcLogin
from kingmaker.interfaces.control_centre.oidc_settings import Grant, OidcRefused, OidcSettings, read_oidc_settings

from .company import CLIENT, SECRET, Company, company, key
from .conftest import Clock, Front

CALLBACK = "http://testserver/api/v1/login/oidc/callback"
ANN = {"email": "ann@bank.example", "email_verified": True, "groups": ["risk", "staff"]}


@dataclass(frozen=True)
class Offices:
    """The control centre beside the company."""

    front: Front
    company: Company

    def browser(self) -> TestClient:
        caller = self.front.nobody()
        caller.follow_redirects = False
        return caller

    def left(self, browser: TestClient) -> str:
        """Away to the company; the address it sends the browser back to."""
        away = browser.get("/login/oidc")
        assert away.status_code == 303
        return self.company.log_in(away.headers["location"])

    def log_in(self, browser: TestClient | None = None) -> Response:
        caller = browser or self.browser()
        return caller.get(self.left(caller))


@pytest.fixture
def offices(front: Front, clock: Clock, tmp_path: Path) -> Iterator[Offices]:
    secret = tmp_path / "secret"
    secret.write_text(SECRET + "\n")
    with company(clock) as there, httpx2.Client(trust_env=False) as client:
        there.says = dict(ANN)
        settings = OidcSettings(
            issuer=there.issuer,
            client=CLIENT,
            callback=CALLBACK,
            secret_file=str(secret),
            grants={
                "risk": Grant(roles=(Role.OPERATOR,), pipelines=("loans", "cards")),
                "heads": Grant(roles=(Role.APPROVER,)),
                "cars": Grant(roles=(Role.VIEWER,), pipelines=("cards", "cars")),
            },
        )
        front.app.state.company_login = OidcLogin(settings, client, clock)
        yield Offices(front, there)


def test_somebody_of_the_company_is_let_in_with_the_roles_of_their_groups(offices: Offices):
    browser = offices.browser()
    answer = offices.log_in(browser)
    assert answer.status_code == 200
    assert "ann@bank.example is logged in" in answer.text
    assert browser.get("/me").json() == {
        "name": "ann@bank.example",
        "roles": ["operator"],
        "pipelines": ["cards", "loans"],
    }
    entries = offices.front.house.ledger.audit()
    assert [(entry.action, entry.by) for entry in entries] == [
        ("logged in", "ann@bank.example"),
        ("person added", offices.company.issuer),
    ]


def test_what_leaves_with_the_browser_is_enough_to_prove_its_return_and_no_more(offices: Offices):
    browser = offices.browser()
    away = browser.get("/login/oidc")
    asked = dict(parse_qsl(urlsplit(away.headers["location"]).query))
    assert {"tenant", "response_type", "client_id", "scope"} < set(asked)
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    kept = json.loads(base64.urlsafe_b64decode(browser.cookies["kingmaker-leaving"]))
    assert kept["verifier"] not in away.headers["location"]
    assert min(len(kept[name]) for name in ("state", "nonce", "verifier")) == 43
    cookie = away.headers["set-cookie"]
    assert "; HttpOnly" in cookie
    assert "; SameSite=lax" in cookie
    assert "; Max-Age=600" in cookie


def test_roles_are_those_of_today_at_each_log_in(offices: Offices):
    offices.log_in()
    offices.company.says["groups"] = ["heads"]
    browser = offices.browser()
    offices.log_in(browser)
    offices.front.clock.advance(seconds=6)
    assert browser.get("/me").json() == {"name": "ann@bank.example", "roles": ["approver"], "pipelines": None}


def test_two_groups_together_give_nothing_that_neither_gives(offices: Offices):
    """An approver of everything who is a viewer of cards must not become an approver of all that some group names."""
    offices.company.says["groups"] = ["heads", "risk", "cars"]
    browser = offices.browser()
    offices.log_in(browser)
    assert browser.get("/me").json()["pipelines"] == ["cards"]
    assert browser.get("/me").json()["roles"] == ["approver", "operator", "viewer"]


@pytest.mark.parametrize("groups", [[], ["staff"], None, "staff", [["risk"]], 7])
def test_somebody_without_a_group_that_counts_stays_outside(offices: Offices, groups: object):
    offices.company.says["groups"] = groups
    answer = offices.log_in()
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert offices.front.house.ledger.people() == []


LIES = {
    "a nonce of another log-in": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "another"},
    "an audience among several that is not meant": {"aud": [CLIENT, "other"], "azp": "other"},
    "several audiences and nobody named": {"aud": [CLIENT, "other"]},
    "another issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": None},
    "expired": {"exp": 1_700_000_000},
    "without end": {"exp": None},
    "from the future": {"iat": 9_000_000_000},
    "without a subject": {"sub": None},
    "of a strange form": {"exp": "soon"},
}


@pytest.mark.parametrize("lie", LIES)
def test_an_id_token_that_proves_nothing_lets_nobody_in(offices: Offices, lie: str):
    offices.company.lies = LIES[lie]
    refused(offices, offices.log_in())


def test_several_audiences_are_good_where_we_are_the_one_who_asked(offices: Offices):
    offices.company.lies = {"aud": [CLIENT, "other"], "azp": CLIENT}
    assert offices.log_in().status_code == 200


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_only_signatures_of_the_provider_count(offices: Offices, algorithm: str):
    """`none`, and the public key taken for a shared secret, are the oldest tricks."""
    offices.company.algorithm = algorithm
    refused(offices, offices.log_in())


def test_a_key_that_the_provider_does_not_tell_signs_nothing(offices: Offices):
    offices.company.told_keys = [key("key 9")]
    refused(offices, offices.log_in())


def test_a_stolen_key_id_signs_nothing(offices: Offices):
    offices.company.told_keys = [
        RSAKey.import_key(key("key 9").as_dict(private=True) | {"kid": offices.company.keys[0].kid})
    ]
    refused(offices, offices.log_in())


def test_keys_that_changed_are_fetched_but_not_without_end(offices: Offices):
    assert offices.log_in().status_code == 200
    offices.company.change_keys()
    offices.front.clock.advance(minutes=2)
    assert offices.log_in().status_code == 200
    offices.company.told_keys, offices.company.asked[:] = list(offices.company.keys), []
    offices.company.change_keys()
    for _ in range(3):
        assert offices.log_in().status_code == 401
    assert offices.company.asked.count("/keys") == 0
    offices.front.clock.advance(minutes=2)
    assert offices.log_in().status_code == 401
    assert offices.company.asked.count("/keys") == 1


def test_a_state_that_was_used_is_of_no_use(offices: Offices):
    browser = offices.browser()
    back = offices.left(browser)
    kept = browser.cookies["kingmaker-leaving"]
    assert browser.get(back).status_code == 200
    asked = len(offices.company.asked)
    again = offices.browser()
    again.cookies.set("kingmaker-leaving", kept)
    answer = again.get(back)
    assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)
    assert len(offices.company.asked) == asked, "the provider was asked again"


@pytest.mark.parametrize("kept", ["", "x", base64.urlsafe_b64encode(b"{}").decode(), "e30", "\u20ac"])
def test_a_log_in_that_this_browser_did_not_begin_is_not_finished(offices: Offices, kept: str):
    """An attacker who makes a victim come back with the attacker's code would log the victim in as the attacker."""
    back = offices.left(offices.browser())
    victim = offices.browser()
    cookie = {"Cookie": f"kingmaker-leaving={kept}".encode()} if kept else {}
    assert victim.get(back, headers=cookie).status_code == 401
    other = offices.browser()
    offices.left(other)
    assert other.get(back).status_code == 401


def test_a_code_without_its_verifier_is_nothing(offices: Offices):
    browser = offices.browser()
    back = offices.left(browser)
    next(iter(offices.company.codes.values()))["code_challenge"] = "another"
    refused(offices, browser.get(back))


@pytest.mark.parametrize("answer", ["error=access_denied", "", "code="])
def test_whoever_the_company_does_not_let_in_stays_outside(offices: Offices, answer: str):
    browser = offices.browser()
    state = dict(parse_qsl(urlsplit(offices.left(browser)).query))["state"]
    refused(offices, browser.get(f"/login/oidc/callback?state={state}&{answer}"))


@pytest.mark.parametrize(
    "says", [{"email_verified": False}, {"email_verified": None}, {"email": None}, {"email": "a\nb"}, {"email": ["a"]}]
)
def test_a_name_that_is_not_proven_is_nobodys(offices: Offices, says: dict[str, object]):
    offices.company.says |= says
    refused(offices, offices.log_in())


def test_nobody_takes_over_an_account_by_its_name(offices: Offices):
    offices.front.person("ann@bank.example", Role.ADMIN)
    answer = offices.log_in()
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert offices.front.house.ledger.person("ann@bank.example").roles == (Role.ADMIN,)


def test_whoever_was_disabled_here_stays_so(offices: Offices):
    offices.log_in()
    offices.front.office().disable_person("ann@bank.example", why="left")
    offices.company.says["groups"] = ["heads"]
    answer = offices.log_in()
    assert answer.status_code == 401
    assert "kingmaker=" not in answer.headers.get("set-cookie", "")
    assert offices.front.house.ledger.person("ann@bank.example").disabled_at is not None


def test_a_provider_of_another_issuer_is_not_believed(offices: Offices):
    offices.company.discovered = {"issuer": "https://evil.example"}
    assert offices.browser().get("/login/oidc").json()["code"] == "server_unreachable"


def test_a_provider_that_leads_off_its_line_is_not_followed(offices: Offices):
    offices.company.discovered = {"token_endpoint": "http://evil.example/token"}
    assert offices.browser().get("/login/oidc").json()["code"] == "setting_invalid"


def test_where_no_company_is_set_up_nobody_is_sent_away(front: Front):
    assert front.nobody().get("/login/oidc").status_code == 404
    assert front.nobody().get("/login/oidc/callback?code=1&state=2").status_code == 401


SETTINGS = """
issuer = "https://login.bank.example"
client = "kingmaker"
callback = "https://kingmaker.bank.example/api/v1/login/oidc/callback"

[grants.risk]
roles = ["operator"]
pipelines = ["loans"]
"""


def test_settings_are_read_from_a_file(tmp_path: Path):
    (tmp_path / "oidc.toml").write_text(SETTINGS)
    settings = read_oidc_settings(tmp_path / "oidc.toml")
    assert settings.grants == {"risk": Grant(roles=(Role.OPERATOR,), pipelines=("loans",))}
    assert settings.secret() is None
    with pytest.raises(OidcRefused, match="cannot be read"):
        replace_setting(settings, secret_file=str(tmp_path / "none")).secret()


@pytest.mark.parametrize(
    "text",
    [
        "",
        SETTINGS.replace("https://login", "http://login"),
        SETTINGS.replace("https://kingmaker", "http://kingmaker"),
        SETTINGS.replace('"operator"', '"king"'),
        SETTINGS.replace("[grants.risk]\nroles", "[grants.risk]\nrole"),
        "issuer = [",
        SETTINGS + "\nclient_secret = 'x'",
    ],
)
def test_settings_that_are_none_are_refused_in_words(tmp_path: Path, text: str):
    (tmp_path / "oidc.toml").write_text(text)
    with pytest.raises(OidcRefused):
        read_oidc_settings(tmp_path / "oidc.toml")


def refused(offices: Offices, answer: Response) -> None:
    assert (answer.status_code, answer.json()["code"]) == (401, "not_logged_in")
    assert "kingmaker=" not in answer.headers.get("set-cookie", "")
    assert offices.front.house.ledger.people() == []


def replace_setting(settings: OidcSettings, **changes: object) -> OidcSettings:
    return OidcSettings(**{name: getattr(settings, name) for name in settings.__struct_fields__} | changes)
