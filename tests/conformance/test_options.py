"""Options of registrations, for every client, by interceptors and by functions."""

import contextlib
import importlib
import io
import sys
import threading

import pytest
import requests
import six
import urllib3
from six.moves import http_client

import wsgi_intercept
from wsgi_intercept import Calls, add_wsgi_intercept, remove_wsgi_intercept

from .. import drivers
from ..apps import App, tell
from ..drivers import HttpClientDriver, Urllib3Driver
from ..unit.helpers import Closing

URL = 'http://app.example'
HTML = [('Content-Type', 'text/html')]

#: What clients raise for a response that is cut off.
CUT_OFF = (http_client.HTTPException, requests.exceptions.RequestException,
           urllib3.exceptions.HTTPError)
#: The same, for what is sent in chunks.
BROKEN_CHUNKS = {
    'http_client': http_client.IncompleteRead,
    'urllib': http_client.IncompleteRead,
    'requests': requests.exceptions.ChunkedEncodingError,
    'urllib3': urllib3.exceptions.ProtocolError,
}
OLD = tuple(map(int, urllib3.__version__.split('.')[:2])) < (2, 0)


class Errors(object):
    """A ``wsgi.errors``."""

    def __init__(self):
        self.written = []

    def write(self, text):
        self.written.append(text)

    def flush(self):
        pass


def by_interceptor(driver_class):
    @contextlib.contextmanager
    def intercept(factory, url, **options):
        interceptor = driver_class.interceptor(factory, url=url, **options)
        with interceptor:
            yield interceptor.calls
    return intercept


def by_functions(driver_class):
    module = importlib.import_module(
        'wsgi_intercept.' + driver_class.interceptor.MODULE_NAME)

    @contextlib.contextmanager
    def intercept(factory, url, **options):
        calls = Calls(options.pop('max_calls', None))
        parsed = driver_class.interceptor(factory, url=url)
        module.install()
        try:
            add_wsgi_intercept(parsed.host, parsed.port, factory, parsed.script_name,
                               calls=calls, **options)
            yield calls
        finally:
            remove_wsgi_intercept(parsed.host, parsed.port)
            module.uninstall()
    return intercept


@pytest.fixture(params=[by_interceptor, by_functions], ids=['interceptor', 'functions'])
def intercept(request, driver_class):
    return request.param(driver_class)


@pytest.fixture
def answering(intercept):
    """As `intercept`, with errors answered; a pair of the calls and the errors."""
    @contextlib.contextmanager
    def answering(app, url=URL):
        errors = Errors()
        with intercept(lambda: app, url, raise_app_errors=False,
                       environ={'wsgi.errors': errors}) as calls:
            yield calls, errors
    return answering


# environ.

def test_environ(driver, intercept):
    app = App(tell)
    variables = {'REMOTE_USER': 'ada', 'HTTP_USER_AGENT': 'none', 'app.thing': 1,
                 'wsgi.url_scheme': 'https'}
    with intercept(app.make, URL, environ=variables):
        variables['REMOTE_USER'] = 'eve'
        driver.request('GET', URL, headers={'User-Agent': 'sent'})
        driver.request('POST', URL, b'body', {'User-Agent': 'sent'})
    for environ in app.environs:
        assert environ['REMOTE_USER'] == 'ada'
        assert environ['HTTP_USER_AGENT'] == 'none'
        assert environ['wsgi.url_scheme'] == 'https'
        assert environ['app.thing'] == 1
    assert app.bodies == [b'', b'body']


def test_environ_of_stacked_interceptors(driver, intercept):
    outer, inner = App(), App()
    with intercept(outer.make, URL, environ={'OUTER': '1'}):
        driver.request('GET', URL)
        with intercept(inner.make, URL, environ={'INNER': '1'}):
            driver.request('GET', URL)
    assert 'OUTER' in outer.environ and 'INNER' not in outer.environ
    assert 'INNER' in inner.environ and 'OUTER' not in inner.environ


