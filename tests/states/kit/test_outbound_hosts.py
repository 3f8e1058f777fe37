"""Tests of what the settings let the site reach: which hosts, and what without TLS."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from states.kit.outbound_hosts import PLAIN, hosts_to_ask, places_here
from states.kit.settings import load_settings
from tests.kit.states.given import OIDC, SECRETS, refusal


@pytest.fixture
def anchors(tmp_path: Path) -> Path:
    """Give a PEM file of anchors: the one `requests` brings along will do."""
    return Path(shutil.copy(DEFAULT_CA_BUNDLE_PATH, tmp_path / "vekil.pem"))


@pytest.mark.parametrize(
    "address",
    [
        "db.example/nes", "10.0.0.7/nes", "db.example/nes?sslmode=require", "/nes?host=db.example",
        "localhost/nes?hostaddr=10.0.0.7", "/nes?host=/run/postgresql,db.example",
        "/nes?host=/run/postgresql&host=db.example", "db.example/nes?sslmode=prefer",
    ],
)  # fmt: skip
def test_a_database_of_another_machine_is_asked_over_checked_tls_or_by_permission(
    address: str,
) -> None:
    url = f"postgresql://u:parola@{address}"
    error = refusal({**SECRETS, "NES_DATABASE_URL": url, "NES_PLAIN": "status authority scanner"})
    assert error.params == {"setting": "NES_DATABASE_URL"}
    assert "sslmode=verify-full" in str(error)
    assert "NES_PLAIN=database" in str(error)
    assert "parola" not in str(error)
    allowed = {**SECRETS, "NES_DATABASE_URL": url, "NES_PLAIN": "database"}
    assert load_settings(allowed).database_url is not None


@pytest.mark.parametrize(
    "address",
    [
        "db.example/nes?sslmode=verify-full&sslrootcert=/etc/db.pem",
        "10.0.0.7/nes?sslmode=verify-ca",
        "localhost/nes", "127.0.0.2/nes", "[::1]/nes", "/nes", "/nes?host=/run/postgresql",
        "/nes?host=@abstract",
    ],
)  # fmt: skip
def test_a_database_over_checked_tls_or_on_this_machine_is_taken(address: str) -> None:
    url = load_settings({**SECRETS, "NES_DATABASE_URL": f"postgresql://u@{address}"}).database_url
    assert url is not None
    assert url.database == "nes"


CLEAR = [
    ("NES_TSA_URL", "http://zaman.example/tsa", "status", "https address, set NES_PROXY"),
    ("NES_TSA_URL", "http://10.0.0.7:8080", "status", "https address, set NES_PROXY"),
    ("NES_CLAMD", "tarayici.example:3310", "scanner", "unix socket"),
    ("NES_CLAMD", "[fd00::7]:3310", "scanner", "unix socket"),
]


@pytest.mark.parametrize(("key", "address", "word", "instead"), CLEAR)
def test_what_leads_to_another_machine_without_tls_is_refused_unless_it_is_allowed(
    demo: dict[str, str], key: str, address: str, word: str, instead: str
) -> None:
    others = " ".join(other for other in PLAIN if other != word)
    for mode in (SECRETS, demo):
        error = refusal({**mode, key: address, "NES_PLAIN": others})
        assert error.params == {"setting": key}
        assert str(error).startswith(f"{key} is not usable: it leads to another machine without")
        assert instead in str(error)
        assert str(error).endswith(f"NES_PLAIN={word}.")
        assert load_settings({**mode, key: address, "NES_PLAIN": word}).plain == (word,)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "[::1]", "localhost", "LOCALHOST"])
def test_what_stays_on_this_machine_needs_no_tls(cmp: dict[str, str], host: str) -> None:
    del cmp["NES_PLAIN"]
    cmp["NES_CMP_SERVER"] = f"http://{host}:9/cmp"
    here = {"NES_TSA_URL": f"http://{host}:9/tsa", "NES_CLAMD": f"{host}:3310"}
    assert load_settings({**SECRETS, **cmp, **here}).plain == ()
    assert load_settings({**SECRETS, "NES_CLAMD": "/run/clamd"}).clamd == "/run/clamd"


def test_where_the_site_itself_listens_is_this_machine() -> None:
    here = {"NES_TSA_URL": "http://10.0.0.5:8000/tsa", "NES_CLAMD": "10.0.0.5:3310"}
    assert load_settings({**SECRETS, **here, "NES_HOST": "10.0.0.5"}).plain == ()
    assert refusal({**SECRETS, **here, "NES_HOST": "10.0.0.6"}).params["setting"] == "NES_TSA_URL"


def test_an_authority_over_http_is_asked_by_permission_only(cmp: dict[str, str]) -> None:
    cmp["NES_PLAIN"] = "status scanner database"
    error = refusal({**SECRETS, **cmp})
    assert error.params == {"setting": "NES_CMP_SERVER"}
    assert "https address with NES_CMP_TLS_TRUSTED" in str(error)
    assert str(error).endswith("NES_PLAIN=authority.")
    proxied = {**cmp, "NES_PROXY": "https://vekil.example:3128"}  # openssl cmp does not use it
    assert refusal({**SECRETS, **proxied}).params == {"setting": "NES_CMP_SERVER"}


def test_the_sites_own_list_is_asked_over_tls_too(cmp: dict[str, str]) -> None:
    public = {"NES_PUBLIC_URL": "http://nes.example", "NES_TSA_URL": "https://zaman.example"}
    error = refusal({**SECRETS, **public})
    assert error.params == {"setting": "NES_PUBLIC_URL"}
    assert str(error).endswith("NES_PLAIN=status.")
    assert load_settings({**SECRETS, **public, "NES_PLAIN": "status"}).public_url
    assert load_settings({**SECRETS, **public, "NES_PUBLIC_URL": "https://nes.example"}).public_url
    assert load_settings({**SECRETS, **public, **cmp}).public_url  # who keeps its own list
    assert load_settings({**SECRETS, **public, "NES_DEMO": "1"}).public_url  # asked at home


def test_a_proxy_over_tls_allows_time_stamps_over_http(anchors: Path) -> None:
    stamps = {**SECRETS, "NES_TSA_URL": "http://zaman.example/tsa"}
    proxied = {**stamps, "NES_PROXY": "https://vekil.example:3128"}
    settings = load_settings({**proxied, "NES_PROXY_TRUSTED": str(anchors)})
    assert (settings.proxy, settings.proxy_trusted) == ("https://vekil.example:3128", anchors)
    assert load_settings(proxied).proxy_trusted is None
    error = refusal({**stamps, "NES_PROXY": "http://127.0.0.1:3128"})
    assert error.params == {"setting": "NES_TSA_URL"}


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_a_proxy_of_this_machine_may_be_spoken_to_over_http(host: str) -> None:
    assert load_settings({**SECRETS, "NES_PROXY": f"http://{host}:65535"}).proxy


def test_anchors_are_for_a_proxy_over_tls_only(anchors: Path) -> None:
    trusted = {**SECRETS, "NES_PROXY_TRUSTED": str(anchors)}
    for given in (trusted, {**trusted, "NES_PROXY": "http://127.0.0.1:3128"}):
        error = refusal(given)
        assert error.params == {"setting": "NES_PROXY_TRUSTED"}
        assert "https address in NES_PROXY" in str(error)
    anchors.write_text("no certificate")
    assert "no certificates in PEM" in str(refusal({**trusted, "NES_PROXY": "https://v.tr:1"}))


def test_outside_the_demo_only_hosts_of_the_settings_may_be_asked(demo: dict[str, str]) -> None:
    assert hosts_to_ask(load_settings(SECRETS)) == frozenset()
    every = {
        **SECRETS, **OIDC,
        "NES_TSA_URL": "https://ZAMAN.example:8080/tsa",
        "NES_PUBLIC_URL": "https://nes.example",
        "NES_OUTBOUND": "liste.example  OCSP.example [FD00::7]",
    }  # fmt: skip
    assert hosts_to_ask(load_settings(every)) == frozenset(
        {"kimlik.example", "zaman.example", "nes.example", "liste.example",
         "ocsp.example", "fd00::7"}
    )  # fmt: skip
    assert hosts_to_ask(load_settings(demo)) is None
    asked = hosts_to_ask(load_settings({**demo, "NES_OUTBOUND": "a.example"}))
    assert asked == frozenset({"a.example"})


def test_of_this_machine_only_what_a_setting_names_with_its_port_may_be_asked(
    demo: dict[str, str],
) -> None:
    assert places_here(load_settings(SECRETS)) == frozenset({"127.0.0.1:8000"})
    every = {
        **demo, "NES_HOST": "[::1]", "NES_PORT": "8123", "NES_TSA_URL": "http://localhost/tsa",
        "NES_PUBLIC_URL": "https://nes.example", "NES_OUTBOUND": "a.example 127.0.0.1:9000",
    }  # fmt: skip
    assert places_here(load_settings(every)) == frozenset(
        {"::1:8123", "localhost:80", "nes.example:443", "127.0.0.1:9000"}
    )
    assert hosts_to_ask(load_settings(every)) == frozenset(
        {"a.example", "127.0.0.1", "localhost", "nes.example"}
    )
