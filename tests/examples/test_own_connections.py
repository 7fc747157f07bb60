from six.moves import http_client

from wsgi_intercept import WSGI_HTTPConnection


def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [environ['HTTP_HOST'].encode('ascii')]


class AppConnection(WSGI_HTTPConnection):
    """Asks the application for the hosts under example.com, else the network."""

    def get_app(self, host, port):
        if host.endswith('.example.com'):
            return app, ''
        return None, None


def test_hosts_by_rule():
    connection = AppConnection('any.example.com')
    connection.request('GET', '/')
    assert connection.getresponse().read() == b'any.example.com'
    connection.close()
    assert isinstance(connection, http_client.HTTPConnection)
