"""Every difference between Python 2 and Python 3, decided once.

The names mean the same on every Python; no other module tests for a version.
"""

import operator
import sys
import types

try:
    from _weakref import ref as weak_ref    # that of weakref, which takes long
except ImportError:
    from weakref import ref as weak_ref

import six
from six.moves import http_client
from six.moves.urllib.parse import unquote

__all__ = ['EQUALS_ARE_NATIVE', 'MODULES_HAVE_GETATTR', 'class_of', 'defining_class',
           'from_bytes', 'from_string', 'get_function', 'getmro', 'hide_parameter',
           'http_client', 'inherited', 'is_method', 'percent_decoded', 'remembering',
           'to_bytes', 'weak_ref', 'wsgi_text']

#: Whether ``__getattr__()`` of a module gives the names that it lacks (PEP 562).
MODULES_HAVE_GETATTR = sys.version_info >= (3, 7)

if six.PY2:
    import inspect
    from inspect import getmro      # old-style classes have no __mro__

    #: The native string of `data`, a bytes of latin-1.
    from_bytes = str

    #: Whether what is equal to a native string is one; ``u'a' == 'a'`` here.
    EQUALS_ARE_NATIVE = False

    def remembering(maxsize):
        """Python 2 forgets: it would take ``u'a'`` for ``'a'``, which is another."""
        return lambda function: function

    def class_of(instance):
        """The class of an instance, whatever it gives as its ``__class__``."""
        if type(instance) is types.InstanceType:        # its class is an old-style one
            return instance.__class__
        return type(instance)

    def to_bytes(data):
        """The bytes of `data`: bytes-like, or text that latin-1 can write."""
        if isinstance(data, six.text_type):
            return data.encode('latin-1')
        if isinstance(data, memoryview):
            return data.tobytes()
        if isinstance(data, six.integer_types):     # bytearray() takes it for a size
            raise TypeError('bytes are sent, not %r' % (data,))
        return bytes(buffer(data))      # noqa: F821 - of an array, its bytes

    def from_string(string):
        """The native string of `string`, a unicode that latin-1 can write."""
        return string.encode('latin-1')

    def percent_decoded(path):
        """`path` with its ``%XX`` decoded; native strings (PEP 3333, "Unicode")."""
        return unquote(path)

    def wsgi_text(text):
        """The native string in which an environ carries `text` (as UTF-8)."""
        if isinstance(text, six.text_type):
            return text.encode('utf-8')
        return text

    def inherited(owner, name):
        """A method that calls the one which `owner` inherits at that moment."""
        def method(self, *args, **kwargs):
            for base in owner.__bases__:    # there is no super() of old-style classes
                if hasattr(base, name):
                    return get_function(base, name)(self, *args, **kwargs)
            raise AttributeError('no base class of %r has %r' % (owner, name))
        return method

    def hide_parameter(wrapper, name):
        """Take a parameter out of the signature that others see of `wrapper`.

        :param wrapper: a function with ``__wrapped__``, whose signature it has so far
        :returns: its position, or ``None`` if it is passed by keyword only
        :raises TypeError: if there is no such parameter
        """
        function = wrapper
        while hasattr(function, '__wrapped__'):
            function = function.__wrapped__
        function = getattr(function, '__func__', function)
        code = getattr(function, '__code__', None)
        names = code.co_varnames[:code.co_argcount] if code else ()
        if name not in names:
            if code and code.co_flags & inspect.CO_VARKEYWORDS:
                return None
            raise TypeError('%r has no argument %r' % (function, name))
        position = names.index(name)
        defaults = list(function.__defaults__ or ())
        first_default = len(names) - len(defaults)
        if position >= first_default:
            del defaults[position - first_default]
        wrapper.__wrapped__ = _with_signature(
            function, names[:position] + names[position + 1:], tuple(defaults))
        return position

    def _with_signature(function, names, defaults):
        """An empty function with these arguments, at the place of `function`.

        Python 2 has no ``__signature__``: what looks for fixtures reads code objects.
        """
        code, empty = function.__code__, (lambda: None).__code__
        varying = code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS)
        count = bin(varying).count('1')
        variables = names + code.co_varnames[code.co_argcount:code.co_argcount + count]
        return types.FunctionType(types.CodeType(
            len(names), len(variables), empty.co_stacksize, empty.co_flags | varying,
            empty.co_code, empty.co_consts, empty.co_names, variables,
            code.co_filename, code.co_name, code.co_firstlineno, empty.co_lnotab),
            {}, function.__name__, defaults)
