"""Patches that are held by tokens and restored exactly."""

import sys
import threading
import types

import pytest

from wsgi_intercept._patch import Hold, Holder, Patch, require_no_proxy


@pytest.mark.parametrize('name', ['http_proxy', 'https_proxy', 'HTTP_PROXY',
                                  'HTTPS_PROXY'])
def test_a_proxy_is_refused(monkeypatch, name):
    monkeypatch.setenv(name, 'http://proxy.example:3128')
    with pytest.raises(RuntimeError) as caught:
        require_no_proxy()
    assert str(caught.value) == (
        'http_proxy or https_proxy set in environment, please unset')


class Recorded(object):
    """A `Hold` that records when it was applied and restored."""

    def __init__(self):
        self.calls = []
        self.hold = Hold(lambda: self.calls.append('apply'),
                         lambda: self.calls.append('restore'))


def test_it_is_applied_at_the_first_hold_and_restored_at_the_last_release():
    recorded = Recorded()
    first, second = object(), object()
    recorded.hold.hold(first)
    recorded.hold.hold(second)
    assert recorded.calls == ['apply']
    assert recorded.hold.active
    recorded.hold.release(first)
    assert recorded.calls == ['apply']
    recorded.hold.release(second)
    assert recorded.calls == ['apply', 'restore']
    assert not recorded.hold.active


def test_a_token_holds_once_however_often_it_says_so():
    recorded = Recorded()
    recorded.hold.hold('token')
    recorded.hold.hold('token')
    recorded.hold.release('token')
    assert recorded.calls == ['apply', 'restore']
    recorded.hold.release('token')
    assert recorded.calls == ['apply', 'restore']


def test_a_token_that_holds_nothing_releases_nothing():
    recorded = Recorded()
    recorded.hold.release('other')
    assert recorded.calls == []
    recorded.hold.hold('token')
    recorded.hold.release('other')
    assert recorded.hold.active
    recorded.hold.release('token')


def test_it_can_be_held_again():
    recorded = Recorded()
    for _ in range(2):
        recorded.hold.hold('token')
        recorded.hold.release('token')
    assert recorded.calls == ['apply', 'restore'] * 2


def test_when_apply_raises_nothing_is_held():
    def fail():
        raise ZeroDivisionError
    restored = []
    hold = Hold(fail, lambda: restored.append(1))
    with pytest.raises(ZeroDivisionError):
        hold.hold('token')
    assert not hold.active
    hold.release('token')
    assert not restored


class Owner(object):
    """What the tests patch."""

    def own(self):
        return 'original'


class Heir(Owner):
    """Inherits the attribute that the tests patch."""


def replacing(owner, name, make=None):
    """A patch of one attribute by a new function."""
    return Patch(lambda: [(owner, name, make or (lambda patch: lambda self: 'new'))])


def test_an_attribute_is_swapped_and_comes_back():
    original = vars(Owner)['own']
    patch = replacing(Owner, 'own')
    patch.hold('token')
    assert Owner().own() == 'new'
    patch.release('token')
    assert vars(Owner)['own'] is original


def test_the_same_maker_for_two_owners():
    class One(object):
        pass

    class Two(object):
        pass

    def make(patch):
        return lambda self: 'new'

    patch = Patch(lambda: [(One, 'name', make), (Two, 'name', make)])
    for _number in range(2):
        patch.hold('token')
        assert One().name() == Two().name() == 'new'
        patch.release('token')
        assert 'name' not in vars(One) and 'name' not in vars(Two)


