"""The Turkish words of the auditor's pages: outcomes, breaks, reasons, counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from web.kit.formats import moment, number
from web.kit.reading_purposes import PURPOSES
from workflow.journal.browse import CAP
from workflow.model.entry import parsed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Row

KINDS = {
    "changed": "değiştirilmiş",
    "missing": "eksik",
    "forked": "önceki girdiye bağlanmıyor",
    "reordered": "yer değiştirmiş",
    "wrong_definition": "tanımında olmayan bir işlem",
    "state": "kaydın bugünkü durumuyla çelişiyor",
    "definition": "metni adındaki özeti vermiyor",
    "content": "saklanan içeriği saklanan özetini vermiyor",
    "guard": "veritabanının koruması kurulduğu gibi değil",
}
"""How chains, stored bytes and the guard break (`workflow.journal.verification`)."""

REASONS = {
    "unreadable": "Girdinin metni okunamıyor",
    "unknown_definition": "Adını verdiği tanım yayımlanmamış",
    "unknown_move": "Tanımında böyle bir işlem yok",
    "gap": "Bir önceki girdi eksik",
    "discontinuity": "Önceki girdinin bıraktığı durumdan başlamıyor",
    "repinned": "Kayıt açıldığındaki tanımdan başka bir tanıma geçmiş",
    "wrong_source": "İşlem bu durumda yapılamaz",
    "wrong_target": "İşlem bu duruma götürmez",
    "role": "Bu rol bu işlemi yapamaz",
    "not_own_case": "Başvuru sahibi rolüyle başkasının kaydında yapılmış",
    "own_case": "Görevli kendi kaydında işlem yapmış",
    "same_person": "Dört göz ilkesine aykırı: önceki işlemi de (hangi hesapla olursa) o yapmış",
    "earlier": "Bir önceki girdiden daha eski bir an taşıyor",
    "rules": "İşlemin kuralları eksik ya da başka yazılmış",
    "checks": "İşlemin denetimleri eksik ya da başka yazılmış",
    "moment": "Kaydın açılış ya da son durum anı girdisiyle çelişiyor",
    "unknown_document": "Adını verdiği belge saklananlar arasında yok",
    "unknown_batch": "Adını verdiği tarama ya da toplu iş yok",
    "unpublished": "Kayıt, tanımının yayımlanmasından önce açılmış",
    "numbers": "Kayıt numarası sırası geri alınmış",
    "column": "Kaydın bir alanı, girdinin yazdığından farklı",
    "signature": "Girdinin adını verdiği imza yok, başkasının ya da başka değerlendirilmiş",
    "unnamed": "Saklanan belge ya da imzayı hiçbir girdi anmıyor",
    "certificate": "Sertifikanın alanları kendi içeriğiyle ya da girdiyle çelişiyor",
    "owner": "Belge ya da sertifika başka bir kişiye yazılmış",
    "account": "Hesabın rolü ya da açıklığı verilen yetkilerle çelişiyor",
    "terms": "E-onay metni, bu sürümün yayımladığı metin değil",
    "outcome_missing": "İşlemin istediği bildirim ya da iş ne yapılmış ne sırada",
    "outcome_unordered": "Hiçbir girdinin istemediği bir bildirim ya da iş var",
    "batch_outcome": "Toplu işin sonucu girdilerle çelişiyor",
    "stray": "Adını verdiği kayıt ya da belge yok",
}
"""Why an entry is no legal move (`workflow.journal.conformance`), or a row not what entries say of
it (`handlers.truth`)."""

TABLES = {
    "definition": "tanım",
    "document": "belge",
    "scan": "tarama",
    "signature": "imza",
    "augmentation": "imzanın sonraki biçimi",
    "certificate": "sertifika",
}
"""What the stored hashes are of (`workflow.journal.stored_hashes`)."""

STAGES = {
    "waiting": "Sırada bekliyor",
    "chains": "Zincirlerin özetleri yeniden hesaplanıyor",
    "moves": "İşlemler yayımlanan tanımlarla karşılaştırılıyor",
}

OUTCOMES = {
    "signed_in": "Oturum açıldı",
    "refused": "Reddedildi",
    "left": "Çıkış yapıldı",
    "everywhere": "Her yerde kapatıldı",
    "singly": "Kendisi başka yerden kapattı",
    "idle": "Kullanılmadığı için kapandı",
    "too_old": "Süresi dolduğu için kapandı",
    "replaced": "Yeni oturum açıldığı için kapandı",
    "rights_changed": "Yetki değiştiği için kapandı",
    "restored": "Yedekten geri yüklendiği için kapandı",
}
"""What became of a sign-in or a session (`states.people.session`)."""

METHODS = {"demo": "Deneme kişisi", "oidc": "Kurum girişi", "card": "Kart ve e-imza"}
"""How somebody signed in."""

FIELDS = {
    "ilk": "İlk gün",
    "son": "Son gün",
    "kim": "Kim",
    "surec": "Süreç",
    "islem": "İşlem",
    "basvuru": "Kayıt",
    "toplu": "Toplu iş",
    "tur": "Tür",
}
"""The fields of the filter, as their names stand in the address."""

CHANGES = {"added": "Eklendi", "removed": "Kaldırıldı", "changed": "Değişti"}

SEEN = {
    "tckn": "T.C. kimlik numarası",
    "document": "Belge",
    "scan": "Tarama",
    "evidence": "Kanıt dosyası",
    "keys": "Anahtar değişimi",
    "label": "Kurye etiketinde ad ve adres",
    "list": "Personel listesinde kimlik numarası",
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
    return f"{number(CAP)}'den çok" if total > CAP else number(total)


def seen(what: str) -> str:
    """Say in words what was read, from its key in the log of reads."""
    sort, _, rest = what.partition(":")
    if sort == "journal":
        return f"Günlük, {number(int(rest.partition(':')[0]))} kayıt"
    return SEEN.get(sort, sort)


def purpose(said: str) -> str:
    """Return what a read was for; of an export, its filter in words."""
    if not said.startswith("{"):
        return PURPOSES.get(said, said)
    filters = parsed(said)
    return ", ".join(f"{FIELDS.get(name, name)}: {value}" for name, value in filters.items()) or (
        "Filtresiz, tamamı"
    )


def proof_text(proof: Row[Any], broken: Mapping[int, str]) -> str:
    """Say what came of a proof; a broken journal names its first broken entry.

    ``broken`` gives the number that people quote for a broken case, where that is known.
    """
    at = moment(proof.finished_at)
    if not proof.found:
        return f"Zincir doğrulandı, {at}, {number(proof.total)} kayıt."
    first = proof.problems[0]
    return (
        f"Zincir bozuk, {at}: {found_place(first, broken)} {kind(first['kind'])}. "
        f"Bozuk kayıt sayısı: {number(proof.found)}. "
        "Veritabanını olduğu gibi koruyunuz ve güvenlik sorumlusuna haber veriniz."
    )


def found_place(found: Mapping[str, Any], broken: Mapping[int, str]) -> str:
    """Say of which entry or row a finding is: of case, entry and row what is known."""
    case = broken.get(found["case"], found["case"])
    entry = f"{case} numaralı kaydın {found['n']}. girdisi" if found["n"] else ""
    row = found.get("row", "")
    if not entry and not row:
        return "Veritabanı:"
    return entry or (f"{case} numaralı kaydın {row} satırının" if case else f"{row} satırının")


def recomputed_text(proof: Row[Any]) -> str:
    """Say of how many things the stored hash was recomputed; "" of a proof of before."""
    done = proof.recomputed
    counts = (f"{number(done[name])} {word}" for name, word in TABLES.items() if name in done)
    told = ", ".join(counts)
    return f"Saklanan özetleri içeriğinden yeniden hesaplananlar: {told}." if told else ""


def conformance_text(proof: Row[Any]) -> str:
    """Say whether every entry is a move that its definition allows."""
    if not proof.differences:
        return "Her girdi, adını verdiği tanımın izin verdiği bir işlemdir."
    total = sum(found["count"] for found in proof.differences)
    return f"Tanımların izin vermediği ya da girdilerle çelişen {number(total)} bulgu var."
