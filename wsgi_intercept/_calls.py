"""What an application was called with, and what it answered, recorded for tests."""

import io

import six

from ._registry import in_ascii

__all__ = ['Call', 'Calls']


class Call(object):
    """One request that reached an application, and its answer.

    :ivar environ: the environ that the application got, a dict
    """

    # The fake socket sets these: a call of __init__() would take longer.  The second is
    # the head of the request, its body, the response, and the site that was asked.
    __slots__ = ('environ', '_exchange')

    @property
    def method(self):
        """The method, a native string."""
        return self._exchange[0].method

    @property
    def url(self):
        """The URL, as the client would write it, a native string."""
        head, _body, _response, (host, port, https, _script_name) = self._exchange
        target = head.target
        if not target.startswith('/'):
            if '://' in target.partition('?')[0]:   # absolute-form: RFC 9112, 3.2.2
                return target
            target = '' if target == '*' else '/' + target
        host = str(in_ascii(host))
        if ':' in host and not host.startswith('['):
            host = '[%s]' % host
        if str(port) != ('443' if https else '80'):
            host = '%s:%s' % (host, port)
        scheme = 'https' if https else 'http'
        return '%s://%s%s' % (scheme, host, target)

    @property
    def body(self):
        """A new binary file of the message body that was sent (decoded, if chunked)."""
        from ._body import reread   # it is there: a request was read

        body = self._exchange[1]    # in memory, or a file if it is a large one
        return io.BytesIO(body) if type(body) is bytes else reread(body)

    @property
    def status(self):
        """The status code and reason phrase; ``None`` where there is no response."""
        head = self._exchange[2].head
        return None if head is None else head.status

    @property
    def headers(self):
        """The response's header fields, a list of ``(name, value)``."""
        head = self._exchange[2].head
        return [] if head is None else list(head.headers)

    def __repr__(self):
        return '<Call %s %s -> %s>' % (self.method, self.url,
                                       self.status or 'no response')


class Calls(list):
    """A list of calls, in the order in which they began.

    :param maxlen: how many are kept, the last ones; ``None`` for all
    :raises TypeError, ValueError: if it is no number of calls
    """

    def __init__(self, maxlen=None):
        self.maxlen = maxlen

    @property
    def maxlen(self):
        """How many are kept, or ``None``."""
        return self._maxlen

    @maxlen.setter
    def maxlen(self, maxlen):
        check_max_calls(maxlen, 'maxlen')
        self._maxlen = maxlen
        #: The slice of those that are too many.
        self._surplus = slice(0) if maxlen is None else slice(-maxlen or None)

    @property
    def _append_is_known(self):
        """Whether it is no subclass, whose ``append()`` may be another."""
        return type(self) is Calls

    def append(self, call):
        """Add a call, and drop the oldest if there are too many."""
        list.append(self, call)
        del self[self._surplus]      # at once: threads may append as well

    def clear(self):
        """Forget all calls."""
        del self[:]


def check_max_calls(number, name):
    """Raise an error if `number` is none of calls, nor ``None`` for all."""
    if number is None:
        return
    if isinstance(number, bool) or not isinstance(number, six.integer_types):
        raise TypeError('%s must be a number of calls, or None for all; not %r'
                        % (name, number))
    if number < 0:
        raise ValueError('%s must be 0 or more, or None for all; not %r'
                         % (name, number))
