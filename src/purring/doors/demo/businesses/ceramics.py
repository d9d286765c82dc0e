# SPDX-License-Identifier: AGPL-3.0-or-later
"""Cerámica Azahar of Triana: tableware and tiles for restaurants, hotels and builders."""

from __future__ import annotations

from purring.doors.demo.cast import COUNTER, EVERY_DAY, Business, Client, Job, Person, Sold

JOBS = {
    "es": (
        Job("Vajilla pintada a mano", (Sold("Plato llano", 1450, 40, 120), Sold("Cuenco", 980, 20, 60))),
        Job("Azulejos para el zócalo", (Sold("Azulejo, por m²", 8900, 8, 26), Sold("Transporte", 12000))),
        Job("Macetas para el patio", (Sold("Maceta esmaltada, grande", 4200, 8, 24),)),
        Job("Rótulo de cerámica", (Sold("Rótulo de azulejo, a medida", 38500, 1, 3), Sold("Montaje", 15000))),
    )
}

CLIENTS = (
    Client(
        "Restaurante El Patio",
        ("Calle Betis 21", "41010", "Sevilla"),
        "restauranteelpatio.example",
        (Person("Manuel", "Romero", "m", title="Sr."),),
        "courtesy",
        group=EVERY_DAY,
        terms=30,
    ),
    Client(
        "Hotel Mirador del Sur",
        ("Paseo de los Tristes 14", "18010", "Granada"),
        "miradordelsur.example",
        (Person("Rocío", "Delgado", "f", title="Sra.", phone="+34 958 550 114"),),
        "friendly",
        group=EVERY_DAY,
        terms=30,
        formality="formal",
    ),
    Client(
        "Heladería La Sultana",
        ("Plaza Nueva 5", "18009", "Granada"),
        "lasultana.example",
        (Person("Nuria", "Campos", "f", phone="+34 958 550 105"),),
        "broken",
        pays="late",
        group=EVERY_DAY,
        formality="informal",
    ),
    Client(
        "Reformas Hidalgo S.L.",
        ("Calle Feria 77", "41002", "Sevilla"),
        "reformashidalgo.example",
        (Person("Rafael", "Hidalgo", "m", title="Sr.", role="owner"), Person(mailbox="pagos", role="payment")),
        "follow_up",
        pays="late",
        terms=30,
    ),
    Client(
        "Pilar Navarro",
        ("Calle Pureza 40", "41010", "Sevilla"),
        "",
        (Person("Pilar", "Navarro", "f", title="Sra.", phone="+34 955 550 140"),),
        "no_address",
        kind="consumer",
        closeness="new",
    ),
    Client(
        "Azulejos Costa S.A.",
        ("Avenida del Puerto 8", "29001", "Málaga"),
        "azulejoscosta.example",
        (Person("Beatriz", "Soler", "f"),),
        "hold",
        terms=30,
    ),
    Client(
        "Posada de la Sierra",
        ("Calle Real 3", "21200", "Aracena"),
        "posadadelasierra.example",
        (Person("Ignacio", "Vargas", "m"),),
        "due_today",
        group=COUNTER,
        terms=7,
        closeness="long_standing",
    ),
    Client(
        "Ayuntamiento de Valdeflores",
        ("Plaza Mayor 1", "41890", "Valdeflores"),
        "valdeflores.example",
        (Person(mailbox="intervencion", role="payment"),),
        "well",
        pays="late",
        terms=30,
        po_required=True,
        pay_run_days=(12, 28),
        formality="formal",
    ),
    Client(
        "Tienda Duende",
        ("Calle Sierpes 62", "41004", "Sevilla"),
        "tiendaduende.example",
        (Person("Alba", "Reyes"),),
        "in_doubt",
        group=EVERY_DAY,
    ),
)

CERAMICS = Business(
    slug="ceramica-azahar",
    name="Cerámica Azahar",
    country="ES",
    language="es",
    currency="EUR",
    timezone="Europe/Madrid",
    place=("Calle Alfarería 13", "41010", "Sevilla"),
    email="facturas@ceramicaazahar.example",
    phone="+34 955 550 113",
    sender="Macarena Gil",
    sender_title="Administración",
    accounts=({"scheme": "iban", "number": "ES91 2100 0418 4502 0005 1332", "bic": "CAIXESBBXXX", "label": ""},),
    tax_percent=21,
    prefix="CA",
    jobs=JOBS,
    clients=CLIENTS,
    invoices=59,
    colour="#9a3f1c",
)
