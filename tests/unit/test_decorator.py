"""Functions that run inside a context manager."""

import contextlib
import functools
import inspect
import types

import pytest
import six

from wsgi_intercept._decorator import decorated

try:
    from unittest import mock
except ImportError:     # Python 2
    mock = None


class Manager(object):
    """Keeps what is done with it."""

    def __init__(self, yielded='yielded', suppresses=False):
        self.told = []
        self.yielded = yielded
        self.suppresses = suppresses

    def __enter__(self):
        self.told.append('enter')
        return self.yielded

    def __exit__(self, exc_type, value, traceback):
        self.told.append(exc_type)
        return self.suppresses


@pytest.fixture
def manager():
    return Manager()


def test_the_function_runs_inside(manager):
    def function(first, second=2, *rest, **named):
        """Its text."""
        assert manager.told == ['enter']
        return first, second, rest, named
    wrapper = decorated(function, manager)
    assert wrapper(1) == (1, 2, (), {})
    assert manager.told == ['enter', None]
    manager.told = []
    assert wrapper(1, 3, 4, x=5) == (1, 3, (4,), {'x': 5})
    assert wrapper.__name__ == 'function'
    assert wrapper.__doc__ == 'Its text.'
    assert wrapper.__module__ == __name__
    assert wrapper.__wrapped__ is function


@pytest.mark.parametrize('error', [ZeroDivisionError, KeyboardInterrupt])
def test_its_error_goes_on(manager, error):
    def function():
        raise error
    with pytest.raises(error):
        decorated(function, manager)()
    assert manager.told == ['enter', error]


def test_a_manager_that_suppresses_errors():
    def function():
        raise ZeroDivisionError
    assert decorated(function, Manager(suppresses=True))() is None


def test_a_function_that_calls_itself(manager):
    def function(depth):
        if depth:
            wrapper(depth - 1)
    wrapper = decorated(function, manager)
    wrapper(2)
    assert manager.told == ['enter'] * 3 + [None] * 3


def test_methods(manager):
    class Case(object):
        def method(self, value):
            return self, value
        with_url = decorated(lambda self, value, url: (self, value, url), manager,
                             'url')
        static = staticmethod(decorated(lambda value: value, manager))
        of_class = classmethod(decorated(lambda cls, value: (cls, value), manager))
        method = decorated(method, manager)
    case = Case()
    assert case.method(1) == (case, 1)
    assert case.with_url(1) == case.with_url(value=1) == (case, 1, 'yielded')
    assert case.static(1) == 1
    assert case.of_class(1) == (Case, 1)
    assert decorated(case.method, manager)(2) == (case, 2)


def test_a_partial_function(manager):
    assert decorated(functools.partial(max, 1), manager)(2) == 2


# The argument

def test_what_is_yielded_is_passed_as_an_argument(manager):
    assert decorated(lambda url: url, manager, 'url')() == 'yielded'
    assert decorated(lambda a, url=None: (a, url), manager, 'url')(1) == (1, 'yielded')
    assert decorated(lambda **named: named, manager, 'url')() == {'url': 'yielded'}


@pytest.mark.parametrize('function, called', [
    (lambda url, a, b=3: (url, a, b), ('yielded', 1, 3)),
    (lambda a, url, b=3: (a, url, b), (1, 'yielded', 3)),
    (lambda a, b=3, url=None: (a, b, url), (1, 3, 'yielded')),
    (lambda a, url=None, b=3: (a, url, b), (1, 'yielded', 3))])
def test_other_arguments_by_position(manager, function, called):
    wrapper = decorated(function, manager, 'url')
    assert wrapper(1) == wrapper(a=1) == called
    assert wrapper(1, 3) == wrapper(1, b=3) == called


def test_an_argument_that_takes_the_rest(manager):
    function = decorated(lambda url, *rest: (url, rest), manager, 'url')
    assert function() == ('yielded', ())
    assert function(1, 2) == ('yielded', (1, 2))


def arguments(function):
    """The names of the arguments, as pytest sees them, and how many have defaults."""
    if six.PY2:
        while hasattr(function, '__wrapped__'):
            function = function.__wrapped__
        code = function.__code__
        return (list(code.co_varnames[:code.co_argcount]),
                len(function.__defaults__ or ()))
    positional = [each for each in inspect.signature(function).parameters.values()
                  if each.kind == each.POSITIONAL_OR_KEYWORD]
    return ([each.name for each in positional],
            len([each for each in positional if each.default is not each.empty]))


@pytest.mark.parametrize('function, names, defaults', [
    (lambda url: 0, [], 0),
    (lambda a, url: 0, ['a'], 0),
    (lambda url, a=1: 0, ['a'], 1),
    (lambda a, url=1, b=2: 0, ['a', 'b'], 1),
    (lambda a, b=2, url=1, *rest, **named: 0, ['a', 'b'], 1),
    (lambda a, **named: 0, ['a'], 0)])
def test_the_argument_is_not_in_the_signature(manager, function, names, defaults):
    wrapper = decorated(function, manager, 'url')
    assert arguments(wrapper) == (names, defaults)
    assert arguments(decorated(wrapper, manager)) == (names, defaults)
    if six.PY2:
        where = wrapper.__wrapped__.__code__
        assert where.co_filename == function.__code__.co_filename
        assert where.co_firstlineno == function.__code__.co_firstlineno
        assert type(wrapper.__wrapped__) is types.FunctionType
        assert wrapper.__wrapped__(*range(len(names))) in (None, 0)


