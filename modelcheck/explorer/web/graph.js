// The state graph: of a small spec, or of a large one as it looks through a few variables. A click goes to the state.

import { h, s } from "./dom.js";

const COLUMN = 190, ROW = 112, EDGE = 24, WIDTH = 166, LETTERS = 24;

const cut = text => (text.length <= LETTERS ? text : `${text.slice(0, LETTERS - 1)}…`);

function shown(text) {
  const lines = text.split("\n");
  return (lines.length <= 4 ? lines : [...lines.slice(0, 3), `… ${lines.length - 3} more`]).map(cut);
}

/** The picture of a graph; `here` is the path of the state to mark, `go` is told of a path. */
export function picture(graph, here, go) {
  const left = Math.min(...graph.nodes.map(node => node.x));
  const places = graph.nodes.map(node => [Math.round((node.x - left) * COLUMN) + EDGE, node.level * ROW + EDGE]);
  const width = Math.max(...places.map(([x]) => x)) + COLUMN, height = Math.max(...places.map(([, y]) => y)) + ROW;
  const nodes = graph.nodes.map((node, number) => {
    const [x, y] = places[number], lines = shown(node.text);
    const kinds = ["node", node.initial && "initial", node.false.length && "false", node.path === here && "here"].filter(Boolean).join(" ");
    const told = [node.text, ...node.false.map(name => `${name} is false`), node.states > 1 && `${node.states} states`].filter(Boolean).join("\n");
    const choose = () => go(node.path);
    return s("g", { class: kinds, tabindex: "0", role: "button", "aria-label": told, onclick: choose, onkeydown: event => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(); }
    } }, s("title", {}, told), s("rect", { x, y, width: WIDTH, height: 8 + 13 * lines.length, rx: 4 }),
    lines.map((line, at) => s("text", { x: x + 6, y: y + 14 + 13 * at }, line)));
  });
  // A label for each node that one edge leads down to; those of the others would stand upon each other, and are told by their titles.
  const down = graph.edges.filter(({ source, target }) => graph.nodes[source].level < graph.nodes[target].level).map(({ target }) => target);
  const edges = graph.edges.map(({ source, target, labels }) => {
    const [x1, y1] = [places[source][0] + WIDTH / 2, places[source][1]], [x2, y2] = [places[target][0] + WIDTH / 2, places[target][1]];
    const d = source === target ? `M${x1 + WIDTH / 2} ${y1 + 10} c 26 -14, 26 24, 0 14`
      : y2 > y1 ? `M${x1} ${y1 + 20} C${x1} ${y1 + 66}, ${x2} ${y2 - 46}, ${x2} ${y2}`
        : `M${x1 - WIDTH / 2} ${y1 + 12} C${x1 - WIDTH / 2 - 60} ${y1}, ${x2 - WIDTH / 2 - 60} ${y2 + 30}, ${x2 - WIDTH / 2} ${y2 + 14}`;
    const label = labels.length === 1 ? labels[0] : `${labels[0]} and ${labels.length - 1} more`;
    return s("g", {}, s("title", {}, labels.join("\n")), s("path", { class: "edge", d, "marker-end": "url(#edge-head)" }),
      y2 > y1 && down.indexOf(target) === down.lastIndexOf(target) && s("text", { class: "edge-label", x: x2 + 4, y: y2 - 5 }, cut(label)));
  });
  return s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": `Graph of ${graph.nodes.length} states` },
    s("defs", {}, s("marker", { id: "edge-head", viewBox: "0 0 8 8", refX: 8, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" },
      s("path", { d: "M0 0 L8 4 L0 8 z", class: "head" }))), edges, nodes);
}

/** Show the graph: which variables are to be seen, and the picture. `fetched` answers for some variables, `here` says where one is. */
export function graphDialog(dialog, variables, fetched, here, go) {
  const chosen = new Set(variables), place = h("div", { id: "picture", tabindex: "0", role: "region", "aria-label": "State graph" });
  const status = h("p", { role: "status", class: "is-note" }, "");
  let latest = 0;  // Answers may come in another order than they were asked for; only that to the last question is drawn.
  async function draw() {
    const turn = ++latest;
    status.textContent = "drawing …";
    try {
      const graph = await fetched(variables.filter(name => chosen.has(name)));
      if (turn !== latest) return;
      place.replaceChildren(picture(graph, here(), path => { dialog.close(); go(path); }));
      status.textContent = `${graph.nodes.length} states${chosen.size < variables.length ? ", told apart by these variables" : ""}, ${graph.edges.length} edges`;
    } catch (error) {
      if (turn !== latest) return;
      place.replaceChildren();
      status.textContent = error.message;
    }
  }
  const boxes = variables.map(name => h("label", { class: "choice" }, h("input", { type: "checkbox", checked: true, onchange: event => {
    if (event.target.checked) chosen.add(name); else chosen.delete(name);
    draw();
  } }), ` ${name}`));
  dialog.classList.add("wide");
  dialog.addEventListener("close", () => dialog.classList.remove("wide"), { once: true });
  dialog.replaceChildren(h("h2", { id: "dialog-title" }, "State graph"), h("div", { class: "choices" }, boxes), status, place,
    h("form", { method: "dialog" }, h("button", {}, "Close")));
  dialog.showModal();
  draw();
}
