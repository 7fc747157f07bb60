"""The application, built with Flask."""

from flask import Flask, Response, redirect, request, send_file, url_for

from . import content


def root():
    return 'hello'


def item(name):
    return {'item': name, 'query': request.args.get('q')}


def echo_json():
    return {'got': request.get_json()}


def form():
    return {'name': request.form['name'], 'tags': request.form.getlist('tag')}


def upload():
    photo = request.files['photo']
    return content.upload(request.form['title'], photo.filename, photo.mimetype,
                          photo.read())


def login():
    response = redirect(url_for('account'), 303)
    response.set_cookie('user', request.form['user'], secure=request.is_secure)
    response.set_cookie('theme', 'dark', secure=request.is_secure)
    return response


def account():
    return {'user': request.cookies.get('user'), 'theme': request.cookies.get('theme')}


def elsewhere():
    return redirect(url_for('item', name='7'))


def urls():
    return {'request': request.url, 'item': url_for('item', name='7', _external=True)}


def stream():
    return Response(content.lines(int(request.args['count'])), mimetype='text/plain')


def download():
    return send_file(content.download)


def broken():
    return str(1 // 0)


def make_application(propagate=False):
    app = Flask(__name__)
    app.config['PROPAGATE_EXCEPTIONS'] = propagate
    app.add_url_rule('/', view_func=root)
    app.add_url_rule('/item/<name>', view_func=item)
    app.add_url_rule('/json', view_func=echo_json, methods=['POST'])
    app.add_url_rule('/form', view_func=form, methods=['POST'])
    app.add_url_rule('/upload', view_func=upload, methods=['POST'])
    app.add_url_rule('/login', view_func=login, methods=['POST'])
    app.add_url_rule('/account', view_func=account)
    app.add_url_rule('/redirect', view_func=elsewhere)
    app.add_url_rule('/urls', view_func=urls)
    app.add_url_rule('/stream', view_func=stream)
    app.add_url_rule('/download', view_func=download)
    app.add_url_rule('/broken', view_func=broken)
    return app


application = make_application()
propagating = make_application(propagate=True)
