"""The server's side of PEP 3333: calls the application and takes its answer.

`Response.start` calls the application and advances its iterable to the first non-empty
chunk, with which the headers are settled; `Response.next_chunk` gives what follows, as
it is asked for.
"""

import re
import sys

import six

from ._compat import EQUALS_ARE_NATIVE, from_string
from ._errors import (
    CutOff, PEP3333Error, PEP3333TypeError, app_traceback, raise_app_error)
from ._grammar import FIELD_VALUE, NUMBER, STATUS, TOKEN, Rule
from ._settings import package

REMEMBERED = 128            # heads of responses that are remembered, and
REMEMBERED_SIZE = 1 << 12   # how many characters one may have

_status = Rule(STATUS + r'\Z')
_token = Rule(TOKEN + r'\Z')
_field_value = Rule(FIELD_VALUE + r'\Z')
_number = Rule(NUMBER + r'\Z')
# Fields that are not the application's to send: PEP 3333, "Other HTTP Features";
# and the one that this side reads.
SPECIAL_FIELD = (
    r'(?im)^(content-length|connection|keep-alive|proxy-authenticate'
    r'|proxy-authorization|te|trailers|transfer-encoding|upgrade): (.*)\r$')

_heads = {}                 # (status, headers) -> Head


class Head(object):
    """The status and header fields of a response, checked; many may share one.

    :ivar status: the status code and reason phrase, a native string
    :ivar headers: the header fields as the application gave them, a list
    :ivar field_lines: the header fields as ``Name: value`` lines, a native string
    :ivar length: the number of bytes that ``Content-Length`` gives, or ``None``
    :ivar has_no_body: whether such a response has none   (RFC 9110, section 6.4.1)
    :ivar complete: its bytes before a body that is sent at once, by the body's length
    """

    __slots__ = (
        'status', 'headers', 'field_lines', 'length', 'has_no_body', 'complete')


