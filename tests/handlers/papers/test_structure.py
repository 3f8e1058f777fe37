"""The structure of released documents, part by part, as it is read from their templates."""

from __future__ import annotations

import pytest

from handlers.papers.reading.structure import Block, blocks_of, source_of, values_in

CONSENT_RECORD = [
    Block("title", "Elektronik onay (e-onay) kaydı"),
    Block("heading", "1. Onay"),
    Block("fact", "e-onay numarası", value="{reference}"),
    Block("fact", "Metin sürümü", value="{terms_version}"),
    Block("fact", "Onaylanan belgenin doğrulama kodu", value="{consent_code}"),
    Block("fact", "Onaylanan belgenin SHA-256 özeti", value="{consent_sha256}"),
    Block("fact", "Yürürlüğe giriş", value="{accepted_at} (İstanbul)"),
    Block("heading", "2. Onay veren"),
    Block("fact", "Ad soyad", value="{name}"),
    Block("fact", "T.C. kimlik numarası", value="{tckn_masked}"),
    Block("heading", "3. İmza"),
    Block("fact", "Sertifikayı veren", value="{issuer}"),
    Block("fact", "Sertifika seri numarası", value="{serial}"),
    Block("fact", "Sertifikanın SHA-256 özeti", value="{signer_sha256}"),
    Block("fact", "İmza dosyasının SHA-256 özeti", value="{container_sha256}"),
    Block("fact", "Denetim sonucu", value="{indication}"),
    Block("fact", "Denetim ilkesi", value="{policy}"),
    Block(
        "text",
        (
            "Yukarıdaki kişi, yukarıda özeti yazılı metni nitelikli elektronik "
            "sertifikasıyla imzalamış; imza, ofisçe denetlenip kabul edilmiştir. Bu "
            "onay geri alınana ya da metin yenilenene kadar sürer. Bu kayıt bilgi "
            "içindir; onayın kendisi, imzalanan metin ile imza dosyasıdır."
        ),
    ),
]

HAND_OVER = [
    Block("title", "Kurye teslim formu"),
    Block("heading", "1. Gönderi"),
    Block("fact", "Takip numarası", value="{tracking_number}"),
    Block("fact", "Başvuru numarası", value="{reference}"),
    Block("fact", "Kart seri numarası", value="{card}"),
    Block("fact", "Kuryeye veriliş", value="{handed_at} (İstanbul)"),
    Block("heading", "2. Alıcı"),
    Block("fact", "Ad soyad", value="{name}"),
    Block("fact", "T.C. kimlik numarası", value="{tckn_masked}"),
    Block("fact", "Kurum", value="{institution}"),
    Block("fact", "Teslimat adresi", value="{address}"),
    Block("heading", "3. Teslim kuralları"),
    Block(
        "item",
        (
            "Gönderi yalnız alıcının kendisine, kimlik belgesi görülerek verilir; "
            "yakınına, iş arkadaşına ya da danışmaya bırakılmaz."
        ),
        mark="a)",
    ),
    Block(
        "item",
        ("Zarfı açılmış, yırtılmış ya da ıslanmış gönderi teslim edilmez, ofise geri getirilir."),
        mark="b)",
    ),
    Block(
        "item",
        ("Alıcı bulunamazsa gönderi bekletilmeden iade edilir; kayıp aynı gün bildirilir."),
        mark="c)",
    ),
    Block(
        "item",
        (
            "Kart askıda gönderilir ve alıcısı etkinleştirene kadar imza atmaya "
            "yaramaz. Zarfta PIN yoktur."
        ),
        mark="d)",
    ),
    Block("heading", "4. Teslim"),
    Block("text", "Gönderiyi kapalı ve sağlam olarak kendim teslim aldım."),
    Block("fact", "Alıcının adı soyadı", value="{written}"),
    Block("fact", "Tarih ve saat", value="{written}"),
    Block("fact", "İmza", value="{written}"),
    Block("fact", "Kuryenin adı soyadı", value="{written}"),
    Block("fact", "Görülen kimlik belgesi", value="{written}"),
    Block("fact", "İmza", value="{written}"),
]

