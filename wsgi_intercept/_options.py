"""What a registration may say beside the application and its prefix."""

import six

__all__ = ['Options', 'make_options']


class Options(object):
    """How the requests to one registration are answered.

    :ivar environ: a dict that is merged into each environ, or ``None``
    :ivar raise_app_errors: whether the errors of the application reach the client
    :ivar calls: a list to which each :class:`~wsgi_intercept._calls.Call` is appended,
        or ``None``
    :ivar special: whether they say more than that calls are recorded in a
        :class:`~wsgi_intercept._calls.Calls`
    """

    __slots__ = ('environ', 'raise_app_errors', 'calls', 'special')


def make_options(environ=None, raise_app_errors=True, calls=None):
    """Check what a user has said.

    :param calls: what calls are appended to, a list, or ``None``
    :returns: `Options`, or ``None`` where they would be those that nobody has said
    :raises TypeError: if `environ` is no mapping with native strings as keys, or
        `calls` is no list
    """
    if environ is not None:
        environ = checked_environ(environ)
    if calls is not None and not callable(getattr(calls, 'append', None)):
        raise TypeError('calls must be a list, such as wsgi_intercept.Calls(), not %r'
                        % (calls,))
    if not environ and raise_app_errors and calls is None:
        return None
    options = Options()
    options.environ = environ
    options.raise_app_errors = raise_app_errors
    options.calls = calls
    options.special = bool(environ or not raise_app_errors
                           or not getattr(calls, '_append_is_known', False))
    return options


def checked_environ(environ):
    """A copy of a mapping that is merged into environs."""
    try:
        copy = dict(environ) if hasattr(environ, 'keys') else None
    except TypeError:
        copy = None
    if copy is None:
        raise TypeError("environ must be a mapping such as {'REMOTE_USER': 'name'}, "
                        "not %r" % (environ,))
    for key in copy:
        if not isinstance(key, str):
            raise TypeError('environ must have native strings as keys (PEP 3333), '
                            'not %r' % (key,))
        value = copy[key]
        if ('.' not in key and isinstance(value, (bytes, six.text_type))
                and not isinstance(value, str)):
            raise TypeError('environ must have native strings as values (PEP 3333), '
                            'not %s=%r' % (key, value))
    return copy
