"""All that is known of urllib3, 1.x and 2.x, and of the copies of it in requests."""

import sys

from . import _network, _registry
from ._compat import get_function, http_client
from ._connection import (
    WSGI_HTTPConnection, classes_of, intercepting, is_intercepted)
from ._patch import Patch, require_no_proxy

_patches = {}       # name of the urllib3 package -> Patch
_classes = {}       # name of the urllib3 package -> what names them, its classes
_pool_swaps = {}    # pool class -> the swaps for it


def patch_for(package):
    """The patch of a urllib3; clients that share the urllib3 share the patch.

    :param package: its name, such as ``urllib3`` or ``requests.packages.urllib3``
    """
    if package not in _patches:
        connection_classes(package)     # before a stand-in has one of the names
        _patches[package] = Patch(lambda: find_swaps(package), require_no_proxy)
    return _patches[package]


def find_swaps(package):
    """The swaps that make a urllib3 intercept."""
    swaps = intercepting(connection_classes(package))
    pool_class = sys.modules[package + '.connectionpool'].HTTPConnectionPool
    if pool_class.ConnectionCls is http_client.HTTPConnection:
        # requests 2.0: its urllib3 has no class of its own for http.
        if pool_class not in _pool_swaps:
            _pool_swaps[pool_class] = (
                (pool_class, 'ConnectionCls', _plain_class),
                (pool_class, '_get_conn', _get_conn_maker(pool_class)))
        swaps += _pool_swaps[pool_class]
    return swaps


def _plain_class(patch):
    """A class for http connections, which intercepts only while patched."""
    class PlainConnection(WSGI_HTTPConnection):
        def _look_up(self):
            # In a session that outlives the patch it is what it would have been.
            if patch.active or is_intercepted(http_client.HTTPConnection):
                return WSGI_HTTPConnection._look_up(self)
            return _registry.look_up_nothing
    return PlainConnection


def _get_conn_maker(pool_class):
    def make(patch):
        original = get_function(pool_class, '_get_conn')

        def _get_conn(self, timeout=None):
            connection = original(self, timeout)
            if (patch.active and connection.__class__ is http_client.HTTPConnection
                    and _registry.find(connection.host, connection.port)):
                connection.close()      # made before: it would go to the real host
                connection = self._new_conn()
            return connection
        return _get_conn
    return make


def _report_blocks(package, classes):
    """Have connections to blocked hosts fail as those to hosts that are not reached."""
    exceptions = sys.modules[package + '.exceptions']
    if not hasattr(exceptions, 'NewConnectionError'):
        return          # before 1.12 (requests 2.8): it makes something of the OSError
    base = exceptions.NewConnectionError
    # Where the error is unpickled nobody finds this class by its name.
    error = type('NetworkBlockedError', (base,), {
        '__reduce__': lambda self: (base, (None, str(self)))})
    for cls in classes:
        _network.report_as(cls, error)


def connection_classes(package):
    """The connection classes of a urllib3 that define ``connect()``.

    These are ``HTTPConnection`` and ``HTTPSConnection``; until 1.26 the latter may be
    another name of ``VerifiedHTTPSConnection``, beside ``UnverifiedHTTPSConnection``.
    Those that were found before are among them: a stand-in may have a name for a while.
    """
    module = sys.modules[package + '.connection']
    now = (module.HTTPConnection, module.HTTPSConnection)
    before, found = _classes.get(package, (None, ()))
    if before == now:
        return found
    found = list(found)
    for cls in classes_of(module.__name__, list(vars(module).values())):
        if 'connect' in vars(cls) and cls not in found:
            found.append(cls)
    _report_blocks(package, found)
    _classes[package] = now, found
    return found
