"""A real certificate authority: openssl's CMP responder in another process certifies our keys."""

from __future__ import annotations

import fcntl
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from signing import errors
from signing.app.words.refusals import tell
from signing.authority import cmp
from signing.authority.cmp import CmpIssuer, Endpoint
from signing.authority.cmp_message import certificates_in
from signing.authority.issuing import Issuer, proof_of, proven_key
from signing.x509.certificate import read
from tests.kit.signing import forge
from tests.kit.signing import house as kit
from tests.kit.signing.elsewhere import NOWHERE, OWN_SERIAL, House
from tests.kit.signing.house import DAY
from tests.kit.signing.responder import SECRET

if TYPE_CHECKING:
    from pathlib import Path


def test_a_proven_key_gets_the_certificate_that_the_authority_made(house: House) -> None:
    made = house.made()
    relay = house.open(made)
    issuer: Issuer = house.issuer(relay)
    assert issuer.certify(house.request, house.proof) == made
    assert relay.kinds == ["p10cr", "certConf"]
    assert house.proof[-20:] not in relay.seen[1][1]
    assert read(made).serial_number == OWN_SERIAL != house.request.serial_number


def test_the_authority_of_the_chain_is_what_is_trusted(house: House) -> None:
    issuer = CmpIssuer(Endpoint("127.0.0.1:1", "x", "y"), house.chain, house.kept)
    assert issuer.issuing.sha256 == house.authority.issuing.sha256
    assert issuer.trust.anchors == (house.authority.root.der,)
    assert issuer.trust.intermediates == (house.authority.issuing.der,)


def test_what_is_kept_for_a_repetition_is_private_and_gone_when_settled(house: House) -> None:
    made = house.made()
    issuer = house.issuer(house.open(made))
    issuer.certify(house.request, house.proof)
    (folder,) = (path for path in house.kept.iterdir() if path.is_dir())
    assert folder.stat().st_mode & 0o777 == 0o700
    assert house.kept.stat().st_mode & 0o777 == 0o700
    assert made in certificates_in((folder / "answer-01.der").read_bytes())
    public = proven_key(house.proof)
    issuer.settle(public)
    assert list(house.kept.iterdir()) == []
    issuer.settle(public)


def test_the_secret_stands_in_the_environment_and_on_no_command_line(
    house: House, tmp_path: Path
) -> None:
    program = tmp_path / "program"
    program.write_text(
        f'#!/bin/sh\necho "$@" > {tmp_path}/said\nenv > {tmp_path}/env\nexec openssl "$@"\n'
    )
    program.chmod(0o700)
    relay = house.open(house.made())
    house.issuer(relay, program=str(program)).certify(house.request, house.proof)
    assert SECRET not in (tmp_path / "said").read_text()
    assert "-secret env:CMP_SECRET" in (tmp_path / "said").read_text()
    names = {line.partition("=")[0] for line in (tmp_path / "env").read_text().splitlines()}
    assert names - {"PWD", "OLDPWD", "SHLVL", "_"} == {"PATH", "CMP_SECRET"}
    assert SECRET not in repr(relay.endpoint())
    assert all(SECRET.encode() not in body for _, body in relay.seen)


def test_an_authority_that_lets_us_wait_is_polled(house: House) -> None:
    made = house.made()
    relay = house.open(made, "-poll_count", "2", "-check_after", "0")
    issuer = house.issuer(relay)
    assert issuer.certify(house.request, house.proof) == made
    # Newer responders of openssl let the confirmation wait as well.
    assert relay.kinds[:4] == ["p10cr", "pollReq", "pollReq", "certConf"]
    assert set(relay.kinds[4:]) <= {"pollReq"}
    (folder,) = (path for path in house.kept.iterdir() if path.is_dir())
    assert made in certificates_in((folder / "answer-03.der").read_bytes())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ("-failure", "19", "-statusstring", "kota 12345678901 doldu"),
            "badCertTemplate, kota … doldu",
        ),
        (("-failure", "9"), "badPOP"),
        (("-failurebits", str(1 << 9 | 1 << 2)), "badPOP, badRequest"),
    ],
)
def test_a_request_that_the_authority_refuses_is_refused_with_its_words(
    house: House, options: tuple[str, ...], said: str
) -> None:
    relay = house.open(house.made(), "-pkistatus", "2", *options)
    error = house.refused(relay, errors.IssuerRefused)
    assert tell(error).text == f"Sertifika makamı isteği reddetti: {said}"
    assert [path for path in house.kept.iterdir() if path.is_dir()] == []


