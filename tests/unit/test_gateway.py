"""The server's side of PEP 3333."""

import gc
import subprocess
import sys
import weakref

import pytest
import six

import wsgi_intercept
from wsgi_intercept import WSGIAppError, _gateway
from wsgi_intercept._gateway import check_chunk, native_header

from .helpers import Closing, run

HEADERS = [('Content-Type', 'text/plain')]


def answering(body, status='200 OK', headers=HEADERS):
    """An application that returns `body`."""
    def app(environ, start_response):
        start_response(status, list(headers))
        return body
    return app


def rest(response):
    """What there is beyond the first chunk."""
    return list(iter(response.next_chunk, b''))


def body_of(response):
    """The whole body of a response."""
    if response.chunks is not None:
        return b''.join(response.chunks)
    return response.first + b''.join(rest(response))


# What an application may do.

def test_the_application_gets_the_environ():
    environs = []

    def app(environ, start_response):
        environs.append(environ)
        start_response('200 OK', [])
        return []
    environ = {}
    run(app, environ)
    assert environs[0] is environ


def test_a_list_that_the_application_uses_once_more():
    body = [b'first']
    response = run(answering(body), {})
    body[:] = [b'second']
    assert body_of(response) == b'first'


def test_a_list_that_is_empty_when_it_is_closed():
    class Cleared(list):
        def close(self):
            del self[:]
    assert body_of(run(answering(Cleared([b'a', b'b'])), {})) == b'ab'


def test_a_list_that_gives_its_items_once():
    class Popping(list):
        def __iter__(self):
            while len(self):
                yield self.pop(0)
    assert body_of(run(answering(Popping([b'a', b'b'])), {})) == b'ab'


@pytest.mark.parametrize('body', [[], (), [b'abc'], (b'a', b'', b'bc'), [b'', b'']])
def test_a_list_or_tuple(body):
    response = run(answering(body), {})
    assert response.head.status == '200 OK'
    assert response.head.field_lines == 'Content-Type: text/plain\r\n'
    assert response.head.length is None
    assert list(response.chunks) == list(body)


def test_a_generator():
    response = run(answering(iter([b'', b'ab', b'', b'c', b''])), {})
    assert response.chunks is None
    assert response.first == b'ab'
    assert response.next_chunk() == b'c'
    assert response.next_chunk() == b''
    assert response.next_chunk() == b''


def test_a_generator_of_nothing():
    response = run(answering(iter([b'', b''])), {})
    assert response.first == b''
    assert response.next_chunk() == b''


def test_an_iterable_by_getitem():
    class Sequence(object):
        def __getitem__(self, index):
            return [b'a', b'b'][index]
    assert body_of(run(answering(Sequence()), {})) == b'ab'


def test_a_class_whose_instances_are_iterables():
    class Application(object):
        def __init__(self, environ, start_response):
            self.start_response = start_response

        def __iter__(self):
            self.start_response('200 OK', [])
            yield b'abc'
    assert body_of(run(Application, {})) == b'abc'


def test_a_generator_may_start_the_response_late():
    def app(environ, start_response):
        yield b''
        start_response('201 Created', [('A', 'b')])
        yield b'abc'
    response = run(app, {})
    head = response.head
    assert (head.status, head.field_lines) == ('201 Created', 'A: b\r\n')
    assert body_of(response) == b'abc'


@pytest.mark.parametrize('status', [
    '200 OK', '200 ', '200', '404 Not Found', '299 a\tb \xe9', '102 Processing',
    '599 !"#$%', '999 Beyond'])
def test_status_lines(status):
    response = run(answering([], status), {})
    assert response.head.status == status
    assert type(response.head.status) is str


@pytest.mark.parametrize('value', ['', 'a', ' a ', 'a: b', 'a\tb', '\xe9', '"\\', ','])
def test_header_values_go_out_as_they_are(value):
    response = run(answering([], headers=[('Name', value)]), {})
    assert response.head.field_lines == 'Name: ' + value + '\r\n'