else:
    import functools

    EQUALS_ARE_NATIVE = True

    def remembering(maxsize):
        """Decorate a function of one argument: its last results are kept.

        Not by an ``lru_cache`` that is written in Python (PyPy, Python until 3.4): it
        has a lock, which a child that is forked meanwhile never gets.
        """
        def decorate(function):
            cached = functools.lru_cache(maxsize)(function)
            if hasattr(cached, '__code__'):
                return _remembered_in_python(function, maxsize)
            return cached
        return decorate

    def _remembered_in_python(function, maxsize):
        results = {}

        def remembered(argument):
            result = results.get(argument, results)
            if result is results:       # it is not there
                result = function(argument)
                if len(results) >= maxsize:
                    results.clear()
                results[argument] = result
            return result
        return remembered

    #: The class of an instance, whatever it gives as its ``__class__``.
    class_of = type

    def getmro(cls):
        """The class and its bases, in the order in which they are looked in."""
        return cls.__mro__

    #: The native string of `data`, a bytes of latin-1.
    from_bytes = operator.methodcaller('decode', 'latin-1')

    def to_bytes(data):
        """The bytes of `data`: bytes-like, or text that latin-1 can write."""
        if isinstance(data, str):
            return data.encode('latin-1')
        return memoryview(data).tobytes()

    def from_string(string):
        """The native string of `string`, a bytes of latin-1."""
        return string.decode('latin-1')

    def percent_decoded(path):
        """`path` with its ``%XX`` decoded; native strings (PEP 3333, "Unicode")."""
        return unquote(path, 'latin-1')

    def wsgi_text(text):
        """The native string in which an environ carries `text` (as UTF-8)."""
        return text.encode('utf-8').decode('latin-1')

    def inherited(owner, name):
        """A method that calls the one which `owner` inherits at that moment."""
        def method(self, *args, **kwargs):
            return getattr(super(owner, self), name)(*args, **kwargs)
        return method

    def hide_parameter(wrapper, name):
        """Take a parameter out of the signature that others see of `wrapper`.

        :param wrapper: a function with ``__wrapped__``, whose signature it has so far
        :returns: its position, or ``None`` if it is passed by keyword only
        :raises TypeError: if there is no such parameter
        """
        import inspect          # it takes long, and few need it

        signature = inspect.signature(wrapper)
        parameters = list(signature.parameters.values())
        for position, each in enumerate(parameters):
            if each.name == name and each.kind in (each.POSITIONAL_OR_KEYWORD,
                                                   each.KEYWORD_ONLY):
                del parameters[position]
                wrapper.__signature__ = signature.replace(parameters=parameters)
                return None if each.kind == each.KEYWORD_ONLY else position
        if parameters and parameters[-1].kind == parameters[-1].VAR_KEYWORD:
            return None
        raise TypeError('%r has no argument %r' % (wrapper.__wrapped__, name))


def is_method(function):
    """Whether `function` is bound to an instance or class."""
    return getattr(function, '__self__', None) is not None


def get_function(owner, name):
    """The method ``owner.name``, own or inherited, as a function of the instance."""
    method = vars(defining_class(owner, name))[name]
    if isinstance(method, types.FunctionType):
        return method
    if hasattr(method, '__get__'):
        return lambda self, *args, **kwargs: method.__get__(self, self.__class__)(
            *args, **kwargs)
    # A mock, for example: it is no method, and does not get the instance.
    return lambda self, *args, **kwargs: method(*args, **kwargs)


def defining_class(cls, name):
    """The class that `cls` has the attribute `name` from, `cls` itself or a base."""
    if name in vars(cls):
        return cls
    for base in getmro(cls):
        if name in vars(base):
            return base
    raise AttributeError('%r has no %r' % (cls, name))
