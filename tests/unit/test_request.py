"""The bytes of a request -> `Request`."""

import gc
import warnings

import pytest

from wsgi_intercept._errors import BadRequest
from wsgi_intercept._request import RequestReader, read_head

from .helpers import parsed

CHUNKED = b'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n'


def with_field(line):
    return b'GET / HTTP/1.1\r\nHost: app.example\r\n' + line + b'\r\n\r\n'


#: A request that is none, and what the text must name: the rule and the value.
MALFORMED = [
    ('no target', b'GET HTTP/1.1\r\n\r\n', ['request line', 'GET HTTP/1.1']),
    ('no version', b'GET /\r\n\r\n', ['request line', 'GET /']),
    ('a blank target', b'GET  HTTP/1.1\r\n\r\n', ['request line', 'GET  HTTP/1.1']),
    ('a space in the target', b'GET /a b HTTP/1.1\r\n\r\n', ['request line', '/a b']),
    ('a tab for a space', b'GET\t/ HTTP/1.1\r\n\r\n', ['request line', 'GET']),
    ('a control character', b'GET /\x01 HTTP/1.1\r\n\r\n', ['request line', '\\x01']),
    ('a NUL in the target', b'GET /\0 HTTP/1.1\r\n\r\n', ['request line', '\\x00']),
    ('a line feed in the line', b'GET /\n HTTP/1.1\r\n\r\n', ['request line', '\\n']),
    ('a bad method', b'GE(T) / HTTP/1.1\r\n\r\n', ['request line', 'GE(T)']),
    ('a method that is none', b' / HTTP/1.1\r\n\r\n', ['request line', ' / HTTP/1.1']),
    ('HTTP/0.9', b'GET / HTTP/0.9\r\n\r\n', ['request line', 'HTTP/0.9']),
    ('HTTP/2', b'PRI * HTTP/2.0\r\n\r\n', ['request line', 'HTTP/2.0']),
    ('no HTTP', b'EHLO client.example FTP/1.1\r\n\r\n', ['request line', 'EHLO']),
    ('a lower-case version', b'GET / http/1.1\r\n\r\n', ['request line', 'http/1.1']),
    ('text behind the version', b'GET / HTTP/1.1 x\r\n\r\n',
     ['request line', 'HTTP/1.1 x']),
    ('TLS', b'\x16\x03\x01\x02\x00\r\n\r\n', ['request line', '\\x16']),
    ('a header without colon', with_field(b'Nonsense'), ['header', 'Nonsense']),
    ('a header without name', with_field(b': value'), ['header', ': value']),
    ('a space in a name', with_field(b'A B: value'), ['header', 'A B']),
    ('a space before the colon', with_field(b'Name : value'), ['header', 'Name ']),
    ('a name beyond ASCII', with_field(b'N\xe4me: value'), ['header', '\\xe4']),
    ('a NUL in a value', with_field(b'Name: a\0b'), ['header', '\\x00']),
    ('a control character in a value', with_field(b'Name: a\x1bb'),
     ['header', '\\x1b']),
    ('a carriage return in a value', with_field(b'Name: a\rb'), ['header', '\\r']),
    ('a line feed in a value', with_field(b'Name: a\nOther: b'), ['header', '\\n']),
    ('a folded first line', b'GET / HTTP/1.1\r\n Name: value\r\n\r\n',
     ['header', ' Name: value']),
    ('a Content-Length that is no number', with_field(b'Content-Length: many'),
     ['Content-Length', 'many']),
    ('an empty Content-Length', with_field(b'Content-Length:'),
     ['Content-Length', "''"]),
    ('a negative Content-Length', with_field(b'Content-Length: -1'),
     ['Content-Length', '-1']),
    ('a Content-Length with a sign', with_field(b'Content-Length: +5'),
     ['Content-Length', '+5']),
    ('a hexadecimal Content-Length', with_field(b'Content-Length: 0x5'),
     ['Content-Length', '0x5']),
    ('a fraction as Content-Length', with_field(b'Content-Length: 5.0'),
     ['Content-Length', '5.0']),
    ('a Content-Length with an underscore', with_field(b'Content-Length: 1_0'),
     ['Content-Length', '1_0']),
    ('different Content-Lengths',
     with_field(b'Content-Length: 5\r\nContent-Length: 6') + b'12345',
     ['Content-Length', '5, 6']),
    ('different Content-Lengths in a field', with_field(b'Content-Length: 5,6'),
     ['Content-Length', '5,6']),
    ('equal Content-Lengths',
     with_field(b'Content-Length: 5\r\nContent-Length: 5') + b'12345',
     ['Content-Length', '5, 5']),
    ('two Host fields', with_field(b'Host: other.example'), ['Host']),
    ('chunked twice', with_field(b'Transfer-Encoding: chunked, chunked'),
     ['Transfer-Encoding', 'chunked, chunked']),
    ('chunks in HTTP/1.0', CHUNKED.replace(b'HTTP/1.1', b'HTTP/1.0') + b'0\r\n\r\n',
     ['Transfer-Encoding', 'HTTP/1.0']),
    ('a Content-Length beyond all numbers',
     with_field(b'Content-Length: ' + b'9' * 5000), ['Content-Length', '99999']),
    ('a body that is too short', with_field(b'Content-Length: 5') + b'abc',
     ['Content-Length', '3 bytes', '5']),
    ('a chunk size that is no number', CHUNKED + b'many\r\nabc\r\n0\r\n\r\n',
     ['chunk', 'many']),
    ('an empty chunk size', CHUNKED + b'\r\nabc\r\n0\r\n\r\n', ['chunk', '\\r\\n']),
    ('a negative chunk size', CHUNKED + b'-3\r\nabc\r\n0\r\n\r\n', ['chunk', '-3']),
    ('a chunk size with 0x', CHUNKED + b'0x3\r\nabc\r\n0\r\n\r\n', ['chunk', '0x3']),
    ('a chunk size with a space', CHUNKED + b' 3\r\nabc\r\n0\r\n\r\n', ['chunk', ' 3']),
    ('a space behind a chunk size', CHUNKED + b'3 \r\nabc\r\n', ['chunk', '3 ']),
    ('a chunk size of too many digits', CHUNKED + b'1' * 17 + b'\r\n',
     ['chunk', '11111']),
    ('a control character in a chunk extension', CHUNKED + b'3;a\0\r\nabc\r\n',
     ['chunk', '\\x00']),
    ('a chunk that is too long', CHUNKED + b'3\r\nabcd\r\n0\r\n\r\n', ['chunk', 'd']),
    ('a chunk size that ends with LF', CHUNKED + b'3\nabc\r\n0\r\n\r\n',
     ['chunk', '3\\n']),
    ('chunk data that ends with LF', CHUNKED + b'3\r\nabc\n0\r\n\r\n',
     ['chunk', '\\n']),
    ('a bad trailer', CHUNKED + b'0\r\nNonsense\r\n\r\n', ['trailer', 'Nonsense']),
    ('no last chunk', CHUNKED + b'3\r\nabc\r\n', ['last chunk', '3 bytes']),
    ('half a chunk', CHUNKED + b'3\r\nab', ['last chunk', '2 bytes']),
    ('no end of the trailers', CHUNKED + b'0\r\n', ['last chunk']),
    ('no end of the head', b'GET / HTTP/1.1\r\nHost: app.example\r\n',
     ['header section', 'not complete', 'app.example']),
    ('half a request line', b'GET /', ['not complete', 'GET /']),
]
malformed = pytest.mark.parametrize(
    'data, named', [case[1:] for case in MALFORMED],
    ids=[case[0] for case in MALFORMED])


