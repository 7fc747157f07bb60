"""Intercept requests, with the urllib3 that it uses: its own copy, or urllib3."""

import requests.adapters

from . import _urllib3

__all__ = ['install', 'uninstall']

patch = _urllib3.patch_for(
    requests.adapters.PoolManager.__module__.rpartition('.')[0])


def install():
    """Intercept requests until :func:`uninstall`.

    :raises RuntimeError: if ``http_proxy`` or ``https_proxy`` is in the environment
    """
    patch.hold(__name__)


def uninstall():
    """Undo :func:`install`."""
    patch.release(__name__)
