"""Bottle and werkzeug as WSGI applications; tornado's HTTP server and client on loopback with websocket and coroutines."""
import asyncio
import io
import json
from wsgiref.util import setup_testing_defaults

import bottle
import tornado.httpserver
import tornado.netutil
import tornado.template
import tornado.testing
import tornado.web
import tornado.websocket
from tornado.httpclient import AsyncHTTPClient, HTTPClientError
from werkzeug.exceptions import NotFound
from werkzeug.routing import Map, Rule
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

app = bottle.Bottle()


@app.route("/hi/<name:re:[a-z]+>/<n:int>")
def hi(name, n):
    return {"name": name, "n": n, "q": bottle.request.query.q}


@app.post("/form")
def form():
    bottle.response.set_cookie("a", "b", secret="s")
    return bottle.template("% for k in ks:\n<{{k}}>\\\\\n% end\n{{!raw}}", ks=sorted(bottle.request.forms), raw="&")


def call(path, method="GET", body=b"", **more):
    env = {"PATH_INFO": path, "REQUEST_METHOD": method, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), **more}
    setup_testing_defaults(env)
    seen = []
    return seen, b"".join(app(env, lambda status, headers, exc=None: seen.extend([status, sorted(h for h in headers if h[0] != "Set-Cookie")])))


print(call("/hi/bob/3", QUERY_STRING="q=1+2"), call("/form", "POST", b"z=1&a=2", CONTENT_TYPE="application/x-www-form-urlencoded"), call("/none")[0])
urls = Map([Rule("/a/<int(min=3):n>", endpoint="a"), Rule("/b/<path:p>", endpoint="b", methods=["POST"]), Rule("/c/", endpoint="c")])


@Request.application
def application(request):
    try:
        endpoint, values = urls.bind_to_environ(request.environ).match()
    except Exception as error:
        return error
    return Response(json.dumps([endpoint, values, request.args.to_dict(), request.cookies]), mimetype="application/json")


c = Client(application)
for method, path in (("get", "/a/3?x=1&x=2"), ("get", "/a/1"), ("post", "/b/x/y"), ("get", "/b/x"), ("get", "/c")):
    r = getattr(c, method)(path)
    print(path, r.status, r.headers.get("Location"), r.text[:120])
print(urls.bind("h").build("a", {"n": 5, "q": "é"}), NotFound().description)


class Main(tornado.web.RequestHandler):
    async def get(self, n):
        await asyncio.sleep(0)
        self.set_header("X-N", n)
        if n == "0":
            raise tornado.web.HTTPError(418, reason="pot")
        self.write({"n": n, "args": self.get_arguments("a")})

    def post(self, n):
        self.write(self.request.body[::-1])


class Echo(tornado.websocket.WebSocketHandler):
    def on_message(self, message):
        self.write_message(message * 2 if isinstance(message, str) else message[::-1], isinstance(message, bytes))


async def main():
    server = tornado.httpserver.HTTPServer(tornado.web.Application([(r"/(\d+)", Main), (r"/ws", Echo)], log_function=lambda handler: None))
    sockets = tornado.netutil.bind_sockets(0, "127.0.0.1")
    server.add_sockets(sockets)
    base = f"127.0.0.1:{sockets[0].getsockname()[1]}"
    client = AsyncHTTPClient()
    answers = await asyncio.gather(*(client.fetch(f"http://{base}/{i}?a={i}&a=x") for i in range(1, 6)))
    print([(a.code, a.headers["X-N"], json.loads(a.body)) for a in answers])
    print((await client.fetch(f"http://{base}/7", method="POST", body="abc")).body)
    for path in ("/0", "/x"):
        try:
            await client.fetch(f"http://{base}{path}")
        except HTTPClientError as error:
            print(error)
    ws = await tornado.websocket.websocket_connect(f"ws://{base}/ws")
    await ws.write_message("hé")
    print(await ws.read_message())
    await ws.write_message(b"\0\1\2", binary=True)
    print(await ws.read_message())
    ws.close()
    server.stop()


asyncio.run(main())
t = tornado.template.Template("{% for x in xs %}{{ x }}{% if x > 1 %}!{% end %} {% end %}{% raw '<' %}{% set y = 3 %}{{ y }}{{ '<' }}")
print(t.generate(xs=[1, 2]))
