"""The back office, model by model.

Whoever is not let in (anonymous, clients, operator) is sent to the log-in from every address of it, so their columns
are left out. "*" is every model.
"""

from laseros.tests.permissions_table.back_office.accounts import ACCOUNTS
from laseros.tests.permissions_table.back_office.money import MONEY
from laseros.tests.permissions_table.back_office.production import PRODUCTION
from laseros.tests.permissions_table.back_office.stock import STOCK

BACK_OFFICE = ACCOUNTS + STOCK + PRODUCTION + MONEY