@pytest.mark.parametrize(
    "options",
    [
        ("-pkistatus", "2", "-failure", "24"),  # systemUnavail
        ("-pkistatus", "2", "-failure", "6"),  # wrongAuthority
        ("-pkistatus", "2"),
        ("-pkistatus", "2", "-failure", "25", "-send_error"),
        ("-send_unprotected",),
    ],
)
def test_any_other_answer_decides_nothing(house: House, options: tuple[str, ...]) -> None:
    error = house.refused(house.open(house.made(), *options), errors.IssuerAway)
    assert error.again
    assert str(error.params["where"]).startswith("http://127.0.0.1:")


def test_a_wrong_secret_decides_nothing(house: House) -> None:
    error = house.refused(house.open(house.made(), secret="baska"), errors.IssuerAway)
    assert error.params["reason"] == "wrong pbm value"
    assert "baska" not in str(error)


def test_an_authority_that_is_not_there_decides_nothing(house: House) -> None:
    house.refused(NOWHERE, errors.IssuerAway)


def test_an_authority_that_never_answers_is_given_up_in_time(house: House) -> None:
    end = threading.Event()
    relay = house.open(house.made())

    def silent(_kind: str) -> None:
        end.wait()
        raise ConnectionAbortedError

    relay.before = silent
    with pytest.raises(errors.IssuerAway):
        house.issuer(relay, seconds=1).certify(house.request, house.proof)
    end.set()


def test_a_program_that_never_ends_is_ended(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nexec tail -f /dev/null\n")
    program.chmod(0o700)
    monkeypatch.setattr(cmp, "SPARE", 0.1)
    endpoint = Endpoint("127.0.0.1:1", "x", "y", seconds=0, program=str(program))
    with pytest.raises(errors.IssuerAway) as caught:
        CmpIssuer(endpoint, house.chain, house.kept).certify(house.request, house.proof)
    assert caught.value.params["reason"] == "time_out"


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (None, "program_failed"),
        ("#!/bin/sh\nexit 3\n", "answer_unreadable"),
        ("#!/bin/sh\necho 'CMP error: no 12345678901' >&2\nexit 1\n", "no …"),
    ],
)
def test_a_program_that_does_not_do_its_work_decides_nothing(
    house: House, tmp_path: Path, script: str | None, reason: str
) -> None:
    program = tmp_path / "program"
    if script is not None:
        program.write_text(script)
        program.chmod(0o700)
    endpoint = Endpoint("127.0.0.1:1", "x", "y", program=str(program))
    with pytest.raises(errors.IssuerAway) as caught:
        CmpIssuer(endpoint, house.chain, house.kept).certify(house.request, house.proof)
    assert str(caught.value.params["reason"]).endswith(reason)


def test_a_certificate_for_another_key_is_not_accepted_and_given_up(house: House) -> None:
    relay = house.open(house.made(forge.ec_key()))
    error = house.refused(relay, errors.CertificateMismatch)
    assert error.params == {"fields": "public_key"}
    assert relay.kinds == ["p10cr", "certConf", "rr"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"subject": kit.PERSON}, "subject, tckn"),
        ({"qualified": False}, "qualified"),
        ({"not_after": forge.person_request().not_after + 2 * DAY}, "not_after"),
    ],
)
def test_a_certificate_that_is_not_as_asked_is_refused_and_revoked(
    house: House, changes: dict[str, Any], field: str
) -> None:
    relay = house.open(house.made(**changes))
    error = house.refused(relay, errors.CertificateMismatch)
    assert error.params == {"fields": field}
    assert relay.kinds == ["p10cr", "certConf", "rr"]
    assert OWN_SERIAL.to_bytes(10, "big") in relay.seen[2][1]
    assert [path for path in house.kept.iterdir() if path.is_dir()] == []


def test_a_certificate_that_another_authority_signed_is_refused(house: House) -> None:
    other = forge.certificate(
        house.key, forge.ec_key(), house.request, house.authority.issuing.parsed.subject
    )
    error = house.refused(house.open(other), errors.CertificateMismatch)
    assert error.params == {"fields": "issuer"}


