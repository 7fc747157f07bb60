"""`Request` -> environ."""

import gc
import io
import sys
from wsgiref.validate import check_environ

import pytest
import six

from wsgi_intercept._environ import build_environ, make_environ, remember
from wsgi_intercept._request import RequestHead

from .helpers import parsed


def environ_of(data, host='app.example', port=80, script_name='', https=False):
    return build_environ(parsed(data), (host, port, https, script_name))


def environ_for(target, script_name='', fields=b''):
    return environ_of(b'GET ' + target + b' HTTP/1.1\r\n' + fields + b'\r\n',
                      script_name=script_name)


def test_the_environ_of_a_plain_request():
    environ = environ_for(b'/path?query', fields=b'Host: app.example\r\n')
    wsgi_input = environ.pop('wsgi.input')
    file_wrapper = environ.pop('wsgi.file_wrapper')
    assert environ == {
        'REQUEST_METHOD': 'GET',
        'SCRIPT_NAME': '',
        'PATH_INFO': '/path',
        'QUERY_STRING': 'query',
        'REQUEST_URI': '/path?query',
        'RAW_URI': '/path?query',
        'SERVER_NAME': 'app.example',
        'SERVER_PORT': '80',
        'SERVER_PROTOCOL': 'HTTP/1.1',
        'REMOTE_ADDR': '127.0.0.1',
        'HTTP_HOST': 'app.example',
        'wsgi.version': (1, 0),
        'wsgi.url_scheme': 'http',
        'wsgi.errors': sys.stderr,
        'wsgi.multithread': True,
        'wsgi.multiprocess': False,
        'wsgi.run_once': False,
        'wsgi.input_terminated': True,
    }
    assert wsgi_input.read() == b''
    assert b''.join(file_wrapper(io.BytesIO(b'abc'), 2)) == b'abc'


def test_it_is_a_dict_of_its_own():
    first, second = environ_for(b'/'), environ_for(b'/')
    assert type(first) is dict      # PEP 3333: a builtin dict, no subclass
    first['REQUEST_METHOD'] = 'changed'
    assert second['REQUEST_METHOD'] == 'GET'


@pytest.mark.parametrize('host, port, script_name, target', [
    ('app.example', 8080, '/foo', b'/foo/x'),
    ('app.example', '8080', '', b'/'),
    ('app.example', u'8080', u'/foo', b'/foo'),
    ('app.example', 8080, u'/f\xf6\xf6', b'/f%C3%B6%C3%B6/x'),
    (u'app.example', 8080, '', b'/'),
])
def test_every_cgi_value_is_a_native_string(host, port, script_name, target):
    environ = environ_of(
        b'POST ' + target + b'?q HTTP/1.1\r\nContent-Length: 0\r\nContent-Type: a/b\r\n'
        b'Cookie: a\r\nX-A: \xe9\r\n\r\n', host, port, script_name)
    assert environ['SERVER_PORT'] == '8080'
    assert set(type(value) for key, value in environ.items() if '.' not in key) == (
        set([str]))
    check_environ(environ)


@pytest.mark.parametrize('scheme', ['http', 'https'])
def test_the_scheme(scheme):
    data = b'GET / HTTP/1.1\r\n\r\n'
    assert environ_of(data, https=scheme == 'https')['wsgi.url_scheme'] == scheme


def test_the_errors_go_to_the_stderr_of_the_moment(monkeypatch):
    stderr = six.StringIO()
    monkeypatch.setattr(sys, 'stderr', stderr)
    assert environ_for(b'/')['wsgi.errors'] is stderr


def test_the_protocol_is_the_request_s():
    environ = environ_of(b'GET / HTTP/1.0\r\n\r\n')
    assert environ['SERVER_PROTOCOL'] == 'HTTP/1.0'


# The target.

