// The dialogs: the constants, and the keys.

import { h } from "./dom.js";

const KEYS = [
  ["j, k", "to the next step that can be taken, to the one before"], ["Enter", "take it"], ["u, ←", "one step back"], ["→", "one step on, along the way that was left"],
  ["g", "to the initial state"], ["/", "filter the steps"], ["f", "find a state where …"], ["e", "an expression along the way"], ["c", "the constants"],
  ["Esc", "out of a field"], ["?", "these keys"],
];

function opened(dialog, title, ...content) {
  dialog.replaceChildren(h("h2", { id: "dialog-title" }, title), ...content);
  dialog.showModal();
}

export function keysDialog(dialog) {
  opened(dialog, "Keys", h("dl", {}, KEYS.map(([key, what]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, what)])),
    h("p", {}, "A click on a message or on the name of a process shows what can be done with it."),
    h("form", { method: "dialog" }, h("button", {}, "Close")));
}

/** Ask for the constants; `done` gets those that were changed, as they were typed. */
export function constantsDialog(dialog, constants, given, done) {
  const inputs = constants.map(({ name, value }) => h("input", { name, value, autocomplete: "off", spellcheck: "false" }));
  const form = h("form", { method: "dialog" }, constants.map(({ name, type }, number) => h("label", {}, h("span", {}, name, " ", h("small", {}, type)), inputs[number])),
    h("button", { value: "set" }, "Set"), " ", h("button", { value: "" , type: "button", onclick: () => dialog.close() }, "Cancel"));
  form.addEventListener("submit", () => {
    const chosen = { ...given };
    constants.forEach(({ name, value }, number) => { if (inputs[number].value !== value) chosen[name] = inputs[number].value; });
    done(chosen);
  });
  opened(dialog, "Constants", form);
}
