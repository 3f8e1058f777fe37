"""pyHanko's own validation by EN 319 102-1 (5.3), asked about the same container as we are."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from asn1crypto import cms, crl, ocsp, x509
from pyhanko.sign.validation.ades import ades_basic_validation
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer

from signing.x509.certificate import X509Certificate

if TYPE_CHECKING:
    from datetime import datetime

    from signing.validation.trust import Revocation, Trust

EITHER = RevocationCheckingRule.CRL_OR_OCSP_REQUIRED


def asked(container: bytes, text: bytes, trust: Trust, revocation: Revocation, at: datetime) -> str:
    """Give pyHanko's sub-indication, "PASSED" for none; "UNREADABLE" where it reads nothing."""
    try:
        signed_data = cms.ContentInfo.load(container, strict=True)["content"]
        digest = signed_data["signer_infos"][0]["digest_algorithm"]["algorithm"].native
        result = asyncio.run(
            ades_basic_validation(
                signed_data,
                _spec(trust, revocation),
                timing_info=ValidationTimingInfo(at, at, point_in_time_validation=True),
                raw_digest=hashlib.new(digest, text).digest(),
            )
        )
    except Exception:  # noqa: BLE001 - whatever it does to bytes that it cannot read
        return "UNREADABLE"
    found = result.ades_subindic.standard_name
    return "PASSED" if found == "OK" else found


def _spec(trust: Trust, revocation: Revocation) -> SignatureValidationSpec:
    policy = CertRevTrustPolicy(RevocationCheckingPolicy(EITHER, EITHER))
    answers = [ocsp.OCSPResponse.load(der) for der in revocation.ocsps]
    # It stumbles over two keys of different kinds under one name, so of each name one is told.
    between = {X509Certificate(der).parsed.subject.dump(): der for der in trust.intermediates[::-1]}
    return SignatureValidationSpec(
        CertValidationPolicySpec(
            SimpleTrustManager.build([x509.Certificate.load(der) for der in trust.anchors]),
            policy,
            time_tolerance=timedelta(0),
            algorithm_usage_policy=trust.allowed,
        ),
        RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
        local_knowledge=LocalKnowledge(
            known_crls=[CRLContainer(crl.CertificateList.load(der)) for der in revocation.crls],
            known_ocsps=[held for one in answers for held in OCSPContainer.load_multi(one)],
            known_certs=[x509.Certificate.load(der) for der in between.values()],
        ),
        key_usage_settings=KeyUsageConstraints({"digital_signature", "non_repudiation"}),
        signature_algorithm_policy=trust.allowed,
    )
