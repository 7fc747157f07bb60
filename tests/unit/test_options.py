"""What a registration says beside the application: environ, raise_app_errors, calls."""

import collections
import gc
import io
import re
import sys
import traceback
import weakref

import pytest
import six

import wsgi_intercept
from wsgi_intercept import (
    WSGI_HTTPConnection, WSGIAppError, _errors, add_wsgi_intercept, wsgi_fake_socket)
from wsgi_intercept._options import make_options
from wsgi_intercept.interceptor import HttpClientInterceptor, Interceptor

from ..apps import App
from .helpers import Closing

GET = b'GET / HTTP/1.1\r\nHost: app.example\r\n\r\n'
HTML = [('Content-Type', 'text/html')]
ERROR = (b'HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain\r\n'
         b'Content-Length: 22\r\n\r\nInternal Server Error\n')
HEAD = b'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n'
CHUNKED = HEAD + b'Transfer-Encoding: chunked\r\n\r\n'


class Oops(Exception):
    """An error of an application."""


class Errors(object):
    """A ``wsgi.errors``."""

    def __init__(self):
        self.text = ''
        self.flushed = 0

    def write(self, text):
        assert isinstance(text, str)
        self.text += text

    def flush(self):
        self.flushed += 1

    @property
    def tracebacks(self):
        """How many there are, of which few have no frames."""
        assert self.text.count('Traceback (most recent call last)') <= self.flushed
        assert len(re.findall(r'^\S*(?:Error|Oops)\b', self.text, re.M)) == self.flushed
        return self.flushed


def fake_socket(app, data=GET, **options):
    fake = wsgi_fake_socket(app, 'app.example', 80, '')
    fake.options = make_options(**options)
    fake.sendall(data)
    return fake


def served(app, data=GET, errors=None):
    """What a client gets, as bytes, where errors are answered as by a server."""
    fake = fake_socket(app, data, raise_app_errors=False,
                       environ={'wsgi.errors': errors or Errors()})
    response = fake.makefile()
    try:
        return response.read()
    finally:
        response.close()


def environ_of(environ, data=GET):
    app = App(valid=False)
    fake_socket(app.make(), data, environ=environ).makefile()
    return app.environ


def files_and_functions(text):
    """The frames that a traceback names."""
    return re.findall(r'File "([^"]*)", line \d+, in (\w+)', text)


# environ.

def test_environ_is_merged_over_everything():
    environ = environ_of({
        'HTTP_HOST': 'other.example', 'wsgi.url_scheme': 'https', 'REMOTE_USER': 'ada',
        'REMOTE_ADDR': '192.0.2.1', 'PATH_INFO': '/other', 'app.thing': None})
    assert environ['HTTP_HOST'] == 'other.example'
    assert environ['wsgi.url_scheme'] == 'https'
    assert environ['REMOTE_USER'] == 'ada'
    assert environ['REMOTE_ADDR'] == '192.0.2.1'
    assert environ['PATH_INFO'] == '/other'
    assert environ['app.thing'] is None
    assert environ['SERVER_NAME'] == 'app.example'


def test_environ_is_merged_over_what_a_users_make_environ_gives(monkeypatch):
    def make_environ(inp, host, port, script_name):
        environ = original(inp, host, port, script_name)
        environ.update({'REMOTE_USER': 'users', 'USERS_OWN': 'users'})
        return environ
    original = wsgi_intercept.make_environ
    monkeypatch.setattr(wsgi_intercept, 'make_environ', make_environ)
    environ = environ_of({'REMOTE_USER': 'ada', 'wsgi.url_scheme': 'https'})
    assert environ['REMOTE_USER'] == 'ada'
    assert environ['USERS_OWN'] == 'users'
    assert environ['wsgi.url_scheme'] == 'https'


