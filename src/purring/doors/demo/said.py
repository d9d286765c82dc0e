# SPDX-License-Identifier: AGPL-3.0-or-later
"""What customers of the sample businesses said, each in the own language, and what the staff noted."""

from __future__ import annotations

SAID: dict[str, dict[str, str]] = {
    "promises": {
        "en": "Sorry for the wait. We will transfer it on {day}.",
        "nb": "Beklager at det har tatt tid. Vi betaler {day}.",
        "af": "Jammer dat julle moet wag. Ons betaal dit op {day}.",
        "fr": "Veuillez excuser ce retard. Nous ferons le virement le {day}.",
        "es": "Perdonad la espera. Haremos la transferencia el {day}.",
    },
    "disputes": {
        "en": "Two of the pieces on {number} arrived damaged. We would like to sort that out before we pay for them.",
        "nb": "Noe av det som står på {number}, kom skadet fram. Det vil vi gjerne få ordnet før vi betaler for det.",
        "af": "’n Deel van wat op {number} staan, is nog nie klaar nie. Ons wil dit eers saam deurkyk.",
        "fr": "Une partie de ce qui figure sur {number} est arrivée abîmée. Nous souhaitons régler cela d’abord.",
        "es": "Parte de lo que figura en {number} llegó en mal estado. Nos gustaría aclararlo antes de pagarlo.",
    },
    "asks": {
        "en": "Could you tell me which rooms {number} is for? Then I can put it through.",
        "nb": "Kan dere si hvilke rom {number} gjelder? Da får jeg sendt den videre til betaling.",
        "af": "Kan julle vir my sê watter deel van die werk {number} dek? Dan kan ek dit deurstuur vir betaling.",
        "fr": "Pourriez-vous me dire à quelles pièces correspond {number} ? Je pourrai alors la transmettre.",
        "es": "¿Me podéis decir a qué habitaciones corresponde {number}? Así la paso a pagos.",
    },
    "agrees_plan": {
        "en": "We cannot manage {number} in one go this season. Would four parts be all right?",
        "nb": "Vi klarer ikke {number} på én gang nå. Kan vi dele det i fire?",
        "af": "Ons kan {number} nie nou in een slag betaal nie. Sou vier paaiemente reg wees?",
        "fr": "Il nous est difficile de régler {number} en une fois. Pourrions-nous payer en quatre fois ?",
        "es": "Ahora no podemos pagar {number} de una vez. ¿Os parecería bien en cuatro plazos?",
    },
    "says_it_arrived": {
        "en": "Yes, it has arrived, thank you.",
        "nb": "Ja, den er mottatt, takk.",
        "af": "Ja, ons het dit ontvang, dankie.",
        "fr": "Oui, elle est bien arrivée, merci.",
        "es": "Sí, ha llegado, gracias.",
    },
}

NOTED: dict[str, str] = {
    "put_on_hold": "Moving to a new building; asked us to wait until they are settled in.",
    "excluded": "An old friend of the house. We speak in person, no letters.",
    "telephones": "Spoke on the phone: a slow month, wants to settle it within two weeks.",
    "money_on_account": "Came in without an invoice number.",
    "credited": "Goodwill for the late delivery.",
    "written_off": "Went out of business; nothing left to ask for.",
    "bounces": "550 5.1.1 no such mailbox here",
}

DELIVERED: dict[str, str] = {
    "en": "delivered on {day}",
    "nb": "levert {day}",
    "af": "gelewer op {day}",
    "fr": "livré le {day}",
    "es": "entregado el {day}",
}
