"""An HTTP client and a server on loopback: parameters, JSON, forms, files, redirects, cookies, gzip, chunks, timeouts, sessions."""
import gzip
import http.server
import io
import json
import threading

import requests
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from urllib3.util.retry import Retry


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    flaky = 2

    def answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/redirect":
            self.answer(302, b"", Location="/final?x=1")
        elif path == "/cookie":
            self.answer(200, b"set", Set_Cookie="taste=sweet; Path=/")
        elif path == "/gzip":
            self.answer(200, gzip.compress(b"squeezed " * 50), Content_Encoding="gzip")
        elif path == "/chunks":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for part in (b"one\n", b"two\n", b"three"):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            self.wfile.write(b"0\r\n\r\n")
        elif path == "/flaky" and Handler.flaky:
            Handler.flaky -= 1
            self.answer(503, b"later")
        else:
            self.answer(200, json.dumps({"path": self.path, "cookie": self.headers["Cookie"], "auth": self.headers["Authorization"],
                                         "own": self.headers["X-Own"]}).encode(), Content_Type="application/json")

    def do_POST(self):
        data = self.rfile.read(int(self.headers["Content-Length"]))
        kind = self.headers["Content-Type"].split(";")[0]
        self.answer(201, json.dumps([kind, len(data) if "multi" in kind else data.decode()]).encode(), Content_Type="application/json")

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}"
s = requests.Session()
s.trust_env = False
r = s.get(base + "/x", params={"a": "é b", "l": [1, 2]})
print(r.status_code, r.reason, r.json(), r.headers["content-type"], r.ok, r.encoding)
print(s.post(base, data={"k": "v w"}).json(), s.post(base, json={"k": [1, "ü"]}).json(), s.post(base, data=b"raw", headers={"Content-Type": "a/b"}).json())
print(s.post(base, files={"f": ("n.txt", io.BytesIO(b"z" * 1000))}).json()[0])
r = s.get(base + "/redirect")
print(r.json()["path"], [h.status_code for h in r.history], s.get(base + "/redirect", allow_redirects=False).headers["Location"])
s.get(base + "/cookie")
print(s.cookies.get_dict(), s.get(base + "/c", headers={"X-Own": "yes"}, auth=HTTPBasicAuth("u", "p")).json())
print(len(s.get(base + "/gzip").text), [line for line in s.get(base + "/chunks", stream=True).iter_lines()])
s.mount("http://", HTTPAdapter(max_retries=Retry(3, backoff_factor=0, status_forcelist=[503])))
print(s.get(base + "/flaky").status_code)
Handler.flaky = 1
r = requests.get(base + "/flaky")
try:
    r.raise_for_status()
except requests.HTTPError as error:
    print(str(error).replace(base, "BASE"))
for url in ["nothing", "http://", "foo://x"]:
    try:
        s.get(url)
    except requests.RequestException as error:
        print(type(error).__name__, error)
try:
    requests.get("http://127.0.0.1:1/", timeout=2)
except requests.ConnectionError as error:
    print(type(error.args[0]).__name__, error.args[0].reason.args[0].split(": ", 1)[1])
p = requests.Request("PUT", "http://h/p?q", params={"z": 1}, cookies={"c": "d"}).prepare()
print(p.method, p.url, dict(p.headers))
server.shutdown()