def test_two_arguments_of_two_managers():
    def function(one, a, two, b=4):
        return one, a, two, b
    wrapper = decorated(function, Manager('1'), 'one')
    wrapper = decorated(wrapper, Manager('2'), 'two')
    assert arguments(wrapper) == (['a', 'b'], 1)
    assert wrapper(3) == wrapper(a=3) == ('1', 3, '2', 4)
    assert wrapper(3, 5) == ('1', 3, '2', 5)


@pytest.mark.skipif(six.PY2, reason='keyword-only arguments are of Python 3')
def test_arguments_that_go_by_keyword_only(manager):
    names = {}
    six.exec_('def function(a, *, url, b=2): return a, url, b', names)
    wrapper = decorated(names['function'], manager, 'url')
    assert str(inspect.signature(wrapper)) == '(a, *, b=2)'
    assert wrapper(1) == (1, 'yielded', 2)
    assert wrapper(1, b=3) == (1, 'yielded', 3)


@pytest.mark.skipif(mock is None, reason='mock is of Python 3')
def test_beside_mock(manager):
    with_mock = mock.patch('os.getcwd', return_value='/mocked')

    def function(getcwd, url):
        return getcwd(), url
    assert decorated(with_mock(function), manager, 'url')() == ('/mocked', 'yielded')
    assert with_mock(decorated(function, manager, 'url'))() == ('/mocked', 'yielded')


def test_above_what_takes_keywords_only(manager):
    def function(first, url):
        return first, url

    @six.wraps(function)
    def by_keyword(**kwargs):
        return function(**kwargs)

    @six.wraps(function)
    def by_keyword_but_one(first, **kwargs):
        return function(first, **kwargs)
    assert decorated(by_keyword, manager, 'url')(first=1) == (1, 'yielded')
    assert decorated(by_keyword_but_one, manager, 'url')(1) == (1, 'yielded')
    assert decorated(by_keyword_but_one, manager, 'url')(first=1) == (1, 'yielded')


@pytest.mark.skipif(mock is None, reason='mock is of Python 3')
def test_above_mock(manager):
    """What mock.patch() passes comes after the URL."""
    with_mock = mock.patch('os.getcwd', return_value='/mocked')

    def function(first, url, getcwd):
        return first, url, getcwd()
    wrapper = decorated(with_mock(function), manager, 'url')
    assert wrapper(1) == (1, 'yielded', '/mocked')


# Wrong arguments

def generator():
    yield


class GeneratorObject(object):
    def __call__(self):
        yield


class SomeClass(object):
    pass


def of_python_3(source):
    """The function that `source` defines, where this Python can."""
    names = {}
    try:
        six.exec_(source, names)
    except SyntaxError:
        return None
    return names['function']


COROUTINE = of_python_3('async def function(): pass')
ASYNC_GENERATOR = of_python_3('async def function(): yield')


@pytest.mark.parametrize('function, kind', [
    (SomeClass, 'a class'), (generator, 'a generator function'),
    (GeneratorObject(), 'a generator function'), (COROUTINE, 'a coroutine function'),
    (ASYNC_GENERATOR, 'an asynchronous generator function')],
    ids=['class', 'generator', 'object', 'coroutine', 'asynchronous generator'])
@pytest.mark.parametrize('argument', [None, 'url'])
def test_what_does_its_work_later_is_refused(manager, function, kind, argument):
    if function is None:
        pytest.skip('this Python has none')
    with pytest.raises(TypeError) as caught:
        decorated(function, manager, argument)
    for text in (kind, repr(function), 'write "with" inside it'):
        assert text in str(caught.value)
    assert not manager.told


def test_a_function_that_makes_a_context_manager_is_a_function(manager):
    with decorated(contextlib.contextmanager(generator), manager)():
        assert manager.told == ['enter', None]


@pytest.mark.parametrize('wrong', [
    None, 'url', 42, staticmethod(len), classmethod(len)],
    ids=['None', 'str', 'int', 'staticmethod', 'classmethod'])
def test_what_is_no_function_is_refused(manager, wrong):
    with pytest.raises(TypeError) as caught:
        decorated(wrong, manager)
    assert 'a function or method is decorated, not %r' % (wrong,) in str(caught.value)


@pytest.mark.parametrize('function', [lambda: 0, lambda a: 0, lambda *url: 0])
def test_there_is_no_such_argument(manager, function):
    with pytest.raises(TypeError) as caught:
        decorated(function, manager, 'url')
    assert str(caught.value) == '%r has no argument %r' % (function, 'url')


@pytest.mark.parametrize('wrong', [True, 42, b'url' if six.PY3 else u'url', ['url']])
def test_the_name_of_an_argument_is_a_string(manager, wrong):
    with pytest.raises(TypeError) as caught:
        decorated(lambda url: 0, manager, wrong)
    assert 'url_argument must be the name of an argument such as "url", not %r' % (
        wrong,) in str(caught.value)