def test_a_copy_of_environ_is_taken():
    given = {'REMOTE_USER': 'ada'}
    app = App()
    with HttpClientInterceptor(app.make, host='app.example', environ=given):
        given['REMOTE_USER'] = 'eve'
        given['OTHER'] = 'eve'
        connection = WSGI_HTTPConnection('app.example')
        connection.request('GET', '/')
        connection.getresponse().read()
    assert app.environ['REMOTE_USER'] == 'ada'
    assert 'OTHER' not in app.environ


def test_an_application_does_not_change_what_is_merged():
    def app(environ, start_response):
        seen.append(environ.get('REMOTE_USER'))
        environ['REMOTE_USER'] = 'eve'
        start_response('200 OK', [])
        return []
    seen = []
    options = make_options({'REMOTE_USER': 'ada'})
    for _number in range(2):
        fake = wsgi_fake_socket(app, 'app.example', 80, '')
        fake.options = options
        fake.sendall(GET)
        fake.makefile()
    assert seen == ['ada', 'ada']


def test_header_fields_that_are_remembered_do_not_keep_environ():
    environ_of({'HTTP_HOST': 'other.example'})
    assert environ_of({'A': ''})['HTTP_HOST'] == 'app.example'


def test_an_ordered_dict_as_environ():
    assert environ_of(collections.OrderedDict(REMOTE_USER='ada'))['REMOTE_USER'] == (
        'ada')


class Mapping(object):
    """The least that dict() takes for a mapping."""

    def keys(self):
        return ['REMOTE_USER']

    def __getitem__(self, key):
        return 'ada'


def test_a_mapping_as_environ():
    assert environ_of(Mapping())['REMOTE_USER'] == 'ada'


@pytest.mark.parametrize('environ', [
    'REMOTE_USER', '', 1, True, ['ab'], [('REMOTE_USER', 'ada')], [], set(['ab']), dict,
    lambda: {}])
def test_an_environ_that_is_no_mapping(environ):
    for make in (make_options,
                 lambda environ: Interceptor(App().make, environ=environ)):
        with pytest.raises(TypeError) as caught:
            make(environ)
        assert str(caught.value) == (
            "environ must be a mapping such as {'REMOTE_USER': 'name'}, not %r"
            % (environ,))


@pytest.mark.parametrize('key', [1, None, b'A' if six.PY3 else u'A'])
def test_a_key_that_is_no_native_string(key):
    with pytest.raises(TypeError) as caught:
        make_options({key: 'value'})
    assert str(caught.value) == ('environ must have native strings as keys (PEP 3333), '
                                 'not %r' % (key,))


def test_a_value_that_is_another_kind_of_string():
    value = b'ada' if six.PY3 else u'ada'
    with pytest.raises(TypeError) as caught:
        make_options({'REMOTE_USER': value})
    assert str(caught.value) == ('environ must have native strings as values '
                                 '(PEP 3333), not REMOTE_USER=%r' % (value,))
    assert make_options({'app.user': value}).environ == {'app.user': value}


def test_a_wrong_environ_registers_nothing():
    with pytest.raises(TypeError):
        add_wsgi_intercept('app.example', 80, App().make, environ='REMOTE_USER')
    assert not wsgi_intercept._wsgi_intercept


@pytest.mark.parametrize('calls', [1, 'calls', {}, (), set(), object(), True, False])
def test_calls_that_are_no_list(calls):
    with pytest.raises(TypeError) as caught:
        add_wsgi_intercept('app.example', 80, App().make, calls=calls)
    assert str(caught.value) == (
        'calls must be a list, such as wsgi_intercept.Calls(), not %r' % (calls,))


def test_what_nobody_has_said_costs_nothing():
    assert make_options() is None
    assert make_options({}, True, None) is None


def test_an_empty_list_of_calls_is_one():
    assert make_options(calls=[]).calls == []


# Errors are answered.

def raise_at_once(environ, start_response):
    raise Oops()


def raise_after_start(environ, start_response):
    start_response('200 OK', HTML)
    raise Oops()


def raise_in_generator(environ, start_response):
    start_response('200 OK', HTML)
    raise Oops()
    yield b''