# Errors.

class Failing(object):
    """An application that gives, or raises, what it is told, and counts its calls."""

    def __init__(self, answer, headers=HTML):
        self.called = 0
        self.answer = answer
        self.headers = headers

    def __call__(self, environ, start_response):
        self.called += 1
        if isinstance(self.answer, BaseException):
            raise self.answer
        start_response('200 OK', self.headers)
        return self.answer


@pytest.mark.parametrize('method, body', [
    ('GET', None), ('POST', b'body'), ('HEAD', None), ('DELETE', None)])
def test_an_error_is_a_500(driver, answering, method, body):
    app = Failing(KeyError('price'))
    with answering(app) as (calls, errors):
        for number in range(1, 4):
            answer = driver.request(method, URL, body)
            assert (answer.status, answer.reason) == (500, 'Internal Server Error')
            assert answer.body == (
                b'' if method == 'HEAD' else b'Internal Server Error\n')
            assert dict((name.lower(), value) for name, value in answer.headers)[
                'content-type'] == 'text/plain'
            assert app.called == len(errors.written) == number
    assert [call.status for call in calls] == ['500 Internal Server Error'] * 3
    assert "KeyError: 'price'" in errors.written[0]


@pytest.mark.parametrize('error', [
    EnvironmentError(104, 'reset'), http_client.BadStatusLine(''), TypeError('a'),
    http_client.CannotSendRequest()], ids=lambda error: type(error).__name__)
def test_an_error_that_clients_know_is_not_retried(driver, answering, error):
    app = Failing(error)
    with answering(app) as (calls, errors):
        assert driver.request('GET', URL).status == 500
    assert app.called == len(errors.written) == len(calls) == 1


@pytest.mark.parametrize('chunks', [[KeyError()], [b'', KeyError()], [u'text'], [1]])
def test_an_error_before_the_first_chunk_is_a_500(driver, answering, chunks):
    body = Closing(*chunks)
    app = Failing(body)
    with answering(app) as (calls, errors):
        assert driver.request('GET', URL).status == 500
    assert app.called == body.closed == len(errors.written) == len(calls) == 1


def test_an_error_of_the_factory_is_a_500(driver, intercept):
    def factory():
        made.append(1)
        raise KeyError('made')
    made, errors = [], Errors()
    with intercept(factory, URL, raise_app_errors=False,
                   environ={'wsgi.errors': errors}) as calls:
        assert driver.request('GET', URL).status == 500
    assert len(made) == len(errors.written) == len(calls) == 1


@pytest.mark.parametrize('headers', [HTML, HTML + [('Content-Length', '9')]],
                         ids=['chunked', 'length'])
def test_an_error_later_cuts_the_response_off(driver, answering, headers):
    body = Closing(b'a', b'bc', KeyError('late'))
    app = Failing(body, headers)
    with answering(app) as (calls, errors):
        try:
            answer = driver.request('GET', URL)
        except CUT_OFF:
            cut_off = True
        else:
            cut_off = False
            assert answer.body == b'abc'
    # Only some clients look at the length; http.client gives up what is in chunks.
    assert cut_off or headers is not HTML and not complains(driver)
    assert (app.called, body.closed, len(errors.written)) == (1, 1, 1)
    assert "KeyError: 'late'" in errors.written[0]
    assert [(call.status, call.headers) for call in calls] == [('200 OK', headers)]


def complains(driver):
    """Whether a client compares what it got with Content-Length."""
    return not (OLD and driver.name in ('requests', 'urllib3')
                or six.PY2 and driver.name == 'urllib')


def test_what_a_stream_gets_before_the_cut(driver, answering):
    if not driver.streams:
        pytest.skip('this client reads each response to its end')
    body = Closing(b'one', b'two', KeyError('late'))
    with answering(Failing(body)) as (calls, errors):
        stream = driver.stream(URL)
        try:
            assert stream.read(3) == b'one'
            assert stream.read(3) == b'two'
            assert not errors.written
            with pytest.raises(BROKEN_CHUNKS[driver.name]):
                stream.read(1)
        finally:
            stream.close()
    assert (body.closed, len(errors.written), len(calls)) == (1, 1, 1)


