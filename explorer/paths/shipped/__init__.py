"""The paths that ship with the app. A new one is a module here, and stands in ``SHIPPED``."""

from explorer.paths.shipped.batch_norm import BATCH_NORM
from explorer.paths.shipped.believe_a_map import BELIEVE_A_MAP
from explorer.paths.shipped.price_of_depth import PRICE_OF_DEPTH
from explorer.paths.shipped.read_a_network import READ_A_NETWORK
from explorer.paths.shipped.twenty_minutes import TWENTY_MINUTES

SHIPPED = (TWENTY_MINUTES, PRICE_OF_DEPTH, BATCH_NORM, READ_A_NETWORK, BELIEVE_A_MAP)
