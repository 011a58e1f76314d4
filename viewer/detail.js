"use strict";
// What is said about the object that is picked.

function show_detail(picture) {
  const object = picture.object(page.picked), box = $("detail");
  box.hidden = !object;
  if (!object) return;
  box.replaceChildren(
    element("h3", {}, short_type(object.type) + " #" + object.number),
    element("div", {}, `at ${hex(object.address)}, block of ${object.size} bytes, reference count ${object.count < 0 ? "immortal" : object.count}`),
    element("div", {}, picture.looks.short(picture.state, object)),
    element("button", { onclick: () => pick(0) }, "close"));
}