def test_an_error_in_close_when_a_stream_is_left(driver, answering):
    if not driver.streams or not getattr(driver, 'closes', True):
        pytest.skip('this client reads each response to its end')

    class Broken(Closing):
        def close(self):
            Closing.close(self)
            raise KeyError('close')
    body = Broken(*[b'x'] * 100)
    with answering(Failing(body)) as (calls, errors):
        stream = driver.stream(URL)
        stream.read(1)
        stream.close()
        driver.close()
    assert (body.closed, len(errors.written)) == (1, 1)
    assert "KeyError: 'close'" in errors.written[0]


def test_after_a_cut_the_next_request_is_answered(driver, answering):
    def app(environ, start_response):
        start_response('200 OK', HTML)
        yield b'a'
        if environ['PATH_INFO'] == '/broken':
            raise KeyError()
    with answering(app) as (calls, errors):
        for path in ('/', '/broken', '/', '/broken', '/'):
            if path == '/':
                assert driver.request('GET', URL + path).body == b'a'
            else:
                with pytest.raises(CUT_OFF):
                    driver.request('GET', URL + path)
    assert len(calls) == 5
    assert len(errors.written) == 2


@pytest.mark.parametrize('error', [KeyboardInterrupt, SystemExit])
def test_what_is_no_exception_goes_out(driver, answering, error):
    with answering(Failing(error())) as (calls, errors):
        with pytest.raises(error):
            driver.request('GET', URL)
    assert [call.status for call in calls] == [None]
    assert not errors.written


def test_an_application_that_handles_its_errors(driver, answering):
    def app(environ, start_response):
        try:
            start_response('200 OK', HTML)
            raise KeyError()
        except KeyError:
            start_response('503 Mine', HTML, sys.exc_info())
        return [b'sorry']
    with answering(app) as (calls, errors):
        answer = driver.request('GET', URL)
    assert (answer.status, answer.body) == (503, b'sorry')
    assert [call.status for call in calls] == ['503 Mine']
    assert not errors.written


# Calls.

@pytest.mark.parametrize('url', [
    URL, 'https://app.example', 'http://app.example:8080', 'https://app.example:8443',
    'http://[::1]:8080', 'https://127.0.0.1'])
def test_calls(driver, intercept, url):
    with intercept(App().make, url) as calls:
        driver.request('GET', url + '/path?a=b&c=%20')
        driver.request('POST', url + '/p%2Fq', b'a\0b\xff', {'X-Field': 'value'})
        driver.request('HEAD', url + '/')
    assert [(call.method, call.url, call.body.read()) for call in calls] == [
        ('GET', url + '/path?a=b&c=%20', b''), ('POST', url + '/p%2Fq', b'a\0b\xff'),
        ('HEAD', url + '/', b'')]
    assert [call.status for call in calls] == ['200 OK'] * 3
    assert [call.headers for call in calls] == [[('Content-Type', 'text/plain')]] * 3
    assert calls[1].environ['HTTP_X_FIELD'] == 'value'
    assert repr(calls[0]) == '<Call GET %s/path?a=b&c=%%20 -> 200 OK>' % url
    assert all(type(string) is str for call in calls
               for string in (call.method, call.url, call.status, repr(call)))


def test_calls_under_a_prefix(driver, intercept):
    with intercept(App().make, URL + '/prefix') as calls:
        driver.request('GET', URL + '/prefix/path')
        driver.request('GET', URL + '/other')
    assert [call.url for call in calls] == [URL + '/prefix/path', URL + '/other']


def test_an_internationalized_name(driver, intercept):
    url = 'http://xn--bcher-kva.example'
    with intercept(App().make, url) as calls:
        driver.request('GET', url + '/')
    assert calls[0].url == url + '/'