@malformed
def test_bytes_that_are_no_request(data, named):
    with pytest.raises(BadRequest) as caught:
        parsed(data)
    assert caught.value.status == '400 Bad Request'
    for text in named:
        assert text in caught.value.reason


@malformed
def test_bytes_that_are_no_request_one_by_one(data, named):
    with pytest.raises(BadRequest) as caught:
        parsed(*[data[place:place + 1] for place in range(len(data))])
    assert caught.value.status == '400 Bad Request'


def test_nothing_at_all():
    reader = RequestReader()
    assert reader.empty
    with pytest.raises(BadRequest):
        reader.finish()


def test_an_error_stays_whatever_follows():
    reader = RequestReader()
    reader.feed(b'nonsense\r\n\r\n')
    reader.feed(b'GET / HTTP/1.1\r\n\r\n')
    assert not reader.empty
    with pytest.raises(BadRequest):
        reader.finish()


@pytest.mark.parametrize('codings', [b'gzip, chunked', b'gzip', b'chunked\r\n'
                                     b'Transfer-Encoding: gzip'])
def test_a_transfer_coding_that_is_not_known(codings):
    """RFC 9112, section 6.1: a server answers 501."""
    with pytest.raises(BadRequest) as caught:
        parsed(with_field(b'Transfer-Encoding: ' + codings))
    assert caught.value.status == '501 Not Implemented'
    assert 'Transfer-Encoding' in caught.value.reason
    assert codings.split(b'\r')[0].decode('ascii') in caught.value.reason


