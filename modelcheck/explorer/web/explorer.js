// The explorer: walk through the states of a spec. All of where one is stands in the address; the server answers what is asked about it.

import { go, read, written } from "./address.js";
import { ask } from "./api.js";
import { constantsDialog, keysDialog } from "./dialogs.js";
import { h, isTaken, line, plain } from "./dom.js";
import { blockedList, optionList, preview, progressText, propertyList, reportText, sourceList, valueTable, wrongList } from "./panels.js";
import { sequence } from "./sequence.js";
import { graphDialog } from "./graph.js";
import { stateView, texts } from "./state.js";

const place = id => document.getElementById(id);
const kept = { hidden: new Set(), pinned: new Set(), only: false, expressions: [], only_message: null, only_lane: null, follow: true };
let here = read(), spec = null, run = null, states = [], at = 0, options = [], drawing = null, found = null, version = 0, turn = 0, valued = 0;

const about = more => ({ constants: here.constants, ...more });
const herePath = () => run.path.split("_").slice(0, at + 1).join("_");

function say(text, bad = false) {
  place("banner").textContent = text;
  place("banner").classList.toggle("bad", bad);
}

async function trying(work) {
  try {
    return await work();
  } catch (error) {
    say(error.message, true);
    return null;
  }
}

// Going somewhere ------------------------------------------------------------------------------------------------------------------------------

function visit(path, index = null, quietly = false) {
  here = { constants: here.constants, path, at: index };
  if (go(here, quietly)) return show();
  return Promise.resolve();
}

const jump = index => {
  if (index >= 0 && index < run.steps.length) visit(here.path, index);
};
const take = option => visit(option.path);

async function show() {
  const mine = ++turn;
  await trying(async () => {
    const constants = JSON.stringify(here.constants);
    if (!spec || spec.asked !== constants || spec.version !== version) {
      const told = await ask("spec", about());
      if (mine !== turn) return;
      if (spec && spec.asked !== constants) found = null;
      spec = { ...told, asked: constants };
      version = told.version;
      shownSpec();
    }
    if (!run || run.path !== here.path || run.asked !== `${constants} ${version}`) {
      const told = await ask("run", about({ path: here.path }));
      if (mine !== turn) return;
      run = { ...told, path: here.path, asked: `${constants} ${version}` };
      states = texts(run);
      draw();
    }
    at = here.at === null ? run.steps.length - 1 : Math.max(0, Math.min(run.steps.length - 1, here.at));
    shownPlace();
    const path = herePath();
    const [steps, properties] = await Promise.all([ask("options", about({ path })), ask("properties", about({ path }))]);
    if (mine !== turn) return;
    options = steps.options;
    kept.only_message = kept.only_lane = null;
    shownOptions();
    shownProperties(properties.properties);
    document.body.dataset.ready = path;
    const [blocked] = await Promise.all([ask("blocked", about({ path })), shownValues(mine)]);
    if (mine === turn) place("blocked").replaceChildren(...blockedList(blocked.blocked));
  });
}

// Showing --------------------------------------------------------------------------------------------------------------------------------------

function shownSpec() {
  document.title = `${spec.name} · modelcheck explore`;
  place("spec").textContent = spec.name;
  place("spec").title = `${spec.summary} ${spec.place}`;
  place("constants").textContent = spec.constants.length ? spec.constants.map(each => `${each.name}=${each.value}`).join(" ") : "no constants";
  place("constants").disabled = !spec.constants.length;
  if (spec.stale) say(`The file was saved, and cannot be loaded; this is the version before.\n${spec.stale}`, true);
}

function draw() {
  const side = place("diagram");
  const narrow = innerWidth <= 900;
  drawing = sequence(run, { step: jump, room: side.clientWidth - (narrow ? 150 : 190) - 20, message: onlyMessage, lane: onlyLane });
  side.replaceChildren(drawing.element, ...run.notes.map(note => h("p", { class: "is-note" }, note)));
  drawing.element.querySelectorAll(".step").forEach((step, number) => {
    const names = run.steps[number].false;
    if (names.length) {
      step.classList.add("is-violated");
      step.title += `\n${names.join(", ")} false here`;
    }
  });
}

function shownPlace() {
  const step = run.steps[at];
  place("where").textContent = `${at} / ${run.steps.length - 1}`;
  place("back").disabled = place("reset").disabled = at === 0;
  place("forward").disabled = at === run.steps.length - 1;
  place("action").replaceChildren(at ? `${at}. ` : "", ...line(step.text));
  place("changes").replaceChildren(...step.changes.map(change => h("li", {}, line(change))));
  look(null);
  shownState();
  shownSource();
  drawing.show(at);
}

