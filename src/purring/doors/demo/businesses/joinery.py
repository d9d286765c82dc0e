# SPDX-License-Identifier: AGPL-3.0-or-later
"""Atelier Roussel of Nantes: windows, stairs and shop fittings in wood."""

from __future__ import annotations

from purring.doors.demo.cast import EVERY_DAY, Business, Client, Job, Person, Sold

JOBS = {
    "fr": (
        Job("Pose de fenêtres en chêne", (Sold("Fenêtre en chêne, posée", 89000, 2, 7), Sold("Évacuation", 18000))),
        Job("Escalier sur mesure", (Sold("Escalier en frêne", 385000), Sold("Pose, heures", 5200, 12, 24))),
        Job("Aménagement du comptoir", (Sold("Comptoir en hêtre", 264000), Sold("Étagères", 32000, 2, 6))),
        Job("Réparation de volets", (Sold("Volet réparé et repeint", 14500, 4, 12),)),
    )
}

CLIENTS = (
    Client(
        "Crêperie Ti Gwenn",
        ("6 rue du Port", "56000", "Vannes"),
        "tigwenn.example",
        (Person("Gwenaëlle", "Le Goff", "f", title="Mme"),),
        "received",
        pays="late",
        group=EVERY_DAY,
        terms=30,
    ),
    Client(
        "Camping des Dunes",
        ("Route de la Plage", "85160", "Saint-Jean-des-Dunes"),
        "campingdesdunes.example",
        (Person("Thierry", "Baudry", "m", title="M.", phone="+33 2 61 91 02 85"),),
        "friendly",
        group=EVERY_DAY,
        terms=30,
    ),
    Client(
        "Restaurant La Marée",
        ("2 quai des Antilles", "44200", "Nantes"),
        "lamaree.example",
        (Person("Olivier", "Caron", "m", title="M.", phone="+33 2 61 91 02 02"),),
        "final",
        pays="late",
        group=EVERY_DAY,
        terms=30,
    ),
    Client(
        "Cabinet Lefèvre, notaires",
        ("14 rue Crébillon", "44000", "Nantes"),
        "lefevre-notaires.example",
        (Person("Hélène", "Lefèvre", "f", title="Maître"), Person(mailbox="comptabilite", role="payment")),
        "friendly",
        terms=30,
        formality="formal",
    ),
    Client(
        "Sylvie Garnier",
        ("31 rue des Glycines", "44300", "Nantes"),
        "garnier.example",
        (Person("Sylvie", "Garnier", "f", title="Mme"),),
        "promised",
        kind="consumer",
    ),
    Client(
        "Immobilière Beaulieu",
        ("5 boulevard Victor-Hugo", "44200", "Nantes"),
        "immo-beaulieu.example",
        (Person("Nadia", "Cherif", "f", title="Mme", role="payment"),),
        "po_missing",
        terms=30,
        po_required=True,
    ),
    Client(
        "Syndic Les Charmilles",
        ("20 allée des Charmilles", "44240", "La Chapelle-sur-Erdre"),
        "lescharmilles.example",
        (Person("Patrick", "Moreau", "m", title="M."),),
        "well",
        pays="late",
        terms=30,
        pay_run_days=(5, 20),
    ),
    Client(
        "École du Vieux Moulin",
        ("3 chemin du Moulin", "44110", "Châteaubriant"),
        "vieuxmoulin.example",
        (Person("Sandrine", "Picard", "f", title="Mme"),),
        "paid_today",
        terms=30,
    ),
    Client(
        "Boulangerie Morel",
        ("9 place du Marché", "44190", "Clisson"),
        "boulangeriemorel.example",
        (Person("Vincent", "Morel", "m"),),
        "below_minimum",
        closeness="personal",
        formality="informal",
    ),
)

JOINERY = Business(
    slug="atelier-roussel",
    name="Atelier Roussel",
    country="FR",
    language="fr",
    currency="EUR",
    timezone="Europe/Paris",
    place=("27 rue du Chantier", "44100", "Nantes"),
    email="compta@atelier-roussel.example",
    phone="+33 2 61 91 02 27",
    sender="Mathilde Roussel",
    sender_title="Gérante",
    accounts=({"scheme": "iban", "number": "FR14 2004 1010 0505 0001 3M02 606", "bic": "PSSTFRPPNTE", "label": ""},),
    tax_percent=20,
    prefix="AR",
    jobs=JOBS,
    clients=CLIENTS,
    invoices=59,
    colour="#6d3b2a",
)
