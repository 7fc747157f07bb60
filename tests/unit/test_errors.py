"""The errors of this library."""

import sys

import pytest

from wsgi_intercept import WSGIAppError
from wsgi_intercept._errors import (
    BadRequest, PEP3333Error, PEP3333TypeError, raise_app_error)

from .helpers import answer_to


def fail():
    raise ZeroDivisionError('of the application')


LINE_OF_FAIL = fail.__code__.co_firstlineno + 1
GET = b'GET / HTTP/1.1\r\n\r\n'


def wrapped():
    """The `WSGIAppError` of :func:`fail`, and its ``exc_info``."""
    try:
        fail()
    except ZeroDivisionError:
        exc_info = sys.exc_info()
    return WSGIAppError(exc_info[1], exc_info), exc_info


def test_the_attributes():
    error, exc_info = wrapped()
    assert error.error is exc_info[1]
    assert error.exception_type is ZeroDivisionError
    assert error.exception_value is exc_info[1]
    assert error.traceback is exc_info[2]
    assert error.__cause__ is exc_info[1]


def test_the_arguments_by_keyword():
    original = ValueError('x')
    error = WSGIAppError(error=original, exc_info=(ValueError, original, None))
    assert error.error is original
    assert error.exception_type is ValueError
    assert error.traceback is None


def test_the_text_names_the_error_the_file_and_the_line():
    text = str(wrapped()[0])
    assert 'ZeroDivisionError' in text
    assert 'of the application' in text
    assert '%s:%d' % (fail.__code__.co_filename, LINE_OF_FAIL) in text


def test_the_text_without_a_traceback():
    error = ValueError('offending')
    text = str(WSGIAppError(error, (None, None, None)))
    assert 'ValueError' in text
    assert 'offending' in text


def test_the_line_is_the_application_s_where_the_library_raises():
    def app(environ, start_response):
        start_response('bad', [])
    with pytest.raises(WSGIAppError) as caught:
        answer_to(app, GET)
    assert '%s:%d' % (app.__code__.co_filename, app.__code__.co_firstlineno + 1) in (
        str(caught.value))


def test_a_traceback_that_is_all_the_library_s_is_told():
    def app(environ, start_response):
        return []
    with pytest.raises(WSGIAppError) as caught:
        answer_to(app, GET)
    assert 'start_response' in str(caught.value)


@pytest.mark.parametrize('base', [EnvironmentError, ValueError, TypeError])
def test_it_is_no_error_that_a_client_catches(base):
    assert not issubclass(WSGIAppError, base)
    assert issubclass(WSGIAppError, Exception)


def test_raise_app_error_wraps_what_is_being_handled():
    with pytest.raises(WSGIAppError) as caught:
        try:
            fail()
        except ZeroDivisionError:
            original = sys.exc_info()[1]
            raise_app_error()
    assert caught.value.error is original
    assert caught.value.__cause__ is original


@pytest.mark.parametrize('told', [
    WSGIAppError(ValueError('inner'), (None, None, None)), PEP3333TypeError('rule')])
def test_raise_app_error_leaves_what_says_already_what_is_wrong(told):
    with pytest.raises(type(told)) as caught:
        try:
            raise told
        except Exception:
            raise_app_error()
    assert caught.value is told


def test_an_error_of_a_nested_request_is_wrapped_once():
    def inner(environ, start_response):
        fail()

    def outer(environ, start_response):
        return [answer_to(inner, GET)]
    with pytest.raises(WSGIAppError) as caught:
        answer_to(outer, GET)
    assert isinstance(caught.value.error, ZeroDivisionError)


def test_the_types_of_the_errors_of_pep_3333():
    assert issubclass(PEP3333TypeError, TypeError)
    assert not issubclass(PEP3333Error, TypeError)


def test_bad_request():
    error = BadRequest('it was bad')
    assert error.reason == str(error) == 'it was bad'
    assert error.status == '400 Bad Request'
    assert BadRequest('x', '501 Not Implemented').status == '501 Not Implemented'
    assert BadRequest(reason='x', status='431 Too Large').status == '431 Too Large'
