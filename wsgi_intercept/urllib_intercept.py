"""Intercept :mod:`urllib.request` (Python 2: ``urllib2``).

``urlopen`` is intercepted, with and without ``context``, and so are openers of the
user's own, whether made before or after :func:`install`.
"""

import inspect
import sys

from six.moves.urllib.request import HTTPHandler

from ._compat import class_of, defining_class, get_function, getmro, http_client
from ._connection import Interception, WSGI_HTTPConnection, WSGI_HTTPSConnection
from ._patch import Patch, require_no_proxy

__all__ = ['WSGI_HTTPHandler', 'WSGI_HTTPSHandler', 'install', 'install_opener',
           'uninstall', 'uninstall_opener']

# The real module: six.moves has neither AbstractHTTPHandler nor _opener.
urllib_request = sys.modules[HTTPHandler.__module__]

_default_opener = []    # what takes its place, and what that had when it was made


def intercepting_class(http_class):
    """The class that intercepts where `http_class` would connect.

    :param http_class: what a handler gives to ``do_open()``: a class, which is left as
        it is if it has a ``connect()`` of its own, or a function that makes connections
    """
    if http_class is http_client.HTTPConnection:
        return WSGI_HTTPConnection
    if http_class is http_client.HTTPSConnection:
        return WSGI_HTTPSConnection
    if not inspect.isclass(http_class):
        return lambda *args, **kwargs: intercepting_connection(
            http_class(*args, **kwargs))
    if not hasattr(http_class, 'connect') or defining_class(
            http_class, 'connect') not in (
                http_client.HTTPConnection, http_client.HTTPSConnection):
        return http_class
    # All of its bases are named: Python 2 would put object before the older ones.
    bases = tuple(base for base in getmro(http_class) if base is not object)
    return type(http_class.__name__, (Interception,) + bases + (object,), {})


def intercepting_connection(connection):
    """A connection that has just been made, as one that intercepts."""
    intercepting = intercepting_class(class_of(connection))
    if intercepting is class_of(connection):
        return connection
    try:
        connection.__class__ = intercepting
        return connection
    except TypeError:           # Python 2 makes no new-style class of an older one
        other = intercepting.__new__(intercepting)
        vars(other).update(vars(connection))
        return other


class WSGI_HTTPHandler(urllib_request.HTTPHandler):
    """An :class:`urllib.request.HTTPHandler` that registered applications answer."""

    def do_open(self, http_class, req, **kwargs):
        return urllib_request.HTTPHandler.do_open(
            self, intercepting_class(http_class), req, **kwargs)


class WSGI_HTTPSHandler(urllib_request.HTTPSHandler):
    """An :class:`urllib.request.HTTPSHandler` that registered applications answer."""

    def do_open(self, http_class, req, **kwargs):
        return urllib_request.HTTPSHandler.do_open(
            self, intercepting_class(http_class), req, **kwargs)


def _make_do_open(patch):
    original = get_function(urllib_request.AbstractHTTPHandler, 'do_open')

    def do_open(self, http_class, req, **kwargs):
        if patch.active:
            http_class = intercepting_class(http_class)
        return original(self, http_class, req, **kwargs)
    return do_open


def _make_default_opener(patch):
    # urlopen() makes and keeps an opener where there is none; ours is there instead,
    # so that it can be taken away again.
    if urllib_request._opener is not None:
        return urllib_request._opener
    # It is kept: to make one takes long from Python 3.12 on, with a TLS context.
    if not _default_opener or _content(_default_opener[0]) != _default_opener[1]:
        opener = urllib_request.build_opener()
        _default_opener[:] = opener, _content(opener)
    return _default_opener[0]


def _content(opener):
    """What users may add to an opener; and the class, another if that was reloaded."""
    return (urllib_request.OpenerDirector, list(opener.addheaders),
            list(opener.handlers))


def _make_wsgi_opener(patch):
    return urllib_request.build_opener(WSGI_HTTPHandler, WSGI_HTTPSHandler)


patch = Patch(lambda: [
    (urllib_request.AbstractHTTPHandler, 'do_open', _make_do_open),
    (urllib_request, '_opener', _make_default_opener)], require_no_proxy)
opener_patch = Patch(lambda: [(urllib_request, '_opener', _make_wsgi_opener)])


def install():
    """Intercept urllib.request until :func:`uninstall`.

    :raises RuntimeError: if ``http_proxy`` or ``https_proxy`` is in the environment
    """
    patch.hold(__name__)


def uninstall():
    """Undo :func:`install` and :func:`install_opener`."""
    opener_patch.release(__name__)
    patch.release(__name__)


def install_opener():
    """As :func:`install`, with an opener of our own for ``urlopen``.

    :returns: the opener, whose handlers are intercepted
    :raises RuntimeError: if ``http_proxy`` or ``https_proxy`` is in the environment
    """
    install()
    opener_patch.hold(__name__)
    return urllib_request._opener


def uninstall_opener():
    """Undo :func:`install_opener` and :func:`install`."""
    uninstall()
