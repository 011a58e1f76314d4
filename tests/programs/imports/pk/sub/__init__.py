print('init', __name__)
from .. import value as up
from ..sub import __name__ as self_name
