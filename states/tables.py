"""The whole: importing it makes every table known to ``Base.metadata``."""

from __future__ import annotations

from states.cases import (
    application,
    batch,
    card,
    card_box,
    certificate,
    chip_card,
    code,
    consent,
    contact_change,
    grant,
    handover,
    notice,
    parcel,
    revocation,
    shipment,
    sign_in,
    station,
    terms,
    text_change,
)
from states.cases.requests import registration, support_change, support_question, unit_letter
from states.kit.base import Base
from states.logs import (
    access,
    courier_event,
    desk,
    figure,
    journal,
    proof,
    reminder,
    service_outage,
    step,
    timer_wait,
)
from states.papers import (
    augmentation,
    document,
    letter_line,
    letter_register,
    message_text,
    scan,
    signature,
    upload,
)
from states.people import (
    absence,
    change,
    erasure,
    institution,
    own_key,
    person,
    radar,
    session,
    user,
)

MODULES = (
    absence, access, application, augmentation, batch, card, card_box, certificate, change,
    chip_card, code, consent, contact_change, courier_event, desk, document, erasure, figure,
    grant, handover, institution, journal, letter_line, letter_register, message_text, notice,
    own_key, parcel, person, proof, radar, registration, reminder, revocation, scan, service_outage,
    session, shipment, sign_in, signature, station, step, support_change, support_question, terms,
    text_change, timer_wait, unit_letter, upload, user,
)  # fmt: skip
"""The modules that hold rows."""

METADATA = Base.metadata
"""All tables of the product, those of the queue excepted."""

APPEND_ONLY = (
    "journal", "refused_attempt", "definition", "terms", "document", "signature", "access_log",
    "augmentation", "desk_entry", "sign_in_log", "scan", "scan_page",
    "data_change", "own_key", "erasure", "courier_event", "notice_try",
    "message_text", "letter_register",
)  # fmt: skip
"""Tables whose rows are never changed or removed, not even by their owner."""
