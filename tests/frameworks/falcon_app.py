"""The application, built with Falcon."""

import os

import falcon

from . import content


class Shop(object):
    """The responders; Falcon finds them by the suffix of the route."""

    def on_get(self, req, resp):
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = 'hello'

    def on_get_item(self, req, resp, name):
        resp.media = {'item': name, 'query': req.get_param('q')}

    def on_post_json(self, req, resp):
        resp.media = {'got': req.get_media()}

    def on_post_form(self, req, resp):
        form = req.get_media()
        resp.media = {'name': form['name'], 'tags': form['tag']}

    def on_post_upload(self, req, resp):
        for part in req.get_media():
            if part.name == 'title':
                title = part.text
            else:
                photo = part.filename, part.content_type, part.stream.read()
        resp.media = content.upload(title, *photo)

    def on_post_login(self, req, resp):
        secure = req.scheme == 'https'
        resp.set_cookie('user', req.get_media()['user'], secure=secure)
        resp.set_cookie('theme', 'dark', secure=secure)
        raise falcon.HTTPSeeOther(req.root_path + '/account')

    def on_get_account(self, req, resp):
        resp.media = {'user': req.cookies.get('user'),
                      'theme': req.cookies.get('theme')}

    def on_get_redirect(self, req, resp):
        raise falcon.HTTPFound(req.root_path + '/item/7')

    def on_get_urls(self, req, resp):
        resp.media = {'request': req.url, 'item': req.prefix + '/item/7'}

    def on_get_stream(self, req, resp):
        resp.content_type = falcon.MEDIA_TEXT
        resp.stream = content.lines(req.get_param_as_int('count'))

    def on_get_download(self, req, resp):
        resp.content_type = falcon.MEDIA_TEXT
        resp.set_stream(open(content.download, 'rb'), os.path.getsize(content.download))

    def on_get_broken(self, req, resp):
        resp.text = str(1 // 0)


def propagate(req, resp, error, params):
    raise error


def make_application():
    app = falcon.App()
    shop = Shop()
    app.add_route('/', shop)
    app.add_route('/item/{name}', shop, suffix='item')
    for name in ('json', 'form', 'upload', 'login', 'account', 'redirect', 'urls',
                 'stream', 'download', 'broken'):
        app.add_route('/' + name, shop, suffix=name)
    return app


application = make_application()
propagating = make_application()
propagating.add_error_handler(Exception, propagate)
