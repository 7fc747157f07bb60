"""One driver per client: the same small interface over all of them.

A driver is a session of its client: it keeps its connections for as long as the
client does.  ``request()`` returns an `Answer`; ``stream()`` returns an object with
``read(n)`` and ``close()``, if ``streams``.
"""

import collections
import itertools
import sys

import httplib2
import requests
import six
import urllib3
import urllib3.connection
from six.moves import http_client
from six.moves.urllib.error import HTTPError, URLError
from six.moves.urllib.parse import urlsplit
from six.moves.urllib.request import (
    HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener)

from wsgi_intercept import interceptor

#: ``headers`` is a list of pairs, in order, as far as the client tells them.
Answer = collections.namedtuple('Answer', 'status reason version headers body')

MODERN = sys.version_info >= (3, 6)     # http.client sends bodies in chunks


def request_target(parts):
    return (parts.path or '/') + ('?' + parts.query if parts.query else '')


def message_headers(message):
    """The header fields of an http.client message, as pairs."""
    if six.PY2:
        return [tuple(line.rstrip('\r\n').split(': ', 1)) for line in message.headers]
    return message.items()


class HttpClientDriver(object):
    """http.client, with a connection for each scheme, host and port."""

    name = 'http_client'
    interceptor = interceptor.HttpClientInterceptor
    streams = True
    chunks = MODERN
    network_errors = (EnvironmentError,)
    proxied = False

    def __init__(self, context=None):
        self._context = context
        self._connections = {}

    def connection(self, url):
        parts = urlsplit(url)
        key = parts.scheme, parts.netloc
        if key not in self._connections:
            options = {}
            if parts.scheme == 'https' and self._context is not None:
                options['context'] = self._context
            self._connections[key] = self._class(parts.scheme)(
                parts.hostname, parts.port, timeout=10, **options)
        return self._connections[key]

    def _class(self, scheme):
        return (http_client.HTTPSConnection if scheme == 'https'
                else http_client.HTTPConnection)

    def response(self, method, url, body=None, headers=None):
        connection = self.connection(url)
        try:
            connection.request(method, request_target(urlsplit(url)), body,
                               headers or {})
            return connection.getresponse()
        except BaseException:
            connection.close()
            raise

    def request(self, method, url, body=None, headers=None):
        response = self.response(method, url, body, headers)
        try:
            body = response.read()
        except BaseException:
            self.connection(url).close()
            raise
        return Answer(response.status, response.reason, response.version,
                      message_headers(response.msg), body)

    def stream(self, url):
        return self.response('GET', url)

    def close(self):
        for connection in self._connections.values():
            connection.close()


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


class UrllibDriver(object):
    """urllib.request, with an opener of its own, made beforehand or not."""

    name = 'urllib'
    interceptor = interceptor.UrllibInterceptor
    streams = True
    chunks = MODERN
    network_errors = (URLError,)
    proxied = True

    def __init__(self, context=None):
        handlers = [_NoRedirects, ProxyHandler({})]
        if context is not None:
            handlers.append(HTTPSHandler(context=context))
        self._opener = build_opener(*handlers)

    def response(self, method, url, body=None, headers=None):
        request = Request(url, body, headers or {})
        request.get_method = lambda: method
        try:
            return self._opener.open(request, timeout=10)
        except HTTPError as error:
            return error

    def request(self, method, url, body=None, headers=None):
        response = self.response(method, url, body, headers)
        try:
            return Answer(response.code, response.msg, None,
                          message_headers(response.info()), response.read())
        finally:
            response.close()

    def stream(self, url):
        return self.response('GET', url)

    def close(self):
        pass


class Httplib2Driver(object):
    """httplib2, with its connection cache."""

    name = 'httplib2'
    #: Old ones make https of http on port 443 themselves.
    http_on_443 = tuple(map(int, httplib2.__version__.split('.')[:2])) >= (0, 12)
    interceptor = interceptor.Httplib2Interceptor
    streams = False
    chunks = MODERN
    network_errors = (httplib2.ServerNotFoundError, EnvironmentError)
    proxied = False

    def __init__(self, ca_certs=None, verify=True):
        self._http = httplib2.Http(timeout=10, ca_certs=ca_certs, proxy_info=None,
                                   disable_ssl_certificate_validation=not verify)
        self._http.follow_redirects = False

    def request(self, method, url, body=None, headers=None):
        response, content = self._http.request(url, method, body, headers)
        return Answer(response.status, response.reason, response.version,
                      sorted(item for item in response.items()
                             if item[0] not in ('status', 'content-location')), content)

    def close(self):
        for connection in self._http.connections.values():
            connection.close()


class RequestsDriver(object):
    """requests, with a Session."""

    name = 'requests'
    #: Old ones keep the connection open when a response is closed.
    closes = tuple(map(int, requests.__version__.split('.')[:2])) >= (2, 3)
    interceptor = interceptor.RequestsInterceptor
    streams = True
    chunks = True
    network_errors = (requests.ConnectionError,)
    proxied = True

    def __init__(self, verify=True):
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = verify

    def response(self, method, url, body=None, headers=None):
        return self.session.request(method, url, data=body, headers=headers or {},
                                    allow_redirects=False, stream=True, timeout=10)

    def request(self, method, url, body=None, headers=None):
        response = self.response(method, url, body, headers)
        try:
            return Answer(response.status_code, response.reason, response.raw.version,
                          list(response.headers.items()), response.content)
        finally:
            response.close()

    def stream(self, url):
        return _Raw(self.response('GET', url))

    def close(self):
        self.session.close()


class _Raw(object):
    """Reads the body of a requests response."""

    def __init__(self, response):
        self._response = response
        self._bytes = response.iter_content(1)

    def read(self, size):
        return b''.join(itertools.islice(self._bytes, size))

    def close(self):
        self._response.close()


class Urllib3Driver(object):
    """urllib3, with a PoolManager."""

    name = 'urllib3'
    interceptor = interceptor.Urllib3Interceptor
    streams = True
    chunks = hasattr(urllib3.connection.HTTPConnection, 'request_chunked')
    network_errors = (urllib3.exceptions.HTTPError,)
    proxied = True

    def __init__(self, **options):
        self.pool = urllib3.PoolManager(**options)

    def response(self, method, url, body=None, headers=None, **options):
        if not (body is None or isinstance(body, (bytes, six.text_type))
                or hasattr(body, 'read')):
            options['chunked'] = True
        return self.pool.urlopen(method, url, body=body, headers=headers or {},
                                 redirect=False, retries=False, timeout=10,
                                 preload_content=False, **options)

    def request(self, method, url, body=None, headers=None):
        response = self.response(method, url, body, headers)
        try:
            return Answer(response.status, response.reason, response.version,
                          list(response.headers.items()), response.read())
        finally:
            response.release_conn()

    def stream(self, url):
        return self.response('GET', url)

    def close(self):
        self.pool.clear()


DRIVERS = [HttpClientDriver, UrllibDriver, Httplib2Driver, RequestsDriver,
           Urllib3Driver]