async function shownSource() {
  if (!place("code").open) return;
  const path = herePath();
  const told = at ? await trying(() => ask("source", about({ path }))) : { functions: [] };
  if (told && path === herePath()) place("source").replaceChildren(...sourceList(told.functions));
}

function shownState() {
  const changed = new Set(at ? Object.keys(run.steps[at].cells).map(Number) : []);
  place("state").replaceChildren(...stateView(run, states[at], { changed, ...kept }));
  const box = (label, checked, change) => h("label", {}, h("input", { type: "checkbox", checked, onchange: event => { change(event.target.checked); shownState(); } }), ` ${label}`);
  const toggle = (set, name) => on => { if (on) set.add(name); else set.delete(name); };
  const open = place("filters").querySelector("details")?.open;
  place("filters").replaceChildren(box("only what changed", kept.only, on => { kept.only = on; }),
    h("details", { open }, h("summary", {}, "Variables"), spec.variables.map(name => h("div", {},
      box(name, !kept.hidden.has(name), on => toggle(kept.hidden, name)(!on)), box(`first`, kept.pinned.has(name), toggle(kept.pinned, name))))));
}

function shownOptions() {
  const text = place("filter").value.toLowerCase();
  const fits = option => plain(option.text).toLowerCase().includes(text)
    && (kept.only_message === null || option.messages.includes(kept.only_message)) && (kept.only_lane === null || option.lane === kept.only_lane);
  const listed = at === 0 && spec.starts.length > 1 ? [...optionList(options, fits, { take, look }), ...startList()] : optionList(options, fits, { take, look });
  place("options").replaceChildren(...listed);
  const only = kept.only_message !== null ? run.messages[kept.only_message].text : kept.only_lane;
  place("only").replaceChildren(...(only === null ? [] : ["only ", h("strong", {}, only), " ", h("button", { type: "button", onclick: () => {
    kept.only_message = kept.only_lane = null;
    shownOptions();
  } }, "show all")]));
}

function startList() {
  return [h("div", { role: "group", "aria-label": "initial states" }, h("div", { class: "group" }, `initial states (${spec.starts.length})`),
    spec.starts.map((start, number) => h("button", { class: "option", type: "button", disabled: start.path === here.path.split("_")[0],
      onclick: () => visit(start.path) }, `${number}. ${start.state.replaceAll("\n", "; ")}`)))];
}

function look(option) {
  place("preview").hidden = option === null;
  place("present").hidden = option !== null;
  if (option) place("preview").replaceChildren(...preview(option));
}

function shownProperties(properties) {
  place("properties").replaceChildren(...propertyList(properties, found, { go: path => visit(path) }));
  place("wrong").replaceChildren(...wrongList(properties));
  place("properties").properties = properties;
}

async function shownValues(mine = turn) {
  const on = { jump, remove: number => { kept.expressions.splice(number, 1); shownValues(); } };
  const expressions = [...kept.expressions], asked = ++valued;
  const told = expressions.length ? await ask("values", about({ path: here.path, expressions })) : { values: [] };
  if (mine === turn && asked === valued) place("values").replaceChildren(...valueTable(told.values, at, on));
}

function onlyMessage(number) {
  kept.only_message = number;
  kept.only_lane = null;
  shownOptions();
  place("options").querySelector(".option")?.focus();
}

function onlyLane(number) {
  kept.only_lane = run.lanes[number];
  kept.only_message = null;
  shownOptions();
  place("options").querySelector(".option")?.focus();
}

// Searching ------------------------------------------------------------------------------------------------------------------------------------

async function searched(question, asked, status, end) {
  await trying(async () => {
    const begun = await ask(question, asked);
    const stop = h("button", { type: "button", onclick: () => ask("stop", { search: begun.search }) }, "Stop");
    for (;;) {
      const told = await ask("search", { ...asked, search: begun.search });
      if (!told.running) {
        status.replaceChildren(told.error ? h("span", { class: "is-unknown" }, `unknown: ${told.error}`) : "");
        if (!told.error) end(told.report);
        return;
      }
      status.replaceChildren(progressText(told.progress), " ", stop);
      await new Promise(resolve => setTimeout(resolve, 150));
    }
  });
}

function check() {
  return searched("check", about(), place("checking"), report => {
    found = report.properties;
    place("checking").replaceChildren(h("span", { class: `is-${report.verdict}` }, reportText(report)),
      h("ul", {}, report.warnings.map(warning => h("li", {}, h("span", { class: "is-warning" }, "Warning: "), warning))));
    shownProperties(place("properties").properties);
  });
}

