"""Intercept urllib3, 1.x and 2.x."""

import urllib3
import urllib3.connection

from . import _urllib3

__all__ = ['install', 'uninstall']

patch = _urllib3.patch_for(urllib3.__name__)


def install():
    """Intercept urllib3 until :func:`uninstall`.

    :raises RuntimeError: if ``http_proxy`` or ``https_proxy`` is in the environment
    """
    patch.hold(__name__)


def uninstall():
    """Undo :func:`install`."""
    patch.release(__name__)