# The head.

def test_a_request_without_fields():
    request = parsed(b'GET /path?query HTTP/1.1\r\n\r\n')
    assert (request.head.method, request.head.target) == ('GET', '/path?query')
    assert (request.head.version, request.head.section.fields) == ('HTTP/1.1', [])
    assert (request.head.section.chunked, request.length) == (False, 0)
    assert request.body.read() == b''


def test_everything_is_of_native_strings():
    request = parsed(b'GET /caf\xc3\xa9 HTTP/1.1\r\nName: \xe9\r\n\r\n')
    strings = [request.head.method, request.head.target, request.head.version]
    strings.extend(request.head.section.fields[0])
    assert [type(string) for string in strings] == [str] * 5
    assert request.head.target == '/caf\xc3\xa9'
    assert request.head.section.fields == [('Name', '\xe9')]


@pytest.mark.parametrize('version', ['HTTP/1.0', 'HTTP/1.1'])
def test_the_versions(version):
    data = b'GET / ' + version.encode('ascii') + b'\r\n\r\n'
    assert parsed(data).head.version == version


@pytest.mark.parametrize('method', ['GET', 'get', 'M-SEARCH', "!#$%&'*+-.^_`|~0a"])
def test_the_methods(method):
    data = method.encode('ascii') + b' / HTTP/1.1\r\n\r\n'
    assert parsed(data).head.method == method


@pytest.mark.parametrize('target', ['/', '*', '//a', '/a%2Fb;c?d?e', 'http://h/p?q',
                                    'app.example:443', '/a#b', '?q', '/[]{}|\\^"<>'])
def test_the_targets(target):
    data = b'GET ' + target.encode('ascii') + b' HTTP/1.1\r\n\r\n'
    assert parsed(data).head.target == target


def test_fields_keep_order_case_and_duplicates():
    request = parsed(b'GET / HTTP/1.1\r\nB: 1\r\nA: 2\r\nb: 3\r\n\r\n')
    assert request.head.section.fields == [('B', '1'), ('A', '2'), ('b', '3')]


@pytest.mark.parametrize('line, value', [
    (b'A:', ''), (b'A: ', ''), (b'A:b', 'b'), (b'A: \t b c\t ', 'b c'),
    (b'A: b:c', 'b:c'), (b'A: "b\\"c"', '"b\\"c"'), (b'A: b\tc', 'b\tc')])
def test_the_white_space_around_a_value_is_no_part_of_it(line, value):
    assert parsed(with_field(line)).head.section.fields[1] == ('A', value)


def test_a_folded_value_is_unfolded():
    request = parsed(with_field(b'A: b\r\n c\r\n\t d\r\nE: f'))
    fields = request.head.section.fields[1:]
    assert [(name, ' '.join(value.split())) for name, value in fields] == [
        ('A', 'b c d'), ('E', 'f')]


def test_empty_lines_before_the_request_line_are_ignored():
    data = b'\r\n\r\nGET / HTTP/1.1\r\n\r\n'
    assert parsed(data).head.method == 'GET'
    pieces = [data[place:place + 1] for place in range(len(data))]
    assert parsed(*pieces).head.method == 'GET'


def test_empty_lines_alone_are_nothing():
    reader = RequestReader()
    reader.feed(b'\r\n')
    reader.feed(b'\r\n')
    assert reader.empty


def test_read_head():
    data = b'POST /path HTTP/1.0\r\nName: value\r\nContent-Length: 3'
    head = read_head(data)
    assert (head.method, head.target, head.version) == ('POST', '/path', 'HTTP/1.0')
    assert head.section.fields == [('Name', 'value'), ('Content-Length', '3')]
    assert (head.section.length, head.size) == (3, 3)
    assert head.data == data