def test_headers_keep_order_case_and_duplicates():
    headers = [('b', '1'), ('A', '2'), ('B', '3'), ('Set-Cookie', 'x'),
               ('Set-Cookie', 'y')]
    response = run(answering([], headers=headers), {})
    assert response.head.field_lines == (
        'b: 1\r\nA: 2\r\nB: 3\r\nSet-Cookie: x\r\nSet-Cookie: y\r\n')


@pytest.mark.parametrize('name', ['Content-Length', 'content-length', 'CONTENT-LENGTH'])
@pytest.mark.parametrize('value, length', [('0', 0), ('3', 3), (' 3 ', 3), ('007', 7)])
def test_the_content_length(name, value, length):
    assert run(answering([], headers=[(name, value)]), {}).head.length == length


def test_a_content_length_that_is_given_twice():
    headers = [('Content-Length', '3'), ('Content-Length', '3')]
    assert run(answering([], headers=headers), {}).head.length == 3


def test_a_header_that_resembles_content_length():
    headers = [('X-Content-Length', 'many'), ('Content-Length-X', 'many')]
    assert run(answering([], headers=headers), {}).head.length is None


def test_the_header_list_counts_until_the_first_chunk():
    headers = [('A', '1')]

    def app(environ, start_response):
        start_response('200 OK', headers)
        headers.append(('B', '2'))
        yield b''
        headers.append(('Content-Length', '6'))
        yield b'abc'
        headers.append(('C', '3'))
        yield b'def'
    response = run(app, {})
    assert response.head.field_lines == 'A: 1\r\nB: 2\r\nContent-Length: 6\r\n'
    assert response.head.length == 6
    assert body_of(response) == b'abcdef'
    assert 'C: 3' not in response.head.field_lines


def test_the_header_list_counts_until_a_list_is_returned():
    def app(environ, start_response):
        headers = [('A', '1'), ('B', '2')]
        start_response('200 OK', headers)
        del headers[0]
        return [b'abc']
    assert run(app, {}).head.field_lines == 'B: 2\r\n'


def test_write():
    def app(environ, start_response):
        write = start_response('200 OK', [])
        write(b'')
        write(b'ab')
        write(b'cd')
        return [b'ef', b'g']
    response = run(app, {})
    assert body_of(response) == b'abcdefg'


def test_write_and_a_generator():
    def app(environ, start_response):
        write = start_response('200 OK', [])
        write(b'ab')

        def body():
            yield b'cd'
            write(b'ef')
            yield b''
            write(b'gh')
            yield b'ij'
            write(b'kl')
        return body()
    assert body_of(run(app, {})) == b'abcdefghijkl'


@pytest.mark.parametrize('place', ['before', 'between', 'last'])
def test_writing_nothing_is_not_the_end(place):
    class Writing(Closing):
        def __next__(self):
            if len(self.left) == {'before': 2, 'between': 1, 'last': 0}[place]:
                write[0](b'')
            return Closing.__next__(self)
        next = __next__

    def app(environ, start_response):
        write.append(start_response('200 OK', []))
        write[0](b'')
        return body
    write = []
    body = Writing(b'ab', b'cd')
    assert body_of(run(app, {})) == b'abcd'
    assert body.closed == 1


def test_write_settles_the_headers():
    headers = [('A', '1')]

    def app(environ, start_response):
        write = start_response('200 OK', headers)
        write(b'')
        headers.append(('B', '2'))
        write(b'ab')
        headers.append(('C', '3'))
        return []
    assert run(app, {}).head.field_lines == 'A: 1\r\nB: 2\r\n'


# A second start_response().

def caught_error(text='of the application'):
    try:
        raise ZeroDivisionError(text)
    except ZeroDivisionError:
        return sys.exc_info()


def test_a_second_call_with_exc_info_before_the_headers_are_sent():
    def app(environ, start_response):
        start_response('200 OK', [('A', '1'), ('Content-Length', '3')])
        yield b''
        start_response('500 Error', [('B', '2')], caught_error())
        yield b'error'
    response = run(app, {})
    head = response.head
    assert (head.status, head.field_lines) == ('500 Error', 'B: 2\r\n')
    assert response.head.length is None
    assert body_of(response) == b'error'


