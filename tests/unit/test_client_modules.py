"""What the client modules have in common: install() and uninstall()."""

import importlib

import pytest

from wsgi_intercept import add_wsgi_intercept, remove_wsgi_intercept

from ..apps import App
from ..conftest import differences, state
from ..drivers import DRIVERS

PROXIES = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY']
URL = 'http://app.example'


@pytest.fixture
def module(driver_class):
    """The module of a client; it is uninstalled after the test."""
    module = importlib.import_module(
        'wsgi_intercept.' + driver_class.interceptor.MODULE_NAME)
    yield module
    module.uninstall()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def app():
    """An application that is registered."""
    app = App()
    add_wsgi_intercept('app.example', 80, app.make)
    yield app
    remove_wsgi_intercept('app.example', 80)


def test_install_patches_and_uninstall_restores(module):
    before = state()
    assert module.install() is None
    assert differences(before, state())
    assert module.uninstall() is None
    assert not differences(before, state())


def test_install_is_idempotent(module):
    before = state()
    module.install()
    installed = state()
    for _ in range(3):
        module.install()
        assert not differences(installed, state())
    module.uninstall()
    assert not differences(before, state())


def test_uninstall_without_install(module):
    before = state()
    module.uninstall()
    module.uninstall()
    assert not differences(before, state())


def test_a_client_is_intercepted_while_it_is_installed(module, driver, app):
    with pytest.raises(driver.network_errors):
        driver.request('GET', 'http://app.invalid')
    module.install()
    assert driver.request('GET', URL).body == b'hello'
    module.uninstall()
    module.install()
    assert driver.request('GET', URL).body == b'hello'
    assert len(app.environs) == 2


def test_after_uninstall_the_network_is_asked(module, driver, closed_port):
    url = 'http://127.0.0.1:%d' % closed_port
    add_wsgi_intercept('127.0.0.1', closed_port, App().make)
    try:
        module.install()
        assert driver.request('GET', url).body == b'hello'
        module.uninstall()
        with pytest.raises(driver.network_errors):
            driver.request('GET', url)
    finally:
        remove_wsgi_intercept('127.0.0.1', closed_port)


def test_uninstall_leaves_what_an_interceptor_holds(module, driver, driver_class):
    with driver_class.interceptor(App().make, url=URL):
        module.install()
        module.uninstall()
        module.uninstall()
        assert driver.request('GET', URL).body == b'hello'


def test_an_interceptor_leaves_what_install_holds(module, driver, driver_class, app):
    module.install()
    with driver_class.interceptor(App().make, url='http://other.example'):
        pass
    assert driver.request('GET', URL).body == b'hello'


@pytest.mark.parametrize('name', PROXIES)
def test_a_proxy_in_the_environment(module, driver_class, monkeypatch, name):
    before = state()
    monkeypatch.setenv(name, 'http://proxy.example:3128')
    if not driver_class.proxied:
        module.install()
        return
    with pytest.raises(RuntimeError) as caught:
        module.install()
    assert str(caught.value) == (
        'http_proxy or https_proxy set in environment, please unset')
    assert not differences(before, state())


@pytest.mark.parametrize('order', [1, -1])
def test_requests_and_urllib3_may_share_one_urllib3(app, order):
    modules = [importlib.import_module('wsgi_intercept.' + name)
               for name in ('requests_intercept', 'urllib3_intercept')]
    drivers = [cls() for cls in DRIVERS if cls.name in ('requests', 'urllib3')]
    pairs = sorted(zip(modules, drivers), key=lambda pair: pair[0].__name__)[::order]
    for module, _driver in pairs:
        module.install()
    try:
        for module, driver in pairs:
            assert driver.request('GET', URL).body == b'hello'
        (first, _), (_, second) = pairs
        first.uninstall()
        assert second.request('GET', URL).body == b'hello'
    finally:
        for module, driver in pairs:
            module.uninstall()
            driver.close()