OFFICIAL_LETTER = [
    Block("title", "Resmî yazı: kartların gönderilmesi"),
    Block("fact", "Sayı", value="{number}"),
    Block("fact", "Konu", value="Nitelikli elektronik sertifika kartlarının gönderilmesi"),
    Block(
        "text",
        (
            "Kurumunuz personelinin ekteki listede yer alan başvuruları sonuçlanmış; "
            "üretilen {people} kart, başvurularda yazılı adreslere listedeki takip "
            "numaralarıyla kuryeyle gönderilmiştir."
        ),
    ),
    Block(
        "text",
        (
            "Kartlar yalnız sahiplerine, kimlikleri görülerek teslim edilir ve kart "
            "sahibi etkinleştirene kadar askıdadır. Gönderilerin kurum adına "
            "başkasınca teslim alınmaması, iade edilen ya da kaybolan gönderinin "
            "gecikmeden ofisimize bildirilmesi gerekmektedir."
        ),
    ),
    Block("text", "Bilgilerinizi rica ederiz."),
    Block("text", "Ek: Kuryeye verilen kartların listesi ({people} satır)"),
    Block("text", "Dağıtım: {institution}"),
    Block("heading", "Ek: Kuryeye verilen kartlar"),
    Block("fact", "Sıra", value="{written}"),
    Block("fact", "Başvuru", value="{written}"),
    Block("fact", "Ad soyad", value="{written}"),
    Block("fact", "Takip numarası", value="{written}"),
    Block("fact", "Teslim formunun kodu", value="{written}"),
]

COURIER_MANIFEST = [
    Block("title", "Kurye teslim listesi"),
    Block("heading", "1. Liste"),
    Block("fact", "Liste numarası", value="{number}"),
    Block("fact", "Listenin günü", value="{day}"),
    Block("fact", "Kapanış", value="{closed_at} (İstanbul)"),
    Block("fact", "Gönderi sayısı", value="{parcels}"),
    Block("heading", "2. Gönderiler"),
    Block("fact", "Sıra", value="{written}"),
    Block("fact", "Takip numarası", value="{written}"),
    Block("fact", "Başvuru", value="{written}"),
    Block("fact", "Varış yeri", value="{written}"),
    Block("heading", "3. Teslim"),
    Block(
        "text",
        ("Yukarıda yazılı {parcels} gönderiyi kapalı ve sağlam zarflarda, sayarak teslim aldım."),
    ),
    Block("fact", "Kurye görevlisinin adı soyadı", value="{written}"),
    Block("fact", "Tarih ve saat", value="{written}"),
    Block("fact", "İmza", value="{written}"),
    Block("fact", "Teslim eden ofis görevlisinin adı soyadı", value="{written}"),
    Block("fact", "Tarih ve saat", value="{written}"),
    Block("fact", "İmza", value="{written}"),
]

ACTIVATION = [
    Block("title", "SERTİFİKA ETKİNLEŞTİRME BEYANI"),
    Block("fact", "Doküman kodu", value="{document_code}"),
    Block("fact", "Revizyon", value="{revision}"),
    Block("fact", "Belge doğrulama kodu", value="{verification_code}"),
    Block("fact", "Düzenlenme zamanı", value="{drawn_at} (İstanbul)"),
    Block("fact", "Sertifika sahibi", value="{name}"),
    Block("fact", "T.C. kimlik numarası", value="{tckn_masked}"),
    Block("fact", "Sertifika seri numarası", value="{serial}"),
    Block("fact", "Kart seri numarası", value="{card}"),
    Block(
        "text",
        (
            "Kartımı kendim teslim aldım, sertifikadaki bilgileri denetledim ve doğru"
            " buldum. Sertifikamın askıdan indirilip kullanıma açılmasını istiyorum."
        ),
    ),
]

