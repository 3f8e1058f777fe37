"""What is read when something of an institution cannot be changed as it was asked."""

from __future__ import annotations

from workflow.model.definition import Text

INSTITUTIONS = {
    "support.long": Text(
        "Birimin adı en çok {longest} harf olabilir.",
        "The name of the unit has at most {longest} letters.",
    ),
    "support.unreached": Text(
        "Birimin telefonunu ya da e-posta adresini yazınız; en az biri gerekir.",
        "Give the telephone number or the e-mail address of the unit; one of them is needed.",
    ),
    "support.nameless": Text(
        "Birimin adını yazınız; kendi destek biriminiz olmasın istiyorsanız üç alanı da boş "
        "bırakınız.",
        "Give the name of the unit; leave all three fields empty to have none of your own.",
    ),
    "support.closed": Text(
        "Kurum kapanmış; kapanan kurumun destek birimi değiştirilmez.",
        "The institution is closed; the support unit of a closed one is not changed.",
    ),
    "support.not_yours": Text(
        "Bu kurum sizin sorumluluğunuzda değil.",
        "You do not answer for this institution.",
    ),
    "support.proposer_left": Text(
        "Öneriyi yapan artık bu kurumdan sorumlu değil; uygun bulmayınız, gerekirse yeniden "
        "önerilir.",
        "Who proposed it does not answer for the institution any more; refuse it, it can be "
        "proposed anew.",
    ),
    "support.under_way": Text(
        "Bu kurumun karar bekleyen bir destek birimi önerisi var; önce o karara bağlanır.",
        "A proposal for this institution waits already; that one is decided first.",
    ),
    "support.no_change": Text(
        "Önerilen destek birimi yürürlüktekiyle aynı.",
        "The proposed support unit is the one in force.",
    ),
    "support.not_the_proposer": Text(
        "Öneriyi yalnız yapan geri çeker; uygun bulmuyorsanız öyle karar veriniz.",
        "Only who made the proposal withdraws it; refuse it if it is not right.",
    ),
}
