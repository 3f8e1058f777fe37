"""What is read when a box cannot be taken in, or a card is not there or not free."""

from __future__ import annotations

from workflow.model.definition import Text

STOCK = {
    "production.stock_empty": Text(
        "Stokta boş kart kalmadı; yeni bir kutu sayılıp stoğa alınınca üretim başlar.",
        "There is no blank card left; production starts once another box is counted in.",
    ),
    "stock.no_name": Text(
        "Kutunun üzerindeki adı ya da numarayı yazınız (en çok {most} karakter).",
        "Enter what the box is called (at most {most} characters).",
    ),
    "stock.no_maker": Text(
        "Kartların üreticisini yazınız (en çok {most} karakter).",
        "Enter who made the cards (at most {most} characters).",
    ),
    "stock.no_number": Text(
        "“{number}” bir kart numarası değil; numara yalnız rakamlardan oluşur, en çok {most} hane.",
        "“{number}” is no card number; a number has only digits, at most {most}.",
    ),
    "stock.lengths": Text(
        "{first} ile {last} aynı uzunlukta değil; ilk ve son numarayı denetleyiniz.",
        "{first} and {last} are not of one length; check the first and the last number.",
    ),
    "stock.backwards": Text(
        "Son numara {last}, ilk numara {first} değerinden küçük.",
        "The last number {last} is below the first one {first}.",
    ),
    "stock.twice": Text(
        "{number} listede birden çok kez geçiyor; yinelenen {cards} numara var.",
        "{number} stands in the list more than once; {cards} numbers are repeated.",
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
