// A page that steps through a recorded run.

import { h, isTaken, line } from "./dom.js";
import { sequence } from "./sequence.js";
import { stateView, texts } from "./state.js";

const run = JSON.parse(document.getElementById("run").textContent);
const states = texts(run), last = run.steps.length - 1;
const place = id => document.getElementById(id);
const hidden = new Set();
let now = 0, only = false;

const steps = innerWidth > 800 ? 240 : 150;
const drawing = sequence(run, { step: show, room: place("diagram").clientWidth - steps - 20 });
place("diagram").append(drawing.element, ...run.notes.map(note => h("p", { class: "is-note" }, note)));

function show(number) {
  now = Math.max(0, Math.min(last, number));
  const step = run.steps[now];
  place("where").textContent = `${now} / ${last}`;
  place("action").replaceChildren(now ? `${now}. ` : "", ...line(step.text));
  place("changes").replaceChildren(...step.changes.map(change => h("li", {}, line(change))));
  drawState();
  for (const [id, to] of [["first", 0], ["back", 0], ["forward", last], ["last", last]]) place(id).disabled = now === to;
  drawing.show(now);
  history.replaceState(null, "", `#${now}`);
}

function drawState() {
  const changed = new Set(now ? Object.keys(run.steps[now].cells).map(Number) : []);
  place("state").replaceChildren(...stateView(run, states[now], { changed, hidden, only }));
}

const names = [...new Set(run.places.map(([name]) => name))];
place("filters").append(
  h("label", {}, h("input", { type: "checkbox", onchange: event => { only = event.target.checked; drawState(); } }), " only what changed"),
  h("details", {}, h("summary", {}, "Variables"), names.map(name => h("label", {}, h("input", { type: "checkbox", checked: true, onchange: event => {
    if (event.target.checked) hidden.delete(name); else hidden.add(name);
    drawState();
  } }), ` ${name}`))));

const moves = { first: () => 0, back: () => now - 1, forward: () => now + 1, last: () => last };
for (const [id, to] of Object.entries(moves)) place(id).addEventListener("click", () => show(to()));
const keys = { ArrowLeft: "back", ArrowRight: "forward", k: "back", j: "forward", Home: "first", End: "last" };
document.addEventListener("keydown", event => {
  const inList = event.target instanceof Element && event.target.closest(".steps");
  const name = keys[event.key] || (inList && { ArrowUp: "back", ArrowDown: "forward" }[event.key]);
  if (!name || isTaken(event)) return;
  event.preventDefault();
  show(moves[name]());
  if (inList) drawing.element.querySelector("[aria-current]").focus();
});
window.addEventListener("hashchange", () => show(parseInt(location.hash.slice(1), 10) || 0));
show(location.hash ? parseInt(location.hash.slice(1), 10) || 0 : last);
