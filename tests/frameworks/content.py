"""What the applications serve, whichever framework they are built with."""

import itertools
import zlib

#: The path of the file that is downloaded; the tests set it.
download = None

#: The `lines` that were begun, and neither ended nor closed.
running = []


def lines(count):
    """Yield `count` lines of bytes; until the end, the generator is `running`."""
    running.append(count)
    try:
        for number in itertools.islice(itertools.count(), count):
            yield ('line %d\n' % number).encode('ascii')
    finally:
        running.remove(count)


def upload(title, filename, content_type, data):
    """What an application tells of an upload of bytes."""
    return {'title': title, 'filename': filename, 'type': content_type,
            'size': len(data), 'crc': zlib.crc32(data) & 0xffffffff}
