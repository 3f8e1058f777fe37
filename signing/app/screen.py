"""What nes-imza prints: who asks, for what, the whole text, and the card that would sign it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signing.app.clock import moment
from signing.app.words import Words
from signing.tokens.translate import PIN_LENGTH

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from signing.app.protocol import Accepted, Claim
    from signing.tokens.present import TokenInfo
    from signing.x509.certificate import X509Certificate

PIN, NEW_PIN, REPEAT = "PIN: ", "Yeni PIN: ", "Yeni PIN (yeniden): "
"""What is asked at the keyboard."""

RULE = "─" * 60


def request(claim: Claim, words: str, url: str) -> Iterator[str]:
    """Print who asks whom for what, and the document's words, between two lines.

    `url` is where the answer really came from; what a server says of itself proves nothing.
    """
    yield f"İsteyen: {claim.origin}"
    yield f"Bağlanılan adres: {url}"
    yield f"Amaç: {claim.purpose_title}"
    yield f"Kişi: {Words().person(claim)}"
    if claim.card:
        yield f"Kart: {claim.card}"
    yield f"Oluşturulma: {moment(claim.created_at)}"
    yield f"Kalan süre: {max(0, int(claim.left.total_seconds()))} saniye"
    yield f"İmza profili: {Words()(f'profile.{claim.profile.value}')}"
    yield f"Metnin özeti: {claim.fingerprint}"
    yield RULE
    yield from words.splitlines()
    yield RULE


def saved(path: Path, words: str) -> str:
    """Say where the document lies that cannot be shown here, with the words that came with it."""
    lines = ["Belge bir PDF dosyasıdır; PIN girmeden önce açıp okuyun:", str(path)]
    return "\n".join([*lines, "", words] if words else lines)


def card(certificate: X509Certificate, token: TokenInfo) -> Iterator[str]:
    """Print whose certificate it is, how long it is valid, and what is left of the tries."""
    yield from _certificate(certificate)
    yield tries(token)


def card_to_set(certificate: X509Certificate, token: TokenInfo) -> Iterator[str]:
    """Print which card was found, and what a new PIN has to be like."""
    yield from _certificate(certificate)
    low, high = PIN_LENGTH
    yield f"Okuyucudaki kart: {token.label}"
    yield f"Kartın yeni PIN'ini belirleyin: {low}–{high} hane. Eski PIN sorulmaz."


def _certificate(certificate: X509Certificate) -> Iterator[str]:
    yield f"Sertifika sahibi: {certificate.holder}"
    yield f"Veren: {certificate.issuer}"
    first, last = moment(certificate.not_before), moment(certificate.not_after)
    yield f"Geçerlilik: {first} – {last}"


def tries(token: TokenInfo) -> str:
    """Say what is left of the PIN tries, as far as the card tells."""
    if token.last_try:
        return "Son deneme: bir kez daha yanlış girilirse kart kilitlenir."
    if token.tries_fewer:
        return "Dikkat: daha önce yanlış PIN girildi, kalan hakkınız azaldı."
    return "PIN deneme hakkınız tam."


def success(accepted: Accepted) -> Iterator[str]:
    """Print the result."""
    yield accepted.title
    yield f"İşlem numarası: {accepted.reference}"
    yield "Bu pencereyi kapatabilirsiniz; sayfa sonucu kendiliğinden gösterir."