@pytest.mark.parametrize('write', [True, False])
def test_a_second_call_with_exc_info_after_the_headers_are_sent(write):
    exc_info = caught_error()

    def app(environ, start_response):
        first = start_response('200 OK', [])
        if write:
            first(b'abc')
        else:
            yield b'abc'
        start_response('500 Error', [], exc_info)
        yield b'error'
    with pytest.raises(WSGIAppError) as caught:
        body_of(run(app, {}))
    assert caught.value.error is exc_info[1]


def test_exc_info_by_keyword_and_as_none():
    def app(environ, start_response):
        start_response('200 OK', [], None)
        start_response('500 Error', [], exc_info=caught_error())
        return []
    assert run(app, {}).head.status == '500 Error'


def test_a_first_call_with_exc_info():
    def app(environ, start_response):
        start_response('500 Error', [], caught_error())
        return [b'x']
    assert run(app, {}).head.status == '500 Error'


# Closing.

def test_close_is_called_once_at_the_end():
    body = Closing(b'a', b'b')
    response = run(answering(body), {})
    assert body.closed == 0
    assert response.next_chunk() == b'b'
    assert body.closed == 0
    assert response.next_chunk() == b''
    assert body.closed == 1
    response.next_chunk()
    response.finish()
    response.close()
    assert body.closed == 1


def test_close_is_called_once_when_the_client_abandons_the_response():
    body = Closing(b'a', b'b', b'c')
    response = run(answering(body), {})
    response.close()
    response.close()
    assert body.closed == 1
    assert body.advanced == 1


@pytest.mark.parametrize('chunks', [
    [ZeroDivisionError()], [b'a', ZeroDivisionError()], [b'', u'text'], [b'a', u'text'],
    [b'', KeyboardInterrupt()], [b'a', KeyboardInterrupt()]])
def test_close_is_called_once_after_an_error(chunks):
    body = Closing(*chunks)
    with pytest.raises((WSGIAppError, TypeError, KeyboardInterrupt)):
        response = run(answering(body), {})
        rest(response)
    assert body.closed == 1


def test_close_is_called_once_where_start_response_was_not():
    body = Closing(b'a')
    with pytest.raises(WSGIAppError):
        run(lambda environ, start_response: body, {})
    assert body.closed == 1


class ClosingList(list):
    """A list with a close() method."""

    closed = 0

    def close(self):
        self.closed += 1


@pytest.mark.parametrize('body', [[], [b'ab', b'c']])
def test_a_list_is_closed_at_once(body):
    body = ClosingList(body)
    response = run(answering(body), {})
    assert body.closed == 1
    response.finish()
    response.close()
    assert body.closed == 1
    assert body_of(response) == b''.join(body)


def test_a_list_is_closed_after_an_error():
    body = ClosingList([b'a', u'text'])
    with pytest.raises(TypeError):
        run(answering(body), {})
    assert body.closed == 1


def test_finish_lets_the_application_end():
    body = Closing(b'abc')
    response = run(answering(body), {})
    response.finish()
    assert body.advanced == 2
    assert body.closed == 1


def test_finish_does_not_wait_for_an_end_that_does_not_come():
    class Endless(Closing):
        def __next__(self):
            self.advanced += 1
            assert self.advanced < 10
            return b'x'
        next = __next__
    body = Endless()
    run(answering(body), {}).finish()
    assert body.closed == 1


def test_the_iterable_is_advanced_only_when_asked():
    body = Closing(b'', b'a', b'b', b'c')
    response = run(answering(body), {})
    assert body.advanced == 2
    response.next_chunk()
    assert body.advanced == 3


# Errors of the application.

