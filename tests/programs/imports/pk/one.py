print('init', __name__, __package__)
from . import value
from .sub import two
from .sub.two import name as two_name
me = __name__