@pytest.mark.parametrize("later", [0, 1])
def test_the_authority_may_choose_its_own_time_within_bounds(house: House, later: int) -> None:
    first, last = house.request.not_before, house.request.not_after
    made = house.made(not_before=first + DAY, not_after=last + later * DAY)
    assert house.issuer(house.open(made)).certify(house.request, house.proof) == made


def test_a_request_that_no_certificate_may_be_made_of_is_never_sent(house: House) -> None:
    relay = house.open(house.made())
    wrong = replace(house.request, subject=replace(house.request.subject, tckn="1"))
    with pytest.raises(errors.RequestInvalid):
        house.issuer(relay).certify(wrong, house.proof)
    with pytest.raises(errors.RequestInvalid):
        house.issuer(relay).certify(house.request, b"yok")
    assert relay.seen == []


def test_a_proof_that_another_key_signed_proves_nothing(house: House) -> None:
    other = forge.public_info(forge.ec_key())
    name = house.request.subject.name()
    borrowed = proof_of(name, other, lambda data: forge.raw_sign(house.key, data, "sha256"))
    with pytest.raises(errors.RequestInvalid) as caught:
        house.authority.certify(house.request, borrowed)
    assert caught.value.params["reason"] == "proof_differs"
    made = house.authority.certify(house.request, house.proof)
    assert read(made).parsed.public_key.dump() == forge.public_info(house.key).dump()


def test_a_folder_that_can_not_be_written_is_said(house: House) -> None:
    house.kept.write_text("no folder")
    with pytest.raises(errors.StoreFull):
        house.issuer(NOWHERE).certify(house.request, house.proof)


def test_two_processes_never_ask_for_the_same_key_at_once(house: House) -> None:
    relay = house.open(house.made())
    issuer = house.issuer(relay)

    def second(kind: str) -> None:
        if kind == "p10cr":
            with pytest.raises(errors.IssuerAway) as caught:
                house.issuer(relay).certify(house.request, house.proof)
            assert caught.value.params["reason"] == "request_running"

    relay.before = second
    issuer.certify(house.request, house.proof)
    assert relay.kinds == ["p10cr", "certConf"]


CHILD = """
import sys
sys.path.insert(0, ".")
from pathlib import Path
from signing.authority.cmp import CmpIssuer, Endpoint
from tests.kit.signing import forge
server, reference, secret, folder, chain, proof = sys.argv[1:]
ders = tuple(bytes.fromhex(der) for der in chain.split(","))
issuer = CmpIssuer(Endpoint(server, reference, secret), ders, Path(folder))
issuer.certify(forge.person_request(), bytes.fromhex(proof))
"""


@pytest.mark.parametrize("moment", ["p10cr", "certConf"])
def test_a_kill_in_the_middle_of_a_transaction_ends_in_one_certificate(
    house: House, moment: str
) -> None:
    first = house.made()
    relay = house.open(first)
    endpoint, proof = relay.endpoint(), house.proof
    arguments = [endpoint.server, endpoint.reference, endpoint.secret, str(house.kept)]
    arguments += [",".join(der.hex() for der in house.chain), proof.hex()]
    child = subprocess.Popen([sys.executable, "-W", "error", "-c", CHILD, *arguments])

    def kill(kind: str) -> None:
        if kind == moment:
            child.kill()
            child.wait()

    relay.before = kill
    assert child.wait() == -signal.SIGKILL
    (lock,) = house.kept.glob("*.lock")
    with lock.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # the program outlives its caller, and then ends
    assert relay.kinds == ["p10cr", "certConf"]

    second = replace(house.request, serial_number=OWN_SERIAL + 1)
    made = house.authority.issue(second, forge.public_info(house.key))
    later = house.open(made)
    later.routes["rr"] = relay.port
    assert house.issuer(later).certify(house.request, proof) == made
    assert later.kinds == ["rr", "p10cr", "certConf"]
    assert OWN_SERIAL.to_bytes(10, "big") in later.seen[0][1]


def test_an_orphan_that_can_not_be_revoked_yet_lets_nothing_new_be_asked(house: House) -> None:
    relay = house.open(house.made())
    house.issuer(relay).certify(house.request, house.proof)
    house.refused(NOWHERE, errors.IssuerAway)
    assert sorted(path.name for path in house.kept.glob("*/answer-*.der")) == [
        "answer-01.der", "answer-02.der",
    ]  # fmt: skip
    assert house.issuer(relay).certify(house.request, house.proof)
    assert relay.kinds == ["p10cr", "certConf", "rr", "p10cr", "certConf"]