@pytest.mark.parametrize('target, path, query', [
    (b'/', '/', ''),
    (b'/?', '/', ''),
    (b'/a?b=c&d', '/a', 'b=c&d'),
    (b'/a?b?c', '/a', 'b?c'),
    (b'/a?b=%2F%20+', '/a', 'b=%2F%20+'),
    (b'/a%2Fb', '/a/b', ''),
    (b'/a%20b+c', '/a b+c', ''),
    (b'/a%3Fb', '/a?b', ''),
    (b'/a;b=c/d', '/a;b=c/d', ''),
    (b'/%zz%', '/%zz%', ''),
    (b'//a/b', '//a/b', ''),
    (b'/caf%C3%A9', '/caf\xc3\xa9', ''),
    (b'/caf%E9', '/caf\xe9', ''),
    (b'/caf\xc3\xa9?\xc3\xa9', '/caf\xc3\xa9', '\xc3\xa9'),
    (b'/a/../b/./c', '/a/../b/./c', ''),
    (b'http://other.example/a?b', '/a', 'b'),
    (b'HTTPS://other.example:8443/a%41', '/aA', ''),
    (b'*', '*', ''),
])
def test_targets(target, path, query):
    environ = environ_for(target)
    assert environ['PATH_INFO'] == path
    assert environ['QUERY_STRING'] == query
    assert environ['REQUEST_URI'] == environ['RAW_URI'] == (
        target if six.PY2 else target.decode('latin-1'))
    assert environ['SERVER_NAME'] == 'app.example'


@pytest.mark.parametrize('target', [b'http://other.example', b'http://other.example?b'])
def test_an_absolute_form_without_path(target):
    environ = environ_for(target)
    assert environ['PATH_INFO'] in ('', '/')
    assert environ['QUERY_STRING'] == ('b' if b'?' in target else '')


# The prefix.

@pytest.mark.parametrize('script_name', ['/foo', '/foo/', 'foo', u'/foo', '/f%6fo'])
@pytest.mark.parametrize('target, expected', [
    (b'/foo', ('/foo', '')),
    (b'/foo/', ('/foo', '/')),
    (b'/foo/x', ('/foo', '/x')),
    (b'/foo//x', ('/foo', '//x')),
    (b'/f%6Fo/x', ('/foo', '/x')),
    (b'/foo?x', ('/foo', '')),
    (b'/foobar', ('', '/foobar')),
    (b'/', ('', '/')),
    (b'/x/foo', ('', '/x/foo')),
    (b'/FOO/x', ('', '/FOO/x')),
    (b'http://other.example/foo/x', ('/foo', '/x')),
    (b'*', ('', '*')),
])
def test_the_prefix_is_matched_on_whole_segments(script_name, target, expected):
    environ = environ_for(target, script_name)
    assert (environ['SCRIPT_NAME'], environ['PATH_INFO']) == expected
    assert environ['REQUEST_URI'] == target.decode('ascii')


@pytest.mark.parametrize('script_name', ['', '/', None])
def test_no_prefix(script_name):
    environ = environ_for(b'/foo', script_name)
    assert (environ['SCRIPT_NAME'], environ['PATH_INFO']) == ('', '/foo')


def test_a_prefix_of_several_segments():
    environ = environ_for(b'/a/b/c', '/a/b')
    assert (environ['SCRIPT_NAME'], environ['PATH_INFO']) == ('/a/b', '/c')


def test_a_prefix_beyond_ascii():
    environ = environ_for(b'/caf%C3%A9/x', u'/caf\xe9')
    assert (environ['SCRIPT_NAME'], environ['PATH_INFO']) == ('/caf\xc3\xa9', '/x')


# The header fields.

