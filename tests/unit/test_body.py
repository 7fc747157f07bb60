"""A message body that is read again."""

import gc
import io
import warnings

import pytest

from wsgi_intercept._body import MEMORY_LIMIT, Spool, reread
from wsgi_intercept._body_file import BodyFile

LINES = [str(number).encode('ascii') + b'\n' for number in range(MEMORY_LIMIT // 4)]
LONG = b''.join(LINES)


def spooled(*pieces):
    """The file of a message body."""
    spool = Spool()
    for piece in pieces:
        spool.write(piece)
    return spool.finish()[0]


def body_of(size):
    """A message body, and its file."""
    return LONG[:size], spooled(LONG[:size // 2], LONG[size // 2:size])


SIZES = [0, 1, 1000, MEMORY_LIMIT, MEMORY_LIMIT + 1, len(LONG)]


@pytest.mark.parametrize('size', SIZES)
def test_it_is_read_from_its_start(size):
    body, file = body_of(size)
    assert isinstance(file, BodyFile) == (size > MEMORY_LIMIT)
    assert file.read(7) == body[:7]
    assert reread(file).read() == body
    assert file.read() == body[7:]
    assert reread(file).read() == body
    assert file.read() == b''


@pytest.mark.parametrize('size, copies', [
    (MEMORY_LIMIT, 1),              # joined at the end
    (8 * MEMORY_LIMIT, 0)])         # in the file
def test_it_is_not_copied_in_memory_more_than_once(size, copies):
    tracemalloc = pytest.importorskip('tracemalloc')
    if not hasattr(tracemalloc, 'start'):
        pytest.skip('this Python does not tell')
    pieces = [b'x' * 8192 for _ in range(size // 8192)]
    spooled(b'x', b'x' * MEMORY_LIMIT).close()      # modules are imported
    tracemalloc.start()
    try:
        file = spooled(*pieces)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert file.read(1) == b'x'
    assert peak < copies * size + MEMORY_LIMIT // 4


@pytest.mark.parametrize('size', SIZES)
@pytest.mark.parametrize('count', [1, 8191, 8192, 8193, 1 << 20])
def test_it_is_read_in_pieces_of_any_size(size, count):
    if count == 1:
        size = min(size, 1000)
    body, file = body_of(size)
    reader = reread(file)
    assert b''.join(iter(lambda: reader.read(count), b'')) == body
    assert file.tell() == 0


@pytest.mark.parametrize('size', [1000, len(LONG)])
def test_every_way_of_reading(size):
    body, file = body_of(size)
    lines = body.splitlines(True)
    reader = reread(file)
    assert reader.readable() and not reader.closed
    assert reader.readline() == lines[0]
    assert next(reader) == lines[1]
    buffer = bytearray(3)
    assert reader.readinto(buffer) == 3
    assert reader.read1(1) == body[len(lines[0] + lines[1]) + 3:][:1]
    assert reader.readlines()[-1] == lines[-1]
    assert io.TextIOWrapper(reread(file), 'ascii').read() == body.decode('ascii')
    assert list(reread(file)) == lines
    assert file.read() == body


@pytest.mark.parametrize('size', [1000, len(LONG)])
def test_what_reads_a_file_reads_the_body(size):
    body, file = body_of(size)
    assert file.readable() and file.seekable()
    buffer = bytearray(3)
    assert file.readinto(buffer) == 3
    assert bytes(buffer) + file.read1(2) == body[:5]
    assert body[5:].startswith(file.read1(-1) or b'nothing')
    file.seek(0)
    assert io.TextIOWrapper(file, 'ascii').read() == body.decode('ascii')
    body, file = body_of(size)
    assert io.BufferedReader(file).read() == body


@pytest.mark.parametrize('size', [1000, len(LONG)])
def test_lines_of_the_file_in_between(size):
    body, file = body_of(size)
    found = []
    for line in file:
        found.append(line)
        if len(found) in (1, 2, 100):
            assert reread(file).read() == body
    assert found == body.splitlines(True)


@pytest.mark.parametrize('size', [1000, len(LONG)])
def test_any_read_of_the_file_in_between(size):
    body, file = body_of(size)
    readers = [reread(file) for _number in range(3)]
    found = [b''] * 4
    for number in range(200):
        found[3] += file.readline()
        for index, reader in enumerate(readers):
            found[index] += reader.read(index + number)
    assert file.tell() == len(found[3])
    rest = [reader.read() for reader in readers] + [file.read()]
    assert [begun + left for begun, left in zip(found, rest)] == [body] * 4


@pytest.mark.parametrize('size', [1000, len(LONG)])
def test_a_reader_stands_on_its_own(size):
    body, file = body_of(size)
    reader = reread(file)
    reread(file).close()
    del file
    gc.collect()
    assert reader.read() == body


@pytest.mark.parametrize('size', [1000, len(LONG)])
def test_nobody_closes_it_and_that_is_no_reason_for_a_warning(size):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        _body, file = body_of(size)
        reread(file).read(1)
        del file
        gc.collect()
    assert not caught


def test_a_file_that_was_closed_is_still_there():
    body, file = body_of(len(LONG))
    with file as same:
        assert same is file
        assert file.read(1) == body[:1]
    file.close()
    assert reread(file).read() == body


def test_a_file_that_a_text_wrapper_has_closed_is_still_there():
    body, file = body_of(len(LONG))
    io.TextIOWrapper(file, 'ascii').close()
    assert reread(file).read() == body


def test_the_last_reference_closes_the_file():
    _body, file = body_of(len(LONG))
    inner = file._file
    del file
    for _number in range(3):
        gc.collect()
    assert inner.closed
