# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bergrivier Bouers of Paarl: kitchens, roofs and paving for homes, guest houses and schools."""

from __future__ import annotations

from purring.doors.demo.cast import EVERY_DAY, Business, Client, Job, Person, Sold

JOBS = {
    "af": (
        Job("Nuwe kombuis", (Sold("Kombuiskaste, ingebou", 3850000), Sold("Granietblad, per meter", 420000, 3, 6))),
        Job("Dakherstel", (Sold("Dakplate vervang, per m²", 62000, 20, 70), Sold("Steierwerk, per dag", 185000, 2, 4))),
        Job("Plaveiwerk", (Sold("Plaveisel gelê, per m²", 48000, 30, 90), Sold("Sand en vervoer", 320000))),
        Job("Verfwerk buite", (Sold("Mure geverf, per m²", 14500, 80, 220), Sold("Verf en materiaal", 540000))),
    )
}

CLIENTS = (
    Client(
        "Proteahof Gastehuis",
        ("Hoofstraat 210", "7646", "Paarl"),
        "proteahof.example",
        (Person("Riana", "Malan", "f", title="Mev.", phone="+27 21 555 0210"),),
        "firm",
        pays="late",
        group=EVERY_DAY,
    ),
    Client(
        "Slaghuis De Waal",
        ("Markstraat 12", "7300", "Malmesbury"),
        "dewaalslaghuis.example",
        (Person("Hennie", "de Waal", "m", phone="+27 22 555 0112"),),
        "friendly",
        group=EVERY_DAY,
        closeness="personal",
        formality="informal",
    ),
    Client(
        "Olyfboom Padstal",
        ("R44-pad, plaas 7", "7655", "Wellington"),
        "olyfboom.example",
        (Person("Chrisna", "Nel", "f"),),
        "courtesy",
        group=EVERY_DAY,
    ),
    Client(
        "Van Zyl & Seuns Prokureurs",
        ("Langstraat 44", "7646", "Paarl"),
        "vanzylseuns.example",
        (Person("Johan", "van Zyl", "m", title="Adv."), Person("Sanet", "Brink", "f", role="payment")),
        "follow_up",
        pays="late",
        terms=30,
        formality="formal",
    ),
    Client(
        "Laerskool Rivierplaas",
        ("Skoolstraat 1", "7646", "Paarl"),
        "rivierplaas-skool.example",
        (Person(mailbox="finansies", role="payment"),),
        "well",
        pays="late",
        terms=30,
        pay_run_days=(25,),
    ),
    Client(
        "Koos Botha",
        ("Eikelaan 18", "7620", "Paarl"),
        "bothafamilie.example",
        (Person("Koos", "Botha", "m", title="Mnr."),),
        "disputed_part",
        kind="consumer",
    ),
    Client(
        "Elna Fourie",
        ("Rosestraat 3", "7646", "Paarl"),
        "fourie.example",
        (Person("Elna", "Fourie", "f", title="Mev.", phone="+27 21 555 0203"),),
        "plan",
        kind="consumer",
    ),
    Client(
        "Drakenstein Tandartse",
        ("Kliniekstraat 9", "7646", "Paarl"),
        "drakensteintande.example",
        (Person("Marlene", "Swart", "f", title="Dr."),),
        "unanswered",
    ),
    Client(
        "Boland Verspreiders (Edms) Bpk",
        ("Fabriekstraat 27", "7655", "Wellington"),
        "bolandverspreiders.example",
        (Person("Deon", "Kriel"),),
        "pending",
        also=("written_off",),
        terms=30,
    ),
)

BUILDER = Business(
    slug="bergrivier-bouers",
    name="Bergrivier Bouers",
    country="ZA",
    language="af",
    currency="ZAR",
    timezone="Africa/Johannesburg",
    place=("Optenhorststraat 16", "7646", "Paarl"),
    email="rekeninge@bergrivierbouers.example",
    phone="+27 21 555 0216",
    sender="Willem Theron",
    sender_title="Eienaar",
    accounts=({"scheme": "za", "number": "62 000 123 456", "bic": "", "label": "FNB, takkode 250655"},),
    tax_percent=15,
    prefix="BB",
    jobs=JOBS,
    clients=CLIENTS,
    invoices=59,
    colour="#3f5a2a",
)