def raise_after_empty_chunk(environ, start_response):
    start_response('200 OK', HTML)
    yield b''
    raise Oops()


def raise_after_empty_write(environ, start_response):
    start_response('200 OK', HTML)(b'')
    raise Oops()


def raise_at_second_start(environ, start_response):
    start_response('200 OK', HTML)
    try:
        raise Oops()
    except Oops:
        start_response('500 Mine', HTML, sys.exc_info())
        raise


def never_start(environ, start_response):
    return [b'body']


def never_start_generator(environ, start_response):
    yield b'body'


def start_twice(environ, start_response):
    start_response('200 OK', HTML)
    start_response('200 OK', HTML)
    return [b'body']


def start_badly(environ, start_response):
    start_response('OK', HTML)
    return [b'body']


def start_with_a_bad_header(environ, start_response):
    start_response('200 OK', [('Bad name', 'value')])
    return [b'body']


def start_with_a_tuple(environ, start_response):
    start_response('200 OK', tuple(HTML))
    return [b'body']


def start_with_lists(environ, start_response):
    start_response('200 OK', [list(header) for header in HTML])
    return [b'body']


def start_with_a_number(environ, start_response):
    start_response('200 OK', [('Content-Type', 1)])
    return [b'body']


def start_with_too_few(environ, start_response):
    start_response('200 OK')
    return [b'body']


def change_headers_badly(environ, start_response):
    headers = list(HTML)
    start_response('200 OK', headers)
    headers.append(1)
    return [b'body']


def return_text(environ, start_response):
    start_response('200 OK', HTML)
    return [u'body']


def return_text_late(environ, start_response):
    start_response('200 OK', HTML)
    return [b'a', u'body']


def yield_text(environ, start_response):
    start_response('200 OK', HTML)
    yield u'body'


def write_text(environ, start_response):
    start_response('200 OK', HTML)(u'body')
    return []


def return_none(environ, start_response):
    start_response('200 OK', HTML)


def return_bytes(environ, start_response):
    start_response('200 OK', HTML)
    return b'body'


def take_too_few(environ):
    """No application."""


PLAIN = [raise_at_once, raise_after_start, raise_in_generator, raise_after_empty_chunk,
         raise_after_empty_write, raise_at_second_start, start_with_too_few]
BREAKING = [never_start, never_start_generator, start_twice, start_badly,
            start_with_a_bad_header, start_with_a_tuple, start_with_lists,
            start_with_a_number, change_headers_badly,
            return_text, return_text_late, yield_text, write_text, return_none,
            # bytes are an iterable of bytes on Python 2
            ] + ([return_bytes] if six.PY3 else [])


@pytest.mark.parametrize('app', PLAIN + BREAKING + [take_too_few, 'no application', 0])
def test_an_error_before_the_response_has_begun_is_a_500(app):
    errors = Errors()
    assert served(app, errors=errors) == ERROR
    assert errors.tracebacks == 1
    assert 'unhashable' not in errors.text


@pytest.mark.parametrize('app', PLAIN)
def test_the_traceback_is_the_applications(app):
    errors = Errors()
    served(app, errors=errors)
    frames = files_and_functions(errors.text)
    assert frames[0][1] == app.__name__
    assert [name for _file, name in frames].count(app.__name__) == 1
    assert not [name for name, _function in frames if ours(name)]
    assert ('Oops' if app is not start_with_too_few else 'start_response()'
            ) in errors.text.splitlines()[-1]


@pytest.mark.parametrize('app', [start_badly, start_twice, start_with_a_bad_header,
                                 start_with_a_tuple, start_with_lists,
                                 start_with_a_number, write_text])
def test_the_traceback_of_a_broken_rule_ends_with_the_application(app):
    errors = Errors()
    served(app, errors=errors)
    assert [name for _file, name in files_and_functions(errors.text)] == [app.__name__]
    assert 'PEP3333' in errors.text.splitlines()[-1]