class Response(object):
    """What an application answers to one request.

    :ivar head: its `Head`
    :ivar headers: the list that the application gave, which it may change until the
        headers are sent
    :ivar first: the first non-empty chunk, or ``b''``
    :ivar chunks: a list of all the chunks, where the iterable is a list or tuple, else
        ``None``
    """

    # What is there before anything happens; few responses need all of it.
    head = None
    headers = None
    first = b''
    chunks = None
    _settled = False        # whether the headers count as sent
    _written = ()           # what write() was given and nobody has taken
    _application = None
    _iterable = None
    _iterator = iter(())

    def start_response(self, status, headers, exc_info=None):
        """PEP 3333, "The start_response() Callable"."""
        if exc_info or self.head is not None:
            self._start_again(status, exc_info)
        try:
            head = type(headers) is list and _heads[status, tuple(headers)]
        except (KeyError, TypeError, BytesWarning):     # new, or no native strings
            head = None
        self.head = head or checked_head(status, headers)
        self.headers = headers
        return self.write

    def _start_again(self, status, exc_info):
        try:
            if not exc_info:
                raise PEP3333Error(
                    'start_response was called a second time, with %r, without exc_info'
                    % (status,))
            if self._settled:
                six.reraise(*exc_info)
        finally:
            exc_info = None     # "avoid dangling circular ref"

    def write(self, data):
        """PEP 3333, "The write() Callable"."""
        check_chunk(data)
        if data:
            if not self._settled:
                self._settle()
            if not self._written:
                self._written = []
            self._written.append(data)

    def _settle(self):
        """The headers are sent now: changes to the list count until here."""
        if self.head is None:
            raise PEP3333Error('the application %r gave a body, or ended, before it '
                               'called start_response' % (self._application,))
        if list(self.headers) != self.head.headers:
            head, self.head = self.head, None
            self.start_response(head.status, self.headers)
        # Whoever keeps this keeps neither of these.
        self.headers = self._application = None
        self._settled = True

    def start(self, application, environ):
        """Call the application, and take the first non-empty chunk.

        :raises WSGIAppError: if the application raises, or breaks PEP 3333
        :raises TypeError: if it passes an object of a wrong type
        """
        try:
            self.take(application, application(environ, self.start_response))
        except BaseException:
            self.fail(application)

    def fail(self, application):
        """The application has failed, with the exception that is being handled.

        Before it gave the first chunk: `start` says what is raised then.
        """
        self._abort()
        if not isinstance(sys.exc_info()[1], Exception):
            self.forget()
            self.head = None
            raise
        if callable(application):
            self._fail_to_start()
        else:
            try:
                raise no_application(application)
            except PEP3333TypeError:
                self._fail_to_start()

    def _fail_to_start(self):
        """The application has failed before it gave the first chunk."""
        self.forget()
        self.head = None
        self._fail()

    def _fail(self):
        """The application has failed, with the exception that is being handled."""
        raise_app_error()

    def take(self, application, iterable):
        """Take what the application has returned, and its first non-empty chunk."""
        if not self._settled:
            self._application = application
        self._iterable = iterable
        if not hasattr(iterable, '__iter__') and not hasattr(iterable, '__getitem__'):
            raise PEP3333TypeError('the application returned %r, which is no iterable '
                                   'of bytes' % (iterable,))
        if isinstance(iterable, (list, tuple)):
            chunks = list(iterable)     # the application may use its own once more
            for chunk in chunks:
                if type(chunk) is not bytes:
                    check_chunk(chunk)
            if self._written:       # it is too late to count
                self.first = self._take_written() + b''.join(chunks)
            else:
                self._settle()
                self.chunks = chunks
            self._close()
            return
        self._iterator = iter(iterable)
        self.first = self._advance()
        if not self._settled:
            self._settle()

    def take_chunks(self):
        """Let `chunks` be given one by one, too."""
        self._iterator, self.chunks = iter(self.chunks), None
        self.first = self._advance()

    def take_first(self):
        """The first chunk, once."""
        first, self.first = self.first, b''
        return first

    def next_chunk(self):
        """The next non-empty chunk; at the end ``b''``, and the iterable is closed.

        :raises WSGIAppError: if the application raises
        """
        try:
            return self._advance()
        except Exception:
            self._abort()
            self._fail()
        except BaseException:
            self._abort()
            raise

    def _advance(self):
        while not self._written:
            try:            # not "for", which asks for an iterator once more
                chunk = next(self._iterator)
            except StopIteration:
                break
            if type(chunk) is not bytes:
                check_chunk(chunk)
            if self._written:
                chunk = self._take_written() + chunk
            if chunk:
                if not self._settled:
                    self._settle()
                return chunk
        if self._written:
            return self._take_written()
        self._close()
        return b''

    def _take_written(self):
        written, self._written = self._written, ()
        return b''.join(written)

    def finish(self):
        """The client has what it is to get: let the application end, and close.

        An iterable is advanced once more, so that what stands after the last
        ``yield`` is run as under a server; it is not run to an end that may not come.
        """
        if self._iterable is not None:
            self.next_chunk()
        self.close()

    def close(self):
        """Close the iterable, unless that was done (PEP 3333, "close()").

        :raises WSGIAppError: if its ``close()`` raises
        """
        try:
            self._close()
        except Exception:
            self._fail()

    def _close(self):
        iterable, self._iterable = self._iterable, None
        self._iterator = iter(())
        close = getattr(iterable, 'close', None)
        if close is not None:
            close()

    def forget(self):
        """Drop what is left of the body: whoever keeps the response keeps none."""
        self.first, self.chunks, self._written = b'', None, ()

    def _abort(self):
        """Close after an error, which tells more than an error in ``close()``."""
        self._application = None
        try:
            self._close()
        except Exception:
            pass


class ServerResponse(Response):
    """What a production server answers: an error of the application is a 500.

    Its traceback goes to ``wsgi.errors``.  A response that has begun is cut off.
    """

    _cut_off = False        # whether nothing comes after what is there

    def start(self, application, environ):
        self._errors = environ.get('wsgi.errors')
        return Response.start(self, application, environ)

    def _fail_to_start(self):
        self._fail()
        if self._written:       # the client has it
            self.first, self._cut_off = self._take_written(), True
        elif not self.first and self.chunks is None:    # else close() alone has failed
            self.head, self._settled = None, False
            self.start_response('500 Internal Server Error',
                                [('Content-Type', 'text/plain')])
            self.chunks = [b'Internal Server Error\n']

    def next_chunk(self):
        """As `Response.next_chunk`, but for errors.

        :raises CutOff: if the application raises
        """
        chunk = None if self._cut_off else Response.next_chunk(self)
        if chunk is None:
            raise CutOff
        return chunk

    def _fail(self):
        errors = sys.stderr if self._errors is None else self._errors
        try:
            errors.write(app_traceback())
            errors.flush()
        except Exception:       # the stream is the application's, too
            pass


