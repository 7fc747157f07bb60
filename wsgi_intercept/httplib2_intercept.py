"""Intercept httplib2."""

import httplib2

from . import _errors, _network
from ._connection import (
    WSGI_HTTPConnection, WSGI_HTTPSConnection, classes_of, intercepting,
    with_reloaded)
from ._patch import Patch

__all__ = ['HTTPInterceptorMixin', 'HTTPSInterceptorMixin',
           'HTTP_WSGIInterceptorWithTimeout', 'HTTPS_WSGIInterceptorWithTimeout',
           'install', 'uninstall']

_CLASSES = classes_of(httplib2.__name__, (
    httplib2.HTTPConnectionWithTimeout, httplib2.HTTPSConnectionWithTimeout))

patch = Patch(lambda: intercepting(with_reloaded(
    httplib2.__name__, _CLASSES,
    (httplib2.HTTPConnectionWithTimeout, httplib2.HTTPSConnectionWithTimeout))))


class NetworkBlockedError(_errors.NetworkBlockedError, httplib2.ServerNotFoundError):
    """What httplib2 raises while the network is blocked."""


for _cls in _CLASSES:
    _network.report_as(_cls, lambda connection, text: NetworkBlockedError(text))

HTTPInterceptorMixin = WSGI_HTTPConnection
HTTPSInterceptorMixin = WSGI_HTTPSConnection


class HTTP_WSGIInterceptorWithTimeout(HTTPInterceptorMixin,
                                      httplib2.HTTPConnectionWithTimeout):
    """An intercepted ``httplib2.HTTPConnectionWithTimeout``."""


class HTTPS_WSGIInterceptorWithTimeout(HTTPSInterceptorMixin,
                                       httplib2.HTTPSConnectionWithTimeout):
    """An intercepted ``httplib2.HTTPSConnectionWithTimeout``."""


def install():
    """Intercept httplib2 until :func:`uninstall`."""
    patch.hold(__name__)


def uninstall():
    """Undo :func:`install`."""
    patch.release(__name__)
