"""The browsers in which pages are tried, and what a person does there, as functions."""

import base64
import json
import os
import pathlib
import re
import subprocess
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

HERE = os.path.dirname(os.path.abspath(__file__))
WIDE, NARROW = (1280, 800), (390, 844)

# Runs before a page's own scripts: what the browser refused or the page threw is kept, and when its first picture stood.
WATCH = """
  window.seen = { violations: [], errors: [], opened: 0 };
  addEventListener("securitypolicyviolation", (e) => seen.violations.push(e.violatedDirective + " " + e.blockedURI + " " + e.sourceFile));
  addEventListener("error", (e) => seen.errors.push(String(e.message)));
  addEventListener("unhandledrejection", (e) => seen.errors.push(String(e.reason)));
  (function look() {
    const where = document.getElementById("where");
    if (where && where.textContent && !/^(reading|opening|loading)/i.test(where.textContent)) seen.opened ||= performance.now();
    else requestAnimationFrame(look);
  })();
"""

# The step view as data: every box and arrow with its place (from the picture's corner, however it is scrolled), and all texts.
PICTURE = """
  const area = document.getElementById("picture"), corner = area.getBoundingClientRect();
  const round = (n) => Math.round(n * 4) / 4;
  const place = (node) => {
    const box = node.getBoundingClientRect();
    return [box.left - corner.left + area.scrollLeft, box.top - corner.top + area.scrollTop, box.width, box.height].map(round);
  };
  const now = document.querySelector("#source .now");
  return {
    where: document.getElementById("where").textContent,
    line: now ? now.innerText : null,
    frames: [...area.querySelectorAll(".frame")].map((node) => ({ name: node.querySelector("h2").firstChild.textContent, text: node.innerText, top: node.classList.contains("top"), place: place(node) })),
    objects: [...area.querySelectorAll(".object")].map((node) => ({ id: node.id, text: node.innerText, class: node.className, label: node.getAttribute("aria-label"), place: place(node) }))
      .sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1))),
    arrows: [...area.querySelectorAll("#arrows path[data-to]")].map((node) => node.dataset.to + " " + node.getAttribute("d")).sort(),
    output: document.getElementById("output").innerText,
  };
"""


