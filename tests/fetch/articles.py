"""Pages of our own writing, as publishers build them."""

TITLE = "Northvale opens its data hub to small retailers"
_TOLD = """
Northvale opened its data hub to retailers with fewer than fifty shops on Tuesday, after two years in which
only large chains could use it.

The hub brings orders, visits and letters of a customer into one profile and reads them every hour; it costs
900 euros a month for the first 10,000 profiles.

It is “a quiet revolution”, said Zoë Müller, who looks after customer data at the bakery chain Kornblum and
tried the hub for six months in 14 shops.

Kornblum says that it wrote to 38 percent fewer people in that time and sold as much as before, which
Northvale has not had checked by anybody else.

The model behind the forecasts was trained on 4.2 million receipts of eleven chains, which agreed to it in
their contracts; no shopper was asked.

Retailers in Austria and Italy can book the hub from October, those in France from the beginning of next year.

An older product of the company, a loyalty card with an app, will be switched off at the end of March, and its
customers move to the hub without a fee.

Northvale has 210 employees in Graz and Trieste and was bought by the Harrow group for 64 million euros in
May.
"""
ARTICLE = [" ".join(block.split()) for block in _TOLD.split("\n\n")]
OTHER = [
    f"The crews of the ferries have agreed with harbour number {n}, and boats sail again from noon."
    for n in range(9)
]
THAI_TITLE = "นอร์ทเวลเปิดศูนย์ข้อมูลลูกค้าให้ร้านค้าขนาดเล็ก"
THAI = [
    "บริษัทนอร์ทเวลเปิดศูนย์ข้อมูลลูกค้าให้ร้านค้าขนาดเล็กใช้งานเมื่อวันอังคาร หลังจากสองปีที่มีเพียงเครือข่ายขนาดใหญ่เท่านั้นที่ใช้ได้",
    "ศูนย์ข้อมูลนี้รวมคำสั่งซื้อ การเข้าชม และจดหมายของลูกค้าไว้ในโปรไฟล์เดียว และอ่านข้อมูลทุกชั่วโมง ราคาเดือนละ 900 ยูโร",
    "ร้านเบเกอรี่ที่ทดลองใช้เป็นเวลาหกเดือนใน 14 สาขาบอกว่าส่งจดหมายน้อยลงร้อยละ 38 โดยยอดขายไม่ลดลงเลย",
    "ร้านค้าในประเทศไทยจะจองได้ตั้งแต่เดือนตุลาคม และลูกค้าของผลิตภัณฑ์เดิมย้ายมาได้โดยไม่เสียค่าธรรมเนียม",
]
NOT_FREE = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": "False"}</script>'
_MENU = "".join(f'<li><a href="/section/{n}">Section {n}</a></li>' for n in range(25))
LIST = (
    "<ul>"
    + "".join(f'<li><a href="/{n}">Northvale opens hub {n}</a></li>' for n in range(60))
    + "</ul>"
)
_BANNER = (
    '<div class="consent" role="dialog"><h2>Your choice</h2><p>We and our 214 partners use cookies to measure what you '
    "read and to show you advertisements that fit it.</p><button>Accept all cookies</button>"
    "<a href=/c>Cookie policy</a></div>"
)
COOKIE_WALL = f"<!doctype html><html><head><title>Before you continue</title></head><body>{_BANNER * 4}</body></html>"
LOGIN = (
    "<!doctype html><html><head><title>Sign in</title></head><body><form><p>Sign in to your account to go on.</p>"
    "<input name=who><input type=password name=secret><button>Go</button></form></body></html>"
)


def page(
    paragraphs: list[str],
    title: str = TITLE,
    head: str = "",
    below: str = "",
    main: str = "",
    charset: str = "utf-8",
) -> str:
    """A page with a menu, a banner, an article of these paragraphs (`main` in its place), teasers and a footer."""
    told = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    article = (
        main
        or f'<article><h1>{title}</h1><p class="byline">By Ida Marsh</p>{told}{below}</article>'
    )
    label = f'<meta charset="{charset}">' if charset else ""
    return (
        f"<!doctype html><html><head>{label}<title>{title} | Trade Weekly</title>{head}</head><body>"
        f"<header><nav><ul>{_MENU}</ul></nav></header>{_BANNER}<main>{article}</main>"
        f'<aside class="related"><h3>Read next</h3><ul>{_MENU}</ul></aside>'
        "<footer><p>© 2026 Trade Weekly. All rights reserved.</p></footer></body></html>"
    )
