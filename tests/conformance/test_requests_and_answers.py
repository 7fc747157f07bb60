"""What works alike for every client, by interceptors and by functions."""

import json

import pytest
import six

from wsgi_intercept import WSGIAppError

from ..apps import App, named_factory, tell

URL = 'http://app.example'


@pytest.mark.parametrize('url', [
    URL, 'https://app.example', 'http://app.example:8080', 'https://app.example:8443',
    'https://app.example:80', 'http://app.example:443', 'http://127.0.0.1:1',
    'http://[::1]:8080', 'http://APP.example'])
def test_get(driver, intercept, url):
    if url.endswith(':443') and not getattr(driver, 'http_on_443', True):
        pytest.skip('this httplib2 makes https of it')
    app = App()
    with intercept(app.make, url):
        answer = driver.request('GET', url + '/path?query')
    assert (answer.status, answer.reason, answer.body) == (200, 'OK', b'hello')
    assert app.environ['wsgi.url_scheme'] == url.split(':')[0]
    assert app.environ['PATH_INFO'] == '/path'
    assert app.environ['QUERY_STRING'] == 'query'


def test_the_response_is_of_http_1_1(driver, intercept):
    with intercept(App().make, URL):
        answer = driver.request('GET', URL)
    assert answer.version in (11, None)     # urllib.request does not tell


@pytest.mark.parametrize('method', ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
def test_a_message_body(driver, intercept, method):
    app = App(tell)
    with intercept(app.make, URL):
        answer = driver.request(method, URL, b'a\0b\xff',
                                {'Content-Type': 'application/x-thing'})
    told = json.loads(answer.body.decode('ascii'))
    assert told['REQUEST_METHOD'] == method
    assert told['CONTENT_TYPE'] == 'application/x-thing'
    assert told['CONTENT_LENGTH'] == '4'
    assert app.body == b'a\0b\xff'


def test_a_generated_message_body(driver, intercept):
    if not driver.chunks:
        pytest.skip('this client has no chunked bodies on this Python')
    app = App()
    with intercept(app.make, URL):
        answer = driver.request('POST', URL, iter([b'one', b'two', b'x' * 100000]))
    assert answer.body == app.body == b'onetwo' + b'x' * 100000
    assert app.environ['CONTENT_LENGTH'] == '100006'
    assert 'HTTP_TRANSFER_ENCODING' not in app.environ


@pytest.mark.parametrize('size', [1, (1 << 20) - 1, (1 << 20) + 1, 5 << 20])
def test_a_file_as_message_body(driver, intercept, size):
    app = App(tell)
    with intercept(app.make, URL):
        driver.request('POST', URL, six.BytesIO(b'x' * size),
                       {'Content-Length': str(size), 'Content-Type': 'text/plain'})
    assert app.body == b'x' * size


def test_head(driver, intercept):
    with intercept(App().make, URL):
        answer = driver.request('HEAD', URL)
    assert (answer.status, answer.body) == (200, b'')


@pytest.mark.parametrize('status', ['204 No Content', '304 Not Modified'])
def test_a_status_without_body(driver, intercept, status):
    def answer(app, environ, start_response):
        start_response(status, [('X-Field', 'value')])
        return []
    with intercept(App(answer).make, URL):
        answer = driver.request('GET', URL)
    assert (answer.status, answer.body) == (int(status[:3]), b'')
    assert [(name.lower(), value) for name, value in answer.headers] == [
        ('x-field', 'value')]


def test_many_requests_of_a_session(driver, intercept):
    app = App()
    with intercept(app.make, URL):
        for number in range(5):
            assert driver.request('GET', URL).body == b'hello'
            assert driver.request('POST', URL, b'%d' % number if six.PY2 else
                                  str(number).encode('ascii')).status == 200
    assert len(app.environs) == 10


def test_the_factory_is_called_once_for_each_request(driver, intercept):
    app = App()
    made = []

    def factory():
        made.append(1)
        return app.make()
    with intercept(factory, URL):
        assert not made
        for number in range(1, 4):
            driver.request('GET', URL)
            assert (len(made), len(app.environs)) == (number, number)


def test_a_factory_that_returns_none_leaves_the_host_alone(driver, intercept,
                                                           closed_port):
    url = 'http://127.0.0.1:%d' % closed_port
    calls = []
    with intercept(lambda: calls.append(1), url):
        with pytest.raises(driver.network_errors):
            driver.request('GET', url)
    assert calls


def test_a_prefix(driver, intercept):
    app = App()
    with intercept(app.make, URL + '/foo'):
        driver.request('GET', URL + '/foo/bar')
        driver.request('GET', URL + '/foobar')
    assert [(environ['SCRIPT_NAME'], environ['PATH_INFO'])
            for environ in app.environs] == [('/foo', '/bar'), ('', '/foobar')]


def test_a_pair_that_is_not_registered(driver, intercept, closed_port):
    with intercept(App().make, URL):
        with pytest.raises(driver.network_errors):
            driver.request('GET', 'http://127.0.0.1:%d' % closed_port)


def test_after_the_end_the_network_is_asked(driver, intercept, closed_port):
    url = 'http://127.0.0.1:%d' % closed_port
    with intercept(App().make, url):
        assert driver.request('GET', url).body == b'hello'
    with pytest.raises(driver.network_errors):
        driver.request('GET', url)


def test_a_registration_is_replaced_at_the_next_request(driver, intercept):
    with intercept(named_factory('one'), URL):
        assert driver.request('GET', URL).body == b'one'
        with intercept(named_factory('two'), URL):
            assert driver.request('GET', URL).body == b'two'


def fail(app, environ, start_response):
    raise ZeroDivisionError('of the application')


def fail_late(app, environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])

    def body():
        yield b'x'
        raise ZeroDivisionError('of the application')
    return body()