REINSTATEMENT = [
    Block("title", "SERTİFİKA ETKİNLEŞTİRME BEYANI"),
    Block("fact", "Doküman kodu", value="{document_code}"),
    Block("fact", "Revizyon", value="{revision}"),
    Block("fact", "Belge doğrulama kodu", value="{verification_code}"),
    Block("fact", "Düzenlenme zamanı", value="{drawn_at} (İstanbul)"),
    Block("fact", "Sertifika sahibi", value="{name}"),
    Block("fact", "T.C. kimlik numarası", value="{tckn_masked}"),
    Block("fact", "Sertifika seri numarası", value="{serial}"),
    Block("fact", "Kart seri numarası", value="{card}"),
    Block(
        "text",
        (
            "Yukarıdaki sertifika {suspended_at} (İstanbul) anında askıya alınmıştır."
            " Kartım bendedir ve PIN'ini benden başka kimse bilmemektedir. "
            "Sertifikamın askıdan indirilip yeniden kullanıma açılmasını istiyorum."
        ),
    ),
]

PIN = [
    Block("title", "KART PIN'İ BELİRLEME BEYANI"),
    Block("fact", "Doküman kodu", value="{document_code}"),
    Block("fact", "Revizyon", value="{revision}"),
    Block("fact", "Belge doğrulama kodu", value="{verification_code}"),
    Block("fact", "Düzenlenme zamanı", value="{drawn_at} (İstanbul)"),
    Block("fact", "Kart sahibi", value="{name}"),
    Block("fact", "T.C. kimlik numarası", value="{tckn_masked}"),
    Block("fact", "Sertifika seri numarası", value="{serial}"),
    Block("fact", "Kart seri numarası", value="{card}"),
    Block(
        "text",
        (
            "Bu kart bendedir. PIN'ini bu işlemde kendim belirledim; benden başka "
            "bilen yoktur ve kimseye söylemeyeceğim. Bu metni yeni PIN'imle "
            "imzalıyorum. Kart üretilirken konulan ilk PIN kayıtlarda hâlâ duruyorsa "
            "silinmesini istiyorum."
        ),
    ),
]


@pytest.mark.parametrize(
    ("kind", "revision", "blocks"),
    [
        ("consent_record", "01", CONSENT_RECORD),
        ("hand_over", "01", HAND_OVER),
        ("official_letter", "02", OFFICIAL_LETTER),
        ("courier_manifest", "01", COURIER_MANIFEST),
        ("activation", "01", ACTIVATION),
        ("reinstatement", "01", REINSTATEMENT),
        ("pin", "01", PIN),
    ],
)
def test_a_released_document_has_these_parts_in_this_order(
    kind: str, revision: str, blocks: list[Block]
) -> None:
    assert list(blocks_of(kind, revision)) == blocks


def test_what_is_only_set_has_no_text_template_and_what_is_unknown_has_nothing() -> None:
    assert source_of("consent_record", "01") is None
    assert source_of("consent", "99") is None
    assert source_of("../consent", "01") is None
    assert blocks_of("consent_record", "99") == ()
    assert blocks_of("Consent", "01") == ()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Ad: Ayşe\nAd yine: Ayşe\n", {"name": "Ayşe"}),
        ("Ad: \nAd yine: \n", {"name": ""}),
        ("Ad: Ad yine: \nAd yine: x\n", {"name": "Ad yine: "}),
        ("Ad: Ayşe\nAd yine: Ayşe\nEk\n", None),
        ("Ad: Ayşe\nEk\nAd yine: Ayşe\n", None),
        ("Soyad: Ayşe\nAd yine: Ayşe\n", None),
        ("Ad: Ayşe", None),
    ],
)
def test_the_values_of_a_text_are_those_between_the_words_of_its_template(
    words: str, found: dict[str, str] | None
) -> None:
    assert values_in(words, "Ad: {{ name }}\nAd yine: {{ name }}\n") == found
