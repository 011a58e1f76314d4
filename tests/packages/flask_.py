"""A small web application: routes, forms, JSON, sessions, templates, errors, hooks, streaming, blueprints and the test client."""
from flask import (Blueprint, Flask, Response, abort, flash, g, get_flashed_messages, jsonify, make_response, redirect,
                   render_template_string, request, session, stream_with_context, url_for)

app = Flask(__name__)
app.secret_key = "k"
admin = Blueprint("admin", __name__, url_prefix="/admin")


@app.before_request
def start():
    g.trail = ["before"]


@app.after_request
def end(response):
    response.headers["X-Trail"] = ",".join(g.trail)
    return response


@app.route("/hi/<name>", methods=["GET", "POST"])
def hi(name):
    return jsonify(name=name, q=request.args.get("q"), f=request.form.to_dict(), j=request.get_json(silent=True))


@app.route("/n/<int:n>")
def number(n):
    if n > 9:
        abort(400, "too big")
    return redirect(url_for("hi", name=n, q="r"))


@app.route("/count")
def count():
    session["n"] = session.get("n", 0) + 1
    flash("seen")
    return render_template_string("{{ n }} {{ m|upper }} {{ get_flashed_messages() }}", n=session["n"], m="<b>")


@app.route("/stream")
def stream():
    return Response(stream_with_context(f"{i};" for i in range(5)), mimetype="text/plain")


@app.route("/up", methods=["PUT"])
def up():
    answer = make_response(request.files["f"].read()[::-1], 201)
    answer.set_cookie("c", "v", max_age=60, path="/")
    return answer


@app.errorhandler(400)
def bad(error):
    return {"error": error.description}, 400


@app.route("/boom")
def boom():
    return str(1 // 0)


@admin.route("/")
def index():
    return url_for(".index", _external=True)


app.register_blueprint(admin)
c = app.test_client()
r = c.get("/hi/bob?q=1")
print(r.status, r.get_json(), r.headers["Content-Type"], r.headers["X-Trail"])
print(c.post("/hi/a", data={"z": "1 é"}).get_json(), c.post("/hi/a", json={"k": [1, None]}).get_json())
print(c.get("/no").status, c.delete("/hi/a").status, c.delete("/hi/a").headers["Allow"].split(", ").sort())
r = c.get("/n/3")
print(r.status, r.location, c.get("/n/3", follow_redirects=True).get_json(), c.get("/n/10").get_json(), c.get("/n/x").status)
print(c.get("/count").text, c.get("/count").text, c.get("/stream").text, c.get("/admin/").text)
import io
r = c.put("/up", data={"f": (io.BytesIO(b"abc"), "f.txt")})
print(r.status, r.data, r.headers["Set-Cookie"].split("Expires")[0])
app.logger.disabled = True
print(c.get("/boom").status)
print(sorted(str(rule) for rule in app.url_map.iter_rules()))
r = app.test_cli_runner().invoke(args=["routes"])
print(r.output)
