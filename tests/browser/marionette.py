"""Firefox for Selenium without a driver program: WebDriver's commands go straight to Firefox's own remote protocol (Marionette),
whose messages are `LENGTH:JSON` over TCP: [0, id, name, parameters] and [1, id, error, result]."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time

from selenium.common.exceptions import WebDriverException

COMMANDS = {
    "newSession": "WebDriver:NewSession", "quit": "Marionette:Quit", "get": "WebDriver:Navigate", "refresh": "WebDriver:Refresh",
    "w3cExecuteScript": "WebDriver:ExecuteScript", "w3cExecuteScriptAsync": "WebDriver:ExecuteAsyncScript",
    "findElement": "WebDriver:FindElement", "findElements": "WebDriver:FindElements", "clickElement": "WebDriver:ElementClick",
    "sendKeysToElement": "WebDriver:ElementSendKeys", "actions": "WebDriver:PerformActions", "clearActionState": "WebDriver:ReleaseActions",
    "screenshot": "WebDriver:TakeScreenshot", "setWindowRect": "WebDriver:SetWindowRect", "getWindowRect": "WebDriver:GetWindowRect",
    "setTimeouts": "WebDriver:SetTimeouts", "printPage": "WebDriver:Print", "getTitle": "WebDriver:GetTitle",
}
PREFERENCES = {
    "marionette.port": 0, "app.update.enabled": False, "browser.shell.checkDefaultBrowser": False, "browser.aboutwelcome.enabled": False,
    "browser.startup.page": 0, "datareporting.policy.dataSubmissionEnabled": False, "toolkit.telemetry.enabled": False,
    "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False, "layout.css.devPixelsPerPx": "1",
    "layout.css.prefers-color-scheme.content-override": 1, "browser.link.open_newwindow": 1, "security.sandbox.content.level": 0,
}


class Marionette:
    """A command executor for selenium's webdriver.Remote; starts Firefox."""

    keep_alive = True

    def __init__(self):
        self.folder = tempfile.mkdtemp()
        with open(os.path.join(self.folder, "user.js"), "w", encoding="utf-8") as out:
            for name, value in PREFERENCES.items():
                out.write(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n")
        self.process = subprocess.Popen(
            ["firefox-esr", "--headless", "--marionette", "--no-remote", "--profile", self.folder, "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "HOME": self.folder})
        self.stream = socket.create_connection(("127.0.0.1", self.port()), timeout=300).makefile("rwb")
        self.count = 0
        self.message()  # it says who it is

    def port(self, seconds=120):
        file, end = os.path.join(self.folder, "MarionetteActivePort"), time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            if os.path.exists(file) and (text := open(file, encoding="ascii").read()):
                return int(text)
            time.sleep(0.1)
        raise RuntimeError("firefox-esr did not start")

    def message(self):
        size = b""
        while (byte := self.stream.read(1)) != b":":
            if not byte:
                raise ConnectionError("Firefox has gone")
            size += byte
        return json.loads(self.stream.read(int(size)))

    def execute(self, command, parameters):
        parameters = dict(parameters or {})
        parameters.pop("sessionId", None)
        if command == "quit":
            parameters = {"flags": ["eForceQuit"]}
        elif command == "newSession":
            parameters = {}
        elif command == "w3cExecuteScript" or command == "w3cExecuteScriptAsync":
            parameters["sandbox"] = None  # the page's own globals
        self.count += 1
        data = json.dumps([0, self.count, COMMANDS[command], parameters]).encode()
        self.stream.write(b"%d:%s" % (len(data), data))
        self.stream.flush()
        _, _, error, result = self.message()
        if error:
            raise WebDriverException(f"{error['error']}: {error['message']}")
        if command == "newSession":
            return result
        return {"value": result["value"] if isinstance(result, dict) and "value" in result else result}

    def close(self):
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
