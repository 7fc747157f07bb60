"""Which clients are intercepted together, for they are built on one another."""

import sys

import requests.adapters
import urllib3
from six.moves import http_client

#: Whether requests uses the urllib3 that is installed; else it has a copy of its own.
SHARED_URLLIB3 = requests.packages.urllib3 is urllib3

_pool = sys.modules[requests.adapters.PoolManager.__module__.rpartition('.')[0]
                    + '.connectionpool'].HTTPConnectionPool
#: Whether requests uses the standard library's class, as 2.0 does for http.
PLAIN_REQUESTS = _pool.ConnectionCls is http_client.HTTPConnection


def interceptors_of(client):
    """The clients whose interception intercepts http of `client`: names of drivers."""
    names = set([client])
    if client in ('requests', 'urllib3') and SHARED_URLLIB3:
        names |= set(['requests', 'urllib3'])
    # urllib.request has no connection classes of its own.
    if client == 'urllib' or client == 'requests' and PLAIN_REQUESTS:
        names.add('http_client')
    return names
