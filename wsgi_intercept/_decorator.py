"""Functions that run inside a context manager."""

import six

from ._compat import hide_parameter

# What is called only makes an object of these, which runs when the `with` is over.
_RUNS_LATER = [
    ('isclass', 'a class'),
    ('iscoroutinefunction', 'a coroutine function'),        # from Python 3.5 on
    ('isasyncgenfunction', 'an asynchronous generator function'),       # 3.6
    ('isgeneratorfunction', 'a generator function')]


def decorated(function, manager, url_argument=None):
    """A function that calls `function` while `manager` is entered.

    :param manager: a context manager, which can be entered several times
    :param url_argument: the name of the argument that what it yields is passed as
    :raises TypeError: if `function` is none that has done its work when it returns, or
        it has no such argument
    """
    check_function(function)
    if not isinstance(url_argument, (str, type(None))):
        raise TypeError('url_argument must be the name of an argument such as "url", '
                        'not %r' % (url_argument,))

    @six.wraps(function)
    def wrapper(*args, **kwargs):
        with manager as url:
            if position is not None and (
                    position < len(args) or position == len(args) and takes_it):
                args = args[:position] + (url,) + args[position:]
            elif url_argument is not None:
                kwargs[url_argument] = url
            return function(*args, **kwargs)

    position, takes_it = None, False
    if url_argument is not None:
        position = hide_parameter(wrapper, url_argument)
        takes_it = takes_arguments(function, (position or 0) + 1)
    return wrapper


def takes_arguments(function, number):
    """Whether `function` itself, whatever it wraps, takes so many by position."""
    import inspect

    code = getattr(getattr(function, '__func__', function), '__code__', None)
    return code is not None and bool(
        code.co_flags & inspect.CO_VARARGS or code.co_argcount >= number)


def check_function(function):
    """Raise :exc:`TypeError` if `function` does not do its work when it is called."""
    if isinstance(function, (staticmethod, classmethod)) or not callable(function):
        raise TypeError(
            'a function or method is decorated, not %r; an option is passed by its '
            'name, and @staticmethod or @classmethod stands above' % (function,))
    import inspect          # it takes long, and few need it

    for name, kind in _RUNS_LATER:
        is_kind = getattr(inspect, name, lambda function: False)
        if is_kind(function) or is_kind(getattr(function, '__call__', None)):
            raise TypeError(
                'a function is decorated whose work is done when it returns, not %s '
                'like %r; write "with" inside it instead' % (kind, function))