@pytest.mark.parametrize('app', [never_start, yield_text, return_none,
                                 'no application'])
def test_the_traceback_of_what_is_not_seen_in_the_application(app):
    errors = Errors()
    served(app, errors=errors)
    assert not files_and_functions(errors.text)
    assert 'PEP3333' in errors.text.splitlines()[-1]


def ours(filename):
    return filename.startswith((_errors.HERE, _errors.SIX))


def test_the_cause_of_an_error_is_told():
    def app(environ, start_response):
        try:
            inner()
        except Oops:
            raise KeyError('outer')

    def inner():
        raise Oops('inner')
    errors = Errors()
    assert served(app, errors=errors) == ERROR
    assert "KeyError: 'outer'" in errors.text
    if six.PY3:
        assert 'Oops: inner' in errors.text and ', in inner\n' in errors.text


def test_an_error_with_a_message_that_fails():
    class Unspeakable(Exception):
        def __str__(self):
            raise Oops()
        __repr__ = __str__

    def app(environ, start_response):
        raise Unspeakable()
    errors = Errors()
    assert served(app, errors=errors) == ERROR
    assert 'Unspeakable' in errors.text


def test_a_recursion_error():
    def app(environ, start_response):
        return app(environ, start_response)
    errors = Errors()
    assert served(app, errors=errors) == ERROR
    assert 'recursion' in errors.text


@pytest.mark.parametrize('raised', [Oops, StopIteration, WSGIAppError(Oops(), (
    Oops, Oops(), None)), TypeError, EnvironmentError(1, 'x'), AssertionError])
def test_any_error(raised):
    def app(environ, start_response):
        raise raised
    errors = Errors()
    assert served(app, errors=errors) == ERROR
    assert errors.flushed == 1
    assert ', in app\n' in errors.text


def test_head_has_no_body():
    data = GET.replace(b'GET', b'HEAD')
    assert served(raise_at_once, data) == (
        b'HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain\r\n\r\n')


def test_strict_response_headers(monkeypatch):
    monkeypatch.setattr(wsgi_intercept, 'STRICT_RESPONSE_HEADERS', True)
    assert served(raise_at_once) == ERROR


def test_debuglevel(monkeypatch, capsys):
    monkeypatch.setattr(wsgi_intercept, 'debuglevel', 2)
    assert served(raise_at_once) == ERROR
    assert 'response: 500 Internal Server Error' in capsys.readouterr()[1]


def handle_own_error(environ, start_response):
    try:
        start_response('200 OK', HTML)
        raise Oops()
    except Oops:
        start_response('503 Mine', HTML, sys.exc_info())
    return [b'sorry']


def test_an_application_that_handles_its_error():
    errors = Errors()
    assert served(handle_own_error, errors=errors) == (
        b'HTTP/1.1 503 Mine\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\n'
        b'sorry')
    assert not errors.text


def handle_own_error_too_late(environ, start_response):
    start_response('200 OK', HTML)
    yield b'begun'
    try:
        raise Oops('mine')
    except Oops:
        start_response('503 Mine', HTML, sys.exc_info())
        yield b'never'


def test_an_application_that_handles_its_error_too_late():
    errors = Errors()
    assert served(handle_own_error_too_late, errors=errors) == (
        CHUNKED + b'5\r\nbegun\r\n')
    assert errors.tracebacks == 1
    assert 'Oops: mine' in errors.text


# A response that has begun.

def answering(body, headers=HTML):
    def app(environ, start_response):
        start_response('200 OK', list(headers))
        return body
    return app


def length(number):
    return HTML + [('Content-Length', str(number))]


