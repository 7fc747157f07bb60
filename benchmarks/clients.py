"""The HTTP clients, each with the same few requests.

A client is a session: it keeps its connections as its users let it keep them.
"""

import importlib

from .applications import PIECE, POSTED

try:
    from http import client as http_client
    from urllib.parse import urlsplit
    from urllib.request import Request, urlopen
except ImportError:     # Python 2
    import httplib as http_client
    from urllib2 import Request, urlopen
    from urlparse import urlsplit


def exhaust(read):
    """Read to the end in pieces; the number of bytes."""
    return sum(len(piece) for piece in iter(lambda: read(PIECE), b''))


class HttpClient(object):
    """http.client, with one connection."""

    name = 'http.client'
    interceptor = 'HttpClientInterceptor'

    def __init__(self, url):
        parts = urlsplit(url)
        self.connection = http_client.HTTPConnection(parts.hostname, parts.port or 80)

    @staticmethod
    def connection_classes():
        return [http_client.HTTPConnection]

    def get(self):
        self.connection.request('GET', '/')
        return self.connection.getresponse().read()

    def post(self):
        self.connection.request('POST', '/', POSTED)
        return self.connection.getresponse().read()

    def stream(self):
        self.connection.request('GET', '/')
        return self.connection.getresponse()

    def download(self):
        return exhaust(self.stream().read)

    def upload(self, body, headers):
        self.connection.request('POST', '/', body, headers)
        return self.connection.getresponse().read()

    def close(self):
        self.connection.close()


class Urllib(object):
    """urllib.request.urlopen, which makes a connection for each request."""

    name = 'urllib.request'
    interceptor = 'UrllibInterceptor'
    connection_classes = staticmethod(HttpClient.connection_classes)

    def __init__(self, url):
        self.url = url

    def get(self):
        response = urlopen(self.url)
        try:
            return response.read()
        finally:
            response.close()

    def post(self):
        response = urlopen(self.url, POSTED)
        try:
            return response.read()
        finally:
            response.close()

    def stream(self):
        return urlopen(self.url)

    def download(self):
        return exhaust(self.stream().read)

    def upload(self, body, headers):
        return urlopen(Request(self.url, body, headers)).read()

    def close(self):
        pass


class Httplib2(object):
    """httplib2, which reads every response to its end."""

    name = 'httplib2'
    interceptor = 'Httplib2Interceptor'
    stream = None

    def __init__(self, url):
        import httplib2
        self.url = url
        self.http = httplib2.Http(proxy_info=None)

    @staticmethod
    def connection_classes():
        return [importlib.import_module('httplib2').HTTPConnectionWithTimeout]

    def get(self):
        return self.http.request(self.url)[1]

    def post(self):
        return self.http.request(self.url, 'POST', POSTED)[1]

    def download(self):
        return len(self.get())

    def upload(self, body, headers):
        return self.http.request(self.url, 'POST', body, headers)[1]

    def close(self):
        for connection in self.http.connections.values():
            connection.close()


class Urllib3(object):
    """urllib3, with a PoolManager."""

    name = 'urllib3'
    interceptor = 'Urllib3Interceptor'

    def __init__(self, url):
        import urllib3
        self.url = url
        self.pool = urllib3.PoolManager()

    @staticmethod
    def connection_classes():
        return [importlib.import_module('urllib3.connection').HTTPConnection]

    def get(self):
        return self.pool.request('GET', self.url).data

    def post(self):
        return self.pool.request('POST', self.url, body=POSTED).data

    def stream(self):
        return self.pool.request('GET', self.url, preload_content=False)

    def download(self):
        response = self.stream()
        size = exhaust(response.read)
        response.release_conn()
        return size

    def upload(self, body, headers):
        return self.pool.request('POST', self.url, body=body, headers=headers).data

    def close(self):
        self.pool.clear()


class Requests(object):
    """requests, with a Session."""

    name = 'requests.Session'
    interceptor = 'RequestsInterceptor'
    connection_classes = staticmethod(Urllib3.connection_classes)

    def __init__(self, url):
        import requests
        self.url = url
        self.session = requests.Session()

    def get(self):
        return self.session.get(self.url).content

    def post(self):
        return self.session.post(self.url, data=POSTED).content

    def stream(self):
        return self.session.get(self.url, stream=True)

    def download(self):
        return sum(map(len, self.stream().iter_content(PIECE)))

    def content(self):
        """The whole body at once."""
        return len(self.get())

    def upload(self, body, headers):
        return self.session.post(self.url, data=body, headers=headers).content

    def close(self):
        self.session.close()


CLIENTS = dict((client.name, client) for client in
               [HttpClient, Urllib, Httplib2, Urllib3, Requests])