@pytest.mark.parametrize('size', [(1 << 20) + 100, 3 << 20])
@pytest.mark.parametrize('piece', [1 << 30, 1 << 16, 1 << 19])
def test_a_head_beyond_the_limit_however_it_is_cut(size, piece):
    """RFC 6585, section 5: a server answers 431."""
    data = with_field(b'A: ' + b'x' * size)
    with pytest.raises(BadRequest) as caught:
        parsed(*[data[place:place + piece] for place in range(0, len(data), piece)])
    assert caught.value.status == '431 Request Header Fields Too Large'
    assert '1048576' in caught.value.reason


def test_a_head_below_the_limit():
    data = with_field(b'A: ' + b'x' * ((1 << 20) - 1000))
    assert len(parsed(data[:70000], data[70000:]).head.section.fields) == 2


# The message body.

def test_a_body_of_a_given_length():
    request = parsed(with_field(b'Content-Length: 5'), b'ab', b'cde')
    assert request.length == 5
    assert request.body.read() == b'abcde'
    assert not request.head.section.chunked


def test_a_body_of_no_bytes():
    request = parsed(with_field(b'Content-Length: 0'))
    assert request.length == 0
    assert request.body.read() == b''


@pytest.mark.parametrize('start', [
    with_field(b'Content-Length: 3') + b'abc', with_field(b'A: b'),
    CHUNKED + b'3\r\nabc\r\n0\r\n\r\n'], ids=['length', 'none', 'chunked'])
def test_what_follows_the_end_is_dropped(start):
    request = parsed(start + b'GET / HTTP/1.1\r\n\r\n', b'nonsense')
    assert request.body.read() in (b'abc', b'')
    assert request.head.method in ('GET', 'POST')
    assert len(request.body.read()) == 0


@pytest.mark.parametrize('body, payload', [
    (b'0\r\n\r\n', b''),
    (b'3\r\nabc\r\n0\r\n\r\n', b'abc'),
    (b'3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n', b'abcde'),
    (b'00A\r\n0123456789\r\n000\r\n\r\n', b'0123456789'),
    (b'a\r\n0123456789\r\n0\r\n\r\n', b'0123456789'),
    (b'3;name=value\r\nabc\r\n0;last\r\n\r\n', b'abc'),
    (b'3 ; name="quoted"\r\nabc\r\n0\r\n\r\n', b'abc'),
    (b'2\r\n\r\n\r\n0\r\n\r\n', b'\r\n'),
    (b'5\r\n0\r\n\r\n\r\n0\r\n\r\n', b'0\r\n\r\n'),
    (b'3\r\nabc\r\n0\r\nTrailer: dropped\r\nOther:\r\n\r\n', b'abc'),
])
def test_a_body_in_chunks(body, payload):
    for pieces in ([body], [body[place:place + 1] for place in range(len(body))]):
        request = parsed(CHUNKED, *pieces)
        assert request.head.section.chunked
        assert request.length == len(payload)
        assert request.body.read() == payload
        assert 'Trailer' not in dict(request.head.section.fields)


@pytest.mark.parametrize('coding', [b'chunked', b'Chunked', b'CHUNKED', b' chunked '])
def test_the_coding_s_case(coding):
    data = with_field(b'transfer-encoding:' + coding) + b'1\r\na\r\n0\r\n\r\n'
    assert parsed(data).body.read() == b'a'


def test_chunks_count_more_than_content_length():
    """RFC 9112, section 6.3."""
    request = parsed(with_field(b'Content-Length: 100\r\nTransfer-Encoding: chunked'),
                     b'3\r\nabc\r\n0\r\n\r\n')
    assert request.length == 3
    assert request.body.read() == b'abc'


@pytest.mark.parametrize('extension', [60000, 70000, 200000])
@pytest.mark.parametrize('piece', [1 << 30, 1 << 16, 1000])
def test_a_long_chunk_extension_has_one_outcome_however_it_is_cut(extension, piece):
    body = b'3;' + b'x' * extension + b'\r\nabc\r\n0\r\n\r\n'
    pieces = [body[place:place + piece] for place in range(0, len(body), piece)]
    if extension < 65536:
        assert parsed(CHUNKED, *pieces).body.read() == b'abc'
        return
    with pytest.raises(BadRequest) as caught:
        parsed(CHUNKED, *pieces)
    assert 'chunk' in caught.value.reason
    assert '65536' in caught.value.reason


