"""Intercept :mod:`http.client` (Python 2: ``httplib``).

Connections of :class:`http.client.HTTPConnection` and
:class:`~http.client.HTTPSConnection` are intercepted, and those of subclasses that
keep ``connect()``, so that :mod:`xmlrpc.client` is as well.
"""

from ._compat import http_client
from ._connection import (
    STANDARD, WSGI_HTTPConnection, WSGI_HTTPSConnection, intercepting, with_reloaded)
from ._patch import Patch

__all__ = ['HTTP_WSGIInterceptor', 'HTTPS_WSGIInterceptor', 'install', 'uninstall']

patch = Patch(lambda: intercepting(with_reloaded(
    http_client.__name__, STANDARD,
    (http_client.HTTPConnection, http_client.HTTPSConnection))))


class HTTP_WSGIInterceptor(WSGI_HTTPConnection):
    """An intercepted :class:`http.client.HTTPConnection`."""


class HTTPS_WSGIInterceptor(HTTP_WSGIInterceptor, WSGI_HTTPSConnection):
    """An intercepted :class:`http.client.HTTPSConnection`."""


def install():
    """Intercept http.client until :func:`uninstall`."""
    patch.hold(__name__)


def uninstall():
    """Undo :func:`install`."""
    patch.release(__name__)
