import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import requests

from wsgi_intercept import block_network


def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'Hello']


class QuietHandler(WSGIRequestHandler):

    def log_message(self, *args):
        pass


@pytest.fixture
def live_port():
    server = make_server('127.0.0.1', 0, app, handler_class=QuietHandler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@block_network(allow=['localhost', '*.internal.example'])
def test_a_host_that_is_not_allowed(live_port):
    with pytest.raises(requests.ConnectionError):
        requests.get('http://127.0.0.1:%d/' % live_port)


def test_a_host_and_port_that_are_allowed(live_port):
    with block_network(allow=[('127.0.0.1', live_port)]):
        assert requests.get('http://127.0.0.1:%d/' % live_port).text == 'Hello'


def test_the_innermost_decides(live_port):
    with block_network():
        with block_network(allow=['127.0.0.*']):
            assert requests.get('http://127.0.0.1:%d/' % live_port).text == 'Hello'