def no_application(what):
    """The error for what was called as an application, and is none."""
    error = PEP3333TypeError('%r is no WSGI application; the function that is '
                             'registered must return one' % (what,))
    error.__cause__ = None      # what Python says of the call is not told
    return error


def check_chunk(chunk):
    """Raise :exc:`TypeError` if `chunk` is no bytestring."""
    if not isinstance(chunk, bytes):
        raise PEP3333TypeError('a body item must be bytes, not %r; the application '
                               'returns or writes an iterable of bytes' % (chunk,))


def checked_head(status, headers):
    """Check what an application gives to ``start_response``.

    :param status: the status code and reason phrase
    :param headers: a list of the headers
    :returns: a `Head`
    :raises PEP3333Error, PEP3333TypeError: if they break a rule
    """
    if not isinstance(status, six.string_types):
        raise PEP3333TypeError('the status must be a str such as "200 OK", not %r'
                               % (status,))
    if not _status.match(status):
        raise PEP3333Error(
            'bad status: %r; it must be three digits, a space and a reason, '
            'without control characters' % (status,))
    if status.startswith('100'):
        raise PEP3333Error('bad status: %r; interim responses are the server\'s to '
                           'send' % (status,))
    if not isinstance(headers, list):
        raise PEP3333TypeError('the headers must be a list of tuples, not %r'
                               % (headers,))
    headers = list(headers)
    strict = package.STRICT_RESPONSE_HEADERS
    lines = []
    for header in headers:
        if not isinstance(header, tuple) or len(header) != 2:
            raise PEP3333TypeError('a header must be a tuple of its name and '
                                   'value, not %r' % (header,))
        lines.append(': '.join(checked_header(header[0], header[1], strict)) + '\r\n')
    head = Head()
    # What was checked is what is sent: a subclass may have a __str__() of its own.
    head.status = ''.join([status]) if isinstance(status, str) else from_string(status)
    head.headers = headers
    head.field_lines = ''.join(lines)
    head.length = declared_length(head.field_lines)
    head.has_no_body = status.startswith(('1', '204', '304'))
    head.complete = {}
    remember(status, head)
    return head


def remember(status, head):
    """Keep what was checked: an application mostly gives the same."""
    headers = tuple(head.headers)
    size = len(head.status) + len(head.field_lines)
    if size <= REMEMBERED_SIZE and EQUALS_ARE_NATIVE and all(
            type(each) is str for header in headers + ((status,),) for each in header):
        if len(_heads) >= REMEMBERED:
            _heads.clear()
        _heads[status, headers] = head


def checked_header(name, value, strict):
    """The name and value of a header, as native strings.

    :raises PEP3333Error: if they are no field name and value (RFC 9110, section 5)
    :raises PEP3333TypeError: if one is no string
    """
    try:
        native = native_header(name, value, strict)
    except UnicodeError:
        native = '', ''
    if not _token.match(native[0]) or not _field_value.match(native[1]):
        raise PEP3333Error(
            'bad header: %r; the name must be a token, the value latin-1 text without '
            'control characters' % ('%s: %s' % (shown(name), shown(value)),))
    return native


def native_header(name, value, strict):
    """The name and value of a header as native strings.

    :param strict: whether they must be, or other kinds of strings are converted
    :raises PEP3333TypeError: if one is none, or no string
    """
    if isinstance(name, str) and isinstance(value, str):
        return name, value
    strings = (bytes, six.text_type)
    if strict or not isinstance(name, strings) or not isinstance(value, strings):
        raise PEP3333TypeError("Header has a key '%s' or value '%s' which is not a "
                               "native str." % (shown(name), shown(value)))
    return tuple(string if isinstance(string, str) else from_string(string)
                 for string in (name, value))


def shown(string):
    """What a text says of a name or value; Python 3 with -bb formats no bytes."""
    return string if isinstance(string, six.string_types) else repr(string)


def declared_length(field_lines):
    """The number that the ``Content-Length`` among field lines gives, or ``None``.

    :raises PEP3333Error: if it is no number, or a field is not the application's
    """
    length = None
    for name, value in re.findall(SPECIAL_FIELD, field_lines):
        if name.lower() != 'content-length':
            raise PEP3333Error(
                'bad header: %r; it is about the connection, and the server\'s to '
                'send' % ('%s: %s' % (name, value),))
        value = value.strip('\t ')
        if not _number.match(value) or length not in (None, int(value)):
            raise PEP3333Error('bad header: %r; it must be given once, and be a number'
                               % ('Content-Length: ' + value,))
        length = int(value)
    return length