def raising(error):
    """Applications that raise at each place."""
    class FailingClose(Closing):
        def close(self):
            raise error

    def in_the_call(environ, start_response):
        raise error

    def after_start_response(environ, start_response):
        start_response('200 OK', [])
        raise error

    def in_close_of_a_list(environ, start_response):
        class FailingList(list):
            def close(self):
                raise error
        start_response('200 OK', [])
        return FailingList([b'a'])
    return [in_the_call, after_start_response, answering(Closing(error)),
            answering(Closing(b'', error)), answering(Closing(b'a', error)),
            answering(FailingClose(b'a')), answering(FailingClose()),
            in_close_of_a_list]


PLACES = ['call', 'after start_response', 'first chunk', 'empty chunk', 'later chunk',
          'close', 'close of nothing', 'close of a list']


@pytest.mark.parametrize('place', range(8), ids=PLACES)
@pytest.mark.parametrize('error', [ZeroDivisionError('x'), TypeError('x'),
                                   AttributeError('x'), IOError('x')],
                         ids=lambda error: type(error).__name__)
def test_an_exception_is_wrapped(place, error):
    with pytest.raises(WSGIAppError) as caught:
        body_of(run(raising(error)[place], {}))
    assert caught.value.error is error
    assert caught.value.__cause__ is error
    assert caught.value.exception_type is type(error)


class Failed(BaseException):
    """What a test framework raises to fail a test."""


@pytest.mark.parametrize('place', range(8), ids=PLACES)
@pytest.mark.parametrize('error', [KeyboardInterrupt(), SystemExit(3), Failed()],
                         ids=lambda error: type(error).__name__)
def test_a_base_exception_is_itself(place, error):
    with pytest.raises(type(error)) as caught:
        body_of(run(raising(error)[place], {}))
    assert caught.value is error


def test_close_may_raise_when_the_client_abandons_the_response():
    error = ZeroDivisionError()
    body = raising(error)[5]
    with pytest.raises(WSGIAppError) as caught:
        run(body, {}).close()
    assert caught.value.error is error


def test_an_error_tells_more_than_one_in_close():
    class Failing(Closing):
        def close(self):
            raise ValueError('in close')
    with pytest.raises(WSGIAppError) as caught:
        run(answering(Failing(ZeroDivisionError('before'))), {})
    assert isinstance(caught.value.error, ZeroDivisionError)


# What breaks PEP 3333.

def twice(environ, start_response):
    start_response('200 OK', [])
    start_response('404 Again', [])
    return []


def twice_late(environ, start_response):
    start_response('200 OK', [])
    yield b'a'
    start_response('404 Again', [])


def never(environ, start_response):
    return [b'body']


def never_nor_a_body(environ, start_response):
    return []


def never_in_a_generator(environ, start_response):
    yield b'body'


def too_late(environ, start_response):
    yield b'body'
    start_response('200 OK', [])


def never_nor_a_chunk(environ, start_response):
    return iter([])


def bad_headers_later(environ, start_response):
    headers = []
    start_response('200 OK', headers)
    headers.append(('Name', 'a\r\nb'))
    return []


def status(value):
    return answering([], value)


class Text(str):
    """A string whose ``str()`` is another."""

    def __str__(self):
        return 'evil\r\nX: y'


def giving(status, headers):
    def app(environ, start_response):
        start_response(status, headers)
        return []
    return app


def test_what_is_checked_is_what_is_sent():
    for _each in range(2):
        head = run(giving(Text('200 OK'), [(Text('A'), Text('b'))]), {}).head
        assert (head.status, head.field_lines) == ('200 OK', 'A: b\r\n')
        assert [type(text) for text in (head.status, head.field_lines)] == [str, str]


def test_nothing_of_the_application_is_remembered():
    value = Text('kept')
    value.object = Closing()
    kept = weakref.ref(value.object)
    run(giving('200 OK', [('A', value)]), {})
    del value
    gc.collect()
    assert kept() is None


def test_what_is_large_is_not_remembered():
    _gateway._heads.clear()
    run(giving('200 OK', [('A', 'b' * 5000)]), {})
    run(giving('200 ' + 'b' * 5000, [('A', 'b')]), {})
    assert not _gateway._heads