class Browser:
    """A browser with one window; `driver` is Selenium's.  arguments: more of Chromium's own."""

    def __init__(self, name, *arguments):
        self.name = name
        self.chromium = name == "chromium"
        if self.chromium:
            options = webdriver.ChromeOptions()
            options.binary_location = "/usr/bin/chromium"
            for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--disable-lcd-text",
                             "--force-device-scale-factor=1", "--font-render-hinting=none", "--force-color-profile=srgb", "--lang=en-US", *arguments):
                options.add_argument(argument)
            options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
            service = Service("/usr/bin/chromedriver", env={**os.environ, "FONTCONFIG_FILE": os.path.join(HERE, "fonts.conf")})
            self.driver = webdriver.Chrome(service=service, options=options)
            self.cdp("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
        else:
            from marionette import Marionette
            self.marionette = Marionette()
            self.driver = webdriver.Remote(command_executor=self.marionette, options=webdriver.FirefoxOptions())
        self.driver.set_script_timeout(120)
        self.size(*WIDE)

    def quit(self):
        self.driver.quit()
        if not self.chromium:
            self.marionette.close()

    close = quit

    def cdp(self, method, **parameters):
        """A command of Chromium's DevTools."""
        return self.driver.execute_cdp_cmd(method, parameters)

    def size(self, width, height):
        if self.chromium:
            self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        else:
            self.driver.set_window_rect(0, 0, width, height + 86)

    def colours(self, scheme):
        """light or dark, as the system would ask for."""
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}])

    # Pages

    def open(self, path, fragment="", ready="document.getElementById('where').textContent"):
        """Open a page's file, and wait until it shows something."""
        self.driver.get("about:blank")  # a fragment alone would not load it anew
        self.driver.get(pathlib.Path(path).as_uri() + (fragment and "#" + fragment))
        self.wait("return " + ready)

    def run(self, script, *arguments):
        """What the body of a function, run in the page, returns."""
        return self.driver.execute_script(script, *arguments)

    def run_later(self, script, *arguments):
        """The same of a body that awaits."""
        value = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1], args = [...arguments].slice(0, -1);"
            "(async (...arguments) => {" + script + "})(...args).then((value) => done({ value }), (error) => done({ error: String(error) }));", *arguments)
        if "error" in value:
            raise AssertionError(value["error"])
        return value.get("value")

    def wait(self, script, *arguments, seconds=30):
        """The first true value of a body run in the page again and again."""
        end = time.monotonic() + seconds
        while not (value := self.run(script, *arguments)):
            if time.monotonic() > end:
                raise AssertionError(f"not within {seconds} s: {script} {arguments or ''}")
            time.sleep(0.02)
        return value

    def complaints(self):
        """What the browser or the page complained about since it was opened."""
        found = []
        if self.chromium:
            found = [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
            seen = self.run("return window.seen") or {}
            found += seen.get("violations", []) + seen.get("errors", [])
        return found

    # A person

    def press(self, *keys):
        """Keys one after the other; 'Shift+X' holds Shift."""
        for key in keys:
            *held, key = key.split("+") if len(key) > 1 else [key]
            chain = ActionChains(self.driver, duration=0)
            for name in held:
                chain.key_down(getattr(Keys, name.upper()))
            chain.send_keys(getattr(Keys, re.sub(r"(?<!^)(?=[A-Z])", "_", key).upper()) if len(key) > 1 else key)
            for name in held:
                chain.key_up(getattr(Keys, name.upper()))
            chain.perform()

    def type(self, text):
        ActionChains(self.driver, duration=0).send_keys(text).perform()

    def click(self, selector):
        self.driver.find_element("css selector", selector).click()

    def text(self, selector):
        return self.run("return document.querySelector(arguments[0])?.innerText ?? null", selector)

    def texts(self, selector):
        return self.run("return [...document.querySelectorAll(arguments[0])].map((node) => node.innerText)", selector)

    def shown(self, selector):
        """Whether there is such an element and it takes room."""
        return self.run("const node = document.querySelector(arguments[0]); return !!node && node.getClientRects().length > 0", selector)

    # The step view

    def where(self):
        """(step, number of steps) from the page's line of status."""
        match = re.search(r"step ([\d,]+) of ([\d,]+)", self.text("#where"))
        return tuple(int(n.replace(",", "")) for n in match.groups()) if match else None

    def step(self):
        return self.where()[0]

    def at(self, step):
        """Wait until the page shows a step."""
        self.wait("return document.getElementById('where').textContent.startsWith('step ' + arguments[0].toLocaleString('en') + ' of')", step)

    def picture(self):
        return self.run(PICTURE)

    def tree(self):
        """The accessibility tree: [(role, name)] of what a screen reader meets."""
        nodes = self.cdp("Accessibility.getFullAXTree")["nodes"]
        return [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node.get("ignored")]

    def png(self):
        return base64.b64decode(self.driver.get_screenshot_as_base64())


class Pages:
    """Pages made by a Limpid of the programs beside this file, each once."""

    def __init__(self, limpid, folder):
        self.limpid = os.path.abspath(limpid)
        self.folder = folder
        self.made = {}

    def run(self, *arguments, status=0, **variables):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        done = subprocess.run([self.limpid, *arguments], cwd=self.folder, env={**environment, "PYTHONHASHSEED": "0", **variables}, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=600)
        assert done.returncode == status, f"{arguments}: status {done.returncode}\n{done.stdout[-1000:]}{done.stderr[-3000:]}"
        return done

    def of(self, name, *options, status=0):
        """The page of programs/NAME.py."""
        if (name, options) not in self.made:
            with open(os.path.join(HERE, "programs", name + ".py"), encoding="utf-8") as source:
                self.made[name, options] = self.of_text(source.read(), name, *options, status=status)
        return self.made[name, options]

    def of_text(self, text, name, *options, status=0):
        """The page of a program text, as NAME.py."""
        page = os.path.join(self.folder, f"{name}{len(self.made)}.html")
        with open(os.path.join(self.folder, name + ".py"), "w", encoding="utf-8") as out:
            out.write(text)
        self.run(f"--see={page}", *options, name + ".py", status=status)
        return page

    def cut(self, page, share):
        """The same page with only a part of its recording, as when the program was killed."""
        with open(page, "rb") as file:
            text = file.read()
        match = re.search(rb'(<script type="application/octet-stream"[^>]*>)([^<]*)', text)
        data = base64.b64decode(match[2])
        part = page.replace(".html", f".cut{share}.html")
        with open(part, "wb") as out:
            out.write(text[: match.start(2)] + base64.b64encode(data[: int(len(data) * share)]) + text[match.end(2):])
        return part


def dump(value):
    return json.dumps(value, ensure_ascii=False, indent=1)