function find(expression) {
  const asked = about({ path: herePath(), expression, from_here: true });
  return searched("find", asked, place("finding"), report => {
    const [wanted] = report.properties;
    if (wanted.path) {
      const steps = wanted.path.split("_").length - asked.path.split("_").length;
      place("finding").textContent = steps ? `found after ${steps} more step${steps === 1 ? "" : "s"}` : "it is so here";
      visit(wanted.path);
    } else if (wanted.verdict === "violated") place("finding").textContent = `no state that can be reached from here (${report.states.toLocaleString("en")} states)`;
    else place("finding").textContent = `unknown: ${report.reason}`;
  });
}

async function pulse() {
  try {
    const told = await ask("pulse", {});
    if (version && told.version !== version) await followed(told);
  } catch {
    say("The server does not answer.", true);
  }
  setTimeout(pulse, 700);
}

async function followed(told) {
  if (told.stale) {
    version = told.version;
    say(`The file was saved, and cannot be loaded; this is the version before.\n${told.stale}`, true);
    return;
  }
  await trying(async () => {
    const way = await ask("follow", about({ path: here.path }));
    const stays = way.parted === null ? here.at : null;
    version = told.version;
    spec = run = found = null;
    place("checking").replaceChildren();
    here = { constants: here.constants, path: way.path, at: stays };
    go(here, true);
    await show();
    if (way.parted === null) say("The spec was saved; the way here is the same.");
    else say([`The spec was saved; the way parts at step ${way.parted} of ${way.of}, which was ${plain(way.step)}.`, ...way.why.map(plain)].join("\n  "));
  });
}

// Keys and buttons -----------------------------------------------------------------------------------------------------------------------------

async function save(form) {
  await trying(async () => {
    const told = await ask("export", about({ path: herePath(), to: form }));
    const link = h("a", { href: URL.createObjectURL(new Blob([told.text])), download: told.name });
    link.click();
    say(`saved as ${told.name}`);
  });
}

function setConstants() {
  constantsDialog(place("dialog"), spec.constants, here.constants, chosen => {
    here = { constants: chosen, path: "0", at: null };
    if (go(here)) show();
  });
}

function moved(by) {
  const all = [...place("options").querySelectorAll(".option:not(:disabled)")];
  const now = all.indexOf(document.activeElement);
  all[now < 0 ? (by > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, now + by))]?.focus();
}

const keys = {
  j: () => moved(1), k: () => moved(-1), u: () => jump(at - 1), ArrowLeft: () => jump(at - 1), ArrowRight: () => jump(at + 1), g: () => jump(0),
  "/": () => place("filter").focus(), f: () => place("find").focus(), e: () => place("expression").focus(), c: setConstants, "?": () => keysDialog(place("dialog")),
};
document.addEventListener("keydown", event => {
  if (event.key === "Escape" && document.activeElement instanceof HTMLInputElement) document.activeElement.blur();
  if (isTaken(event) || place("dialog").open || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});
place("back").addEventListener("click", () => jump(at - 1));
place("forward").addEventListener("click", () => jump(at + 1));
place("reset").addEventListener("click", () => jump(0));
place("check").addEventListener("click", check);
place("code").addEventListener("toggle", shownSource);
place("graph").addEventListener("click", () => graphDialog(place("dialog"), spec.variables, variables => ask("graph", about({ variables })), herePath, path => visit(path)));
place("help").addEventListener("click", () => keysDialog(place("dialog")));
place("constants").addEventListener("click", setConstants);
place("filter").addEventListener("input", shownOptions);
place("filter").addEventListener("keydown", event => { if (event.key === "Enter") { event.target.blur(); moved(1); } });
place("save").addEventListener("change", event => {
  if (event.target.value) save(event.target.value);
  event.target.value = "";
});
place("finder").addEventListener("submit", event => {
  event.preventDefault();
  place("find").blur();
  if (place("find").value.trim()) find(place("find").value);
});
place("asking").addEventListener("submit", event => {
  event.preventDefault();
  const text = place("expression").value.trim();
  if (!text) return;
  kept.expressions.push(text);
  place("expression").value = "";
  place("expression").blur();
  shownValues().catch(error => {
    kept.expressions.pop();
    say(error.message, true);
  });
});
window.addEventListener("popstate", () => {
  here = read();
  show();
});
window.addEventListener("hashchange", () => {
  if (written(here) !== location.hash) {
    here = read();
    show();
  }
});

show().then(pulse);