@pytest.mark.parametrize('error', [Oops(), u'text', 1])
@pytest.mark.parametrize('headers, data, expected', [
    (HTML, GET, CHUNKED + b'1\r\na\r\n2\r\nbc\r\n'),
    (HTML, GET.replace(b'1.1', b'1.0'), HEAD + b'\r\nabc'),
    (length(9), GET, HEAD + b'Content-Length: 9\r\n\r\nabc'),
    (length(3), GET, HEAD + b'Content-Length: 3\r\n\r\nabc'),
    (length(2), GET, HEAD + b'Content-Length: 2\r\n\r\nab'),
    (HTML, GET.replace(b'GET', b'HEAD'), HEAD + b'\r\n')],
    ids=['chunked', '1.0', 'length', 'just', 'over', 'head'])
def test_an_error_later_cuts_the_response_off(headers, data, expected, error):
    body, errors = Closing(b'a', b'', b'bc', error), Errors()
    assert served(answering(body, headers), data, errors) == expected
    assert body.closed == 1
    # Also after enough, as what stands after the last yield is run under a server.
    assert body.advanced == (1 if data[:4] == b'HEAD' else 4)
    assert errors.tracebacks == (0 if data[:4] == b'HEAD' else 1)


def test_nothing_comes_after_the_cut():
    body = Closing(b'a', Oops(), b'never')
    response = fake_socket(answering(body), raise_app_errors=False, environ={
        'wsgi.errors': Errors()}).makefile()
    assert response.read() == CHUNKED + b'1\r\na\r\n'
    assert response.read() == response.read(1) == b''
    response.close()
    assert (body.advanced, body.closed) == (2, 1)


@pytest.mark.parametrize('app, expected', [
    ([Oops()], CHUNKED + b'1\r\na\r\n'),
    ([b'', Oops()], CHUNKED + b'1\r\na\r\n'),
    ([b'b', Oops()], CHUNKED + b'1\r\na\r\n1\r\nb\r\n')],
    ids=['first', 'second', 'third'])
def test_what_was_written_is_sent_before_the_cut(app, expected):
    chunks, errors = Closing(*app), Errors()

    def application(environ, start_response):
        start_response('200 OK', HTML)(b'a')
        return chunks
    assert served(application, errors=errors) == expected
    assert chunks.closed == 1
    assert errors.tracebacks == 1


@pytest.mark.parametrize('headers, data, expected', [
    (HTML, GET, CHUNKED + b'7\r\nwritten\r\n'),
    (HTML, GET.replace(b'1.1', b'1.0'), HEAD + b'\r\nwritten'),
    (length(9), GET, HEAD + b'Content-Length: 9\r\n\r\nwritten'),
    (length(7), GET, HEAD + b'Content-Length: 7\r\n\r\nwritten'),
    (HTML, GET.replace(b'GET', b'HEAD'), HEAD + b'\r\n')])
def test_an_error_in_the_call_after_write_cuts_the_response_off(headers, data,
                                                                expected):
    def app(environ, start_response):
        write = start_response('200 OK', headers)
        write(b'writ')
        write(b'ten')
        raise Oops()
    errors = Errors()
    assert served(app, data, errors) == expected
    assert errors.tracebacks == 1


def test_start_response_with_exc_info_after_write():
    def app(environ, start_response):
        start_response('200 OK', HTML)(b'written')
        try:
            raise Oops('mine')
        except Oops:
            start_response('503 Mine', HTML, sys.exc_info())
    errors = Errors()
    assert served(app, errors=errors) == CHUNKED + b'7\r\nwritten\r\n'
    assert errors.tracebacks == 1


class ClosingList(list):
    closed = 0
    error = Oops

    def close(self):
        self.closed += 1
        raise self.error('in close')


def test_an_error_in_close_after_a_list():
    body, errors = ClosingList([b'whole ', b'body']), Errors()
    assert served(answering(body), errors=errors) == (
        HEAD + b'Content-Length: 10\r\n\r\nwhole body')
    assert body.closed == 1
    assert errors.tracebacks == 1
    assert [name for _file, name in files_and_functions(errors.text)] == ['close']


