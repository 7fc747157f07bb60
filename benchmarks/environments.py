"""The environments in which the targets are measured: one for each set of packages."""

import collections
import os
import subprocess
import sys
import venv

#: Every environment has the clients, so that they are the same in all.
CLIENTS = ['six', 'httplib2', 'requests', 'urllib3']

#: ``packages`` are what a target needs besides; ``clients`` those it can answer,
#: ``None`` for all of them.
Target = collections.namedtuple('Target', 'name title packages clients')

_REQUESTS = ['requests.Session']
_OWN = []           # a client of its own

TARGETS = [
    Target('floor', 'FLOOR', [], None),
    Target('floor+app', 'FLOOR+APP', [], None),
    Target('checkout', 'this checkout', [], None),
    Target('unrecorded', 'no calls recorded', [], None),
    Target('elsewhere', 'a new target each time', [], None),
    Target('forgetful', 'nothing remembered', [], None),
    Target('wsgi-intercept', 'wsgi-intercept 1.13.1', ['wsgi-intercept==1.13.1'], None),
    Target('waitress', 'waitress on loopback', ['waitress'], None),
    Target('werkzeug', 'werkzeug\'s server', ['werkzeug'], None),
    Target('pytest-httpserver', 'pytest-httpserver', ['pytest-httpserver'], None),
    Target('requests-wsgi-adapter', 'requests-wsgi-adapter', ['requests-wsgi-adapter'],
           _REQUESTS),
    Target('responses', 'responses (no application)', ['responses'], _REQUESTS),
    Target('httpx', 'httpx, WSGITransport', ['httpx'], _OWN),
    Target('webtest', 'webtest', ['webtest'], _OWN),
    Target('werkzeug client', 'werkzeug, Client', ['werkzeug'], _OWN),
]
BY_NAME = dict((target.name, target) for target in TARGETS)


def python_for(target, cache):
    """The Python of the environment of a target, which is made if need be.

    :param cache: the folder that keeps the environments
    """
    name = '-'.join(['env'] + [package.partition('==')[0]
                               for package in target.packages])
    folder = os.path.join(cache, '%s-%d.%d' % ((name,) + sys.version_info[:2]))
    python = os.path.join(folder, 'Scripts' if os.name == 'nt' else 'bin', 'python')
    done = os.path.join(folder, 'done')
    if not os.path.exists(done):
        print('making %s' % folder, file=sys.stderr)
        venv.create(folder, clear=True, with_pip=True)
        subprocess.check_call([python, '-m', 'pip', 'install', '-qq']
                              + CLIENTS + target.packages)
        open(done, 'w').close()
    return python