@pytest.mark.parametrize('size', [100000, 2 << 20])
def test_bodies_of_calls(driver, intercept, size):
    body = b'0123456789' * (size // 10)
    with intercept(App().make, URL) as calls:
        driver.request('POST', URL, body)
        driver.request('POST', URL, six.BytesIO(body),
                       {'Content-Length': str(len(body)), 'Content-Type': 'text/plain'})
        if driver.chunks:
            driver.request('POST', URL, iter([body[:size // 2], body[size // 2:]]))
    assert len(calls) == (3 if driver.chunks else 2)
    for call in calls:
        assert call.body.read() == call.body.read() == body


def test_the_last_calls(driver, intercept):
    with intercept(App().make, URL, max_calls=2) as calls:
        for number in range(5):
            driver.request('GET', '%s/%d' % (URL, number))
    assert [call.url for call in calls] == [URL + '/3', URL + '/4']


def test_many_requests_of_a_session(driver, intercept):
    with intercept(App().make, URL) as calls:
        for number in range(50):
            driver.request('GET', '%s/%d' % (URL, number))
            driver.request('POST', '%s/%d' % (URL, number), b'x')
        assert [call.url for call in calls] == [
            '%s/%d' % (URL, number // 2) for number in range(100)]
        calls.clear()
        driver.request('GET', URL + '/last')
    assert [call.url for call in calls] == [URL + '/last']


def test_nested_requests_are_calls(driver, driver_class, intercept):
    def app(environ, start_response):
        inner = driver_class()
        answer = inner.request('POST', URL + ':81/inner', b'nested')
        inner.close()
        start_response('200 OK', [('X-Inner', str(answer.status))])
        return [answer.body]
    with intercept(lambda: app, URL) as outer:
        with intercept(App().make, URL + ':81') as inner:
            assert driver.request('GET', URL + '/outer').body == b'nested'
    assert [(call.url, call.headers) for call in outer] == [
        (URL + '/outer', [('X-Inner', '200')])]
    assert [(call.url, call.body.read()) for call in inner] == [
        (URL + ':81/inner', b'nested')]


def test_calls_of_threads(driver_class, intercept):
    def ask(number):
        driver = driver_class()
        for _number in range(5):
            body = str(number).encode('ascii') * 100
            bodies.append(driver.request('POST', '%s/%d' % (URL, number), body).body
                          == body)
        driver.close()
    bodies = []
    with intercept(App(valid=False).make, URL, max_calls=None) as calls:
        threads = [threading.Thread(target=ask, args=(number,)) for number in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert bodies == [True] * 160 and len(calls) == 160
    for call in calls:
        number = call.url.rpartition('/')[2]
        assert call.body.read() == number.encode('ascii') * 100
        assert call.status == '200 OK'


def test_an_application_that_fails_is_a_call(driver, intercept):
    with intercept(lambda: Failing(KeyError()), URL) as calls:
        with pytest.raises(wsgi_intercept.WSGIAppError):
            driver.request('GET', URL + '/')
    assert repr(calls) == '[<Call GET http://app.example/ -> no response>]'
    assert calls[0].headers == []


def test_a_factory_that_fails_is_no_call(driver, intercept):
    def factory():
        raise KeyError()
    with intercept(factory, URL) as calls:
        with pytest.raises(wsgi_intercept.WSGIAppError):
            driver.request('GET', URL)
    assert calls == []


def test_100_continue_is_one_call(driver_class, intercept):
    if driver_class not in (HttpClientDriver, drivers.RequestsDriver, Urllib3Driver):
        pytest.skip('this client does not send it')
    driver = driver_class()
    with intercept(App().make, URL) as calls:
        answer = driver.request('PUT', URL, io.BytesIO(b'body'), {
            'Expect': '100-continue', 'Content-Length': '4',
            'Content-Type': 'text/plain'})
    driver.close()
    assert answer.body == b'body'
    assert [call.body.read() for call in calls] == [b'body']