def test_an_error_in_close_after_write_and_a_list():
    def app(environ, start_response):
        start_response('200 OK', HTML)(b'whole ')
        return body
    body, errors = ClosingList([b'body']), Errors()
    assert served(app, errors=errors) == CHUNKED + b'a\r\nwhole body\r\n0\r\n\r\n'
    assert (body.closed, errors.tracebacks) == (1, 1)


def test_an_error_in_close_after_an_error():
    body, errors = ClosingList([u'text']), Errors()
    assert served(answering(body), errors=errors) == ERROR
    assert (body.closed, errors.tracebacks) == (1, 1)
    assert 'in close' not in errors.text


class BadlyClosing(Closing):
    error = Oops

    def close(self):
        Closing.close(self)
        raise self.error('in close')


def test_an_error_in_close_after_an_iteration():
    body, errors = BadlyClosing(b'whole'), Errors()
    assert served(answering(body), errors=errors) == CHUNKED + b'5\r\nwhole\r\n'
    assert (body.closed, errors.tracebacks) == (1, 1)
    body, errors = BadlyClosing(b'whole'), Errors()
    assert served(answering(body, length(5)), errors=errors) == (
        HEAD + b'Content-Length: 5\r\n\r\nwhole')
    assert (body.closed, errors.tracebacks) == (1, 1)


def test_an_error_in_close_when_the_client_goes():
    body, errors = BadlyClosing(b'one', b'two'), Errors()
    response = fake_socket(answering(body), raise_app_errors=False,
                           environ={'wsgi.errors': errors}).makefile()
    assert response.read(len(CHUNKED) + 3) == CHUNKED + b'3\r\n'
    response.close()
    response.close()
    assert (body.advanced, body.closed, errors.tracebacks) == (1, 1, 1)


def test_an_error_in_close_after_head():
    body, errors = BadlyClosing(b'one', b'two'), Errors()
    assert served(answering(body), GET.replace(b'GET', b'HEAD'), errors) == (
        HEAD + b'\r\n')
    assert (body.closed, errors.tracebacks) == (1, 1)


