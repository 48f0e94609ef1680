// The state after a step: a table for each kind of process, a column for each process, and a row for every other variable.

import { h } from "./dom.js";

/** The texts of all cells after each step, by the number of the cell. */
export function texts(run) {
  const found = [];
  for (const step of run.steps) {
    const now = new Map(found.length ? found[found.length - 1] : []);
    for (const [number, text] of Object.entries(step.cells)) {
      if (text === null) now.delete(Number(number)); else now.set(Number(number), text);
    }
    found.push(now);
  }
  return found;
}

function shown(text) {
  if (text === undefined) return h("span", { class: "is-note" }, "–");
  if (!Array.isArray(text)) return text;
  return h("ul", {}, text.map(item => h("li", {}, item)));
}

/** Variables in their order, each with its cells. */
function grouped(run, now) {
  const variables = new Map();
  run.places.forEach(([name, key, field], number) => {
    if (!variables.has(name)) variables.set(name, { name, keys: [], cells: new Map(), fields: [] });
    const variable = variables.get(name);
    if (!now.has(number)) return;
    if (!variable.keys.includes(key)) variable.keys.push(key);
    if (!variable.fields.includes(field)) variable.fields.push(field);
    variable.cells.set(`${key}\n${field}`, number);
  });
  return [...variables.values()];
}

/**
 * @param {object} run what `run_json` tells.
 * @param {Map<number, string|string[]>} now the texts of the cells.
 * @param {object} options `changed`: the numbers of cells to mark; `hidden`: names of variables to leave out; `pinned`: of those to show first; `only`: whether only what changed is shown.
 */
export function stateView(run, now, { changed = new Set(), hidden = new Set(), pinned = new Set(), only = false } = {}) {
  const tables = [], rest = [];
  for (const variable of grouped(run, now).sort((one, other) => pinned.has(other.name) - pinned.has(one.name))) {
    if (hidden.has(variable.name)) continue;
    const rows = variable.fields.map(field => ({
      name: field || variable.name, cells: variable.keys.map(key => variable.cells.get(`${key}\n${field}`)),
    })).filter(row => !only || row.cells.some(number => changed.has(number)));
    if (!rows.length) continue;
    if (variable.keys.length === 1 && variable.keys[0] === "") {
      rest.push(...rows.map(row => ({ name: row.name === variable.name ? row.name : `${variable.name}.${row.name}`, cells: row.cells })));
      continue;
    }
    const isRecord = variable.fields.some(field => field !== "");
    const same = tables.find(table => table.keys.join("\n") === variable.keys.join("\n"));
    if (same && !isRecord) same.rows.push(...rows);
    else tables.push({ title: isRecord ? variable.name : "", keys: variable.keys, rows });
  }
  const cell = number => h("td", { class: changed.has(number) ? "changed" : null }, shown(now.get(number)));
  const row = each => h("tr", {}, h("th", { scope: "row" }, each.name), each.cells.map(cell));
  const drawn = tables.map(table => h("table", {},
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, table.title || "key"), table.keys.map(key => h("th", { scope: "col" }, key)))),
    h("tbody", {}, table.rows.map(row))));
  if (rest.length) drawn.push(h("table", { class: "rest" }, h("tbody", {}, rest.map(row))));
  if (!drawn.length) drawn.push(h("p", { class: "is-note" }, "nothing to show"));
  return drawn;
}
