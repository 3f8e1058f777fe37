"""The Turkish words of batches: their states, the outcomes, the reasons, the filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.gate.language import gettext, language, spoken
from web.gate.language import lazy_gettext as _
from web.kit.formats import number
from workflow.engine.case_sets import HANDLER_FAILED
from workflow.present.sentences import sentence
from workflow.running import batch as batches

if TYPE_CHECKING:
    from states.cases.batch import Batch
    from workflow.model.definition import Definition, Transition

STATES = {
    batches.REHEARSING: _("Prova yapılıyor"),
    batches.REHEARSED: _("Prova edildi"),
    batches.RUNNING: _("Sürüyor"),
    batches.PAUSED: _("Duraklatıldı"),
    batches.STOPPED: _("Durduruldu"),
    batches.DONE: _("Tamamlandı"),
}
GIVEN_UP = _("Vazgeçildi")

TAGS = {
    batches.REHEARSING: "tag-work",
    batches.REHEARSED: "tag-wait",
    batches.RUNNING: "tag-work",
    batches.PAUSED: "tag-wait",
    batches.STOPPED: "tag-stop",
    batches.DONE: "tag-done",
}

MOVED = "moved"
OUTCOMES = {MOVED: _("Yapıldı"), "refused": _("Reddedildi"), "failed": _("Hata oldu")}

WHY = {
    batches.ACCOUNT_CLOSED: (
        _(
            "Toplu işi başlatan kullanıcının hesabı kapatıldığı için iş durduruldu; "
            "kalan başvurulara dokunulmadı."
        )
    ),
    batches.ROLE_LOST: (
        _(
            "Toplu işi hazırlayan kullanıcı, işi hazırladığı rolü artık taşımadığı için iş "
            "durduruldu; kalan başvurulara dokunulmadı."
        )
    ),
}

EMPTY = _("Hiç başvuru seçilmedi. Listeye dönüp en az bir başvuru işaretleyiniz.")

# What is said of a single case names things that differ from case to case.
_OF_MANY = {
    "stale_version": _(
        "Başvuru, toplu iş hazırlandıktan sonra ilerlemiş; güncel durumuna bakınız."
    ),
    "wrong_state": _("Başvurunun bugünkü durumunda bu işlem yapılamaz."),
    "same_person": (
        _("Bu başvurunun önceki adımını siz yaptınız; bu işlemi başka bir görevli yapmalıdır.")
    ),
    "conflict": _("İşlem, kişinin başka bir kaydıyla çakışıyor."),
    HANDLER_FAILED: _("İşlem sırasında beklenmeyen bir hata oldu; yöneticiye bildiriniz."),
}

PICKED, OF_PAGE, BY_FILTER, OF_TRAY = "secili", "sayfa", "filtre", "tepsi"
SCOPES = {
    PICKED: _("işaretlenenler"),
    OF_PAGE: _("sayfadakilerin tümü"),
    BY_FILTER: _("filtreye uyanların tümü"),
    OF_TRAY: _("sıranın en acilleri"),
}
"""Which cases are meant, in words."""

OF_LISTS = (PICKED, OF_PAGE, BY_FILTER)
"""Which of a list the form of one may mean."""

FIELDS = {PICKED: "basvuru", OF_PAGE: "sayfa"}
"""Where the form names the cases one by one."""


def too_large() -> str:
    """Say how many cases a batch may hold."""
    return gettext(
        "Bir toplu işte en çok %(number)s başvuru olabilir; filtreyi daraltınız.",
        number=number(batches.MOST),
    )


def state_of(batch: Batch) -> str:
    """Return the word for where a batch stands."""
    if batch.state == batches.STOPPED and batch.started_at is None and batch.why is None:
        return GIVEN_UP
    return STATES[batch.state]


def tag_of(batch: Batch) -> str:
    """Return the look of the tag that says where a batch stands."""
    return TAGS[batch.state]


def why_of(batch: Batch) -> str:
    """Say what stopped a batch, where it was not its maker."""
    return WHY.get(batch.why or "", batch.why or "")


def scope_of(batch: Batch) -> str:
    """Say which cases of a list were meant."""
    return SCOPES[str(batch.filter["scope"])]


def reason_of(definition: Definition, move: Transition | None, code: str) -> str:
    """Say why cases were refused, as far as it is the same for all of them."""
    if code in _OF_MANY:
        return _OF_MANY[code]
    trigger = move.name if move is not None else ""
    return sentence(definition, code, {"rule": code, "trigger": trigger}, language())


def stated_reason(move: Transition | None, reason: str | None) -> str:
    """Write the reason of a batch for people: the words of its code, then the officer's own."""
    code, _, words = (part.strip() for part in (reason or "").partition(":"))
    if move is None or code not in move.reasons:
        return reason or ""
    return ": ".join(part for part in (spoken(move.reasons[code]), words) if part)


def foretold(code: str | None) -> str:
    """Say what the rehearsal foretold of a case."""
    if code is None:
        return gettext("Bakılmadı")
    return gettext("Yapılabilir") if code == MOVED else gettext("Yapılamaz")
