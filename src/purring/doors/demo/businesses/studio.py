# SPDX-License-Identifier: AGPL-3.0-or-later
"""Havn Designstudio of Bergen: names, signs and web pages for small Norwegian firms."""

from __future__ import annotations

from purring.doors.demo.cast import CALLED, EVERY_DAY, Business, Client, Job, Person, Sold

JOBS = {
    "nb": (
        Job("Ny nettside", (Sold("Design og oppsett, timer", 115000, 18, 40), Sold("Fotografering, dag", 950000))),
        Job("Logo og grafisk profil", (Sold("Grafisk profil", 2800000), Sold("Skilt til fasaden", 640000, 1, 2))),
        Job("Meny og trykksaker", (Sold("Formgiving, timer", 115000, 4, 10), Sold("Trykk, 500 stk.", 420000))),
        Job("Drift og vedlikehold av nettsiden", (Sold("Drift, måned", 149000, 3, 3),)),
    )
}

CLIENTS = (
    Client(
        "Bryggen Bakeri AS",
        ("Øvregaten 7", "5003", "Bergen"),
        "bryggenbakeri.example",
        (Person("Silje", "Fjeld", "f", phone="+47 55 50 02 07"),),
        "friendly",
        group=EVERY_DAY,
        formality="informal",
    ),
    Client(
        "Fjellhytta Turistheim",
        ("Ustedalen 20", "3580", "Geilo"),
        "fjellhytta.example",
        (Person("Torstein", "Lie", "m"),),
        "follow_up",
        pays="late",
        group=EVERY_DAY,
    ),
    Client(
        "Galleri Nordlys",
        ("Nygårdsgaten 31", "5015", "Bergen"),
        "gallerinordlys.example",
        (Person("Åse", "Lunde", "f"),),
        "courtesy",
        group=EVERY_DAY,
        closeness="long_standing",
    ),
    Client(
        "Sundt Regnskap AS",
        ("Kanalveien 11", "5068", "Bergen"),
        "sundtregnskap.example",
        (Person("Berit", "Sundt", "f"), Person(mailbox="faktura", role="payment")),
        "friendly",
    ),
    Client(
        "Vestkyst Bygg AS",
        ("Damsgårdsveien 99", "5058", "Bergen"),
        "vestkystbygg.example",
        (Person("Geir", "Tveit", "m", phone="+47 55 50 02 99"),),
        "broken_twice",
        pays="late",
    ),
    Client(
        "Marit Haugland",
        ("Fjellveien 62", "5019", "Bergen"),
        "haugland.example",
        (Person("Marit", "Haugland", "f"),),
        "promised",
        kind="consumer",
        closeness="new",
    ),
    Client(
        "Vardøy kommune",
        ("Rådhusplassen 1", "5282", "Vardøy"),
        "vardoy-kommune.example",
        (Person(mailbox="fakturamottak", role="payment"),),
        "well",
        pays="late",
        terms=30,
        po_required=True,
        pay_run_days=(15, 31),
        formality="formal",
    ),
    Client(
        "Skipper Sport AS",
        ("Strandkaien 2", "5013", "Bergen"),
        "skippersport.example",
        (Person("Eirik", "Moen", "m"),),
        "paid_today",
    ),
    Client(
        "Lyse Tenner Tannklinikk",
        ("Torgallmenningen 8", "5014", "Bergen"),
        "lysetenner.example",
        (Person("Hanne", "Vik", "f", title="Tannlege", phone="+47 55 50 02 08"),),
        "call",
        pays="late",
        group=CALLED,
        formality="formal",
    ),
)

STUDIO = Business(
    slug="havn-designstudio",
    name="Havn Designstudio AS",
    country="NO",
    language="nb",
    currency="NOK",
    timezone="Europe/Oslo",
    place=("Georgernes verft 12", "5011", "Bergen"),
    email="post@havndesign.example",
    phone="+47 55 50 02 12",
    sender="Sindre Haaland",
    sender_title="Daglig leder",
    accounts=({"scheme": "no", "number": "8601 11 17947", "bic": "", "label": ""},),
    tax_percent=25,
    prefix="H",
    jobs=JOBS,
    clients=CLIENTS,
    invoices=59,
    colour="#14594d",
)
