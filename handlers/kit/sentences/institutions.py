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
    "unit_letter.other_institution": Text(
        "Bu yazı başka bir kurumun; yalnız o kurumun yetkilileri karar verir.",
        "This letter is another institution's; only its coordinators decide on it.",
    ),
    "unit_letter.sender_closed": Text(
        "Yazıyı gönderecek kurum kapanmış; adına yazı gönderilemez.",
        "The institution that would send it is closed; no letter goes out in its name.",
    ),
    "unit_letter.wording": Text(
        "Yazının metnini listeden seçiniz.", "Choose the text of the letter from the list."
    ),
    "unit_letter.no_subject": Text("Yazının konusunu yazınız.", "Write the subject of the letter."),
    "unit_letter.no_contact_name": Text(
        "Destek için kimin aranacağını yazınız.", "Write who is asked for help."
    ),
    "unit_letter.unreachable_contact": Text(
        "Destek verecek kişinin telefonunu ya da e-posta adresini yazınız.",
        "Write the telephone number or the e-mail address of who gives help.",
    ),
    "unit_letter.too_long": Text(
        "Alanlardan biri çok uzun; en çok {most} karakter olabilir.",
        "A field is too long; it has at most {most} characters.",
    ),
    "unit_letter.identity": Text(
        "Yazıda bir T.C. kimlik numarası var; kaldırınız.",
        "An identity number stands in the letter; take it out.",
    ),
    "unit_letter.unseen": Text(
        "Yazıda belgede gösterilemeyen bir karakter var; alanı yeniden yazınız.",
        "A character that no document can show stands in the letter; write the field anew.",
    ),
    "unit_letter.no_units": Text(
        "Dağıtımda hiç birim yok; en az bir birim seçiniz.",
        "The distribution list is empty; choose one unit at least.",
    ),
    "unit_letter.too_many": Text(
        "Bir yazı en çok {most} birime gider; dağıtımı bölünüz.",
        "One letter goes to {most} units at most; split the distribution list.",
    ),
    "unit_letter.twice": Text(
        "Bir birim dağıtımda iki kez yer alıyor; Gereği ya da Bilgi olarak bir kez seçiniz.",
        "A unit stands twice in the distribution list; choose it once, to act or to be told.",
    ),
    "unit_letter.foreign_unit": Text(
        "Dağıtımda kurumunuza bağlı olmayan bir birim var; yalnız bağlı birimlere yazılır.",
        "The distribution list names a unit that is not below yours; write only to your own.",
    ),
    "unit_letter.closed_unit": Text(
        "{unit} kapanmış; dağıtımdan çıkarınız.",
        "{unit} is closed; take it out of the distribution list.",
    ),
    "unit_letter.no_such_unit": Text(
        "Bağlı birimleriniz arasında {codes} kodlu birim yok; kodu denetleyiniz.",
        "None of your units has the code {codes}; check it.",
    ),
    "unit_letter.no_units_left": Text(
        "Dağıtımdaki birimlerin hepsi kapanmış; yazı gönderilemez.",
        "All units of the distribution list are closed; the letter cannot be sent.",
    ),
    "unit_letter.proposer_left": Text(
        "Taslağı hazırlayan artık kurum yetkilisi değil; uygun bulmayınız, yeniden hazırlanır.",
        "Who drafted it is no coordinator any more; refuse it, it can be drafted anew.",
    ),
    "unit_letter.coordinator_decides": Text(
        "Kurumun başka bir yetkilisi var; taslağa ofis değil o karar verir.",
        "The institution has another coordinator; that person decides, not the office.",
    ),
    "unit_letter.not_yours": Text(
        "Taslağı yalnız hazırlayan geri çeker; uygun bulmuyorsanız öyle karar veriniz.",
        "Only who drafted it withdraws it; refuse it if it is not right.",
    ),
    "unit_letter.not_done": Text(
        "Yazı henüz dağıtımdaki her birime gönderilmedi.",
        "The letter has not yet been sent to each unit of its distribution list.",
    ),
    "unit_letter.numbered": Text(
        "Yazı sayı almış; artık gönderilir.", "The letter has its number and is being sent."
    ),
    "question.empty": Text("Metni yazınız.", "Write the text."),
    "question.long": Text(
        "Metin en çok {longest} harf olabilir; kısaltınız.",
        "The text has at most {longest} characters; shorten it.",
    ),
    "question.identity_number": Text(
        "Metinde bir T.C. kimlik numarası var; çıkarıp yeniden gönderiniz. Kişi, sorunun "
        "kaydından bilinir.",
        "The text holds an identity number; take it out and send it again. The person is known by "
        "the record of the question.",
    ),
    "question.too_many": Text(
        "Cevap bekleyen {most} sorunuz var; biri cevaplanınca ya da geri alınınca yenisini "
        "sorabilirsiniz.",
        "{most} of your questions wait for an answer; once one is answered or taken back you can "
        "ask another one.",
    ),
    "question.not_yours": Text(
        "Yalnız kendi başvurunuz için soru sorabilirsiniz.",
        "You can ask about your own application only.",
    ),
    "question.no_unit": Text(
        "Kurumunuzun destek birimi yok; soru başvuru ofisine sorulur.",
        "Your institution has no support unit; the question goes to the office.",
    ),
    "question.ask_unit": Text(
        "Kurumunuzun bir destek birimi var; soru önce ona sorulur.",
        "Your institution has a support unit; the question goes there first.",
    ),
    "question.not_your_people": Text(
        "Soruyu soran, sorumlu olduğunuz kurumda değil.",
        "Whoever asked is not of an institution that you answer for.",
    ),
    "question.own": Text(
        "Kendi sorunuzu siz cevaplayamaz, ofise siz aktaramazsınız.",
        "You can neither answer nor pass on a question of your own.",
    ),
}
