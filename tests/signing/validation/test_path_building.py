"""However much a stranger brings along, only what our anchors vouch for is worked on."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise, permutations
from typing import TYPE_CHECKING, Any

import pytest
from asn1crypto import x509

from signing.cms import levels
from signing.cms.levels import Level, ValidationData
from signing.cms.signed_data import SIGNATURE_STAMP, take_apart
from signing.validation import chain, path_building
from signing.validation import validate as validation
from signing.validation.trust import Revocation, Trust
from signing.verdict import Stopped, SubIndication
from signing.x509 import builder, tlv
from signing.x509.certificate import X509Certificate
from signing.x509.signature_checks import FAILURES, Checks
from signing.x509.validation_time import Moment
from tests.kit.signing import crowd, forge
from tests.kit.signing import house as kit
from tests.kit.signing.answers import PASSED, TEXT, answer, unsure
from tests.kit.signing.crowd import Own, named
from tests.kit.signing.house import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from signing.authority.demo import Authority
    from signing.validation.validate import Validation

NOBODY = unsure(SubIndication.NO_CERTIFICATE_CHAIN_FOUND)
LATER = unsure(SubIndication.TRY_LATER)
MUCH_SLOWER = 0.3
"""Seconds of CPU that the worst container may cost more than a plain one."""


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[Checks]:
    """Give what each judgement has verified: for the signature, then for its time-stamps."""
    made: list[Checks] = []

    class Noted(Checks):
        def __init__(self, *given: Any, **more: Any) -> None:  # noqa: ANN401 - those of Checks
            super().__init__(*given, **more)
            made.append(self)

        def afresh(self) -> Checks:
            return Noted(self.limit, _known=self._known)

    monkeypatch.setattr(validation, "Checks", Noted)
    return made


def leaf_of(own: Own, issuer: x509.Name | None = None) -> forge.Forger:
    """Give a person whose certificate an authority in memory gave."""
    key = forge.ec_key()
    request = forge.person_request()
    return forge.Forger(key, forge.certificate(key, own.key, request, issuer or own.name))


# certificates that lead nowhere


@pytest.mark.parametrize("count", [1, 6, 9])
def test_a_ring_of_authorities_that_lead_nowhere_is_not_walked(
    count: int, judge: Callable[..., Validation], work: list[Checks]
) -> None:
    last, ring = crowd.ring(count)
    verdict = judge(leaf_of(last).bent(others=tuple(ring)).sign(TEXT))
    assert answer(verdict) == NOBODY
    # None of them names an authority of ours as its issuer, so none is worth a look: what is
    # verified is our own issuing authority.
    assert (work[0].made, work[0].failed) == (1, 0)


def test_authorities_that_name_our_root_as_their_issuer_are_looked_at_once(
    authority: Authority, judge: Callable[..., Validation], work: list[Checks]
) -> None:
    issuing, root = authority.issuing.parsed.subject, authority.root.parsed.subject
    false = [Own(issuing) for _ in range(8)]
    ours = tuple(Own(root).certify(one) for one in false)
    verdict = judge(leaf_of(false[0]).bent(others=ours).sign(TEXT))
    assert answer(verdict) == NOBODY
    # Eight under the root's name, and the person's under the true issuing authority's.
    assert (work[0].failed, work[0].made) == (9, 10)


def test_a_ring_inside_a_time_stamp_is_not_walked_either(
    authority: Authority,
    signer: kit.Signer,
    judge: Callable[..., Validation],
    work: list[Checks],
) -> None:
    basic = signer.sign(TEXT)
    token = stamp(authority, basic)
    assert judge(levels.with_time_stamp(basic, token)).level is Level.B_T
    _, ring = crowd.ring(8)
    crowded = levels.with_evidence(token, ValidationData(certificates=tuple(ring)))
    assert judge(levels.with_time_stamp(basic, crowded)).level is Level.B_T
    # Two judgements, each for the signature and for its time-stamps.
    assert work[0].made == work[2].made
    assert work[1].made == work[3].made
    assert (work[2].failed, work[3].failed) == (0, 0)


def test_what_crowds_time_stamps_takes_nothing_from_the_signature(
    authority: Authority,
    signer: kit.Signer,
    judge: Callable[..., Validation],
    work: list[Checks],
) -> None:
    basic = signer.sign(TEXT)
    root, unsigned = authority.root.parsed.subject, []
    for _ in range(5):
        false = tuple(Own(root).certify(Own(named("TEST yabancı"))) for _ in range(8))
        token = levels.with_evidence(stamp(authority, basic), ValidationData(false))
        unsigned.append((SIGNATURE_STAMP, token))
    parts = take_apart(basic)
    crowded = replace(parts, unsigned=tuple(unsigned)).dump()
    assert answer(judge(crowded)) == PASSED
    of_signature, of_stamps = work
    assert (of_signature.failed, of_stamps.failed) == (0, FAILURES)


def stamp(authority: Authority, container: bytes) -> bytes:
    from pyhanko.sign.timestamps import TimeStamper  # noqa: PLC0415 - here only

    digest = levels.signature_imprint(container)
    _, request = TimeStamper().request_cms(digest, "sha256")  # type: ignore[no-untyped-call]
    response = authority.timestamp_response(request.dump(), NOW, 7)
    return tlv.inside(response, tlv.SEQUENCE)[1]


# lists and answers that nobody signed


@pytest.mark.parametrize("known", [True, False])
def test_false_lists_of_our_issuers_name_cost_one_look_each_and_no_more_than_so_many(
    known: bool,  # noqa: FBT001 - a parameter
    authority: Authority,
    signer: kit.Signer,
    lists: Revocation,
    judge: Callable[..., Validation],
    work: list[Checks],
) -> None:
    own = Own(authority.issuing.parsed.subject)
    false = tuple(own.list(number) for number in range(FAILURES + 8))
    container = levels.with_evidence(signer.sign(TEXT), ValidationData(crls=false))
    at_hand = lists if known else Revocation(lists.crls[1:])
    verdict = judge(container, revocation=at_hand)
    assert answer(verdict) == (PASSED if known else LATER)
    assert work[0].failed == FAILURES
    assert work[0].made <= FAILURES + 10


def test_false_authorities_with_false_lists_are_no_more_work(
    authority: Authority,
    signer: kit.Signer,
    judge: Callable[..., Validation],
    work: list[Checks],
) -> None:
    issuing = authority.issuing.parsed.subject
    owns = [Own(issuing) for _ in range(8)]
    ring = zip(owns, owns[1:] + owns[:1], strict=True)
    certificates = tuple(above.certify(below) for below, above in ring)
    crls = tuple(owns[number % 8].list(number) for number in range(20))
    container = levels.with_evidence(signer.sign(TEXT), ValidationData(certificates, crls))
    assert answer(judge(container)) == PASSED
    # Each certificate and each list once, against the one true authority of that name.
    assert work[0].failed == len(certificates) + len(crls)


def test_answers_of_strangers_are_no_more_work(
    authority: Authority,
    signer: kit.Signer,
    judge: Callable[..., Validation],
    work: list[Checks],
) -> None:
    about = (signer.produced.certificate, authority.issuing)
    responders = [Own(named(f"TEST {number}")) for number in range(6)]
    false = Own(authority.issuing.parsed.subject)
    usage = builder.extension("extended_key_usage", ["ocsp_signing"])
    answers = tuple(
        one.answer(about, false.certify(one, ca=False, more=(usage,))) for one in responders
    )
    container = levels.with_evidence(signer.sign(TEXT), ValidationData(ocsps=answers))
    assert answer(judge(container)) == PASSED
    assert work[0].failed == len(responders)


def test_the_worst_containers_cost_little_more_than_a_plain_one(
    authority: Authority, signer: kit.Signer, judge: Callable[..., Validation]
) -> None:
    plain = signer.sign(TEXT)
    root, issuing = authority.root.parsed.subject, authority.issuing.parsed.subject
    false = [Own(issuing) for _ in range(8)]
    crowded = ValidationData(
        tuple(Own(root).certify(one) for one in false),
        tuple(false[number % 8].list(number) for number in range(200)),
    )
    worst = levels.with_evidence(plain, crowded)
    assert len(worst) > 48 * 1024
    assert answer(judge(worst)) == answer(judge(plain)) == PASSED
    assert cpu(lambda: judge(worst)) < cpu(lambda: judge(plain)) + MUCH_SLOWER


def cpu(run: Callable[[], object]) -> float:
    """Give the least seconds of CPU of some runs."""
    took = []
    for _ in range(3):
        start = time.process_time()
        run()
        took.append(time.process_time() - start)
    return min(took)


# what is found


def found(
    leaf: bytes, pool: tuple[bytes, ...], *anchors: bytes
) -> path_building.CertificationPaths:
    return path_building.build_paths(X509Certificate(leaf), pool, anchors, Checks())


def self_signed(own: Own) -> bytes:
    return own.certify(own)


def test_a_path_is_no_longer_than_six_certificates() -> None:
    owns = [Own(named(f"TEST {number}")) for number in range(7)]
    root = self_signed(owns[0])
    below = [above.certify(one) for above, one in pairwise(owns)]
    for length, there in ((6, True), (7, False)):
        leaf = below[length - 2]
        (*paths,) = found(leaf, tuple(below), root).paths(X509Certificate(leaf))
        assert [len(path) for path in paths] == ([length] if there else [])


def test_authorities_that_all_certify_each_other_give_a_few_paths_and_the_shortest_first() -> None:
    owns = [Own(named(f"TEST {number}")) for number in range(6)]
    root = self_signed(owns[0])
    pool = tuple(above.certify(below) for above, below in permutations(owns, 2))
    person = Own(named("TEST kişi"))
    leaf = owns[-1].certify(person, ca=False)
    seen = found(leaf, pool, root)
    paths = seen.paths(X509Certificate(leaf))
    assert len(paths[0]) == 3
    assert [len(path) for path in paths] == sorted(len(path) for path in paths)
    # Each certificate is tried under each authority of its issuer's name, once.
    assert seen.checks.failed == 0
    assert seen.checks.made <= len(pool) * len(owns)


def test_of_very_many_paths_only_so_many_are_tried() -> None:
    root, between = Own(named("TEST Kök")), Own(named("TEST ara"))
    links = tuple(root.certify(between) for _ in range(path_building.PATHS + 1))
    leaf = between.certify(Own(named("TEST kişi")), ca=False)
    paths = found(leaf, links, self_signed(root)).paths(X509Certificate(leaf))
    assert len(paths) == path_building.PATHS


def test_a_mesh_in_which_no_way_ends_is_left_after_so_many_steps() -> None:
    owns = [Own(named(f"TEST {number}")) for number in range(6)]
    leaf = X509Certificate(owns[0].certify(Own(named("TEST kişi")), ca=False))
    faces = [X509Certificate(self_signed(one)) for one in owns]
    links = Walked({one.der: faces for one in (leaf, *faces)})
    assert path_building.CertificationPaths((), Checks(), faces, links).paths(leaf) == []
    assert links.walked <= path_building.STEPS


class Walked(dict[bytes, list[X509Certificate]]):
    """Counts how often the way up is asked for."""

    walked = 0

    def get(self, key: bytes, default: object = None) -> list[X509Certificate]:
        """Count and give."""
        self.walked += 1
        return super().get(key, default)  # type: ignore[arg-type]


def test_an_anchor_is_its_own_path() -> None:
    root = self_signed(Own(named("TEST Kök")))
    assert found(root, (), root).paths(X509Certificate(root)) == [[X509Certificate(root)]]


@pytest.mark.parametrize(
    ("ca", "usage", "may"),
    [
        (True, crowd.CA, True),
        (True, frozenset({"crl_sign"}), False),
        (False, crowd.CA, False),
    ],
)
def test_only_what_may_issue_is_a_link(
    ca: bool,  # noqa: FBT001 - a parameter
    usage: frozenset[str],
    may: bool,  # noqa: FBT001 - the same
) -> None:
    root, between, person = (Own(named(f"TEST {number}")) for number in range(3))
    link = root.certify(between, ca=ca, usage=usage)
    leaf = between.certify(person, ca=False)
    paths = found(leaf, (link,), self_signed(root)).paths(X509Certificate(leaf))
    assert [len(path) for path in paths] == ([3] if may else [])


def test_a_path_that_holds_is_wanted_before_anything_is_asked_about_revocation() -> None:
    root, between, person = (Own(named(f"TEST {number}")) for number in range(3))
    short = builder.extension("basic_constraints", {"ca": True, "path_len_constraint": 0})
    top = root.certify(Own(named("TEST üst"), between.key), ca=False, more=(short,))
    link = Own(named("TEST üst"), between.key).certify(between)
    leaf = X509Certificate(between.certify(person, ca=False))
    trust = Trust((self_signed(root),))
    for pool, sub in (
        ((link, top), SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE),
        ((link,), SubIndication.NO_CERTIFICATE_CHAIN_FOUND),
    ):
        with pytest.raises(Stopped) as stopped:
            chain.check_chain(leaf, pool, trust, Revocation(), Moment(NOW))
        assert stopped.value.sub is sub


def test_a_way_that_does_not_end_is_left_at_six_certificates() -> None:
    faces = [X509Certificate(self_signed(Own(named(f"TEST {number}")))) for number in range(8)]
    links = Walked({below.der: [above] for below, above in pairwise(faces)})
    assert path_building.CertificationPaths((), Checks(), faces, links).paths(faces[0]) == []
    assert links.walked == path_building.LONGEST - 1


def undated(own: Own, der: bytes) -> bytes:
    """Give a certificate whose first day is none, well signed."""
    body, algorithm, _ = tlv.inside(der, tlv.SEQUENCE)
    since = x509.Certificate.load(der)["tbs_certificate"]["validity"]["not_before"].dump()
    spoilt = body.replace(since, since[:2] + b"9" * (len(since) - 3) + b"Z")
    assert spoilt != body
    return tlv.wrap(tlv.SEQUENCE, [spoilt, algorithm, tlv.wrap(3, [b"\0", own.sign(spoilt)])])


def test_what_is_signed_but_can_not_be_read_is_passed_over() -> None:
    root, between, person = (Own(named(f"TEST {number}")) for number in range(3))
    link = undated(root, root.certify(between))
    leaf = between.certify(person, ca=False)
    seen = found(leaf, (link,), self_signed(root))
    assert seen.checks.made == 1
    assert seen.paths(X509Certificate(leaf)) == []


def test_bytes_that_are_nothing_signed_are_passed_over() -> None:
    root, person = Own(named("TEST Kök")), Own(named("TEST kişi"))
    leaf = root.certify(person, ca=False)
    unnamed = tlv.wrap(0x30, [b"\x30\x02\x05\x00", *tlv.inside(leaf, tlv.SEQUENCE)[1:]])
    junk = (b"", b"\x30\x00", b"junk", unnamed, tlv.wrap(0x30, [b"\x30\x00"] * 3), leaf[:-1])
    seen = found(leaf, junk, self_signed(root))
    assert [one.der for one in seen.all] == [self_signed_of(seen), leaf]


def self_signed_of(seen: path_building.CertificationPaths) -> bytes:
    (anchor,) = seen.anchors
    return anchor


def test_a_name_that_can_not_be_read_is_nobodys() -> None:
    assert path_building.named(b"\x30\x03\x31\x01\x00") == ""
    assert path_building.named(b"junk") == ""


# the budget


def test_each_signature_is_verified_once_and_failures_come_to_an_end() -> None:
    own = Own(named("TEST"))
    checks = Checks(limit=2)
    algorithm = x509.Certificate.load(self_signed(own))["signature_algorithm"]
    good = own.sign(b"text")
    for signature, text in ((good, b"text"), (good, b"other"), (good, b"other"), (good, b"third")):
        assert checks.fits(signature, text, own.public, algorithm) is (text == b"text")
    assert (checks.made, checks.failed) == (3, 2)
    # From now on nothing new is verified; what was verified stays so.
    assert not checks.fits(own.sign(b"new"), b"new", own.public, algorithm)
    assert checks.fits(good, b"text", own.public, algorithm)
    assert replace(checks).made == 3
