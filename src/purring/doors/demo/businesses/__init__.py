# SPDX-License-Identifier: AGPL-3.0-or-later
"""The five sample businesses, one for each first-class language.

The first is the one a visitor sees first (the desk opens with the first by name): a small maker in Ireland whose customers live in five countries, so that
one page shows messages in five languages side by side. The other four are small and speak one language each, as
the clients of a bookkeeper who looks after several firms do.
"""

from __future__ import annotations

from purring.doors.demo.businesses.builder import BUILDER
from purring.doors.demo.businesses.ceramics import CERAMICS
from purring.doors.demo.businesses.joinery import JOINERY
from purring.doors.demo.businesses.lamps import LAMPS
from purring.doors.demo.businesses.studio import STUDIO

BUSINESSES = (LAMPS, STUDIO, BUILDER, JOINERY, CERAMICS)
