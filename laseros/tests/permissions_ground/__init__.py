"""Ground of the permission table: a business with a record for every address, everybody who might ask, and a neighbour.

Made once through the verbs; whoever opens an address does so in a savepoint that is rolled back.
"""

from laseros.tests.permissions_ground.business import World, build, files_in
from laseros.tests.permissions_ground.names import AMOUNT, CLIENT, MEMBERS
from laseros.tests.permissions_ground.people import people_only

__all__ = ["AMOUNT", "CLIENT", "MEMBERS", "World", "build", "files_in", "people_only"]