@pytest.mark.parametrize('function', ['_swap', '_swap_back'])
def test_an_interruption_when_all_is_swapped(function):
    """A signal's handler may run just when a function has returned."""
    patch = replacing(Owner, 'own')
    original = vars(Owner)['own']
    interruptions = []

    def interrupt(frame, event, argument):
        if frame.f_code is not getattr(Patch, function).__code__:
            return None
        if event == 'return':
            sys.settrace(None)
            interruptions.append(frame)
            raise KeyboardInterrupt
        return interrupt

    before = sys.gettrace()
    sys.settrace(interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            patch.hold('token')
            patch.release('token')
    finally:
        sys.settrace(before)
    assert len(interruptions) == 1
    assert vars(Owner)['own'] is original
    patch.hold('token')
    assert Owner().own() == 'new'
    patch.release('token')
    assert vars(Owner)['own'] is original


def test_an_inherited_attribute_is_inherited_again():
    patch = replacing(Heir, 'own')
    patch.hold('token')
    assert Heir().own() == 'new'
    assert Owner().own() == 'original'
    patch.release('token')
    assert 'own' not in vars(Heir)
    assert Heir().own() == 'original'


def test_an_attribute_of_a_module():
    module = types.ModuleType('module')
    module.name = original = object()
    patch = replacing(module, 'name')
    patch.hold('token')
    assert module.name is not original
    patch.release('token')
    assert module.name is original


def test_none_is_a_value_to_restore():
    module = types.ModuleType('module')
    module.name = None
    patch = replacing(module, 'name')
    patch.hold('token')
    patch.release('token')
    assert module.name is None


def test_what_somebody_else_has_put_there_stays():
    module = types.ModuleType('module')
    module.name = 'original'
    patch = replacing(module, 'name')
    patch.hold('token')
    module.name = theirs = object()
    patch.release('token')
    assert module.name is theirs


def test_what_somebody_else_has_deleted_stays_so():
    module = types.ModuleType('module')
    module.name = 'original'
    patch = replacing(module, 'name')
    patch.hold('token')
    del module.name
    patch.release('token')
    assert not hasattr(module, 'name')


def test_the_same_attribute_of_a_class_and_its_heir():
    patch = Patch(lambda: [(Owner, 'own', lambda patch: lambda self: 'owner'),
                           (Heir, 'own', lambda patch: lambda self: 'heir')])
    patch.hold('token')
    assert (Owner().own(), Heir().own()) == ('owner', 'heir')
    patch.release('token')
    assert (Owner().own(), Heir().own()) == ('original', 'original')


def test_make_gets_the_patch():
    got = []

    def make(patch):
        got.append(patch)
        return lambda self: 'new'
    patch = replacing(Owner, 'own', make)
    patch.hold('token')
    patch.release('token')
    assert got == [patch]


def test_it_is_patched_once_for_many_holders_and_releases_are_free_in_order():
    original = vars(Owner)['own']
    patch = replacing(Owner, 'own')
    patch.hold('first')
    replacement = vars(Owner)['own']
    patch.hold('second')
    assert vars(Owner)['own'] is replacement
    patch.release('first')
    assert vars(Owner)['own'] is replacement
    patch.release('second')
    assert vars(Owner)['own'] is original


def test_the_check_is_made_at_each_hold_before_anything_else():
    allowed = [True, False]

    def check():
        if not allowed.pop(0):
            raise RuntimeError('refused')
    patch = Patch(lambda: [(Owner, 'own', lambda patch: lambda self: 'new')], check)
    patch.hold('first')
    with pytest.raises(RuntimeError):
        patch.hold('second')
    patch.release('first')
    assert Owner().own() == 'original'
    patch.release('second')


def test_a_refused_hold_swaps_nothing():
    def check():
        raise RuntimeError('refused')
    patch = Patch(lambda: [(Owner, 'own', lambda patch: lambda self: 'new')],
                  check=check)
    with pytest.raises(RuntimeError):
        patch.hold('token')
    assert not patch.active
    assert Owner().own() == 'original'


def test_an_error_while_a_replacement_is_made_leaves_nothing_swapped():
    def fail(patch):
        raise ZeroDivisionError
    patch = Patch(lambda: [(Owner, 'own', lambda patch: lambda self: 'new'),
                           (Heir, 'own', fail)])
    with pytest.raises(ZeroDivisionError):
        patch.hold('token')
    assert not patch.active
    assert Owner().own() == Heir().own() == 'original'


class RecordedHolder(Holder):
    """Records what it begins and ends; fails where it is told to."""

    def __init__(self, error=None):
        Holder.__init__(self)
        self.calls = []
        self.error = error

    def _begin(self, token):
        self.calls.append('begin')
        if self.error:
            raise self.error

    def _end(self, token):
        self.calls.append('end')


def test_a_holder_holds_several_patches():
    one, two = Recorded(), Recorded()
    holder = Holder()
    holder._enter([one.hold, two.hold])
    holder._enter([one.hold])
    holder._exit()
    assert one.calls == two.calls == ['apply']
    holder._exit()
    assert one.calls == two.calls == ['apply', 'restore']
    holder._exit()
    assert one.calls == ['apply', 'restore']


def test_a_holder_begins_inside_the_patches():
    recorded, holder = Recorded(), RecordedHolder()
    recorded.calls = holder.calls
    holder._enter([recorded.hold])
    holder._exit()
    assert holder.calls == ['apply', 'begin', 'end', 'restore']


def test_a_holder_of_a_patch_that_is_refused_holds_nothing():
    def refuse():
        raise ZeroDivisionError
    recorded, holder = Recorded(), RecordedHolder()
    with pytest.raises(ZeroDivisionError):
        holder._enter([recorded.hold, Hold(refuse, lambda: None)])
    assert recorded.calls == ['apply', 'restore']
    assert 'begin' not in holder.calls
    holder._exit()
    assert recorded.calls == ['apply', 'restore']


@pytest.mark.parametrize('error', [ZeroDivisionError, KeyboardInterrupt])
def test_a_holder_that_cannot_begin_holds_nothing(error):
    recorded, holder = Recorded(), RecordedHolder(error)
    with pytest.raises(error):
        holder._enter([recorded.hold])
    assert recorded.calls == ['apply', 'restore']
    assert holder.calls == ['begin', 'end']


def test_many_threads():
    original = vars(Owner)['own']
    patch = replacing(Owner, 'own')
    seen = []

    def hold_and_release():
        for _ in range(200):
            token = object()
            patch.hold(token)
            seen.append(Owner().own())
            patch.release(token)
    threads = [threading.Thread(target=hold_and_release) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == ['new'] * 800
    assert vars(Owner)['own'] is original
