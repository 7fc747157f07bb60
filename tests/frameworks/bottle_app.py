"""The application, built with Bottle."""

import os
from contextlib import closing

from bottle import Bottle, redirect, request, response, static_file
from six.moves.urllib.parse import urljoin

from . import content


def root():
    return 'hello'


def item(name):
    return {'item': name, 'query': request.query.q}


def echo_json():
    return {'got': request.json}


def form():
    return {'name': request.forms.name, 'tags': request.forms.getall('tag')}


def upload():
    photo = request.files['photo']
    # Bottle leaves these to be closed; Python 3.14 warns of files that are not.
    with closing(request.body), closing(photo.file):
        return content.upload(request.forms.title, photo.raw_filename,
                              photo.content_type, photo.file.read())


def login():
    secure = request.urlparts.scheme == 'https'
    response.set_cookie('user', request.forms.user, secure=secure)
    response.set_cookie('theme', 'dark', secure=secure)
    redirect(request.app.get_url('account'), 303)


def account():
    return {'user': request.get_cookie('user'), 'theme': request.get_cookie('theme')}


def elsewhere():
    redirect(request.app.get_url('item', name='7'), 302)


def urls():
    return {'request': request.url,
            'item': urljoin(request.url, request.app.get_url('item', name='7'))}


def stream():
    response.content_type = 'text/plain'
    return content.lines(int(request.query.count))


def download():
    directory, name = os.path.split(content.download)
    return static_file(name, directory)


def broken():
    return str(1 // 0)


def make_application(catchall=True):
    app = Bottle()
    app.config['catchall'] = catchall
    app.route('/', callback=root)
    app.route('/item/<name>', name='item', callback=item)
    app.route('/json', 'POST', echo_json)
    app.route('/form', 'POST', form)
    app.route('/upload', 'POST', upload)
    app.route('/login', 'POST', login)
    app.route('/account', name='account', callback=account)
    app.route('/redirect', callback=elsewhere)
    app.route('/urls', callback=urls)
    app.route('/stream', callback=stream)
    app.route('/download', callback=download)
    app.route('/broken', callback=broken)
    return app


application = make_application()
propagating = make_application(catchall=False)
