"""What is read when a box cannot be taken in, or a card is not there or not free."""

from __future__ import annotations

from workflow.model.definition import Text

STOCK = {
    "production.stock_empty": Text(
        "Stokta boş kart kalmadı; yeni bir kutu sayılıp stoğa alınınca üretim başlar.",
        "There is no blank card left; production starts once another box is counted in.",
    ),
    "stock.quantity": Text(
        "Bir kutuda 1 ile {most} arasında kart olabilir; burada {quantity} var.",
        "A box holds 1 to {most} cards; here are {quantity}.",
    ),
    "stock.known_box": Text(
        "“{box}” adlı kutu daha önce kaydedildi.",
        "A box named “{box}” has been entered before.",
    ),
    "stock.overlap": Text(
        "{cards} kart numarası başka bir kutudan biliniyor, örneğin {numbers}; "
        "kutuyu denetleyiniz.",
        "{cards} card numbers are known from another box, such as {numbers}; check the box.",
    ),
    "stock.not_counted": Text(
        "Kutudaki kartları sayıp sayısını yazınız.",
        "Count the cards of the box and enter their number.",
    ),
    "stock.miscounted": Text(
        "Sayılan {counted} kart, kutunun kayıtlı kart sayısıyla tutmuyor; yeniden sayınız ya da "
        "kutuyu geri gönderiniz.",
        "The {counted} cards counted are not what the box is entered with; count again or send it "
        "back.",
    ),
    "stock.not_used_up": Text(
        "Kutuda henüz kullanılmamış {cards} kart var.",
        "{cards} cards of the box are not used yet.",
    ),
    "stock.of_application": Text(
        "Bu kart bir başvuruya bağlı; başvurunun sayfasında imha ya da kayıp olarak işleyiniz.",
        "This card belongs to an application; scrap it or report it lost there.",
    ),
}