def test_what_is_remembered_is_bounded():
    for number in range(300):
        head = run(giving('200 OK', [('A', str(number))]), {}).head
        assert head.field_lines == 'A: %d\r\n' % number
    assert len(_gateway._heads) <= 128


def header(name, value):
    return answering([], headers=[(name, value)])


BROKEN = [
    ('no start_response', never, ['start_response']),
    ('no start_response, no body', never_nor_a_body, ['start_response']),
    ('no start_response, iterator', never_nor_a_chunk, ['start_response']),
    ('no start_response, generator', never_in_a_generator, ['start_response']),
    ('start_response after the body', too_late, ['start_response']),
    ('start_response twice', twice, ['start_response', 'exc_info', '404 Again']),
    ('start_response twice, late', twice_late, ['start_response', 'exc_info', 'Again']),
    ('status without digits', status('OK'), ['status', 'OK', 'three digits']),
    ('status of two digits', status('20 OK'), ['status', '20 OK']),
    ('status of four digits', status('2000 OK'), ['status', '2000 OK']),
    ('status without space', status('200OK'), ['status', '200OK']),
    ('empty status', status(''), ['status', "''"]),
    ('status with a space before', status(' 200 OK'), ['status', ' 200 OK']),
    ('status with CR', status('200 a\rb'), ['status', '\\r']),
    ('status with LF', status('200 a\nb'), ['status', '\\n']),
    ('status with CRLF', status('200 a\r\nA: b'), ['status', '\\r\\n']),
    ('status that ends with LF', status('200 OK\n'), ['status', '\\n']),
    ('status with NUL', status('200 a\0b'), ['status', '\\x00']),
    ('status with DEL', status('200 a\x7fb'), ['status', '\\x7f']),
    ('status beyond latin-1', status(u'200 \u20ac'), ['status', '200 ']),
    ('header value with CR', header('Name', 'a\rb'), ['header', 'Name', '\\r']),
    ('header value with LF', header('Name', 'a\nb'), ['header', 'Name', '\\n']),
    ('header value with CRLF', header('Name', 'a\r\nOther: b'), ['header', '\\r\\n']),
    ('header value that ends with CRLF', header('Name', 'a\r\n'), ['header', '\\r\\n']),
    ('header value with NUL', header('Name', 'a\0b'), ['header', 'Name', '\\x00']),
    ('header value with ESC', header('Name', 'a\x1bb'), ['header', 'Name', '\\x1b']),
    ('header value with DEL', header('Name', 'a\x7fb'), ['header', 'Name', '\\x7f']),
    ('header value beyond latin-1', header('Name', u'\u20ac'), ['header', 'Name']),
    ('header name with CRLF', header('A: b\r\nName', 'c'), ['header', 'Name']),
    ('header name with a space', header('A B', 'c'), ['header', 'A B']),
    ('header name with a colon', header('A:', 'c'), ['header', 'A:']),
    ('header name with a control character', header('A\x01', 'c'), ['header', '\\x01']),
    ('header name beyond ASCII', header('N\xe4me', 'c'), ['header', 'me: c']),
    ('empty header name', header('', 'c'), ['header', ': c']),
    ('Content-Length that is no number', header('Content-Length', 'many'),
     ['header', 'Content-Length: many', 'number']),
    ('empty Content-Length', header('Content-Length', ''),
     ['header', 'Content-Length', 'number']),
    ('negative Content-Length', header('Content-Length', '-1'),
     ['header', 'Content-Length: -1', 'number']),
    ('Content-Length beyond all numbers', header('Content-Length', '9' * 5000),
     ['header', 'Content-Length', '99999']),
    ('different Content-Lengths',
     answering([], headers=[('Content-Length', '1'), ('Content-Length', '2')]),
     ['header', 'Content-Length: 2', 'once']),
    ('bad header later', bad_headers_later, ['header', 'Name', '\\r\\n']),
] + [
    ('hop-by-hop header ' + name, header(name, 'a'), ['header', name + ': a', 'server'])
    for name in ['Connection', 'connection', 'Keep-Alive', 'Proxy-Authenticate',
                 'Proxy-Authorization', 'TE', 'Trailers', 'Transfer-Encoding',
                 'Upgrade']
]


