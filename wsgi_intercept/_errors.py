"""The errors of this library."""

import errno
import os
import socket
import sys

import six


PACKAGE = __name__.rpartition('.')[0]
# ConnectionRefusedError; Python 2 has no class of its own for the number.
CONNECTION_REFUSED = type(socket.error(errno.ECONNREFUSED, ''))


class WSGIAppError(Exception):
    """The application under test raised an exception, or broke PEP 3333.

    It is no ``OSError`` and no client's error, so that no client retries it or
    takes it for a failure of the network.  ``__cause__`` is the original.

    :param error: the original exception
    :param exc_info: what :func:`sys.exc_info` gave for it
    """

    __module__ = PACKAGE        # where users find it: tracebacks say so

    def __init__(self, error, exc_info):
        Exception.__init__(self, error)
        self.error = error
        self.exception_type, self.exception_value, self.traceback = exc_info

    @property
    def __cause__(self):
        """The original; a property, as urllib3 1.26 raises it again ``from None``."""
        return self.error if isinstance(self.error, BaseException) else None

    @__cause__.setter
    def __cause__(self, cause):
        """Nothing else is the cause."""

    def __reduce__(self):
        """A copy, or what goes to another process, has no traceback."""
        return WSGIAppError, (self.error, (self.exception_type, self.exception_value,
                                           None))

    def __str__(self):
        ours = isinstance(self.error, PEP3333Error)
        text = str(self.error) if ours else repr(self.error)
        place = ''
        entry = self.traceback
        while entry is not None:
            filename = entry.tb_frame.f_code.co_filename
            # The line to look at is the application's, not ours below it.
            if os.path.dirname(filename) != HERE:
                place = ' at %s:%s' % (filename, entry.tb_lineno)
            entry = entry.tb_next
        return text + place


class NetworkBlockedError(CONNECTION_REFUSED):
    """A connection was refused by :class:`wsgi_intercept.block_network`.

    A ``ConnectionRefusedError``, as clients get it where a host refuses connections, so
    that they report it as they report that (Python 2: a ``socket.error``).

    :param text: what is blocked, and what to do about it
    """

    __module__ = PACKAGE

    def __init__(self, text):
        # httplib2 on Python 2 looks at the number, and goes on where it is none.
        CONNECTION_REFUSED.__init__(self, errno.ECONNREFUSED, text)

    def __str__(self):
        return self.strerror

    def __reduce__(self):
        return self.__class__, (self.strerror,)


class PEP3333Error(Exception):
    """The application broke a rule of PEP 3333; reaches users in a `WSGIAppError`."""


class PEP3333TypeError(TypeError):
    """The application passed an object of a wrong type; reaches users as it is."""


class CutOff(Exception):
    """A response ends here, without the end that it should have."""


class BadRequest(Exception):
    """The bytes from the client are no HTTP/1.1 request (RFC 9112).

    :param reason: what was wrong, for the text of the response
    :param status: the status code and reason phrase to answer with
    """

    def __init__(self, reason, status='400 Bad Request'):
        Exception.__init__(self, reason)
        self.reason = reason
        self.status = status


def raise_app_error():
    """Raise the exception that is being handled as the application's.

    An exception of the application becomes a `WSGIAppError` from it; one that already
    says what is wrong goes on as it is.
    """
    exc_info = sys.exc_info()
    error = exc_info[1]
    try:
        if isinstance(error, (WSGIAppError, PEP3333TypeError)):
            six.reraise(*exc_info)
        six.raise_from(WSGIAppError(error, exc_info), error)
    finally:
        del exc_info, error


def app_traceback():
    """What a server writes of the exception that is being handled.

    It begins with the application's frames, and ends with them where the application
    broke a rule: there ours are below them.
    """
    import traceback            # it takes long, and few need it

    kind, error, frames = sys.exc_info()
    try:
        while frames is not None and is_ours(frames):
            frames = frames.tb_next
        limit = None
        if issubclass(kind, (PEP3333Error, PEP3333TypeError)):
            limit = sum(1 for _each in their_frames(frames))
        return ''.join(traceback.format_exception(kind, error, frames, limit))
    except Warning as warning:
        # Raised where warnings are errors: Python 3.15 warns of frames of a module that
        # was imported by way of six.moves, as urllib3 1.26 does with http.client.
        return '%s: %s\n(no traceback: %s)\n' % (kind.__name__, error, warning)
    finally:
        del error, frames


def their_frames(frames):
    """The frames of a traceback before the first that is ours."""
    while frames is not None and not is_ours(frames):
        yield frames
        frames = frames.tb_next


def is_ours(entry):
    """Whether an entry of a traceback is of this library, or of six, for it."""
    filename = entry.tb_frame.f_code.co_filename
    return os.path.dirname(filename) == HERE or filename == SIX


# As tracebacks have it, which may be relative on Python 2.
HERE = os.path.dirname(raise_app_error.__code__.co_filename)
SIX = six.reraise.__code__.co_filename
