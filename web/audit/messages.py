"""The Turkish words of the auditor's pages: outcomes, breaks, reasons, counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from web.kit.formats import moment, number
from web.kit.reading_purposes import PURPOSES
from workflow.journal.browse import CAP
from workflow.model.entry import parsed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Row

KINDS = {
    "changed": _("değiştirilmiş"),
    "missing": "eksik",
    "forked": _("önceki girdiye bağlanmıyor"),
    "reordered": _("yer değiştirmiş"),
    "wrong_definition": _("tanımında olmayan bir işlem"),
    "state": _("kaydın bugünkü durumuyla çelişiyor"),
    "definition": _("metni adındaki özeti vermiyor"),
    "content": _("saklanan içeriği saklanan özetini vermiyor"),
    "guard": _("veritabanının koruması kurulduğu gibi değil"),
}
"""How chains, stored bytes and the guard break (`workflow.journal.verification`)."""

REASONS = {
    "unreadable": _("Girdinin metni okunamıyor"),
    "unknown_definition": _("Adını verdiği tanım yayımlanmamış"),
    "unknown_move": _("Tanımında böyle bir işlem yok"),
    "gap": _("Bir önceki girdi eksik"),
    "discontinuity": _("Önceki girdinin bıraktığı durumdan başlamıyor"),
    "repinned": _("Kayıt açıldığındaki tanımdan başka bir tanıma geçmiş"),
    "wrong_source": _("İşlem bu durumda yapılamaz"),
    "wrong_target": _("İşlem bu duruma götürmez"),
    "role": _("Bu rol bu işlemi yapamaz"),
    "not_own_case": _("Başvuru sahibi rolüyle başkasının kaydında yapılmış"),
    "own_case": _("Görevli kendi kaydında işlem yapmış"),
    "same_person": _("Dört göz ilkesine aykırı: önceki işlemi de (hangi hesapla olursa) o yapmış"),
    "earlier": _("Bir önceki girdiden daha eski bir an taşıyor"),
    "rules": _("İşlemin kuralları eksik ya da başka yazılmış"),
    "checks": _("İşlemin denetimleri eksik ya da başka yazılmış"),
    "moment": _("Kaydın açılış ya da son durum anı girdisiyle çelişiyor"),
    "unknown_document": _("Adını verdiği belge saklananlar arasında yok"),
    "unknown_batch": _("Adını verdiği tarama ya da toplu iş yok"),
    "unpublished": _("Kayıt, tanımının yayımlanmasından önce açılmış"),
    "numbers": _("Kayıt numarası sırası geri alınmış"),
    "column": _("Kaydın bir alanı, girdinin yazdığından farklı"),
    "signature": _("Girdinin adını verdiği imza yok, başkasının ya da başka değerlendirilmiş"),
    "unnamed": _("Saklanan belge ya da imzayı hiçbir girdi anmıyor"),
    "certificate": _("Sertifikanın alanları kendi içeriğiyle ya da girdiyle çelişiyor"),
    "owner": _("Belge ya da sertifika başka bir kişiye yazılmış"),
    "account": _("Hesabın rolü ya da açıklığı verilen yetkilerle çelişiyor"),
    "terms": _("E-onay metni, bu sürümün yayımladığı metin değil"),
    "outcome_missing": _("İşlemin istediği bildirim ya da iş ne yapılmış ne sırada"),
    "outcome_unordered": _("Hiçbir girdinin istemediği bir bildirim ya da iş var"),
    "batch_outcome": _("Toplu işin sonucu girdilerle çelişiyor"),
    "stray": _("Adını verdiği kayıt ya da belge yok"),
}
"""Why an entry is no legal move (`workflow.journal.conformance`), or a row not what entries say of
it (`handlers.truth`)."""

TABLES = {
    "definition": _("tanım"),
    "document": "belge",
    "scan": "tarama",
    "signature": "imza",
    "augmentation": _("imzanın sonraki biçimi"),
    "certificate": "sertifika",
}
"""What the stored hashes are of (`workflow.journal.stored_hashes`)."""

STAGES = {
    "waiting": _("Sırada bekliyor"),
    "chains": _("Zincirlerin özetleri yeniden hesaplanıyor"),
    "moves": _("İşlemler yayımlanan tanımlarla karşılaştırılıyor"),
}

OUTCOMES = {
    "signed_in": _("Oturum açıldı"),
    "refused": _("Reddedildi"),
    "left": _("Çıkış yapıldı"),
    "everywhere": _("Her yerde kapatıldı"),
    "singly": _("Kendisi başka yerden kapattı"),
    "idle": _("Kullanılmadığı için kapandı"),
    "too_old": _("Süresi dolduğu için kapandı"),
    "replaced": _("Yeni oturum açıldığı için kapandı"),
    "rights_changed": _("Yetki değiştiği için kapandı"),
    "restored": _("Yedekten geri yüklendiği için kapandı"),
}
"""What became of a sign-in or a session (`states.people.session`)."""

METHODS = {"demo": _("Deneme kişisi"), "oidc": _("Kurum girişi"), "card": _("Kart ve e-imza")}
"""How somebody signed in."""

FIELDS = {
    "ilk": _("İlk gün"),
    "son": _("Son gün"),
    "kim": _("Kim"),
    "surec": _("Süreç"),
    "islem": _("İşlem"),
    "basvuru": _("Kayıt"),
    "toplu": _("Toplu iş"),
    "tur": _("Tür"),
}
"""The fields of the filter, as their names stand in the address."""

CHANGES = {"added": _("Eklendi"), "removed": _("Kaldırıldı"), "changed": _("Değişti")}

SEEN = {
    "tckn": _("T.C. kimlik numarası"),
    "document": _("Belge"),
    "scan": _("Tarama"),
    "evidence": _("Kanıt dosyası"),
    "keys": _("Anahtar değişimi"),
    "label": _("Kurye etiketinde ad ve adres"),
    "list": _("Personel listesinde kimlik numarası"),
}


def method(name: str) -> str:
    """Say how somebody signed in."""
    return METHODS.get(name, name)


def outcome(name: str) -> str:
    """Say what became of a sign-in or a session."""
    return OUTCOMES.get(name, name)


def kind(name: str) -> str:
    """Say what is wrong with an entry of a chain."""
    return KINDS.get(name, name)


def reason(name: str) -> str:
    """Say why an entry is no legal move."""
    return REASONS.get(name, name)


def change(name: str) -> str:
    """Say what became of a part of a definition."""
    return CHANGES[name]


def stage(name: str) -> str:
    """Say what a proof is at."""
    return STAGES[name]


def counted(total: int) -> str:
    """Write how many rows there are; beyond the cap only that there are more."""
    return gettext("%(cap)s'den çok", cap=number(CAP)) if total > CAP else number(total)


def seen(what: str) -> str:
    """Say in words what was read, from its key in the log of reads."""
    sort, _, rest = what.partition(":")
    if sort == "journal":
        return gettext("Günlük, %(number)s kayıt", number=number(int(rest.partition(":")[0])))
    return SEEN.get(sort, sort)


def purpose(said: str) -> str:
    """Return what a read was for; of an export, its filter in words."""
    if not said.startswith("{"):
        return PURPOSES.get(said, said)
    filters = parsed(said)
    return ", ".join(f"{FIELDS.get(name, name)}: {value}" for name, value in filters.items()) or (
        gettext("Filtresiz, tamamı")
    )


def proof_text(proof: Row[Any], broken: Mapping[int, str]) -> str:
    """Say what came of a proof; a broken journal names its first broken entry.

    ``broken`` gives the number that people quote for a broken case, where that is known.
    """
    at = moment(proof.finished_at)
    if not proof.found:
        return gettext(
            "Zincir doğrulandı, %(at)s, %(total)s kayıt.", at=at, total=number(proof.total)
        )
    first = proof.problems[0]
    return gettext(
        "Zincir bozuk, %(at)s: %(first)s %(kind)s. Bozuk kayıt sayısı: %(found)s. "
        "Veritabanını olduğu gibi koruyunuz ve güvenlik sorumlusuna haber veriniz.",
        at=at,
        first=found_place(first, broken),
        kind=kind(first["kind"]),
        found=number(proof.found),
    )


def found_place(found: Mapping[str, Any], broken: Mapping[int, str]) -> str:
    """Say of which entry or row a finding is: of case, entry and row what is known."""
    case = broken.get(found["case"], found["case"])
    entry = (
        gettext("%(case)s numaralı kaydın %(value)s. girdisi", case=case, value=found["n"])
        if found["n"]
        else ""
    )
    row = found.get("row", "")
    if not entry and not row:
        return gettext("Veritabanı:")
    return entry or (
        gettext("%(case)s numaralı kaydın %(row)s satırının", case=case, row=row)
        if case
        else gettext("%(row)s satırının", row=row)
    )


def recomputed_text(proof: Row[Any]) -> str:
    """Say of how many things the stored hash was recomputed; "" of a proof of before."""
    done = proof.recomputed
    counts = (f"{number(done[name])} {word}" for name, word in TABLES.items() if name in done)
    told = ", ".join(counts)
    return (
        gettext("Saklanan özetleri içeriğinden yeniden hesaplananlar: %(told)s.", told=told)
        if told
        else ""
    )


def conformance_text(proof: Row[Any]) -> str:
    """Say whether every entry is a move that its definition allows."""
    if not proof.differences:
        return gettext("Her girdi, adını verdiği tanımın izin verdiği bir işlemdir.")
    total = sum(found["count"] for found in proof.differences)
    return gettext(
        "Tanımların izin vermediği ya da girdilerle çelişen %(total)s bulgu var.",
        total=number(total),
    )