@pytest.mark.parametrize('app, named', [case[1:] for case in BROKEN],
                         ids=[case[0] for case in BROKEN])
def test_what_breaks_pep_3333(app, named):
    with pytest.raises(WSGIAppError) as caught:
        body_of(run(app, {}))
    assert not isinstance(caught.value, TypeError)
    assert named[0] in str(caught.value)
    for text in named:
        assert text in str(caught.value.error)


def writing(data):
    def app(environ, start_response):
        start_response('200 OK', [])(data)
        return []
    return app


NO_BYTES = [u'text', 42, None, bytearray(b'x'), [b'x'], memoryview(b'x')]


@pytest.mark.parametrize('chunk', NO_BYTES)
@pytest.mark.parametrize('make', [
    lambda chunk: answering([chunk]), lambda chunk: answering((b'a', chunk)),
    lambda chunk: answering(iter([chunk])),
    lambda chunk: answering(iter([b'a', chunk])), writing],
    ids=['list', 'tuple', 'first', 'later', 'write'])
def test_a_body_item_that_is_not_bytes(make, chunk):
    with pytest.raises(TypeError) as caught:
        body_of(run(make(chunk), {}))
    assert 'must be bytes' in str(caught.value)
    assert repr(chunk) in str(caught.value)


@pytest.mark.parametrize('body', [None, 42, object(), True])
def test_a_body_that_is_no_iterable(body):
    with pytest.raises(TypeError) as caught:
        run(answering(body), {})
    assert 'no iterable of bytes' in str(caught.value)
    assert repr(body) in str(caught.value)


@pytest.mark.parametrize('body', [u'text', {u'a': 1}])
def test_a_body_of_something_else(body):
    with pytest.raises(TypeError) as caught:
        run(answering(body), {})
    assert 'must be bytes' in str(caught.value)


@pytest.mark.parametrize('value', [200, None, ['200 OK'], bytearray(b'200 OK'),
                                   b'200 OK'])
def test_a_status_that_is_no_string(value):
    if six.PY2 and isinstance(value, bytes):
        pytest.skip('this is the native string')
    with pytest.raises(TypeError) as caught:
        run(status(value), {})
    assert 'the status must be a str' in str(caught.value)
    assert repr(value) in str(caught.value)


@pytest.mark.parametrize('strict, header, text', [
    (True, (b'Name', 'value'), "which is not a native str"),
    (True, ('Name', b'value'), "which is not a native str"),
    (False, (b'Na me', b'value'), "the name must be a token"),
])
def test_texts_where_bytes_are_not_to_be_formatted(monkeypatch, strict, header, text):
    """As with ``python -bb``, which makes these warnings errors."""
    if six.PY2:
        pytest.skip('this is the native string')
    program = """
from wsgi_intercept import _gateway
try:
    _gateway.checked_header(%r, %r, %r)
except Exception as error:
    print(error)
""" % (header + (strict,))
    told = subprocess.check_output([sys.executable, '-bb', '-c', program],
                                   stderr=subprocess.STDOUT, universal_newlines=True)
    assert text in told


@pytest.mark.parametrize('headers', [None, (), (('A', 'b'),), {'A': 'b'}, 'A: b',
                                     iter([('A', 'b')])])
def test_headers_that_are_no_list(headers):
    def app(environ, start_response):
        start_response('200 OK', headers)
        return []
    with pytest.raises(TypeError) as caught:
        run(app, {})
    assert 'the headers must be a list of tuples' in str(caught.value)
    assert repr(headers) in str(caught.value)


@pytest.mark.parametrize('header', [['A', 'b'], 'Ab', ('A',), ('A', 'b', 'c'), None,
                                    ()])
def test_a_header_that_is_no_pair(header):
    with pytest.raises(TypeError) as caught:
        run(answering([], headers=[header]), {})
    assert 'a header must be a tuple of its name and value' in str(caught.value)
    assert repr(header) in str(caught.value)