@pytest.mark.parametrize('error', [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_is_no_exception_goes_out(error):
    def at_once(environ, start_response):
        raise error()
    errors = Errors()
    for app in (at_once, answering(Closing(error())),
                answering(Closing(b'a', error()))):
        with pytest.raises(error):
            served(app, errors=errors)
    body = ClosingList([b'a'])
    body.error = error
    with pytest.raises(error):
        served(answering(body), errors=errors)
    assert body.closed == 1
    body = BadlyClosing(b'a')
    body.error = error
    with pytest.raises(error):
        served(answering(body), errors=errors)
    assert body.closed == 1
    assert not errors.text


# Where the traceback goes.

def test_it_goes_to_stderr(capsys):
    response = fake_socket(raise_at_once, raise_app_errors=False).makefile()
    assert response.read() == ERROR
    assert 'Oops' in capsys.readouterr()[1]


def test_it_goes_to_stderr_where_there_is_no_wsgi_errors(capsys, monkeypatch):
    def make_environ(*args):
        environ = original(*args)
        del environ['wsgi.errors']
        return environ
    original = wsgi_intercept.make_environ
    monkeypatch.setattr(wsgi_intercept, 'make_environ', make_environ)
    response = fake_socket(raise_at_once, raise_app_errors=False).makefile()
    assert response.read() == ERROR
    assert 'Oops' in capsys.readouterr()[1]


def test_it_goes_to_the_wsgi_errors_that_the_application_got():
    def app(environ, start_response):
        environ['wsgi.errors'] = None
        environ.clear()
        raise Oops()
    errors = Errors()
    assert served(app, errors=errors) == ERROR
    assert errors.tracebacks == 1


def test_a_wsgi_errors_that_is_empty():
    class Empty(Errors):
        def __len__(self):
            return len(self.text)
    errors = Empty()
    fake_socket(raise_at_once, raise_app_errors=False,
                environ={'wsgi.errors': errors}).makefile()
    assert errors.tracebacks == 1


def test_it_goes_there_in_one_piece():
    class Pieces(Errors):
        written = 0

        def write(self, text):
            self.written += 1
            Errors.write(self, text)
    errors = Pieces()
    served(raise_at_once, errors=errors)
    assert errors.written == 1


# The factory.

def connect(factory, **options):
    add_wsgi_intercept('app.example', 80, factory, **options)
    try:
        connection = WSGI_HTTPConnection('app.example')
        connection.request('GET', '/')
        response = connection.getresponse()
        try:
            return response.status, response.read()
        finally:
            response.close()
            connection.close()
    finally:
        wsgi_intercept.remove_wsgi_intercept()


def failing_factory():
    raise Oops('in the factory')


def type_error_factory():
    int(())


@pytest.mark.parametrize('factory', [failing_factory, type_error_factory])
def test_an_error_of_the_factory(factory):
    made = []

    def counting():
        made.append(1)
        return factory()
    errors = Errors()
    assert connect(counting, raise_app_errors=False, environ={'wsgi.errors': errors}
                   ) == (500, b'Internal Server Error\n')
    assert len(made) == 1
    assert [name for _file, name in files_and_functions(errors.text)] == [
        'counting', factory.__name__]
    assert errors.tracebacks == 1


def test_an_error_of_the_factory_that_reaches_the_client():
    with pytest.raises(WSGIAppError):
        connect(failing_factory, environ={'A': ''})


def test_a_factory_that_returns_no_application():
    errors = Errors()
    assert connect(lambda: 'app', raise_app_errors=False, environ={
        'wsgi.errors': errors})[0] == 500
    assert "'app' is no WSGI application" in errors.text


def test_a_factory_that_is_called_wrongly_is_the_tests_error():
    class Factory(object):
        def __init__(self, missing):
            pass
    with pytest.raises(TypeError) as caught:
        connect(Factory, raise_app_errors=False)
    assert 'app_create_fn must be a function' in str(caught.value)


@pytest.mark.parametrize('error', [KeyboardInterrupt, SystemExit])
def test_what_is_no_exception_goes_out_of_the_factory(error):
    def factory():
        raise error()
    with pytest.raises(error):
        connect(factory, raise_app_errors=False)


def test_a_traceback_that_is_refused(monkeypatch):
    """Python 3.15 may warn while it formats one, and users make that an error."""
    def format_exception(*args):
        raise DeprecationWarning('Module globals')
    monkeypatch.setattr(traceback, 'format_exception', format_exception)
    errors = Errors()
    assert served(raise_at_once, errors=errors) == ERROR
    assert errors.text == 'Oops: \n(no traceback: Module globals)\n'


# Applications that are clients.

def test_an_application_that_asks_one_that_fails():
    def asking(environ, start_response):
        connection = WSGI_HTTPConnection('failing.example')
        connection.request('GET', '/')
        connection.getresponse()
    errors = Errors()
    add_wsgi_intercept('failing.example', 80, lambda: raise_at_once)
    try:
        assert connect(lambda: asking, raise_app_errors=False,
                       environ={'wsgi.errors': errors})[0] == 500
    finally:
        wsgi_intercept.remove_wsgi_intercept()
    assert ', in asking\n' in errors.text
    assert 'Oops' in errors.text
    if six.PY3:
        assert ', in raise_at_once\n' in errors.text


def test_an_error_is_not_kept():
    class Kept(Exception):
        pass

    def app(environ, start_response):
        error = Kept()
        seen.append(weakref.ref(error))
        try:
            raise error
        finally:
            del error
    seen = []
    assert served(app) == ERROR
    if six.PY2:
        sys.exc_clear()
    gc.collect()
    assert seen[0]() is None


def test_io_of_text_as_wsgi_errors():
    errors = io.StringIO() if six.PY3 else six.BytesIO()
    served(raise_at_once, errors=errors)
    assert 'Oops' in errors.getvalue()
