"""`Request` -> environ (PEP 3333, "environ Variables"; RFC 3875, section 4.1)."""

import re
import sys
from wsgiref.util import FileWrapper

from ._compat import percent_decoded, wsgi_text
from ._errors import BadRequest
from ._registry import in_ascii
from ._request import RequestReader

REMEMBERED = 16             # environs that a head is remembered with

# absolute-form = absolute-URI                              RFC 9112, 3.2.2
ORIGIN = r'\A[A-Za-z][A-Za-z0-9+.\-]*://[^/?#]*'


def build_environ(request, site):
    """The environ of a request.

    :param request: a :class:`~wsgi_intercept._request.Request`
    :param site: what it was sent to: the host, a native string, the port, whether by
        https (RFC 6454, section 4), and the prefix under which the application is
        mounted; a tuple
    :returns: a dict
    """
    head = request.head
    environ = (head.environs.get(site) or remember(head, site)).copy()
    if head.size is None:       # in chunks, which are put together
        environ['CONTENT_LENGTH'] = str(request.length)
    environ['wsgi.input'] = request.body
    environ['wsgi.errors'] = sys.stderr
    return environ


def remember(head, site):
    """`environ_of_head`, with the result in ``head.environs``, so that it is made once.

    Many requests share it: it is for a copy.
    """
    environ = environ_of_head(head, site)
    if len(head.environs) < REMEMBERED:
        head.environs[site] = environ
    return environ


def environ_of_head(head, site):
    """The part of an environ that requests with the same head share."""
    host, port, https, script_name = site
    path, query = split_target(head.target)
    script_name, path = split_path(path, script_name or '')
    environ = {
        'REQUEST_METHOD': head.method,
        'SCRIPT_NAME': script_name,
        'PATH_INFO': path,
        'QUERY_STRING': query,
        'REQUEST_URI': head.target,
        'RAW_URI': head.target,
        'SERVER_NAME': server_name(host),
        'SERVER_PORT': port_text(port),
        'SERVER_PROTOCOL': head.version,
        'REMOTE_ADDR': '127.0.0.1',
        'wsgi.version': (1, 0),
        'wsgi.url_scheme': 'https' if https else 'http',
        'wsgi.multithread': True,
        'wsgi.multiprocess': False,
        'wsgi.run_once': False,
        'wsgi.file_wrapper': FileWrapper,
        'wsgi.input_terminated': True,
    }
    environ.update(head.section.environ)
    if head.section.chunked:
        environ.pop('HTTP_TRANSFER_ENCODING', None)
    return environ


def server_name(host):
    """The native string of a host, a name beyond ASCII as clients send it."""
    try:
        return str(in_ascii(host))
    except UnicodeError:
        return wsgi_text(host)


def port_text(port):
    """The native string of a port; the same for all numbers that are equal."""
    try:
        return '%d' % port
    except TypeError:           # it is a string
        return str(port)


def split_target(target):
    """A request target -> its path, percent-decoded, and its query, as it is."""
    if not target.startswith('/'):
        target = re.sub(ORIGIN, '', target)
    target = target.partition('#')[0]
    path, _mark, query = target.partition('?')
    return (percent_decoded(path) if '%' in path else path), query


def split_path(path, script_name):
    """Split `path` after the prefix `script_name`, if it lies below that.

    :returns: ``SCRIPT_NAME`` and ``PATH_INFO``
    """
    prefix = percent_decoded(wsgi_text(script_name)).strip('/')
    if prefix:
        prefix = '/' + prefix
        if path == prefix or path.startswith(prefix + '/'):
            return prefix, path[len(prefix):]
    return '', path


def make_environ(inp, host, port, script_name):
    """Make the environ of a request from its bytes (PEP 3333).

    Users who want other environs rebind this name on the package to a function of
    their own, which may call this one.

    :param inp: a binary file of the whole request; lines may end with LF alone
    :param host: the host it was sent to, a native string
    :param port: the port it was sent to, a number
    :param script_name: the prefix under which the application is mounted
    :returns: a dict
    :raises ValueError: if the bytes are no request
    """
    reader = RequestReader()
    lines = []
    for line in iter(inp.readline, b''):
        lines.append(line.rstrip(b'\r\n'))
        if not lines[-1]:
            break
    reader.feed(b'\r\n'.join(lines + [b'']))
    for piece in iter(lambda: inp.read(1 << 16), b''):
        reader.feed(piece)
    try:
        request = reader.finish()
    except BadRequest as error:
        raise ValueError(error.reason)
    return build_environ(request, (host, port, False, script_name))
