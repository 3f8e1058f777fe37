"""What is read when something beside the moves is refused at the desk: claims, notes, addresses."""

from __future__ import annotations

from workflow.model.definition import Text

DESK = {
    "desk.not_for_colleague": Text(
        "Bu başvuru o görevliye verilemez: hesabı bu görevde açık değil ya da başvuru kendisinin.",
        "This application cannot be given to them: no open account in the role, or it is theirs.",
    ),
    "desk.colleague_away": Text(
        "Bu görevli {until} tarihine kadar yok; başvuru verilemez.",
        "This colleague is away until {until}; no application can be given to them.",
    ),
    "desk.head_gives": Text(
        "Başvuru üzerinizde değil; onu bir görevliye yalnız birim sorumlusu verir.",
        "You do not hold this application; only the head of the desk gives it to somebody.",
    ),
    "absence.days": Text(
        "Yokluk günleri geçerli değil: son gün ilk günden ve bugünden önce olamaz, en çok {most} "
        "gün girilir.",
        "The days are not valid: the last day cannot be before the first or before today, and "
        "{most} days are the most.",
    ),
    "absence.not_yours": Text(
        "Başkasının yokluğunu yalnız birim sorumlusu girer ve kaldırır.",
        "Only the head of the desk enters and ends the absence of somebody else.",
    ),
    "absence.overlaps": Text(
        "Bu günlerin bir kısmı için yokluk girilmiş; önce onu kaldırınız.",
        "An absence is entered for some of these days already; end that one first.",
    ),
    "absence.deputy": Text(
        "Vekil aynı görevde, hesabı açık ve bu günlerde görevde olan başka biri olmalıdır.",
        "The deputy has to be another open account of the role that is there on these days.",
    ),
    "desk.held": Text(
        "Bu başvuru başka bir görevlinin üzerinde; gerekiyorsa devralınız.",
        "Another person holds this application; take it over if you must.",
    ),
    "desk.not_for_you": Text(
        "Bu durumdaki başvuruyu rolünüz ilerletmez; üzerinize alamazsınız.",
        "Your role does not carry this application on from here; you cannot claim it.",
    ),
    "desk.rights_changed": Text(
        "Hesabınızın yetkileri bu arada değişti; başvuruyu üzerinize alamazsınız.",
        "The rights of your account have changed meanwhile; you cannot claim this application.",
    ),
    "desk.own_case": Text(
        "Kendi kaydınızda görevli olarak işlem yapamazsınız; başka bir görevli yapmalıdır.",
        "Nobody works at the desk on their own record; another person must.",
    ),
    "desk.filter_name": Text(
        "Filtreye en çok {longest} harflik bir ad veriniz.",
        "Give the filter a name of at most {longest} letters.",
    ),
    "desk.filter_empty": Text(
        "Kaydedilecek bir filtre yok; önce filtreyi uygulayınız.",
        "There is no filter to save; apply one first.",
    ),
    "desk.filter_taken": Text(
        "Bu listede “{name}” adlı bir filtreniz var; başka bir ad veriniz.",
        "You have a filter called '{name}' on this list; choose another name.",
    ),
    "desk.filters_full": Text(
        "Bir listede en çok {most} filtre saklanır; kullanmadığınızı siliniz.",
        "At most {most} filters are kept on a list; delete one you do not use.",
    ),
    "desk.note_missing": Text(
        "Not boş; kaydedilecek bir not yazınız.", "The note is empty; write what is to be kept."
    ),
    "desk.note_too_long": Text(
        "Not en çok {longest} harf olabilir; kısaltınız.",
        "A note may have {longest} letters at most; shorten it.",
    ),
    "address.own_case": Text(
        "Kendi başvurunuzun adresini düzeltemezsiniz; başka bir görevli düzeltmelidir.",
        "Nobody corrects the address of their own application; another officer must.",
    ),
    "address.not_now": Text(
        "Teslimat adresi “{state}” durumunda düzeltilemez.",
        "The delivery address cannot be corrected in the state '{state}'.",
    ),
    "address.booked": Text(
        "Kurye bu adres için çağrıldı; adres, kart kuryeden dönerse düzeltilebilir.",
        "The courier has been ordered; the address can be corrected if the card comes back.",
    ),
    "address.form_shows_it": Text(
        "Adres onaylayacağınız formda yazılı; değiştirmek için onaylama yöntemini yeniden seçiniz.",
        "The form that you are to approve shows the address; choose the method again to change it.",
    ),
    "address.not_in_office": Text(
        "Kaydınız durdurulmuş; adresi başvuru ofisine bildiriniz.",
        "Your record is stopped; tell the registration office the address.",
    ),
    "address.reason_missing": Text(
        "Adresin neden düzeltildiğini yazınız.", "Write why the address is corrected."
    ),
    "address.reason_too_long": Text(
        "Gerekçe en çok {longest} harf olabilir; kısaltınız.",
        "The reason may have {longest} letters at most; shorten it.",
    ),
    "notice.too_soon": Text(
        "Bu bildirim az önce gönderildi; {again_at} anından sonra yeniden gönderebilirsiniz.",
        "This message was sent a moment ago; it may be sent again after {again_at}.",
    ),
}
