import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import requests

from wsgi_intercept.interceptor import RequestsInterceptor


def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'Hello']


class QuietHandler(WSGIRequestHandler):

    def log_message(self, *args):
        pass


# Before: a server in a thread.

@pytest.fixture
def live_server():
    server = make_server('127.0.0.1', 0, app, handler_class=QuietHandler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield 'http://127.0.0.1:%d' % server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


# After: neither a server nor a thread.

@pytest.fixture
def intercepted():
    with RequestsInterceptor(lambda: app) as url:
        yield url


@pytest.mark.parametrize('url', ['live_server', 'intercepted'])
def test_hello(request, url):
    response = requests.get(request.getfixturevalue(url))
    assert response.status_code == 200
    assert response.text == 'Hello'