@pytest.mark.parametrize('fields, expected', [
    (b'Accept: a\r\n', {'HTTP_ACCEPT': 'a'}),
    (b'x-lower-case: a\r\n', {'HTTP_X_LOWER_CASE': 'a'}),
    (b'Accept: a\r\nACCEPT: b\r\n', {'HTTP_ACCEPT': 'a,b'}),
    (b'Accept: a, b\r\naccept: c\r\n', {'HTTP_ACCEPT': 'a, b,c'}),
    (b'Cookie: a=b\r\nCookie: c=d\r\n', {'HTTP_COOKIE': 'a=b; c=d'}),
    (b'Empty:\r\n', {'HTTP_EMPTY': ''}),
    (b'X-A: caf\xe9\r\n', {'HTTP_X_A': 'caf\xe9'}),
    (b'Host: h:80\r\n', {'HTTP_HOST': 'h:80'}),
    (b'Content-Type: text/plain; charset=utf-8\r\n',
     {'CONTENT_TYPE': 'text/plain; charset=utf-8'}),
    (b'Content-Length: 0\r\n', {'CONTENT_LENGTH': '0'}),
    (b'Expect: 100-continue\r\n', {'HTTP_EXPECT': '100-continue'}),
    (b'Connection: keep-alive\r\n', {'HTTP_CONNECTION': 'keep-alive'}),
    (b'X_A: a\r\n', {'HTTP_X_A': 'a'}),
    # X_A must not pass for X-A, nor for a field of the protocol.
    (b'X_A: forged\r\nX-A: real\r\n', {'HTTP_X_A': 'real'}),
    (b'X-A: real\r\nx_a: forged\r\n', {'HTTP_X_A': 'real'}),
    (b'X-A_B: forged\r\nX-A-B: real\r\n', {'HTTP_X_A_B': 'real'}),
    (b'Content_Length: 5\r\nContent_Type: a/b\r\n', {}),
    (b'Transfer_Encoding: chunked\r\n', {}),
])
def test_fields(fields, expected):
    environ = environ_for(b'/', fields=fields)
    plain = environ_for(b'/')
    assert dict((key, environ[key]) for key in environ if key not in plain) == expected


def test_what_was_not_sent_is_not_there():
    environ = environ_for(b'/')
    assert 'CONTENT_TYPE' not in environ
    assert 'CONTENT_LENGTH' not in environ
    assert not [key for key in environ if key.startswith('HTTP_')]


# wsgi.input.

BODIES = [
    b'POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\none\ntwo\nxy',
    b'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n'
    b'1\r\no\r\n7\r\nne\ntwo\n\r\n2\r\nxy\r\n0\r\nTrailer: x\r\n\r\n',
]
bodies = pytest.mark.parametrize('data', BODIES, ids=['length', 'chunked'])


@bodies
@pytest.mark.parametrize('read, expected', [
    (lambda body: [body.read(), body.read(), body.read(5)],
     [b'one\ntwo\nxy', b'', b'']),
    (lambda body: [body.read(0), body.read(4), body.read(100), body.read(1)],
     [b'', b'one\n', b'two\nxy', b'']),
    (lambda body: [body.read(-1)], [b'one\ntwo\nxy']),
    (lambda body: [body.readline(), body.readline(2), body.readline(2),
                   body.readline(), body.readline()],
     [b'one\n', b'tw', b'o\n', b'xy', b'']),
    (lambda body: body.readlines(), [b'one\n', b'two\n', b'xy']),
    (lambda body: body.readlines(1)[:1], [b'one\n']),
    (lambda body: list(body), [b'one\n', b'two\n', b'xy']),
])
def test_the_input(data, read, expected):
    environ = environ_of(data)
    assert read(environ['wsgi.input']) == expected
    assert environ['CONTENT_LENGTH'] == '10'
    assert 'HTTP_TRANSFER_ENCODING' not in environ
    assert 'HTTP_TRAILER' not in environ


@bodies
def test_the_validator_accepts_it(data):
    check_environ(environ_of(data))


# make_environ.

