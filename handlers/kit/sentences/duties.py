"""What is read where duties are kept apart: who starts production, rights of accounts."""

from __future__ import annotations

from workflow.model.definition import Text

DUTIES = {
    "release.waits": Text(
        "Başvuruyu kişi kendisi onaylamadı; üretimi bir üretim görevlisi başlatmalıdır.",
        "The person did not approve it; a production operator has to start production.",
    ),
    "release.in_doubt": Text(
        "Kişinin bir sertifikası büroca askıda; üretimi bir üretim görevlisi başlatmalıdır.",
        "The office holds a certificate of the person; an operator has to start production.",
    ),
    "grants.own_account": Text(
        "Kendi hesabınız için öneri yapamaz ve karar veremezsiniz; başka bir yönetici yapar.",
        "You can neither propose nor decide about your own account; another administrator does.",
    ),
    "grants.not_the_first": Text(
        "Komut satırı yalnız ilk iki yönetici hesabını açar; ötesini yöneticiler önerip onaylar.",
        "The terminal opens the first two administrators only; administrators do the rest.",
    ),
    "grants.incomplete": Text(
        "Ad ve giriş hizmetindeki kimlik yazılmalıdır; en çok 200 harf olabilir.",
        "Name and subject of the sign-in service are needed, at most 200 letters each.",
    ),
    "grants.person_missing": Text(
        "Bu rolün hesabı bir kişiye ait olmalıdır: ad, soyad ve kimlik numarası yazınız; hesap "
        "açılmışsa önce kişisine bağlanmasını öneriniz.",
        "An account of this role belongs to a person: give name, surname and TCKN; where the "
        "account is there, propose first that it is tied to its person.",
    ),
    "grants.person_unsound": Text(
        "Kişi bilgileri kaydedilemez ({fault}); adı, soyadı ve kimlik numarasını denetleyiniz.",
        "The person cannot be entered ({fault}); check name, surname and number.",
    ),
    "grants.other_name": Text(
        "Bu kimlik numarası başka bir ad ve soyadla kayıtlı; ikisini de denetleyiniz.",
        "This number is known under another name; check both.",
    ),
    "grants.tied_already": Text(
        "Hesap bir kişiye bağlı; bağ değiştirilmez. Hesap başkasınınsa kapatılmasını öneriniz.",
        "The account is tied to a person, which is never changed; propose to close it instead.",
    ),
    "grants.human_has_account": Text(
        "Bu kişinin açık bir hesabı var; önce bu hesabın kapatılmasını öneriniz.",
        "This person has an open account; propose first that this one is closed.",
    ),
    "grants.account_exists": Text(
        "Bu kimliğin ya da kişinin bir hesabı var; o hesabın sayfasından öneri yapınız.",
        "This subject or person has an account; propose the change on its page.",
    ),
    "grants.no_change": Text(
        "Hesap zaten böyle; değişecek bir şey yok.",
        "The account is like this already; there is nothing to change.",
    ),
    "grants.no_desk": Text(
        "Birim sorumlusu yalnız başvuru ya da üretim görevlisi olabilir.",
        "Only a registration officer or a production operator can lead a desk.",
    ),
    "grants.closed_already": Text(
        "Hesap kapalı; önce yeniden açılmasını öneriniz.",
        "The account is closed; propose to reopen it first.",
    ),
    "grants.open_already": Text("Hesap zaten açık.", "The account is open already."),
    "grants.too_few_administrators": Text(
        "En az {fewest} açık yönetici hesabı kalmalıdır; önce yeni bir yönetici öneriniz.",
        "At least {fewest} administrators have to stay; propose a new one first.",
    ),
    "grants.unknown_role": Text("Rolü listeden seçiniz.", "Choose the role from the list."),
    "grants.institution_missing": Text(
        "Kurum yetkilisinin kurumu seçilmelidir.", "A coordinator needs an institution."
    ),
    "grants.no_institution": Text(
        "Yalnız kurum yetkilisinin kurumu olur; kurum seçimini kaldırınız.",
        "Only a coordinator has an institution; leave it empty.",
    ),
    "grants.proposer_left": Text(
        "Öneriyi yapan artık yönetici değil; uygun bulmayınız, gerekirse yeniden önerilir.",
        "Who proposed it is no administrator any more; refuse it, it can be proposed anew.",
    ),
    "grants.not_yours": Text(
        "Öneriyi yalnız yapan geri çeker; uygun bulmuyorsanız öyle karar veriniz.",
        "Only who made the proposal withdraws it; refuse it if it is not right.",
    ),
}
