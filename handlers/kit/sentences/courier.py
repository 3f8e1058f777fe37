"""What is read when a card cannot be booked, sent, brought back or handed over."""

from __future__ import annotations

from workflow.model.definition import Text

COURIER = {
    "courier.no_tracking_number": Text(
        "Kurye takip numarası yok; gönderi kaydını yineleyiniz.",
        "There is no tracking number; book the shipment again.",
    ),
    "courier.number_taken": Text(
        "Bu takip numarası başka bir gönderiye ait; kuryenin verdiği numarayı denetleyiniz.",
        "Another parcel has this tracking number; check the number that the courier gave.",
    ),
    "courier.not_scanned": Text(
        "Zarfın barkodu taranmadı; kart kuryeye ancak zarfı taranınca verilmiş sayılır.",
        "The envelope was not scanned; a card counts as handed over only once it is.",
    ),
    "courier.other_parcel": Text(
        "Taranan barkod bu başvurunun gönderisi değil; zarfı denetleyiniz.",
        "The code that was scanned is not this application's parcel; check the envelope.",
    ),
    "courier.not_enveloped": Text(
        "Kart henüz zarfına konmadı; önce zarfa konduğunu işleyiniz.",
        "The card is not in its envelope yet; enter that first.",
    ),
    "courier.not_to_holder": Text(
        "Kart yalnız sahibine teslim edilir; teslim alanı denetleyiniz.",
        "A card is handed to its holder only; check who received it.",
    ),
    "courier.nothing_shown": Text(
        "Kart sahibinin gösterdiği kimlik belgesinin türünü ve numarasını yazınız.",
        "Say which identity document the holder showed, and its number.",
    ),
    "courier.nobody_named": Text(
        "Kartı kimin teslim ettiğini yazınız (kurye görevlisinin adı ya da sicil numarası).",
        "Say who handed the card over (name or number of the courier's employee).",
    ),
    "courier.not_yet": Text(
        "Teslim anını yazınız; gelecekte bir an olamaz.",
        "Say when the card was handed over; that cannot lie in the future.",
    ),
    "courier.before_it_left": Text(
        "Kart kuryeye {sent} anında verildi; teslim anı bundan önce olamaz.",
        "The card left the house at {sent}; it cannot have been handed over before that.",
    ),
}