@pytest.mark.parametrize('scheme', ['http', 'https'])
@pytest.mark.parametrize('answer', [fail, fail_late])
def test_an_error_of_the_application(driver, intercept, answer, scheme):
    url = scheme + '://app.example'
    app = App(answer, valid=False)
    with intercept(app.make, url):
        with pytest.raises(WSGIAppError) as caught:
            driver.request('GET', url)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert caught.value.error is caught.value.__cause__
    assert 'of the application' in str(caught.value)
    assert __file__.rstrip('c') in str(caught.value)
    assert len(app.environs) == 1


def give(result, headers=()):
    def answer(app, environ, start_response):
        start_response('200 OK', list(headers))
        return result
    return answer


@pytest.mark.parametrize('answer', [
    give([u'text']), give(None), give([], [('X-Number', 5)])],
    ids=['text', 'none', 'header'])
def test_an_object_of_a_wrong_type(driver, intercept, answer):
    """Also where a client takes a TypeError for one that it can mend."""
    app = App(answer, valid=False)
    with intercept(app.make, URL):
        with pytest.raises(TypeError):
            driver.request('GET', URL)
    assert len(app.environs) == 1


@pytest.mark.parametrize('broken', [fail, fail_late])
def test_a_session_goes_on_after_an_error(driver, intercept, broken):
    if six.PY2 and driver.name == 'httplib2' and broken is fail_late:
        pytest.skip('this client keeps a connection whose response it could not read')
    with intercept(App(broken, valid=False).make, URL):
        with pytest.raises(WSGIAppError):
            driver.request('GET', URL)
        with intercept(App().make, URL):
            assert driver.request('GET', URL).body == b'hello'


class NotAnException(BaseException):
    pass


@pytest.mark.parametrize('error', [KeyboardInterrupt, SystemExit, NotAnException])
def test_a_base_exception_of_the_application(driver, intercept, error):
    def answer(app, environ, start_response):
        raise error('of the application')
    app = App(answer, valid=False)
    with intercept(app.make, URL):
        with pytest.raises(error):
            driver.request('GET', URL)
    assert len(app.environs) == 1


def test_an_endless_response_is_read_in_pieces(driver, intercept):
    if not driver.streams:
        pytest.skip('this client reads each response to its end')
    closed = []

    def answer(app, environ, start_response):
        start_response('200 OK', [('Content-Type', 'text/plain')])
        try:
            while True:
                yield b'abc'
        finally:
            closed.append(1)
    with intercept(App(answer).make, URL):
        response = driver.stream(URL)
        assert response.read(3) == b'abc'
        assert response.read(3) == b'abc'
        assert not closed
        response.close()
        del response
        assert closed == [1] or not getattr(driver, 'closes', True)


def test_an_application_that_asks_another(driver, driver_class, intercept):
    inner = App()

    def answer(app, environ, start_response):
        session = driver_class()
        try:
            body = session.request('GET', 'http://inner.example').body
        finally:
            session.close()
        start_response('200 OK', [('Content-Type', 'text/plain')])
        return [b'inner said ' + body]
    inner_url = 'http://inner.example'
    with intercept(App(answer).make, URL), intercept(inner.make, inner_url):
        assert driver.request('GET', URL).body == b'inner said hello'


@pytest.mark.parametrize('length', [None, 200000, 150000])
def test_a_large_list(driver, intercept, length):
    """It is not put together; and no more is sent than was declared."""
    def answer(app, environ, start_response):
        headers = [('Content-Type', 'text/plain')]
        if length is not None:
            headers.append(('Content-Length', str(length)))
        start_response('200 OK', headers)
        return [b'', b'x' * 100000, b'y' * 100000]
    with intercept(App(answer, valid=False).make, URL):
        answer = driver.request('GET', URL)
    assert answer.body == (b'x' * 100000 + b'y' * 100000)[:length]
    assert dict((name.lower(), value) for name, value in answer.headers)[
        'content-length'] == str(length or 200000)
