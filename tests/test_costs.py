"""What one request costs, in figures that are the same in every run.

Counted is what the interception executes in Python for one small GET through
http.client, over FLOOR+APP: a fake socket that parses nothing, checks nothing and calls
the application (`benchmarks.floor`).  The limits are what was reached; the goals were
6 calls and 350 bytecodes.
"""

import platform
import sys

import pytest

# The benchmarks are in the repository, not in what is installed or in an sdist.
measures = pytest.importorskip('benchmarks.measures')

CALLS_LIMIT = 3
BYTECODES_LIMIT = 350
POST_CALLS_LIMIT = 4
POST_BYTECODES_LIMIT = 410
# From 3.14 on a branch that is not taken is an instruction, too.
MORE = 8 if sys.version_info >= (3, 14) else 0

pytestmark = pytest.mark.skipif(
    platform.python_implementation() != 'CPython' or sys.version_info < (3, 11),
    reason='other Pythons have other bytecodes')


def complaint(case):
    return 'over the limit; python -m benchmarks --only profile shows where (%s)' % case


@pytest.mark.parametrize('case, calls_limit, bytecodes_limit', [
    ('get', CALLS_LIMIT, BYTECODES_LIMIT),
    ('post', POST_CALLS_LIMIT, POST_BYTECODES_LIMIT),
])
def test_a_small_request_costs_no_more(case, calls_limit, bytecodes_limit):
    calls, bytecodes = measures.count('checkout', 'http.client', case)
    assert calls <= calls_limit, complaint(case)
    assert bytecodes <= bytecodes_limit + MORE, complaint(case)
