"""What is measured, as the worker sets it up.

Each target is a context manager: ``target(client, case)`` lets the application of a
case answer one client, and yields the URL.  The names are those of
`benchmarks.environments.ENVIRONMENTS`.
"""

import contextlib
import io
import logging
import threading

from . import floor
from .applications import APPLICATIONS, GREETING, POSTED

URL = 'http://bench.invalid/'


@contextlib.contextmanager
def floor_alone(client, case):
    with floor.dialling(client.connection_classes(), floor.Floor):
        yield URL


@contextlib.contextmanager
def floor_with_app(client, case):
    def make_socket():
        return floor.FLOORS_WITH_APP[case](APPLICATIONS[case])

    with floor.dialling(client.connection_classes(), make_socket):
        yield URL


@contextlib.contextmanager
def intercepted(client, case):
    """wsgi_intercept: this checkout, or the peer, whichever is installed."""
    from wsgi_intercept import interceptor
    intercepting = getattr(interceptor, client.interceptor)
    with intercepting(lambda: APPLICATIONS[case], url=URL):
        yield URL


@contextlib.contextmanager
def unrecorded(client, case):
    """This checkout, without ``interceptor.calls``."""
    from wsgi_intercept import interceptor
    intercepting = getattr(interceptor, client.interceptor)
    with intercepting(lambda: APPLICATIONS[case], url=URL, max_calls=0):
        yield URL


@contextlib.contextmanager
def elsewhere(client, case):
    """This checkout, if each request had another target."""
    from wsgi_intercept import _request
    _request.heads.clear()
    with replaced(_request, 'remember', _request.complete_head):
        with intercepted(client, case):
            yield URL


@contextlib.contextmanager
def forgetful(client, case):
    """This checkout, if each request and each response had new header fields, too."""
    from wsgi_intercept import _gateway, _request
    with replaced(_request, 'remembered_section', _request.read_section):
        _gateway._heads.clear()
        with replaced(_gateway, 'REMEMBERED_SIZE', -1):
            with elsewhere(client, case):
                yield URL


@contextlib.contextmanager
def serving(serve, stop):
    thread = threading.Thread(target=serve)
    thread.daemon = True
    thread.start()
    try:
        yield
    finally:
        stop()
        thread.join(10)


@contextlib.contextmanager
def waitress_server(client, case):
    from waitress.server import create_server
    logging.getLogger('waitress').setLevel(logging.CRITICAL)
    server = create_server(APPLICATIONS[case], host='127.0.0.1', port=0, _start=True)

    def serve():
        try:
            server.run()
        except OSError:     # its sockets are closed under it: the only way to stop it
            pass

    with serving(serve, server.close):
        yield 'http://127.0.0.1:%s/' % server.effective_port


@contextlib.contextmanager
def werkzeug_server(client, case):
    from werkzeug.serving import make_server, WSGIRequestHandler

    class Quiet(WSGIRequestHandler):
        protocol_version = 'HTTP/1.1'

        def log(self, *args):
            pass

    server = make_server('127.0.0.1', 0, APPLICATIONS[case], threaded=True,
                         request_handler=Quiet)
    server.daemon_threads = True
    with serving(server.serve_forever, server.shutdown):
        yield 'http://127.0.0.1:%d/' % server.server_port


@contextlib.contextmanager
def pytest_httpserver(client, case):
    from pytest_httpserver import HTTPServer
    from werkzeug import Response
    logging.getLogger('werkzeug').setLevel(logging.ERROR)

    def answer(request):
        # It has read the request's body for its log.
        environ = dict(request.environ, **{'wsgi.input': io.BytesIO(request.data)})
        return Response.from_app(APPLICATIONS[case], environ)

    with HTTPServer(threaded=True) as server:
        server.expect_request('/').respond_with_handler(answer)
        yield server.url_for('/')


@contextlib.contextmanager
def requests_wsgi_adapter(client, case):
    import requests
    from wsgiadapter import WSGIAdapter

    def session():
        session = original()
        session.mount(URL, WSGIAdapter(APPLICATIONS[case]))
        return session

    original = requests.Session
    with replaced(requests, 'Session', session):
        yield URL


@contextlib.contextmanager
def replaced(owner, name, value):
    original = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, original)


@contextlib.contextmanager
def responses_mock(client, case):
    import responses
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for method in (responses.GET, responses.POST):
            mock.add(method, URL, body=GREETING, content_type='text/plain')
        yield URL


TARGETS = {
    'floor': floor_alone,
    'floor+app': floor_with_app,
    'checkout': intercepted,
    'unrecorded': unrecorded,
    'elsewhere': elsewhere,
    'forgetful': forgetful,
    'wsgi-intercept': intercepted,
    'waitress': waitress_server,
    'werkzeug': werkzeug_server,
    'pytest-httpserver': pytest_httpserver,
    'requests-wsgi-adapter': requests_wsgi_adapter,
    'responses': responses_mock,
}


# Other tools for the same job, with a client of their own: case -> a function that
# sends one request.

def httpx_transport(case):
    import httpx
    client = httpx.Client(transport=httpx.WSGITransport(APPLICATIONS[case]))
    if case == 'post':
        return lambda: client.post(URL, content=POSTED).content
    return lambda: client.get(URL).content


def webtest_app(case):
    import webtest
    client = webtest.TestApp(APPLICATIONS[case])
    if case == 'post':
        return lambda: client.post('/', POSTED).body
    return lambda: client.get('/').body


def werkzeug_client(case):
    from werkzeug.test import Client
    client = Client(APPLICATIONS[case])
    if case == 'post':
        return lambda: client.post('/', data=POSTED).data
    return lambda: client.get('/').data


TOOLS = {'httpx': httpx_transport, 'webtest': webtest_app,
         'werkzeug client': werkzeug_client}