@pytest.mark.parametrize('size', [(1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])
@pytest.mark.parametrize('piece', [1 << 30, 100000])
@pytest.mark.parametrize('chunked', [False, True])
def test_a_long_body(size, piece, chunked):
    payload = b'0123456789abcde\n' * (size // 16 + 1)
    payload = body = payload[:size]
    head = with_field(b'Content-Length: ' + str(size).encode('ascii'))
    if chunked:
        head = CHUNKED
        body = ('%x\r\n' % size).encode('ascii') + payload + b'\r\n0\r\n\r\n'
    request = parsed(head, *[body[place:place + piece]
                             for place in range(0, len(body), piece)])
    assert request.length == size
    assert request.body.read(10) == payload[:10]
    assert request.body.read() == payload[10:]
    assert request.body.read() == b''


@pytest.mark.parametrize('size', [100, 2 << 20])
def test_a_body_that_nobody_closes_is_no_reason_for_a_warning(size):
    body = ('%x\r\n' % size).encode('ascii') + b'x' * size
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        request = parsed(CHUNKED, body, b'\r\n0\r\n\r\n')
        assert len(request.body.read()) == size
        del request
        gc.collect()
    assert [str(warning.message) for warning in caught] == []


# The whole request as a file.

def test_as_file_is_the_request_as_it_came():
    data = b'POST /path HTTP/1.1\r\nName: value\r\nContent-Length: 3\r\n\r\nabc'
    request = parsed(data)
    assert request.as_file().read() == data
    assert request.body.read() == b'abc'


def test_as_file_has_a_body_that_is_not_chunked():
    request = parsed(b'POST / HTTP/1.1\r\nA: b\r\nTRANSFER-encoding: chunked\r\n'
                     b'Content-Length: 7\r\nC: d\r\n\r\n3\r\nabc\r\n0\r\n\r\n')
    again = parsed(request.as_file().read())
    assert again.head.section.fields == [
        ('A', 'b'), ('C', 'd'), ('Content-Length', '3')]
    assert not again.head.section.chunked
    assert again.body.read() == request.body.read() == b'abc'


# Expect: 100-continue.

@pytest.mark.parametrize('data, waits', [
    (with_field(b'Expect: 100-continue\r\nContent-Length: 3'), True),
    (with_field(b'expect: 100-CONTINUE\r\nContent-Length: 3'), True),
    (with_field(b'Expect: 100-continue\r\nTransfer-Encoding: chunked'), True),
    (with_field(b'Expect: 100-continue\r\nContent-Length: 3') + b'ab', True),
    (with_field(b'Expect: 100-continue\r\nContent-Length: 3') + b'abc', False),
    (with_field(b'Expect: 100-continue\r\nContent-Length: 0'), False),
    (with_field(b'Expect: 100-continue'), False),
    (with_field(b'Content-Length: 3'), False),
    (with_field(b'Expect: 100-continue\r\nContent-Length: 3').replace(
        b'HTTP/1.1', b'HTTP/1.0'), False),
    (b'nonsense\r\n\r\n', False),
    (b'POST / HTTP/1.1\r\nExpect: 100-continue\r\n', False),
])
def test_awaits_continue(data, waits):
    """RFC 9110, section 10.1.1."""
    reader = RequestReader()
    reader.feed(data)
    assert bool(reader.awaits_continue) is waits


def test_the_continuation_ends_the_wait():
    reader = RequestReader()
    reader.feed(with_field(b'Expect: 100-continue\r\nContent-Length: 3'))
    assert reader.awaits_continue
    reader.feed(b'abc')
    assert not reader.awaits_continue
    assert reader.finish().body.read() == b'abc'


@pytest.mark.parametrize('size', [0, 5, 1 << 20, (1 << 20) + 1])
@pytest.mark.parametrize('pieces', [1, 3])
def test_the_bytes_of_a_body_are_kept_where_they_are_not_in_a_file(size, pieces):
    body = b'x' * size
    step = size // pieces + 1
    request = parsed(with_field(('Content-Length: %d' % size).encode('ascii')), *[
        body[place:place + step] for place in range(0, size, step)])
    assert request.data == (body if size <= 1 << 20 or pieces == 1 else None)
    assert request.body.read() == body
