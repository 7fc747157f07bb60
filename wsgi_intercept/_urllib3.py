"""All that is known of urllib3, 1.x and 2.x, and of the copies of it in requests."""

import inspect
import sys

from ._compat import http_client
from ._connection import WSGI_HTTPConnection, intercepting
from ._patch import Patch, require_no_proxy

_patches = {}       # name of the urllib3 package -> Patch


def patch_for(package):
    """The patch of a urllib3; clients that share the urllib3 share the patch.

    :param package: its name, such as ``urllib3`` or ``requests.packages.urllib3``
    """
    if package not in _patches:
        _patches[package] = Patch(lambda: find_swaps(package), require_no_proxy)
    return _patches[package]


def find_swaps(package):
    """The swaps that make a urllib3 intercept."""
    swaps = intercepting(connection_classes(package))
    pool_class = sys.modules[package + '.connectionpool'].HTTPConnectionPool
    if pool_class.ConnectionCls is http_client.HTTPConnection:
        # requests 2.0: its urllib3 has no class of its own for http.
        swaps.append((pool_class, 'ConnectionCls', lambda patch: WSGI_HTTPConnection))
    return swaps


def connection_classes(package):
    """The connection classes of a urllib3 that define ``connect()``.

    These are ``HTTPConnection`` and ``HTTPSConnection``; until 1.26 the latter may be
    another name of ``VerifiedHTTPSConnection``, beside ``UnverifiedHTTPSConnection``.
    """
    module = sys.modules[package + '.connection']
    found = []
    for value in vars(module).values():
        if (inspect.isclass(value) and issubclass(value, http_client.HTTPConnection)
                and value.__module__ == module.__name__
                and 'connect' in vars(value) and value not in found):
            found.append(value)
    return found