def test_make_environ():
    data = (b'POST /foo/path?query HTTP/1.1\r\nHost: app.example\r\nX-A: b\r\n'
            b'Content-Type: a/b\r\nContent-Length: 3\r\n\r\nabc')
    environ = make_environ(io.BytesIO(data), 'app.example', 80, '/foo')
    assert type(environ) is dict
    assert environ['REQUEST_METHOD'] == 'POST'
    assert environ['SCRIPT_NAME'] == '/foo'
    assert environ['PATH_INFO'] == '/path'
    assert environ['QUERY_STRING'] == 'query'
    assert environ['SERVER_NAME'] == 'app.example'
    assert environ['SERVER_PORT'] == '80'
    assert environ['SERVER_PROTOCOL'] == 'HTTP/1.1'
    assert environ['CONTENT_TYPE'] == 'a/b'
    assert environ['CONTENT_LENGTH'] == '3'
    assert environ['HTTP_X_A'] == 'b'
    assert environ['wsgi.url_scheme'] == 'http'
    assert environ['wsgi.input'].read() == b'abc'
    check_environ(environ)


@pytest.mark.parametrize('host, name', [
    (u'b\xfccher.example', 'xn--bcher-kva.example'), (u'app.example', 'app.example'),
    ('::1', '::1'), (u'\xfc' * 70, (u'\xfc' * 70).encode('utf-8') if six.PY2
                     else (u'\xfc' * 70).encode('utf-8').decode('latin-1'))])
def test_the_name_of_the_server_is_one_in_ascii(host, name):
    environ = make_environ(io.BytesIO(b'GET / HTTP/1.1\r\n\r\n'), host, 80, '')
    assert environ['SERVER_NAME'] == name
    assert type(environ['SERVER_NAME']) is str


def test_make_environ_by_keyword():
    environ = make_environ(inp=io.BytesIO(b'GET / HTTP/1.1\r\n\r\n'), host='h', port=80,
                           script_name='')
    assert environ['SERVER_NAME'] == 'h'


def test_make_environ_takes_lines_that_end_with_lf_alone():
    environ = make_environ(io.BytesIO(
        b'POST / HTTP/1.0\nA: b\nContent-Length: 4\n\na\nb\n'), 'h', 80, '')
    assert environ['HTTP_A'] == 'b'
    assert environ['wsgi.input'].read() == b'a\nb\n'


def test_make_environ_of_a_long_body():
    data = (b'POST / HTTP/1.1\r\nContent-Length: 3000000\r\n\r\n' + b'x' * 3000000)
    environ = make_environ(io.BytesIO(data), 'h', 80, '')
    assert len(environ['wsgi.input'].read()) == 3000000


@pytest.mark.parametrize('data, named', [
    (b'', 'not complete'),
    (b'nonsense\r\n\r\n', 'nonsense'),
    (b'GET / HTTP/1.1\r\nA b\r\n\r\n', 'A b'),
    (b'GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n', 'Content-Length'),
    (b'GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc', '3 bytes'),
])
def test_make_environ_of_bytes_that_are_no_request(data, named):
    with pytest.raises(ValueError) as caught:
        make_environ(io.BytesIO(data), 'h', 80, '')
    assert named in str(caught.value)


# What is remembered.

def test_ports_that_are_equal_are_one():
    """What stands in one environ does not depend on who has asked before."""
    data = b'GET /equal-ports HTTP/1.1\r\n\r\n'
    for port in (80.0, 80, '80', True, 1):
        assert environ_of(data, port=port)['SERVER_PORT'] == str(int(port))


def test_environs_are_remembered_with_their_head():
    head = parsed(b'GET /remembered HTTP/1.1\r\n\r\n').head
    site = ('app.example', 80, False, '')
    first = remember(head, site)
    for number in range(1000):
        environ = remember(head, ('host-%d.example' % number, 80, False, ''))
        assert environ['SERVER_NAME'] == 'host-%d.example' % number
    assert 1 < len(head.environs) <= 16
    assert head.environs[site] is first


def test_a_large_head_is_let_go_of():
    data = b'GET / HTTP/1.1\r\nA: ' + b'x' * 5000 + b'\r\n\r\n'
    request = parsed(data)
    build_environ(request, ('app.example', 80, False, ''))
    del request
    gc.collect()
    # Not isinstance(), which some proxies take for the time to be made.
    assert not [each for each in gc.get_objects()
                if type(each) is RequestHead and len(each.data) > 4096]
