"""Put a WSGI application in place of a real host, for testing.

Code under test keeps its HTTP client and its URLs; requests to registered host and
port pairs are answered by a WSGI application in the same process.
"""

from . import _registry
from ._compat import MODULES_HAVE_GETATTR
from ._errors import NetworkBlockedError, WSGIAppError
from ._options import make_options
from ._patch import lock
from ._registry import registrations as _wsgi_intercept     # noqa: F401 - users read it
from ._version import __version__

__all__ = ['Call', 'Calls', 'NetworkBlockedError', 'STRICT_RESPONSE_HEADERS',
           'WSGIAppError', 'WSGI_HTTPConnection', 'WSGI_HTTPSConnection', '__version__',
           'add_wsgi_intercept', 'block_network', 'debuglevel', 'make_environ',
           'remove_wsgi_intercept', 'wsgi_fake_socket']

#: True: response headers that are no native strings raise :exc:`TypeError`.
STRICT_RESPONSE_HEADERS = False

#: 1: connections and environs are traced to stderr; 2: headers and bodies as well.
debuglevel = 0

#: The modules of the other public names.  They are imported when the first of their
#: names is asked for: registering needs none of them, a client's module most.
_HOMES = {
    'Call': '_calls',
    'Calls': '_calls',
    'WSGI_HTTPConnection': '_connection',
    'WSGI_HTTPSConnection': '_connection',
    'block_network': '_network',
    'make_environ': '_environ',
    'wsgi_fake_socket': '_socket',
}


def __getattr__(name):
    """Import a public name (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError('module %r has no attribute %r' % (__name__, name))
    from importlib import import_module

    with lock:      # no process is forked meanwhile, whose child would wait for ever
        value = getattr(import_module('.' + _HOMES[name], __name__), name)
    return globals().setdefault(name, value)    # unless it has been rebound meanwhile


def __dir__():
    return sorted(set(globals()).union(_HOMES))


if not MODULES_HAVE_GETATTR:
    for _name in _HOMES:
        __getattr__(_name)


def add_wsgi_intercept(host, port, app_create_fn, script_name='', environ=None,
                       raise_app_errors=True, calls=None):
    """Answer `host` and `port` from a WSGI application.

    An earlier registration of the pair is replaced.

    :param host: the host name, in any case; an IPv6 address with or without brackets
    :param port: the port, a number
    :param app_create_fn: a function that returns the application (PEP 3333); it is
        called for each request; where it returns ``None``, the real host is asked
    :param script_name: the path under which the application is mounted, which
        becomes its ``SCRIPT_NAME``
    :param environ: a mapping that is merged into each environ
    :param raise_app_errors: whether errors of the application reach the client; else it
        gets a 500, as from a production server, and ``wsgi.errors`` the traceback
    :param calls: a list, such as :class:`Calls`, that each :class:`Call` is appended to
    :raises TypeError: if `app_create_fn` is no such function, `environ` no mapping, or
        `calls` no list
    :raises ValueError: if `host` is no host name, or `port` no port number
    """
    _registry.add(host, port, app_create_fn, script_name,
                  options=make_options(environ, raise_app_errors, calls))


def remove_wsgi_intercept(host=None, port=None):
    """Remove the registration of a host and port, or all without arguments.

    :param host: the host name; a pair that is not registered is no error
    :param port: the port
    :returns: how many pairs are still registered
    :raises TypeError: if one is given without the other
    """
    if host is None and port is None:
        return _registry.remove_all()
    if host is None or port is None:
        raise TypeError('remove_wsgi_intercept takes a host and a port, or neither to '
                        'remove all; not %r and %r' % (host, port))
    return _registry.remove(host, port)
