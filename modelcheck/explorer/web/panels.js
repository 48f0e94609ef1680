// The parts of the explorer's page that are lists of texts: what can be taken, what cannot, properties, values.

import { h, line, plain } from "./dom.js";

function reason(lines) {
  return h("div", { class: "reason" }, lines.map((each, number) => [number ? "\n" : "", line(each)]));
}

/** The steps that can be taken, grouped by action. `fits` says which are shown; `on.take` and `on.look` are told of a step. */
export function optionList(options, fits, on) {
  const groups = new Map();
  for (const option of options.filter(fits)) {
    if (!groups.has(option.action)) groups.set(option.action, []);
    groups.get(option.action).push(option);
  }
  if (!groups.size) return [h("p", { class: "is-note" }, options.length ? "no step fits" : "no step can be taken here")];
  return [...groups].map(([action, found]) => h("div", { role: "group", "aria-label": action },
    h("div", { class: "group" }, `${action}${found.length > 1 ? ` (${found.length})` : ""}`),
    found.map(option => h("button", {
      class: "option", type: "button", "data-path": option.path, onclick: () => on.take(option),
      onfocus: () => on.look(option), onblur: () => on.look(null), onmouseenter: () => on.look(option), onmouseleave: () => on.look(null),
    }, line(option.text),
    option.false.map(name => h("span", { class: "badge bad" }, `${name} is false`)),
    option.outside && h("span", { class: "badge quiet" }, "out of bounds"),
    option.back !== null && h("span", { class: "badge quiet" }, `back to ${option.back}`)))));
}

/** What a step would change. */
export function preview(option) {
  return [h("h2", {}, "If taken: ", line(option.text)), h("ul", { class: "changes" }, option.changes.map(change => h("li", {}, line(change))))];
}

export function blockedList(blocked) {
  if (!blocked.length) return [h("p", { class: "is-note" }, "none: every action can be taken")];
  return blocked.map(({ action, reasons }) => h("details", {},
    h("summary", {}, `${action}: `, h("span", { class: "is-note" }, reasons.length ? plain(reasons[0]) : "")), reason(reasons)));
}

/** Each property: its value here, why, and what the check of the whole spec found. */
export function propertyList(properties, found, on) {
  const verdicts = new Map((found || []).map(each => [each.name, each]));
  return properties.map(({ name, kind, holds, why }) => {
    const checked = verdicts.get(name);
    const reached = kind === "reachable";
    const here = holds === null ? "asked of runs that never end" : reached ? (holds ? "reached here" : "not here") : holds ? "true here" : "false here";
    return h("li", {}, h("span", { class: "is-note" }, `${kind} `), h("strong", {}, name === "deadlock" ? "" : `${name} `),
      h("span", { class: reached || holds === null ? (holds ? "is-holds" : "is-note") : holds ? "is-holds" : "is-violated" }, here),
      checked && [" · ", h("span", { class: `is-${checked.verdict}` }, checked.verdict), checked.path !== null && [" ",
        h("button", { type: "button", onclick: () => on.go(checked.path) }, checked.witness ? "a run to it" : "counterexample")]],
      why.length > 0 && holds && reason(why));
  });
}

/** Each expression with its value here, and where along the way it has which. */
export function valueTable(values, at, on) {
  if (!values.length) return [h("p", { class: "is-note" }, "an expression of the variables, evaluated in every state of the way")];
  return [h("table", { class: "rest" }, h("thead", {}, h("tr", {}, ["expression", "here", "along the way", ""].map(each => h("th", { scope: "col" }, each || h("span", { class: "unseen" }, "remove"))))),
    h("tbody", {}, values.map(({ text, values: each }, number) => h("tr", {}, h("th", { scope: "row" }, text),
      h("td", { class: each[at][1] ? null : "is-note" }, each[at][0]), h("td", {}, stretches(each).map(([from, to, value]) => h("div", {},
        h("button", { type: "button", onclick: () => on.jump(from) }, from === to ? `${from}` : `${from}–${to}`), ` ${value}`))),
      h("td", {}, h("button", { type: "button", "aria-label": `Remove ${text}`, onclick: () => on.remove(number) }, "×"))))))];
}

function stretches(values) {
  const found = [];
  values.forEach(([value], number) => {
    const last = found[found.length - 1];
    if (last && last[2] === value) last[1] = number; else found.push([number, number, value]);
  });
  return found.length > 12 ? [...found.slice(0, 11), [found[11][0], values.length - 1, "…"]] : found;
}

/** How far a search is. */
export function progressText(progress) {
  if (!progress) return "searching …";
  const number = value => value.toLocaleString("en");
  return `${number(progress.states)} states, depth ${progress.depth}, ${number(progress.frontier)} waiting, ${progress.seconds.toFixed(1)} s`;
}

export function reportText(report) {
  const number = value => value.toLocaleString("en");
  return `${report.verdict}: ${number(report.states)} states, ${number(report.generated)} generated, depth ${report.depth}, ${report.seconds.toFixed(2)} s`
    + (report.reason ? ` (${report.reason})` : "");
}

/** Why what is false here is so, for the first screen. */
export function wrongList(properties) {
  return properties.filter(({ kind, holds }) => holds === false && kind !== "reachable").map(({ why, name }) =>
    h("div", { class: "why" }, why.length ? why.map((each, number) => [number ? "\n" : "", line(each)]) : `${name} is false`));
}

/** The functions that a step ran, with the lines that it did. */
export function sourceList(functions) {
  if (!functions.length) return [h("p", { class: "is-note" }, "no code of the spec was run")];
  return functions.map(({ place, lines }) => [h("span", { class: "line is-note" }, place), lines.map(([number, text, ran, isCode]) =>
    h("span", { class: `line ${ran ? "ran" : isCode ? "missed" : ""}`, title: ran ? "was run" : null }, `${String(number).padStart(4)} ${ran ? "▸" : " "} ${text}`))]).flat(2);
}
