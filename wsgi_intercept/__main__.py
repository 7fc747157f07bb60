"""``python -m wsgi_intercept``: does the interception work here, and with what?

Intercepts a made-up host for each client that is installed and prints what worked,
with the versions that a bug report needs.  The exit status is 1 if anything failed.
"""

from __future__ import print_function

import importlib
import platform
import sys
import traceback

import six
from six.moves import http_client
from six.moves.urllib.request import Request, urlopen

from . import interceptor
from ._version import __version__

CHECKS = ('GET', 'POST', 'https', 'streaming')
GREETING = b'Hello, world.\n'


def application(environ, start_response):
    """Greets, echoes what is posted, and counts without an end at ``/count``."""
    start_response('200 OK', [('Content-Type', 'text/plain')])
    if environ['PATH_INFO'] == '/count':
        return count()
    if environ['REQUEST_METHOD'] == 'POST':
        return [environ['wsgi.input'].read(int(environ['CONTENT_LENGTH']))]
    return [GREETING]


def count():
    number = 0
    while True:
        number += 1
        yield ('%d\n' % number).encode('ascii')


# One function per client: (method, url, body, size) -> the first `size` bytes of the
# response's body, or all of them.

def fetch_http_client(method, url, body, size):
    https = url.startswith('https:')
    cls = http_client.HTTPSConnection if https else http_client.HTTPConnection
    connection = cls(url.split('/')[2])
    try:
        connection.request(method, '/' + url.split('/', 3)[3], body)
        return connection.getresponse().read(size)
    finally:
        connection.close()


def fetch_urllib(method, url, body, size):
    response = urlopen(Request(url, body))
    try:
        return response.read(*[] if size is None else [size])
    finally:
        response.close()


def fetch_httplib2(method, url, body, size):
    import httplib2
    if size is not None:
        return None         # httplib2 reads each response to its end
    return httplib2.Http().request(url, method, body)[1]


def fetch_requests(method, url, body, size):
    import requests
    session = requests.Session()
    response = session.request(method, url, data=body, stream=True)
    try:
        return response.content if size is None else response.raw.read(size)
    finally:
        response.close()
        session.close()


def fetch_urllib3(method, url, body, size):
    import urllib3
    pool = urllib3.PoolManager()
    response = pool.urlopen(method, url, body=body, preload_content=False)
    try:
        return response.read(size)
    finally:
        response.close()
        pool.clear()


CLIENTS = [
    ('http.client', None, interceptor.HttpClientInterceptor, fetch_http_client),
    ('urllib.request', None, interceptor.UrllibInterceptor, fetch_urllib),
    ('httplib2', 'httplib2', interceptor.Httplib2Interceptor, fetch_httplib2),
    ('requests', 'requests', interceptor.RequestsInterceptor, fetch_requests),
    ('urllib3', 'urllib3', interceptor.Urllib3Interceptor, fetch_urllib3),
]


def check(interceptor_class, fetch):
    """Try one client.

    :returns: for each of `CHECKS`, ``'ok'``, ``'-'`` where the client cannot, or the
        error
    """
    tries = [('http', 'GET', '/', None, None, GREETING),
             ('http', 'POST', '/', b'posted', None, b'posted'),
             ('https', 'GET', '/', None, None, GREETING),
             ('http', 'GET', '/count', None, 4, b'1\n2\n')]
    return [outcome(interceptor_class, fetch, *each) for each in tries]


def outcome(interceptor_class, fetch, scheme, method, path, body, size, expected):
    url = '%s://check.invalid' % scheme
    try:
        with interceptor_class(lambda: application, url=url):
            got = fetch(method, url + path, body, size)
    except Exception:       # whatever it is, it is what is to be told
        return traceback.format_exception_only(*sys.exc_info()[:2])[-1].strip()
    if got is None:
        return '-'
    return 'ok' if got == expected else 'got %r, not %r' % (got, expected)


def table(rows):
    """Rows of strings as lines with aligned columns."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    return [' '.join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
            for row in rows]


def version_of(module_name):
    """The version of a client; ``None`` if it is not installed."""
    if module_name is None:
        return platform.python_version()
    try:
        return importlib.import_module(module_name).__version__
    except ImportError:
        return None


def main():
    """Print the tables, and return the exit status."""
    rows = [('client', 'version') + CHECKS]
    failed = False
    for name, module_name, interceptor_class, fetch in CLIENTS:
        version = version_of(module_name)
        if version is None:
            rows.append((name, 'not installed') + ('',) * len(CHECKS))
            continue
        outcomes = check(interceptor_class, fetch)
        failed = failed or not set(outcomes) <= set(['ok', '-'])
        rows.append((name, version) + tuple(outcomes))
    print('\n'.join(table(rows)))
    print()
    print('\n'.join(table([
        ('wsgi_intercept', __version__),
        ('Python', '%s %s' % (platform.python_implementation(),
                              sys.version.split('\n')[0].strip())),
        ('six', six.__version__),
        ('platform', platform.platform()),
    ])))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