STRICT_TEXT = "Header has a key '%s' or value '%s' which is not a native str."


@pytest.mark.parametrize('name, value', [('A', 1), ('A', None), (1, 'b'), ('A', ['b'])])
@pytest.mark.parametrize('strict', [True, False])
def test_a_header_that_is_no_string(monkeypatch, strict, name, value):
    monkeypatch.setattr(wsgi_intercept, 'STRICT_RESPONSE_HEADERS', strict)
    with pytest.raises(TypeError) as caught:
        run(header(name, value), {})
    assert str(caught.value) == STRICT_TEXT % (name, value)


@pytest.mark.parametrize('names', ['name', 'value', 'both'])
def test_other_strings_pass_unless_strict(monkeypatch, names):
    name, value = 'Name', 'value'
    if names != 'value':
        name = u'Name' if six.PY2 else b'Name'
    if names != 'name':
        value = u'value' if six.PY2 else b'value'
    native = native_header(name, value, False)
    assert native == ('Name', 'value')
    assert [type(string) for string in native] == [str, str]
    assert run(header(name, value), {}).head.field_lines == 'Name: value\r\n'
    monkeypatch.setattr(wsgi_intercept, 'STRICT_RESPONSE_HEADERS', True)
    with pytest.raises(TypeError) as caught:
        run(header(name, value), {})
    assert str(caught.value) == STRICT_TEXT % (name, value)


def test_strict_is_read_at_each_use(monkeypatch):
    app = header('Name', u'value' if six.PY2 else b'value')
    run(app, {})
    monkeypatch.setattr(wsgi_intercept, 'STRICT_RESPONSE_HEADERS', True)
    with pytest.raises(TypeError):
        run(app, {})
    run(header('Name', 'value'), {})
    monkeypatch.setattr(wsgi_intercept, 'STRICT_RESPONSE_HEADERS', False)
    assert run(app, {}).head.field_lines == 'Name: value\r\n'


@pytest.mark.parametrize('application', [None, 'app', 42, []])
def test_what_is_no_application(application):
    with pytest.raises(TypeError) as caught:
        run(application, {})
    assert 'is no WSGI application' in str(caught.value)
    assert repr(application) in str(caught.value)


@pytest.mark.parametrize('application', [lambda: None, lambda environ: None])
def test_an_application_of_other_arguments(application):
    with pytest.raises(WSGIAppError) as caught:
        run(application, {})
    assert isinstance(caught.value.error, TypeError)


@pytest.mark.parametrize('chunk', NO_BYTES)
def test_check_chunk(chunk):
    check_chunk(b'')
    check_chunk(b'bytes')
    with pytest.raises(TypeError):
        check_chunk(chunk)


def test_an_iterator_that_is_no_iterable():
    """PEP 3333 asks for an iterable; its iterator need not be one."""
    class Iterator(object):
        left = [b'a', b'b']

        def __next__(self):
            if not self.left:
                raise StopIteration
            return self.left.pop(0)
        next = __next__

    class Iterable(object):
        def __iter__(self):
            return Iterator()

    def application(environ, start_response):
        start_response('200 OK', [])
        return Iterable()
    response = run(application, {})
    assert (response.first, response.next_chunk()) == (b'a', b'b')
    assert response.next_chunk() == b''


def test_an_interim_response_is_not_the_application_s_to_send():
    def application(environ, start_response):
        start_response('100 Continue', [])
        return []
    with pytest.raises(WSGIAppError) as caught:
        run(application, {})
    assert "bad status: '100 Continue'; interim responses" in str(caught.value)


@pytest.mark.parametrize('name', ['X: Y', 'X:', ':X', 'X\r\nY', 'X\n'])
def test_a_name_that_would_be_part_of_a_line(name):
    def application(environ, start_response):
        start_response('200 OK', [(name, 'value')])
        return []
    with pytest.raises(WSGIAppError) as caught:
        run(application, {})
    assert 'bad header: %r' % (name + ': value') in str(caught.value)
